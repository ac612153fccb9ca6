"""Whatever way is the cheapest, a pattern has one count."""

from itertools import combinations

import numpy as np
import pytest

from core.engine import conjunctions
from core.engine.coded import CodedRows
from core.engine.conjunctions import Conjunctions
from core.errors import WrongInputError

CARDS = (2, 4, 3, 5, 4)


def _case(length: int, rows: int = 3000) -> tuple[CodedRows, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(length)
    codes = np.array([rng.integers(0, card, rows) for card in CARDS], np.uint8)
    coded = CodedRows(codes, CARDS)
    all_ = np.array(list(combinations(range(sum(CARDS)), length)))
    columns = np.sort(coded.column_of[all_], axis=1)
    patterns = all_[np.all(columns[:, 1:] != columns[:, :-1], axis=1)]
    masks = np.array([coded.has(item) for item in range(coded.items)])
    return coded, patterns, np.logical_and.reduce(masks[patterns], axis=1)


WAYS = {
    "bitmaps": {},
    "joint tables": {"FEW": -1, "TABLE": -1e12},
    "some of both": {"FEW": -1, "TABLE": 0.0, "ROW": 0.0, "ROW_COLUMN": 0.0, "CELL": 20.0},
    "fewer rows": {"FEW": 0, "TABLE": 1e12, "MANY": 0, "PROJECTED": -1e12},
    "keys too long": {"FEW": -1, "LARGEST_KEY": 1, "TABLE": -1e12},
}


@pytest.mark.parametrize("length", [2, 3, 4])
@pytest.mark.parametrize("way", WAYS)
def test_every_way_counts_alike(
    monkeypatch: pytest.MonkeyPatch, length: int, way: str
) -> None:
    """Against a loop over the rows; asked twice, for tables of pairs are kept."""
    for name, value in WAYS[way].items():
        monkeypatch.setattr(conjunctions, name, value)
    coded, patterns, has = _case(length)
    counter = Conjunctions(coded)
    for _ in range(2):
        assert np.array_equal(counter.count(patterns, lambda: None), has.sum(axis=1))
    assert counter.count(patterns[:0], lambda: None).tolist() == []


@pytest.mark.parametrize("table", [-1e12, 1e12])
def test_weights_are_summed_up(monkeypatch: pytest.MonkeyPatch, table: float) -> None:
    """By joint tables or pattern by pattern, the sums are the same."""
    monkeypatch.setattr(conjunctions, "TABLE", table)
    coded, patterns, has = _case(3, 500)
    weights = np.random.default_rng(1).integers(0, 1 << 40, 500).astype(np.float64)
    counter = Conjunctions(coded, weights)
    assert np.array_equal(counter.count(patterns, lambda: None), has @ weights)
    masks = np.array([coded.has(item) for item in range(coded.items)])
    assert np.array_equal(counter.singles(), masks @ weights)


def test_a_code_that_should_not_be_there_is_refused() -> None:
    """The column and the code are named."""
    coded = CodedRows(np.array([[0, 1], [0, 3]], np.uint8), (2, 3))
    with pytest.raises(WrongInputError, match="Column 1 has code 3, but only 3 codes"):
        Conjunctions(coded).singles()
