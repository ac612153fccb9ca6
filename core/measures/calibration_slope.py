"""Calibration slope: are the stated chances too extreme, or too timid?"""

from collections.abc import Callable
from dataclasses import dataclass
from math import log, sqrt
from typing import Final

import numpy as np
from scipy.optimize import brentq

from core.estimates.intervals import Z95
from core.measures.score_groups import Floats, ScoreGroups
from core.records.calibration import Logistic
from core.records.estimate import Estimate, Measured, NotEstimable

LEAST: Final = 1e-7
STEPS: Final = 100
DONE: Final = 1e-12
METHOD: Final = "logistic regression, Wald interval"


@dataclass(frozen=True, slots=True, eq=False)
class LogOdds:
    """Stated log odds x with the weight and the events of the rows that have them."""

    x: Floats
    weight: Floats
    events: Floats

    @property
    def trouble(self) -> str:
        """Why no line can be fitted; empty where one can."""
        yes, no = self.events > 0, self.events < self.weight
        if not yes.any() or not no.any():
            return "all cases ended alike"
        if np.ptp(self.x) == 0:
            return "all scores are alike"
        apart = (
            self.x[no].max() <= self.x[yes].min() or self.x[yes].max() <= self.x[no].min()
        )
        return "the scores tell all cases apart" if apart else ""


def measure_logistic(groups: ScoreGroups) -> Logistic:
    """Return slope, intercept and offset of the true log odds on the stated ones.

    logit P(y = 1) = a + b logit p; b below 1: too extreme, above 1: too timid. `offset` is
    a at b = 1. Chances below 1e-7 from 0 or 1 are taken for that.
    Source: Cox (1958), Biometrika 45; Van Calster et al. (2019), BMC Med. 17, 230.
    """
    odds = log_odds(groups)
    rows, effective = groups.all_rows, groups.effective_rows
    clipped = (groups.said < LEAST) | (groups.said > 1 - LEAST)
    if odds.trouble:
        nothing = NotEstimable(odds.trouble, rows)
        return Logistic(nothing, nothing, nothing, int(groups.rows[clipped].sum()))
    (a, b), covariance = fit_line(odds)
    scale = float(groups.weight.sum()) / effective  # Kish: weighted rows tell less
    errors = [sqrt(covariance[k][k] * scale) for k in (0, 1)]
    offset, information = fit_offset(odds)

    def estimate(value: float, error: float) -> Measured:
        half = Z95 * error
        return Estimate(value, value - half, value + half, rows, effective, METHOD)

    return Logistic(
        slope=estimate(b, errors[1]),
        intercept=estimate(a, errors[0]),
        offset=estimate(offset, sqrt(scale / information)),
        clipped=int(groups.rows[clipped].sum()),
    )


def log_odds(groups: ScoreGroups) -> LogOdds:
    """Return the groups by their stated log odds."""
    return LogOdds(logit(groups.said), groups.weight, groups.events)


def logit(share: Floats) -> Floats:
    """Return log(p / (1 - p)), p kept 1e-7 away from 0 and 1."""
    p = np.clip(share, LEAST, 1 - LEAST)
    return np.asarray(np.log(p) - np.log1p(-p))


def expit(x: Floats) -> Floats:
    """Return 1 / (1 + exp(-x))."""
    return np.asarray(0.5 * (1 + np.tanh(x / 2)))


def fit_line(odds: LogOdds) -> tuple[tuple[float, float], Floats]:
    """Return (intercept, slope) of the likeliest line and their covariance.

    Newton's steps on the centred log odds, halved while they make the likelihood worse:
    plain ones fly off where scores pile up at 0 and 1.
    """
    centre = float(np.average(odds.x, weights=odds.weight))
    spread = sqrt(float(np.average((odds.x - centre) ** 2, weights=odds.weight)))
    z = (odds.x - centre) / spread
    mean = float(odds.events.sum() / odds.weight.sum())
    at = np.array([log(mean / (1 - mean)), 0.0])
    design = np.stack([np.ones_like(z), z])
    deviance = _deviance(odds, at @ design)
    for _ in range(STEPS):
        slope, curvature = _derivatives(odds, design, at)
        step = np.linalg.solve(curvature, slope)
        while (
            _deviance(odds, (at + step) @ design) > deviance and np.abs(step).max() > DONE
        ):
            step = step / 2
        at = at + step
        deviance = _deviance(odds, at @ design)
        if np.abs(step).max() <= DONE:
            break
    _, curvature = _derivatives(odds, design, at)
    back = np.array([[1.0, -centre / spread], [0.0, 1 / spread]])
    a, b = back @ at
    covariance: Floats = back @ np.linalg.inv(curvature) @ back.T
    return (float(a), float(b)), covariance


def fit_offset(odds: LogOdds) -> tuple[float, float]:
    """Return the offset that makes stated events add up to those seen, and its information."""
    events = float(odds.events.sum())

    def missing(offset: float) -> float:
        return events - float(np.sum(odds.weight * expit(odds.x + offset)))

    offset = _root(missing, 50.0)
    share = expit(odds.x + offset)
    return offset, float(np.sum(odds.weight * share * (1 - share)))


def fit_slope(odds: LogOdds) -> float:
    """Return the likeliest slope of a line through 0 (1 / temperature), at most 20."""

    def rise(slope: float) -> float:
        rest = odds.events - odds.weight * expit(slope * odds.x)
        return float(np.sum(rest * odds.x))

    return _root(rise, 20.0)


def _root(falling: Callable[[float], float], reach: float) -> float:
    """Return where a falling function is 0, or the end of +-reach that is nearest to it."""
    if falling(reach) >= 0:
        return reach
    if falling(-reach) <= 0:
        return -reach
    return float(brentq(falling, -reach, reach, xtol=DONE))


def say_slope(slope: Measured) -> str:
    """Return what a slope means.

    >>> say_slope(Estimate(0.85, 0.8, 0.9, 1000, 1000, ""))
    'Its predictions are too extreme.'
    """
    if isinstance(slope, NotEstimable):
        return f"No slope: {slope.reason}."
    if slope.high < 1:
        return "Its predictions are too extreme."
    if slope.low > 1:
        return "Its predictions are too timid."
    return "Its predictions are about as extreme as they should be."


def _deviance(odds: LogOdds, x: Floats) -> float:
    return float(np.sum(odds.weight * np.logaddexp(0, x) - odds.events * x))


def _derivatives(odds: LogOdds, design: Floats, at: Floats) -> tuple[Floats, Floats]:
    share = expit(at @ design)
    slope: Floats = design @ (odds.events - odds.weight * share)
    curvature: Floats = (design * (odds.weight * share * (1 - share))) @ design.T
    return slope, curvature
