"""Slope and intercept are those of a logistic regression, or a reason why there are none."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from core.measures.calibration_slope import (
    expit,
    fit_slope,
    log_odds,
    logit,
    measure_logistic,
    say_slope,
)
from core.records.estimate import Estimate, NotEstimable
from tests.measures.scored_rows import draw_stretched, group_rows


@given(st.integers(0, 10**6))
def test_the_line_is_that_of_scikit_learn(seed: int) -> None:
    """An unpenalised logistic regression on the log odds."""
    rng = np.random.default_rng(seed)
    p, y = draw_stretched(rng, 300)
    found = measure_logistic(group_rows(p, y))
    fitted = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000).fit(
        logit(p)[:, None], y
    )
    assert isinstance(found.slope, Estimate)
    assert isinstance(found.intercept, Estimate)
    assert found.slope.value == pytest.approx(fitted.coef_[0, 0], abs=1e-4)
    assert found.intercept.value == pytest.approx(fitted.intercept_[0], abs=1e-4)


def test_offset_and_temperature_are_the_likeliest() -> None:
    """Against a plain minimiser of the deviance; the offset makes sums agree."""
    p, y = draw_stretched(np.random.default_rng(2), 500, slope=0.6, offset=0.4)
    groups = group_rows(p, y)
    offset = measure_logistic(groups).offset
    assert isinstance(offset, Estimate)
    assert expit(logit(p) + offset.value).sum() == pytest.approx(y.sum())
    x = logit(p)

    def deviance(b: NDArray[np.float64]) -> float:
        return float(np.sum(np.logaddexp(0, b * x) - y * b * x))

    best = minimize(deviance, x0=[1.0], tol=1e-10)
    assert fit_slope(log_odds(groups)) == pytest.approx(best.x[0], abs=1e-4)


@pytest.mark.parametrize(
    ("p", "y", "reason"),
    [
        ([0.2, 0.3, 0.4], [0, 0, 0], "ended alike"),
        ([0.2, 0.2, 0.2], [0, 1, 0], "scores are alike"),
        ([0.2, 0.3, 0.8], [0, 0, 1], "tell all cases apart"),
        ([0.8, 0.7, 0.2], [0, 0, 1], "tell all cases apart"),
    ],
)
def test_where_no_line_fits_there_is_a_reason(
    p: list[float], y: list[int], reason: str
) -> None:
    """One class, one score, complete separation either way."""
    slope = measure_logistic(group_rows(p, y)).slope
    assert isinstance(slope, NotEstimable)
    assert reason in slope.reason
    assert reason in say_slope(slope)


def test_scores_of_0_and_1_are_clipped_and_counted() -> None:
    """Three of five rows are taken for 1e-7 away from the ends."""
    found = measure_logistic(group_rows([0.0, 1.0, 1.0, 0.5, 0.6], [0, 1, 0, 1, 0]))
    assert found.clipped == 3
    assert isinstance(found.slope, Estimate)


@pytest.mark.parametrize(("slope", "word"), [(0.5, "extreme"), (2.0, "timid")])
def test_a_slope_has_a_meaning(slope: float, word: str) -> None:
    """Below 1 the scores are too extreme, above 1 too timid."""
    p, y = draw_stretched(np.random.default_rng(3), 3_000, slope=slope)
    assert word in say_slope(measure_logistic(group_rows(p, y)).slope)
