"""Observed against expected holds for many events and for few."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest, poisson, poisson_binom

from core.estimates.observed_expected import (
    as_counts,
    observed_expected_exact,
    observed_expected_p,
)


def _arrays(*numbers: float) -> list[np.ndarray]:
    return [np.array([float(number)]) for number in numbers]


@given(st.integers(1, 200), st.floats(0.01, 0.99), st.data())
def test_alike_scores_are_a_binomial_test(n: int, p: float, data: st.DataObject) -> None:
    """N scores of p: Clopper and Pearson's interval, and the doubled smaller tail."""
    events = data.draw(st.integers(0, n))
    sums = _arrays(events, n * p, n * p * (1 - p))
    found = observed_expected_exact(*sums)
    exact = binomtest(events, n).proportion_ci()
    assert found.low[0] * p == pytest.approx(exact.low, abs=1e-7)
    assert found.high[0] * p == pytest.approx(exact.high, abs=1e-7)
    tails = binom.cdf(events, n, p), binom.sf(events - 1, n, p)
    assert observed_expected_p(*sums)[0] == pytest.approx(min(1, 2 * min(tails)), abs=1e-7)


@given(st.integers(0, 10**6))
def test_unlike_scores_are_near_the_exact_count(seed: int) -> None:
    """Against the true Poisson-binomial distribution of 60 scores."""
    rng = np.random.default_rng(seed)
    p = rng.beta(1, 4, 60)
    events = int(rng.binomial(1, p).sum())
    exact = poisson_binom(p)
    tails = exact.cdf(events), exact.sf(events - 1)
    found = observed_expected_p(*_arrays(events, p.sum(), (p * (1 - p)).sum()))
    assert found[0] == pytest.approx(min(1, 2 * min(tails)), abs=0.02)


@given(st.integers(0, 10**6), st.sampled_from([0.95, 0.975]))
def test_interval_and_p_say_the_same(seed: int, level: float) -> None:
    """The interval holds 1 exactly where p is above 1 - level."""
    rng = np.random.default_rng(seed)
    p = rng.beta(0.5, 5, 100)
    sums = _arrays(float(rng.integers(0, 30)), p.sum(), (p * (1 - p)).sum())
    found, chance = observed_expected_exact(*sums, level=level), observed_expected_p(*sums)
    assert (found.low[0] <= 1 <= found.high[0]) == (chance[0] > 1 - level)


def test_more_events_than_trials_count_as_poisson() -> None:
    """Where the matched trials do not reach the events, Poisson's ends take over."""
    sums = _arrays(9, 2.0, 0.9)
    assert observed_expected_p(*sums)[0] == pytest.approx(2 * poisson.sf(8, 2.0))
    assert observed_expected_exact(*sums).low[0] > 1


def test_without_chance_there_is_no_ratio() -> None:
    """All scores 0, or all 0 and 1: NaN, for the caller to say why."""
    for sums in (_arrays(0, 0, 0), _arrays(1, 2, 0)):
        assert np.isnan(observed_expected_exact(*sums).value[0])
        assert np.isnan(observed_expected_p(*sums)[0])


def test_o_by_e_covers_1_where_the_scores_hold() -> None:
    """4,000 seeded slices of 60 scores, labels drawn from them: 95 %, or a little more."""
    rng = np.random.default_rng(8)
    p = rng.beta(1, 4, (4000, 60))
    events = (rng.random(p.shape) < p).sum(axis=1)
    found = observed_expected_exact(events, p.sum(axis=1), (p * (1 - p)).sum(axis=1))
    covered = np.mean((found.low <= 1) & (found.high >= 1))
    assert 0.94 <= covered <= 0.98


def test_many_at_once_are_each_alone() -> None:
    """A hundred slices of a call, few events or many, have the intervals of a hundred calls."""
    rng = np.random.default_rng(9)
    n, p = rng.integers(1, 5_000, 100), rng.beta(0.5, 5, 100)
    sums = (rng.binomial(n, p), n * p, n * p * (1 - p))
    found = observed_expected_exact(*sums)
    for k in range(100):
        alone = observed_expected_exact(*_arrays(*(each[k] for each in sums)))
        assert (found.low[k], found.high[k]) == (alone.low[0], alone.high[0])


def test_a_weight_that_all_share_counts_for_nothing() -> None:
    """Every row three times as heavy: O, E and V are those of the rows; no variance, no word."""
    sums = _arrays(3 * 7, 3 * 8.5, 9 * 6.0, 3 * 6.0)
    assert [float(each[0]) for each in as_counts(*sums)] == pytest.approx([7, 8.5, 6])
    assert [float(each[0]) for each in as_counts(*_arrays(2, 2, 0, 0))] == [2, 2, 0]
