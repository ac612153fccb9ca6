"""Intervals of the effect: they hold the truth, and come close to it where nothing moved."""

import os

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from core.estimates.shift_intervals import (
    band,
    estimate_ks,
    estimate_variation,
    ks_p,
    rows_needed,
)
from core.records.estimate import Estimate

TIMES = 1000 if os.environ.get("PROVE") else 100
SLACK = 4 * np.sqrt(0.05 * 0.95 / TIMES)
Shares = NDArray[np.float64]


def moved(share: Shares, by: float, how: str) -> tuple[Shares, Shares]:
    """Return shares before and after that lie `by` apart: a new bin, one that grows, or all."""
    if how == "new":
        return np.append(share, 0), np.append(share * (1 - by), by)
    if how == "grown":
        after = share * (1 - by / (1 - share[0]))
        after[0] = share[0] + by
        return share, after
    up = np.arange(len(share)) % 2 == 0
    return share, share + by * np.where(
        up, share / share[up].sum(), -share / share[~up].sum()
    )


def test_a_band_by_hand() -> None:
    """1.358 sqrt(1/n + 1/m): two samples of 2,000 are known to 4.3 points."""
    assert band(2000, 2000) == pytest.approx(1.3581 * np.sqrt(1 / 1000), rel=1e-4)
    assert band(100, 100) > 1.3581 * np.sqrt(1 / 50)
    assert estimate_ks(0.2, 0.21, 2000, 2000).high == pytest.approx(0.21 + band(2000, 2000))


@pytest.mark.parametrize("rows", [(300, 300), (2000, 500)])
@pytest.mark.parametrize("far", [0.0, 0.3, 1.0])
def test_the_band_holds_for_unequal_distributions(
    rows: tuple[int, int], far: float
) -> None:
    """In 95 of 100 the true distance lies inside, whether nothing or much moved."""
    rng = np.random.default_rng(1)
    n, m = rows
    truth = 2 * stats.norm.cdf(far / 2) - 1
    inside = 0
    for _ in range(TIMES):
        x, y = rng.normal(size=n), rng.normal(far, size=m)
        d = float(stats.ks_2samp(x, y, method="asymp").statistic)
        found = estimate_ks(d, d, n, m)
        inside += found.low <= truth <= found.high
    assert inside / TIMES >= 0.95 - SLACK


@pytest.mark.parametrize("bins", [2, 5, 50, 200])
@pytest.mark.parametrize("by", [0.0, 0.05, 0.2])
@pytest.mark.parametrize("how", ["new", "grown", "spread"])
def test_the_interval_of_the_variation_holds_the_truth(
    bins: int, by: float, how: str
) -> None:
    """However many bins there are, and whether one moved or all."""
    rng = np.random.default_rng(bins)
    before, after = moved(np.full(bins, 1 / bins), by, how)
    inside = 0
    for _ in range(TIMES):
        sides = (rng.multinomial(3000, share) for share in (before, after))
        found = estimate_variation(np.stack(list(sides)))
        assert found.low <= found.value <= found.high
        inside += found.low <= by + 1e-12 and found.high >= by - 1e-12
    assert inside / TIMES >= 0.95 - SLACK


def test_many_equal_bins_are_no_move() -> None:
    """200 bins of two equal samples look 14 points apart; the interval begins at 0, ends at 11."""
    rng = np.random.default_rng(4)
    share = np.full(200, 1 / 200)
    counts = np.stack([rng.multinomial(3000, share), rng.multinomial(3000, share)])
    found = estimate_variation(counts)
    assert np.abs(counts[0] - counts[1]).sum() / 6000 > 0.13
    assert found.low == 0
    assert found.value < 0.06
    assert found.high < 0.115


def test_what_rare_bins_may_hide_is_in_the_interval() -> None:
    """300 names with one row each on either side: nobody can say, so the upper end is 1."""
    counts = np.eye(2, dtype=np.int64).repeat(300, axis=1)
    found = estimate_variation(counts)
    assert (found.low, found.high) == (0.0, 1.0)


def test_p_values_are_those_of_the_limit() -> None:
    """1.358 sqrt(e) has p = 0.05."""
    assert ks_p(1.3581 * np.sqrt(2 / 900), 900, 900) == pytest.approx(0.05, abs=1e-4)


def test_rows_needed_narrow_the_band_to_the_gap() -> None:
    """An effect of .05 against .10 needs a band of .05: 1,500 rows a side."""
    effect = Estimate(0.05, 0.0, 0.2, 400, 400, "")
    needed = rows_needed(effect, 0.1, (200, 200))
    assert needed == 1500
    assert band(needed, needed) <= 0.05
    assert rows_needed(effect, 0.1, (9000, 9000)) > 9000
