"""Aliases are other words for almost the same rows."""

from itertools import combinations, product

import numpy as np

from core.engine.coded import CodedRows
from core.engine.conjunctions import Conjunctions
from core.measures.aliases import ALIKE, find_aliases
from core.measures.best import Items
from tests.measures.coded_tables import has, make_table


def test_a_copy_of_a_column_is_an_alias() -> None:
    """By hand: 9 of 10 rows with (0, 1) have (1, 2), and no others: Jaccard 0.9."""
    first = np.repeat([1, 0], [10, 30])
    second = np.repeat([2, 1, 0], [9, 16, 15])
    coded = CodedRows(np.array([first, second], np.uint8), (2, 3))
    (alias,) = find_aliases(coded, Conjunctions(coded), ((0, 1),))
    assert (alias.items, alias.rows, alias.jaccard) == (((1, 2),), 9, 0.9)


def test_the_shortest_aliases_are_found() -> None:
    """Against every pattern of one and two conditions; those that refine an alias go."""
    rng = np.random.default_rng(4)
    for _ in range(20):
        coded = make_table(rng, 400, [2, 3, 3, 4])
        codes = np.array([coded.column(c) for c in range(4)])
        noisy = np.where(rng.random(400) < 0.05, rng.integers(0, 3, 400), codes[1])
        both = np.where((codes[0] == 1) & (codes[1] == 2), 0, codes[3] % 3 + 1)
        coded = CodedRows(np.array([*codes, noisy, both], np.uint8), (2, 3, 3, 4, 3, 4))
        items: Items = ((0, 1), (1, 2))
        found = find_aliases(coded, Conjunctions(coded), items)
        assert found == tuple(
            sorted(found, key=lambda a: (-a.jaccard, len(a.items), a.items))
        )
        close = {a: j for a, j in _close(coded, items).items() if a != items}
        shortest = {
            a: j
            for a, j in close.items()
            if not any(set(b) < set(a) for b in close) and not set(items) <= set(a)
        }
        assert {a.items: a.jaccard for a in found} == shortest
        assert ((5, 0),) in shortest


def _close(coded: CodedRows, items: Items) -> dict[Items, float]:
    mine, close = has(coded, items), {}
    for length in (1, 2):
        for columns in combinations(range(coded.columns), length):
            for codes in product(*(range(coded.cards[c]) for c in columns)):
                other = tuple(zip(columns, codes, strict=True))
                rows = has(coded, other)
                jaccard = float((rows & mine).sum() / max(1, (rows | mine).sum()))
                if jaccard >= ALIKE:
                    close[other] = jaccard
    return close
