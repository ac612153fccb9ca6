"""Aliases: which other patterns say almost the same of the rows?"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.engine.coded import CodedRows
from core.engine.conjunctions import Conjunctions, Counter
from core.measures.best import Items
from core.measures.frontier import Frontier
from core.measures.heed import Heed

ALIKE: Final = 0.8
MOST: Final = 5


@dataclass(frozen=True, slots=True)
class Alias:
    """Another pattern of almost the same rows; `jaccard` is the share of rows in both of those in either."""

    items: Items
    rows: int
    jaccard: float


def rows_of(coded: CodedRows, items: Items) -> NDArray[np.bool_]:
    """Return for each row whether it has all items."""
    masks = [coded.column(column) == np.uint8(code) for column, code in items]
    has: NDArray[np.bool_] = np.logical_and.reduce(masks)
    return has


def find_aliases(
    coded: CodedRows,
    rows: Counter,
    items: Items,
    *,
    heed: Heed = Heed(),  # noqa: B008 - frozen
) -> tuple[Alias, ...]:
    """Return the shortest other patterns whose rows have a Jaccard index of at least 0.8.

    `rows` counts all rows. At most five, the closest first; none refines another one or
    `items`, nor has more conditions than `items` (or two). The search is exact: each part
    of an alias holds 80 % of the rows, so patterns are joined level by level while they do.
    Source: Jaccard (1912), New Phytol. 11(2), 37-50.
    """
    has = rows_of(coded, items)
    size = int(np.count_nonzero(has))
    inside = Conjunctions(coded.take(np.flatnonzero(has)))
    own = coded.items_of(items)
    patterns = np.arange(coded.items)[:, np.newaxis]
    met = Frontier(patterns, rows.singles(), inside.singles())
    found: list[Alias] = []
    for _ in range(max(2, len(items))):
        near = met.take(
            (met.errors >= ceil(ALIKE * size))
            & (np.isin(met.patterns, own).sum(axis=1) < len(own))
        )
        jaccard = near.errors / (near.rows + size - near.errors)
        found += _named(coded, near.take(jaccard >= ALIKE), jaccard[jaccard >= ALIKE])
        met = near.take(jaccard < ALIKE)
        if not len(met):
            break
        longer = [part for _, part in met.refine(coded.column_of)]
        met = Frontier.joined(longer)
        met = met.with_errors(inside.count(met.patterns, heed.check))
        met = met.take(met.errors >= ceil(ALIKE * size))
        met = met.with_rows(rows.count(met.patterns, heed.check))
    return tuple(sorted(found, key=lambda a: (-a.jaccard, len(a.items), a.items))[:MOST])


def _named(
    coded: CodedRows, met: Frontier, jaccard: Sequence[float] | NDArray[np.float64]
) -> list[Alias]:
    columns, codes = coded.column_of[met.patterns], coded.code_of[met.patterns]
    return [
        Alias(tuple(zip(c, v, strict=True)), int(rows), float(share))
        for c, v, rows, share in zip(
            columns.tolist(), codes.tolist(), met.rows, jaccard, strict=True
        )
    ]
