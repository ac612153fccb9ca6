"""Intervals are those of the papers that they name."""

from math import comb, exp, log, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from core.estimates.intervals import (
    Z95,
    estimate_auc,
    estimate_f1,
    estimate_mean,
    estimate_root,
    estimate_share,
    kish,
    wilson,
)
from core.records.estimate import Estimate, Measured, NotEstimable

AMOUNTS = st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=30)


def _known(measured: Measured) -> Estimate:
    assert isinstance(measured, Estimate)
    assert measured.low <= measured.value <= measured.high
    return measured


@given(st.integers(1, 5000), st.floats(0, 1))
def test_a_share_has_the_interval_of_wilson(total: int, part: float) -> None:
    """Against scipy's own score interval without continuity correction."""
    hits = round(part * total)
    found = _known(
        estimate_share(hits, total, rows=total, effective_rows=total, nothing="")
    )
    exact = stats.binomtest(hits, total).proportion_ci(0.95, method="wilson")
    assert found.value == hits / total
    assert found.low == pytest.approx(exact.low, abs=1e-12)
    assert found.high == pytest.approx(exact.high, abs=1e-12)


def test_wilson_by_hand() -> None:
    """8 of 10: (0.49, 0.943), as in the tables; nothing of 10 ends at 0 exactly."""
    assert wilson(0.8, 10) == pytest.approx((0.490162, 0.943318), abs=1e-6)
    assert wilson(0.0, 10)[0] == 0.0
    assert wilson(1.0, 10)[1] == 1.0
    assert 1 - wilson(0.0, 10)[1] == pytest.approx(wilson(1.0, 10)[0])


def test_wilson_covers_as_often_as_it_promises() -> None:
    """Summed over all outcomes of 40 rows at many shares: 95 % on average."""
    shares = np.linspace(0.01, 0.99, 197)
    covered = []
    for share in shares:
        inside = 0.0
        for hits in range(41):
            low, high = wilson(hits / 40, 40)
            if low <= share <= high:
                inside += comb(40, hits) * share**hits * (1 - share) ** (40 - hits)
        covered.append(inside)
    assert np.mean(covered) == pytest.approx(0.95, abs=0.01)


def test_no_denominator_is_no_number() -> None:
    """The reason is handed on; it is never 0."""
    found = estimate_share(0, 0, rows=0, effective_rows=0, nothing="no positives here")
    assert found == NotEstimable("no positives here", 0)


def test_kish_by_hand() -> None:
    """Weights 1, 1, 2: 4 squared over 6; equal weights count in full; none is none."""
    assert kish(4, 6) == pytest.approx(16 / 6)
    assert kish(5 * 3, 5 * 9) == 5
    assert kish(0, 0) == 0.0


@given(AMOUNTS)
def test_a_mean_has_the_interval_of_student(values: list[float]) -> None:
    """Against scipy's t interval around the mean, from mean and mean square alone."""
    x = np.array(values)
    found = _known(
        estimate_mean(
            float(x.mean()), float((x * x).mean()), rows=len(x), effective_rows=len(x)
        )
    )
    if float(x.std()) > 1e-3:
        low, high = stats.t.interval(0.95, len(x) - 1, loc=x.mean(), scale=stats.sem(x))
        assert found.low == pytest.approx(low, rel=1e-4, abs=1e-6)
        assert found.high == pytest.approx(high, rel=1e-4, abs=1e-6)


@given(AMOUNTS)
def test_a_root_has_the_interval_of_the_delta_method(values: list[float]) -> None:
    """se(sqrt m) = se(m) / (2 sqrt m), with m the mean of squares; never below 0."""
    x2 = np.array(values) ** 2
    n = len(x2)
    found = _known(
        estimate_root(float(x2.mean()), float((x2 * x2).mean()), rows=n, effective_rows=n)
    )
    root = sqrt(x2.mean())
    half = Z95 * float(x2.std()) / sqrt(n) / (2 * root) if root else 0.0
    assert found.value == pytest.approx(root)
    assert found.high - found.value == pytest.approx(half, rel=1e-3, abs=1e-4)
    assert found.low >= 0


@pytest.mark.parametrize("estimate", [estimate_mean, estimate_root])
def test_one_row_has_no_spread(estimate: type) -> None:
    """Fewer than two effective rows give no interval, so no number."""
    assert estimate(1.0, 1.0, rows=7, effective_rows=1.9) == NotEstimable(
        "fewer than two rows", 7
    )


@given(st.floats(0.02, 0.98), st.floats(1e-6, 0.01), st.integers(10, 500))
def test_an_auc_has_its_interval_on_the_logit_scale(
    auc: float, variance: float, side: int
) -> None:
    """logit(a) +- z se / (a (1 - a)), carried back: always inside 0 and 1."""
    found = _known(
        estimate_auc(auc, variance, positives=side, negatives=side, rows=2 * side)
    )
    half = stats.norm.ppf(0.975) * sqrt(variance) / (auc * (1 - auc))
    ends = [1 / (1 + exp(-(log(auc / (1 - auc)) + sign * half))) for sign in (-1, 1)]
    assert [found.low, found.high] == pytest.approx(ends, abs=1e-12)
    assert found.method == "DeLong on the logit scale"


@pytest.mark.parametrize("auc", [0.0, 1.0, 0.75])
def test_a_perfect_or_small_ranking_still_has_doubt(auc: float) -> None:
    """Newcombe: each end solves |auc - a| = z sqrt(V(a)); AUC 1 of 13 rows is not certain."""
    found = _known(estimate_auc(auc, 0.0, positives=5, negatives=8, rows=13))
    for end, edge in ((found.low, 0.0), (found.high, 1.0)):
        q1, q2 = end / (2 - end), 2 * end**2 / (1 + end)
        variance = end * (1 - end) + 5.5 * (q1 - end**2) + 5.5 * (q2 - end**2)
        solved = abs(auc - end) == pytest.approx(Z95 * sqrt(variance / 40), abs=1e-9)
        assert solved or auc == edge
    assert found.high - found.low > 0.1
    assert found.value == auc


def test_a_perfect_ranking_grows_certain_with_its_rows() -> None:
    """By hand: 1 - low is about z^2 / (2 n) for n rows a side, so 0.013 for 150."""
    lows = [
        _known(estimate_auc(1.0, 0.0, positives=n, negatives=n, rows=2 * n)).low
        for n in (5, 15, 150, 15_000)
    ]
    assert lows == sorted(lows)
    assert lows[2] == pytest.approx(1 - 3.84 / 300, abs=5e-4)
    assert lows[3] == pytest.approx(1 - 3.84 / 30_000, abs=5e-6)


@given(st.integers(0, 300), st.integers(0, 300))
def test_f1_carries_over_the_ends_of_its_share(hits: int, wrong: int) -> None:
    """F1 = 2 J / (1 + J): value and both ends of J's Wilson interval."""
    total = hits + wrong
    measured = estimate_f1(hits, wrong, rows=total, effective_rows=total)
    if not total:
        assert measured == NotEstimable("no positives", 0)
        return
    found = _known(measured)
    exact = stats.binomtest(hits, total).proportion_ci(0.95, method="wilson")
    assert found.value == pytest.approx(2 * hits / (2 * hits + wrong))
    assert found.low == pytest.approx(2 * exact.low / (1 + exact.low), abs=1e-12)
    assert found.high == pytest.approx(2 * exact.high / (1 + exact.high), abs=1e-12)
