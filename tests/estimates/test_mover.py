"""Differences and ratios lie where their intervals say, however lopsided."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.estimates.intervals import Z95
from core.estimates.many import Intervals, wilson_many
from core.estimates.mover import average_many, difference_many, ratio_many


def _share(hits: object, total: object) -> Intervals:
    counts = np.atleast_1d(np.asarray(hits)), np.atleast_1d(np.asarray(total))
    return wilson_many(counts[0], counts[1], counts[1])


@pytest.mark.parametrize(
    ("a", "b", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_differences_of_newcombes_table(
    a: tuple[int, int], b: tuple[int, int], low: float, high: float
) -> None:
    """The eight worked contrasts of Newcombe (1998), table II, method 10."""
    found = difference_many(_share(*a), _share(*b))
    assert found.low[0] == pytest.approx(low, abs=6e-5)
    assert found.high[0] == pytest.approx(high, abs=6e-5)


@given(st.integers(1, 60), st.integers(1, 60), st.floats(0, 1), st.floats(0, 1))
def test_a_ratio_ends_where_the_difference_is_0(
    n: int, m: int, part: float, other: float
) -> None:
    """A - R b has 0 as an end of its MOVER interval exactly at both ends of the ratio."""
    a, b = _share(round(part * n), n), _share(round(other * m), m)
    found = ratio_many(a, b)
    if not b.value[0]:
        assert np.isnan([found.value[0], found.low[0], found.high[0]]).all()
        return
    assert 0 <= found.low[0] <= found.value[0] <= found.high[0] < np.inf
    for ratio, lower in ((found.low[0], True), (found.high[0], False)):
        scaled = Intervals(b.value * ratio, b.low * ratio, b.high * ratio)
        zero = difference_many(a, scaled)
        end = zero.low[0] if lower else zero.high[0]
        assert end == pytest.approx(0.0, abs=1e-6)


def test_ratios_at_the_edge() -> None:
    """Nothing by something is 0 with an end above it; below no bound there is no end."""
    none = ratio_many(_share(0, 50), _share(25, 50))
    assert (none.value[0], none.low[0]) == (0.0, 0.0)
    assert 0 < none.high[0] < 0.2
    open_ = Intervals(np.array([0.5]), np.array([0.0]), np.array([0.9]))
    assert ratio_many(open_, open_).high[0] == np.inf


def test_a_balanced_accuracy_is_the_middle_of_two_rates() -> None:
    """By hand with arms of 0.1 each: the middle has an arm of 0.1 / sqrt 2."""
    a = Intervals(np.array([0.8]), np.array([0.7]), np.array([0.9]))
    b = Intervals(np.array([0.6]), np.array([0.5]), np.array([0.7]))
    found = average_many(a, b)
    assert found.value[0] == pytest.approx(0.7)
    assert found.low[0] == pytest.approx(0.7 - 0.1 / np.sqrt(2))
    assert found.high[0] == pytest.approx(0.7 + 0.1 / np.sqrt(2))


def test_normal_arms_give_the_normal_difference() -> None:
    """With symmetric arms MOVER is z times the root of both squared errors."""
    error = np.array([0.02, 0.03])
    sides = [
        Intervals(np.array([v]), np.array([v - Z95 * e]), np.array([v + Z95 * e]))
        for v, e in zip((0.5, 0.4), error, strict=True)
    ]
    found = difference_many(*sides)
    half = Z95 * np.hypot(*error)
    assert [found.low[0], found.high[0]] == pytest.approx([0.1 - half, 0.1 + half])


def test_differences_and_ratios_cover_as_often_as_they_promise() -> None:
    """20,000 seeded pairs of 30 and 60 rows at 0.2 and 0.3: 95 % within 1.5 points."""
    rng = np.random.default_rng(5)
    a = _share(rng.binomial(30, 0.2, 20_000), np.full(20_000, 30))
    b = _share(rng.binomial(60, 0.3, 20_000), np.full(20_000, 60))
    difference, ratio = difference_many(a, b), ratio_many(a, b)
    for found, truth in ((difference, -0.1), (ratio, 2 / 3)):
        covered = np.mean((found.low <= truth) & (found.high >= truth))
        assert covered == pytest.approx(0.95, abs=0.015)


def test_what_is_missing_stays_missing() -> None:
    """A difference, ratio or average with an empty side is no number."""
    pair = _share(3, 9), _share(0, 0)
    for combine in (difference_many, ratio_many, average_many):
        found = combine(*pair)
        assert np.isnan([found.value[0], found.low[0], found.high[0]]).all()
