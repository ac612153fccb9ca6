"""Distances of two distributions: the values of their definitions, and their noise floors."""

import os

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats
from scipy.spatial.distance import jensenshannon

from core.estimates.shift_distances import (
    chi_square,
    cramers_v,
    jensen_shannon,
    kolmogorov_floor,
    measure_bins,
    pool_rare,
    psi,
    total_variation,
    wasserstein_floor,
)

TIMES = 4000 if os.environ.get("PROVE") else 400
BINS = st.lists(
    st.tuples(st.integers(0, 500), st.integers(0, 500)), min_size=1, max_size=30
)


def table(pairs: list[tuple[int, int]]) -> NDArray[np.int64]:
    """Return the counts of pairs and one row on each side, so that neither is empty."""
    return np.array([(1, 1), *pairs], np.int64).T


def test_distances_of_a_case_by_hand() -> None:
    """Half of the rows move from one bin to another."""
    counts = np.array([[10, 10, 0], [10, 5, 5]])
    assert total_variation(counts) == pytest.approx(0.25)
    p, q = np.array([10.5, 10.5, 0.5]) / 21.5, np.array([10.5, 5.5, 5.5]) / 21.5
    assert psi(counts) == pytest.approx(sum((p - q) * np.log(p / q)))
    half = (
        0.25 * np.log2(0.25 / 0.125) / 2
        + (0.5 * np.log2(0.5 / 0.375) + 0.25 * np.log2(0.25 / 0.375)) / 2
    )
    assert jensen_shannon(counts) == pytest.approx(np.sqrt(half))


@given(BINS)
def test_distances_equal_independent_definitions(pairs: list[tuple[int, int]]) -> None:
    """Jensen-Shannon is scipy's, total variation and PSI are their sums, to 1e-12."""
    counts = table(pairs)
    p, q = counts / counts.sum(axis=1, keepdims=True)
    assert jensen_shannon(counts) == pytest.approx(
        float(jensenshannon(p, q, base=2)) if (p != q).any() else 0.0, abs=1e-7
    )
    divergence = float(jensenshannon(p, q, base=2)) ** 2 if (p != q).any() else 0.0
    assert jensen_shannon(counts) ** 2 == pytest.approx(divergence, abs=1e-12)
    assert total_variation(counts) == pytest.approx(
        max(0.0, *(float((p[s] - q[s]).sum()) for s in (p > q, p >= q))), abs=1e-12
    )
    a, b = counts[0] + 0.5, counts[1] + 0.5
    a, b = a / a.sum(), b / b.sum()
    relative = stats.entropy(a, b) + stats.entropy(b, a)
    assert psi(counts) == pytest.approx(float(relative), abs=1e-12)


def test_homogeneity_equals_scipy() -> None:
    """Both sides are samples: Pearson's test of a table of two rows."""
    counts = np.array([[30, 50, 20], [60, 70, 70]])
    found = stats.chi2_contingency(counts, correction=False)
    assert chi_square(counts) == pytest.approx((found.statistic, 2, found.pvalue))


def test_rare_bins_count_together() -> None:
    """A bin that expects fewer than 5 rows is no bin of its own, and no row is lost."""
    counts = np.array([[50, 40, 2, 1, 3], [60, 30, 1, 4, 2]])
    pooled = pool_rare(counts)
    assert pooled.tolist() == [[50, 40, 6], [60, 30, 7]]
    few = pool_rare(np.array([[50, 40, 1], [60, 30, 1]]))
    assert few.tolist() == [[50, 41], [60, 31]]


def test_one_row_of_a_new_name_is_no_proof() -> None:
    """A goodness-of-fit test calls it impossible, p = 0; it is one row among 1,000."""
    assert chi_square(np.array([[500, 500, 0], [500, 499, 1]]))[2] > 0.5


@pytest.mark.parametrize(("n", "m"), [(500, 500), (1000, 5000)])
def test_equal_samples_alarm_in_five_of_a_hundred(n: int, m: int) -> None:
    """With the reference taken as exact it would be 34 or 80 of 100."""
    rng = np.random.default_rng(7)
    share = np.full(12, 1 / 12)
    p = [
        chi_square(np.stack([rng.multinomial(n, share), rng.multinomial(m, share)]))[2]
        for _ in range(TIMES)
    ]
    alarms = np.mean(np.array(p) <= 0.05)
    assert abs(alarms - 0.05) < 4 * np.sqrt(0.05 * 0.95 / TIMES)


def test_cramers_v_of_a_perfect_split_and_of_none() -> None:
    """One where the bin tells the side, 0 where nothing does, its bias taken away."""
    assert cramers_v(np.array([[500, 0], [0, 500]])) == pytest.approx(1.0)
    assert cramers_v(np.array([[500, 500], [500, 500]])) == 0.0
    assert cramers_v(np.array([[7, 0], [7, 0]])) == 0.0


@pytest.mark.parametrize(("bins", "rows"), [(10, 1000), (50, 10_000)])
def test_noise_floors_hold_in_95_of_100(bins: int, rows: int) -> None:
    """Each distance of two samples of one distribution stays under its floor so often."""
    rng = np.random.default_rng(3)
    share = np.full(bins, 1 / bins)
    under = np.zeros(4)
    for _ in range(TIMES):
        counts = np.stack([rng.multinomial(rows, share), rng.multinomial(rows, share)])
        under += [d.value <= d.floor for d in measure_bins(counts)]
    assert np.abs(under / TIMES - 0.95).max() < 0.015 + 4 * np.sqrt(0.05 * 0.95 / TIMES)


@pytest.mark.parametrize("name", ["normal", "lognormal", "uniform"])
def test_floors_of_ordered_columns_hold_in_95_of_100(name: str) -> None:
    """The floors of Kolmogorov-Smirnov and Wasserstein-1, by simulation."""
    rng = np.random.default_rng(5)
    under = np.zeros(2)
    for _ in range(TIMES):
        x, y = (getattr(rng, name)(size=400) for _ in range(2))
        values = np.union1d(x, y)
        counts = np.stack([np.isin(values, x), np.isin(values, y)]).astype(np.int64)
        floor = wasserstein_floor(values, values, counts)
        under += [
            stats.ks_2samp(x, y, method="asymp").statistic <= kolmogorov_floor(400, 400),
            stats.wasserstein_distance(x, y) <= floor,
        ]
    assert (under / TIMES > 0.93 - 3 * np.sqrt(0.05 * 0.95 / TIMES)).all()
    assert (under / TIMES < 0.985).all()
