"""Groups are alike or not, and their spread is theirs, not that of small numbers."""

import os

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from core.estimates.homogeneity import both, means_alike, shares_alike, spread_between
from core.estimates.intervals import Z95
from core.records.estimate import Estimate, NotEstimable
from core.records.fairness import Homogeneity

TIMES = 4000 if os.environ.get("PROVE") else 400


@given(st.lists(st.tuples(st.integers(5, 80), st.integers(5, 80)), min_size=2, max_size=9))
def test_shares_have_the_g_test_of_scipy(cells: list[tuple[int, int]]) -> None:
    """Against the contingency table of scipy; small expectations give a reason instead."""
    table = np.array(cells)
    rows = table.sum(axis=1).astype(float)
    found = shares_alike(table[:, 0] / rows, rows)
    g = stats.chi2_contingency(table, correction=False, lambda_="log-likelihood")
    if g.expected_freq.min() < 5:
        assert isinstance(found, NotEstimable)
        return
    assert isinstance(found, Homogeneity)
    assert found.p == pytest.approx(g.pvalue, rel=1e-9, abs=1e-300)
    assert found.degrees == len(cells) - 1


def test_a_test_that_does_not_hold_says_why() -> None:
    """By hand: 10 rows at a common share of 0.1 expect one hit; one group is alone."""
    rows = np.array([10.0, 90.0])
    found = shares_alike(np.array([0.1, 0.1]), rows)
    reason = "a group expects 1.0 cases where the test wants 5"
    assert found == NotEstimable(reason, 100)
    alone = NotEstimable("fewer than two groups can be compared", 10)
    assert shares_alike(np.array([0.1]), rows[:1]) == alone
    assert isinstance(means_alike(np.array([0.1]), np.array([1.0])), NotEstimable)


def test_cochrans_q_by_hand() -> None:
    """Values 1 and 2 with variances 1/4: weighted mean 1.5, Q = 2 * (1/4) / (1/4) = 2."""
    found = means_alike(np.array([1.0, 2.0]), np.array([0.25, 0.25]))
    assert isinstance(found, Homogeneity)
    assert (found.statistic, found.degrees) == (2.0, 1)
    assert found.p == pytest.approx(stats.chi2.sf(2, 1))


def test_tests_on_different_rows_add_up() -> None:
    """Chi-squares and degrees are summed; one missing test leaves none."""
    one = Homogeneity(2.0, 1, 0.2, "G-test")
    found = both([one, Homogeneity(3.0, 2, 0.2, "G-test")])
    assert isinstance(found, Homogeneity)
    assert (found.statistic, found.degrees) == (5.0, 3)
    assert found.p == pytest.approx(stats.chi2.sf(5, 3))
    missing = NotEstimable("nothing", 3)
    assert both([one, missing]) == missing


def _spread(value: list[float], variance: list[float]) -> Estimate:
    found = spread_between(np.array(value), np.array(variance), rows=9)
    assert isinstance(found, Estimate)
    assert found.low <= found.value <= found.high
    return found


def test_a_spread_by_hand() -> None:
    """Values 0.2, 0.4, 0.6 (variance 0.04) with sampling variance 0.01: sqrt 0.03.

    As T = 0.08 over 0.01 is a noncentral chi-square of 2 degrees, so are the ends.
    """
    found = _spread([0.2, 0.4, 0.6], [0.01] * 3)
    assert found.value == pytest.approx(np.sqrt(0.03))
    for end, below in ((found.low, 0.975), (found.high, 0.025)):
        nc = 2 * end**2 / 0.01
        assert nc == 0 or stats.ncx2.cdf(8, 2, nc) == pytest.approx(below)


@pytest.mark.parametrize("groups", [2, 200])
def test_a_spread_of_millions_of_rows_goes_on_as_before(groups: int) -> None:
    """On both sides of the limit, where the noncentral chi-square gives way to the normal.

    In units of the standard error the arms are alike; billions of rows are no trouble.
    """
    value = np.linspace(0.2, 0.6, groups)
    arms = []
    for seen in (0.99e6, 1.01e6, 1e12):
        variance = ((value - value.mean()) ** 2).sum() / seen
        found = _spread(value.tolist(), [variance] * groups)
        error = np.sqrt(variance / (groups - 1))
        arms.append([(found.value - found.low) / error, (found.high - found.value) / error])
    assert arms[1] == pytest.approx(arms[0], abs=0.01)
    assert arms[2] == pytest.approx([Z95, Z95], abs=0.01)


def test_groups_alike_have_no_spread_but_doubt() -> None:
    """All the same: 0, with an upper end that more rows bring down."""
    few, many = _spread([0.3] * 4, [0.01] * 4), _spread([0.3] * 4, [0.0001] * 4)
    assert few.value == many.value == few.low == 0.0
    assert few.high == pytest.approx(10 * many.high)
    assert many.high > 0
    alone = spread_between(np.array([0.3]), np.array([0.1]), rows=9)
    assert isinstance(alone, NotEstimable)


def test_small_groups_without_disparity_have_no_spread() -> None:
    """Five groups of 50 rows at 0.3: max - min is 0.146 on average, the squared spread 0.

    Unlike sizes too; 4,000 seeded tables, the square not cut at 0.
    """
    rng = np.random.default_rng(6)
    rows = np.array([50, 50, 50, 50, 50])
    seen = rng.binomial(rows, 0.3, (4000, 5)) / rows
    variance = seen * (1 - seen) / (rows - 1)
    square = seen.var(axis=1, ddof=1) - variance.mean(axis=1)
    assert np.ptp(seen, axis=1).mean() == pytest.approx(0.146, abs=0.005)
    assert square.mean() == pytest.approx(0.0, abs=0.0002)
    for x, v, s in zip(seen[:20], variance[:20], square[:20], strict=True):
        assert _spread(x.tolist(), v.tolist()).value == pytest.approx(np.sqrt(max(0, s)))


@pytest.mark.parametrize("truth", [[0.3] * 5, [0.2, 0.25, 0.3, 0.35, 0.4], [0.2, 0.5]])
def test_the_interval_of_a_spread_covers_the_truth(truth: list[float]) -> None:
    """Seeded tables with groups of 60 to 400 rows: the true spread inside 93 % or more."""
    rng = np.random.default_rng(7)
    rows = np.linspace(60, 400, len(truth)).astype(int)
    covered = 0
    for _ in range(TIMES):
        seen = rng.binomial(rows, truth) / rows
        found = _spread(seen.tolist(), (seen * (1 - seen) / (rows - 1)).tolist())
        spread = float(np.std(truth, ddof=1)) + 1e-12
        covered += found.low <= spread <= found.high + 2e-12
    assert covered / TIMES >= 0.93
