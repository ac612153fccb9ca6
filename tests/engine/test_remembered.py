"""What was counted once is looked up, and is the same."""

from itertools import combinations

import numpy as np
import pytest

from core.engine import remembered
from core.engine.coded import CodedRows
from core.engine.conjunctions import Conjunctions
from core.engine.remembered import Remembered


def _tick() -> None:
    """Nobody watches."""


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
    plain = Conjunctions(coded)
    counter = Remembered(Conjunctions(coded), coded.items)
    asked = np.zeros((0, 2), np.intp)
    for length in (2, 3, 2, 3, 2):
        every = np.array(list(combinations(range(20), length)))
        asked = every[np.sort(rng.choice(len(every), 40, replace=False))]
        expected = plain.count(asked, _tick)
        assert np.array_equal(counter.count(asked, _tick), expected)
    assert np.array_equal(counter.singles(), plain.singles())
    assert len(counter.count(asked[:0], _tick)) == 0


@pytest.mark.parametrize("largest", [1 << 62, 1])
@pytest.mark.parametrize("renewed", [False, True])
def test_what_leaves_is_taken_off(
    monkeypatch: pytest.MonkeyPatch, largest: int, *, renewed: bool
) -> None:
    """Against counting the rows that are left, after each of three parts went."""
    monkeypatch.setattr(remembered, "LARGEST_KEY", largest)
    rng = np.random.default_rng(largest % 97)
    coded = CodedRows(rng.integers(0, 4, (5, 900)).astype(np.uint8), (4,) * 5)
    part_of = rng.integers(0, 4, 900)
    counter = Remembered(Conjunctions(coded), coded.items)
    for gone in range(4):
        left = Conjunctions(coded.take(np.flatnonzero(part_of >= gone)))
        if gone:
            part = Conjunctions(coded.take(np.flatnonzero(part_of == gone - 1)))
            counter.leave(part, left if renewed else None)
        for length in (2, 3):
            every = np.array(list(combinations(range(20), length)))
            asked = every[np.sort(rng.choice(len(every), 60, replace=False))]
            expected = left.count(asked, _tick)
            assert (counter.at_most(asked) >= expected).all()
            assert np.array_equal(counter.count(asked, _tick), expected)
        assert np.array_equal(counter.singles(), left.singles())


def test_it_tells_what_it_knows() -> None:
    """The patterns that were counted, and how often each was met then."""
    coded = CodedRows(np.array([[0, 0, 1], [1, 1, 1]], np.uint8), (2, 2))
    counter = Remembered(Conjunctions(coded), coded.items)
    asked = np.array([[0, 3], [1, 3]])
    assert list(counter.patterns()) == []
    assert (counter.at_most(asked) == remembered.UNKNOWN).all()
    assert counter.count(asked, _tick).tolist() == [2, 1]
    assert [patterns.tolist() for patterns in counter.patterns()] == [asked.tolist()]
    counter.leave(Conjunctions(coded.take(np.array([0]))))
    assert counter.at_most(np.array([[0, 3], [0, 2]])).tolist() == [2, remembered.UNKNOWN]
