"""Slice groups add up to all rows, and set right they hold for these."""

import numpy as np
import pytest

from core.measures.slice_groups import set_right, split_slices, whole_of
from tests.measures.scored_rows import draw_calibrated, group_rows
from tests.measures.test_slice_calibration import count_slices


def test_the_slices_of_a_column_are_all_rows() -> None:
    """Rows, events and promised events, step by step, against the rows themselves."""
    rng = np.random.default_rng(1)
    p, y = draw_calibrated(rng, 3_000)
    slices = split_slices(count_slices(rng.integers(0, 4, 3_000), p, y))
    whole = whole_of(slices)
    step = np.floor(p * 1000).astype(int)
    assert [each.code for each in slices] == [0, 1, 2, 3]
    assert np.array_equal(whole.bucket // 64, np.unique(step))
    assert np.array_equal(whole.rows, np.unique(step, return_counts=True)[1])
    assert whole.events.sum() == y.sum()
    assert whole.stated.sum() == pytest.approx(p.sum(), abs=1e-8)
    alone = group_rows(p, y)
    assert whole.effective_rows == alone.effective_rows


def test_set_right_the_whole_holds() -> None:
    """As many events promised as came, at both ends of the scores; the slices keep theirs."""
    rng = np.random.default_rng(2)
    x = rng.normal(-1, 1.5, 4_000)
    y = rng.random(4_000) < 1 / (1 + np.exp(-(0.5 + 0.6 * x)))
    slices = split_slices(count_slices(rng.integers(0, 3, 4_000), 1 / (1 + np.exp(-x)), y))
    right = set_right(slices, whole_of(slices))
    assert right
    stated = sum(each.moments.expected for each in right)
    assert stated == pytest.approx(y.sum(), rel=1e-6)
    for before, after in zip(slices, right, strict=True):
        assert after.moments.events == before.moments.events
        assert np.all(np.diff(after.groups.said) > 0)


def test_without_both_kinds_nothing_can_be_set_right() -> None:
    """Nothing happened to anybody: there is no line through that."""
    p = np.tile([0.2, 0.4], 50)
    slices = split_slices(count_slices(np.zeros(100, dtype=int), p, np.zeros(100)))
    assert set_right(slices, whole_of(slices)) is None
