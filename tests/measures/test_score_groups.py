"""Score groups hold every row once, in the order of the score."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.measures.calibration import measure_calibration
from core.measures.score_groups import equal_count, equal_width, group_cube
from core.measures.score_moments import moments_of_groups
from core.runs.desk import Desk
from tests.engine.scores import count_cube, lay_scored
from tests.measures.scored_rows import draw_stretched, group_rows


@given(st.integers(0, 10**6), st.integers(1, 20))
def test_bins_add_up_and_do_not_split_ties(seed: int, bins: int) -> None:
    """All rows, events and sums are in one bin; ranges of scores do not overlap."""
    rng = np.random.default_rng(seed)
    p = rng.random(300).round(int(rng.integers(1, 6)))
    y, w = rng.random(300) < p, rng.integers(1, 5, 300)
    groups = group_rows(p, y, w)
    for merged in (equal_count(groups, bins), equal_width(groups, bins)):
        assert len(merged.rows) <= bins
        assert merged.all_rows == 300
        assert merged.weight.sum() == w.sum()
        assert merged.events.sum() == (w * y).sum()
        assert merged.stated.sum() == pytest.approx((w * p).sum())
        assert np.all(np.diff(merged.said) > 0)


def test_equal_count_worked_by_hand() -> None:
    """Ten rows in three bins; four ties stay together and leave two bins."""
    even = equal_count(group_rows(np.arange(10) / 10, [0, 1] * 5), 5)
    assert even.rows.tolist() == [2] * 5
    tied = equal_count(group_rows([0.1, 0.5, 0.5, 0.5, 0.5, 0.9], [0, 1, 0, 1, 0, 1]), 3)
    assert tied.rows.tolist() == [1, 4, 1]
    assert tied.happened.tolist() == [0.0, 0.5, 1.0]


def test_equal_width_bins_are_closed_at_the_end() -> None:
    """[0, 0.1), ..., [0.9, 1]: a score on an edge belongs to the bin above, 1 to the last."""
    p = np.array([0.0, 0.1, 0.2, 0.3, 0.7, 0.9, 1.0])
    bins = equal_width(group_rows(p, [0] * 7), 10)
    assert (bins.bucket // 6_400).tolist() == [0, 1, 2, 3, 7, 9]
    assert bins.rows.tolist() == [1, 1, 1, 1, 1, 2]


@pytest.mark.parametrize("weighed", [False, True])
def test_the_cube_says_what_the_rows_say(desk: Desk, weighed: bool) -> None:  # noqa: FBT001 - two cases
    """Every number of the page from the cube, within its 64,000 buckets."""
    rng = np.random.default_rng(2)
    p, y = draw_stretched(rng, 5_000)
    w = rng.choice([0.5, 1.0, 2.0], 5_000) if weighed else None
    cube = group_cube(count_cube(desk, lay_scored(desk, p, y, w)))
    rows = group_rows(p, y, None if w is None else w / w.mean())
    a, b = (measure_calibration(g, moments_of_groups(g)) for g in (cube, rows))
    assert a.rows == b.rows
    assert a.events == pytest.approx(b.events)
    assert a.expected == pytest.approx(b.expected)
    assert a.gap
    assert b.gap
    assert a.gap.value == pytest.approx(b.gap.value, abs=1e-3)
    assert a.expert
    assert b.expert
    assert a.expert.smooth_gap == pytest.approx(b.expert.smooth_gap, abs=1e-4)
    assert a.expert.brier.score == pytest.approx(b.expert.brier.score, abs=1e-6)
    assert [line.rows for line in a.lines] == pytest.approx(
        [line.rows for line in b.lines], abs=3
    )
