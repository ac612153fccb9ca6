"""What was counted once is looked up, and is the same."""

from itertools import combinations

import numpy as np
import pytest

from core.engine import remembered
from core.engine.coded import CodedRows
from core.engine.conjunctions import Conjunctions
from core.engine.remembered import Remembered


@pytest.mark.parametrize("most", [1 << 22, 20])
@pytest.mark.parametrize("largest", [1 << 62, 1])
def test_counts_are_those_of_the_counter(
    monkeypatch: pytest.MonkeyPatch, most: int, largest: int
) -> None:
    """Asked for overlapping patterns in any order, with memory for all or for few."""
    monkeypatch.setattr(remembered, "MOST", most)
    monkeypatch.setattr(remembered, "LARGEST_KEY", largest)
    rng = np.random.default_rng(most)
    coded = CodedRows(rng.integers(0, 4, (5, 300)).astype(np.uint8), (4,) * 5)
    counter, plain = Remembered(coded), Conjunctions(coded)
    asked = np.zeros((0, 2), np.intp)
    for length in (2, 3, 2, 3, 2):
        every = np.array(list(combinations(range(20), length)))
        asked = every[np.sort(rng.choice(len(every), 40, replace=False))]
        expected = plain.count(asked, lambda: None)
        assert np.array_equal(counter.count(asked, lambda: None), expected)
    assert np.array_equal(counter.singles(), plain.singles())
    assert len(counter.count(asked[:0], lambda: None)) == 0
