"""Joint counts are those of a loop over the rows, merged or not."""

from itertools import combinations

import numpy as np
import pytest

from core.engine import joint
from core.engine.coded import CodedRows
from core.engine.joint import count_jointly

CARDS = (2, 20, 3, 256, 5, 1)


@pytest.mark.parametrize("length", [1, 2, 3])
@pytest.mark.parametrize("most", [1, 1 << 14])
@pytest.mark.parametrize("weighed", [False, True])
def test_every_set_of_columns_is_counted(
    monkeypatch: pytest.MonkeyPatch, length: int, most: int, *, weighed: bool
) -> None:
    """Against numpy's own histogram; blocks of rows smaller than the table, too."""
    monkeypatch.setattr(joint, "MOST_CELLS", most)
    monkeypatch.setattr(joint, "BLOCK", 128)
    rng = np.random.default_rng(length)
    codes = np.array([rng.integers(0, card, 500) for card in CARDS], np.uint8)
    coded = CodedRows(codes, CARDS)
    weights = rng.integers(0, 9, 500).astype(np.float64) if weighed else None
    sets = list(combinations(range(len(CARDS)), length))
    seen = []
    for columns, table in count_jointly(coded, sets, lambda: None, weights=weights):
        shape = [CARDS[c] for c in columns]
        edges = [np.arange(card + 1) for card in shape]
        expected, _ = np.histogramdd(codes[list(columns)].T, edges, weights=weights)
        assert table.shape == tuple(shape)
        assert np.array_equal(table, expected)
        seen.append(columns)
    assert sorted(seen) == sets


def test_no_rows_are_no_counts() -> None:
    """A table without rows is counted as zeros."""
    coded = CodedRows(np.empty((2, 0), np.uint8), (2, 3))
    ((_, table),) = count_jointly(coded, [(0, 1)], lambda: None)
    assert table.tolist() == [[0, 0, 0], [0, 0, 0]]
