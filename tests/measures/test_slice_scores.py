"""Scores are their formulas; a bound is never below what any part of a slice scores."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, chi2_contingency

from core.errors import WrongInputError
from core.measures.slice_scores import (
    Likelihood,
    Score,
    Scorer,
    SliceLine,
    Wilson,
    choose_scorer,
    least_errors,
)


def _scorer(score: Score, rows: int, errors: int, least: int) -> Scorer:
    return choose_scorer(score, (rows, errors, 1.0), least, alpha=0.9)


def test_the_likelihood_ratio_is_half_of_g() -> None:
    """Against scipy's G test; 0 for a slice that is better than the rest."""
    scorer = Likelihood(1000, 100, 1)
    table = [[30, 70], [70, 830]]
    g = chi2_contingency(table, correction=False, lambda_="log-likelihood").statistic
    found = scorer.score(np.array([100, 100]), np.array([30, 5]))
    assert found.tolist() == pytest.approx([g / 2, 0.0])


def test_the_wilson_score_is_the_lower_end() -> None:
    """Against scipy's interval."""
    low = binomtest(8, 10).proportion_ci(method="wilson").low
    assert Wilson(1).score(np.array([10]), np.array([8]))[0] == pytest.approx(low)


def test_sliceline_by_hand() -> None:
    """0.95 (0.5 / 0.1 - 1) - 0.05 (1000 / 50 - 1) = 2.85."""
    found = SliceLine(1000, 100, 1, 0.95, 1.0).score(np.array([50]), np.array([25]))
    assert found[0] == pytest.approx(2.85)


@pytest.mark.parametrize("score", Score)
@given(st.integers(0, 10**6))
def test_no_part_of_a_slice_scores_above_its_bound(score: Score, seed: int) -> None:
    """Every part (s rows, k errors) of a slice (n, e), all of them tried."""
    rng = np.random.default_rng(seed)
    rows = int(rng.integers(2, 60))
    errors = int(rng.integers(1, rows + 1))
    least = int(rng.integers(1, rows + 1))
    scorer = choose_scorer(
        score, (rows, errors, 1.0), least, alpha=float(rng.uniform(0.05, 1))
    )
    n = int(rng.integers(least, rows + 1))
    e = int(rng.integers(max(0, n - (rows - errors)), min(n, errors) + 1))
    s, k = np.meshgrid(np.arange(least, n + 1), np.arange(1, e + 1))
    right = s - k
    possible = (right >= 0) & (right <= n - e)
    if possible.any():
        scores = scorer.score(s[possible], k[possible])
        assert scores.max() <= max(0.0, scorer.bound(np.array([e]))[0]) + 1e-12


@pytest.mark.parametrize("score", Score)
@pytest.mark.parametrize("ties", [False, True])
def test_the_least_errors_are_found(score: Score, *, ties: bool) -> None:
    """Against trying every number of errors, at thresholds that are bounds and others."""
    scorer = _scorer(score, 2000, 300, 25)
    bounds = scorer.bound(np.arange(1, 301))
    assert (np.diff(bounds) >= 0).all()
    for threshold in (0.0, *bounds[::37], *(bounds[::37] + 1e-6), 1e9):
        leads = bounds >= threshold if ties else bounds > threshold
        expected = int(np.argmax(leads)) + 1 if leads.any() else 301
        assert least_errors(scorer, 300, threshold, ties=ties) == expected


def test_alpha_is_a_share() -> None:
    """0 would leave the errors out."""
    with pytest.raises(WrongInputError, match="alpha is above 0"):
        choose_scorer(Score.SLICELINE, (10, 5, 1.0), 1, alpha=0.0)
