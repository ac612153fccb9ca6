"""Two distributions in bins: certain limits that hold, and exact values where bins are split."""

import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from core.estimates.shift_order import (
    Paired,
    bound_ks,
    bound_wasserstein,
    decile_bins,
    decile_counts,
    open_bins,
    quantile_of,
    split_bins,
)

Values = NDArray[np.float64]
NUMBERS = st.lists(
    st.one_of(
        st.integers(-5, 5).map(float),
        st.floats(-1e3, 1e3),
        st.sampled_from([np.inf, -np.inf]),
    ),
    min_size=1,
    max_size=60,
)
EDGES = st.lists(st.floats(-900, 900), max_size=6, unique=True)


def cut(before: Values, after: Values, edges: list[float]) -> Paired:
    """Return both sides in the bins between some edges, with exact sums."""
    both = [np.sort(before), np.sort(after)]
    every = np.union1d(*both)
    inside = np.searchsorted(np.sort(edges), every) + 1
    place = np.where(np.isinf(every), np.where(every > 0, len(edges) + 2, 0), inside)
    bins = np.unique(place)
    lo = np.array([every[place == b].min() for b in bins])
    hi = np.array([every[place == b].max() for b in bins])
    ends = zip(lo, hi, strict=True)
    parts = [[side[(side >= a) & (side <= b)] for side in both] for a, b in ends]
    n = np.array([[len(part) for part in parts_of] for parts_of in parts], np.int64).T
    with np.errstate(invalid="ignore"):
        sums = np.array([[part.sum() for part in parts_of] for parts_of in parts]).T
    sums = np.nan_to_num(sums, nan=0.0)
    return Paired(lo, hi, n, sums - 1e-9, sums + 1e-9)


def single(before: Values, after: Values) -> Paired:
    """Return both sides value by value."""
    return cut(before, after, list(np.union1d(before, after)[:-1]))


def scipys(x: Values, y: Values) -> float:
    """Return scipy's statistic; what it says of its p-value does not matter here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return float(stats.ks_2samp(x, y, method="asymp").statistic)


def test_ks_of_a_case_by_hand() -> None:
    """1, 2, 3, 4 against 3, 4, 5, 6: at 2 half of the first are reached, none of the second."""
    paired = single(np.array([1.0, 2, 3, 4]), np.array([3.0, 4, 5, 6]))
    assert bound_ks(paired) == (0.5, 0.5)
    low, high = bound_wasserstein(paired)
    assert low <= 2.0 <= high
    assert high - low < 1e-7


@given(NUMBERS, NUMBERS, EDGES)
def test_certain_limits_hold_the_exact_distance(
    before: list[float], after: list[float], edges: list[float]
) -> None:
    """Ties and infinite values included; and splitting the open bins closes the interval."""
    x, y = np.array(before), np.array(after)
    paired = cut(x, y, edges)
    exact = scipys(x, y)
    low, high = bound_ks(paired)
    assert low - 1e-14 <= exact <= high + 1e-14
    at = np.unique(np.concatenate([open_bins(paired), decile_bins(paired)]))
    ends = list(zip(paired.lo[at], paired.hi[at], strict=True))
    inside = [
        np.sort(np.concatenate([np.zeros(0), *(v[(v >= a) & (v <= b)] for a, b in ends)]))
        for v in (x, y)
    ]
    split = split_bins(paired, at, *inside)
    assert split.rows == paired.rows
    assert bound_ks(split) == pytest.approx((exact, exact), abs=1e-14)


@given(NUMBERS, NUMBERS, EDGES)
def test_limits_of_wasserstein_hold_scipys(
    before: list[float], after: list[float], edges: list[float]
) -> None:
    """The interval contains the distance, and has no width where bins hold one value."""
    x, y = (
        np.array([0.0, *(v for v in side if np.isfinite(v))]) for side in (before, after)
    )
    exact = stats.wasserstein_distance(x, y)
    low, high = bound_wasserstein(cut(x, y, edges))
    assert low - 1e-6 <= exact <= high + 1e-6
    fine = single(x, y)
    sums = fine.n * fine.lo
    low, high = bound_wasserstein(Paired(fine.lo, fine.hi, fine.n, sums, sums))
    assert (low, high) == pytest.approx((exact, exact), rel=1e-12, abs=1e-11)


@given(NUMBERS, NUMBERS)
def test_deciles_are_those_of_numpy(before: list[float], after: list[float]) -> None:
    """Bins end at the distinct deciles of the first side, and hold all rows of both."""
    x, y = np.array(before), np.array(after)
    paired = single(x, y)
    edges = np.unique(np.quantile(x, np.arange(1, 10) / 10, method="inverted_cdf"))
    edges = edges[edges < max(x.max(), y.max())]
    expected = [
        np.bincount(np.searchsorted(edges, v), minlength=len(edges) + 1) for v in (x, y)
    ]
    assert decile_counts(paired).tolist() == np.array(expected).tolist()
    assert quantile_of(paired, 0, 0.5) == np.quantile(x, 0.5, method="inverted_cdf")


def test_missing_values_are_the_lowest_of_all() -> None:
    """60 of 100 go missing: the distance is .6, whatever the others do."""
    values = np.arange(100.0)
    paired = single(values, values[:40]).after_missing((0, 60))
    assert bound_ks(paired)[0] == pytest.approx(0.6)
    assert single(values, values).after_missing((0, 0)).rows == (100, 100)


@pytest.mark.parametrize("factor", [1e-6, 1.0, 1e6])
def test_another_unit_changes_nothing(factor: float) -> None:
    """The distance of the order is the same, that in the unit grows with the unit."""
    rng = np.random.default_rng(2)
    x, y = rng.normal(size=300), rng.normal(0.5, size=300)
    one: Any = single(x, y)
    other: Any = single(x * factor, y * factor)
    assert bound_ks(one) == bound_ks(other)
    fine = stats.wasserstein_distance(x, y) * factor
    assert bound_wasserstein(other)[0] == pytest.approx(fine, rel=1e-3, abs=1e-6)
