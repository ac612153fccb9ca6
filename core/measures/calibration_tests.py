"""Calibration as a whole: observed against expected, and tests over the range of scores."""

from typing import Final

import numpy as np
from scipy.special import erfc, gammainc, ndtri

from core.estimates.many import Floats
from core.estimates.observed_expected import (
    METHOD,
    as_counts,
    observed_expected_exact,
    observed_expected_p,
)
from core.estimates.wording import NBSP, say_number
from core.measures.score_groups import ScoreGroups
from core.measures.score_moments import ScoreMoments
from core.records.calibration import Significance
from core.records.estimate import Estimate, Measured, NotEstimable

ROOT_TWO: Final = 2**0.5
TERMS: Final = 40
SHORT: Final = 0.5  # a range so short never happens: its chance is below 1e-6


def measure_observed(moments: ScoreMoments, *, level: float = 0.95) -> Measured:
    """Return how many events came for each that was expected, O / E, with its interval.

    Above 1 the model promises too little. Source: Van Calster et al. (2019), BMC Med. 17.
    """
    found = observed_expected_exact(*_counts(moments), level=level)
    if np.isnan(found.value[0]):
        reason = "no event was expected, or nothing left to chance"
        return NotEstimable(reason, moments.rows)
    low, high = float(found.low[0]), float(found.high[0])
    value, effective = float(found.value[0]), moments.effective_rows
    return Estimate(value, low, high, moments.rows, effective, METHOD)


def observed_p(moments: ScoreMoments) -> float:
    """Return how likely chance takes the events at least as far from what was expected."""
    return float(observed_expected_p(*_counts(moments))[0])


def say_observed(events: float, expected: float) -> str:
    """Return expected and observed events as a sentence.

    >>> say_observed(3202, 3334).replace(chr(160), " ")
    'It expected 3,334 cases; 3,202 happened: 4 % fewer than it said.'
    """
    counts = (
        f"It expected {say_number(expected, 0)} cases; {say_number(events, 0)} happened"
    )
    if expected <= 0:
        return f"{counts}."
    share = events / expected - 1
    percent = f"{abs(share):.0%}".replace("%", f"{NBSP}%")
    if percent == f"0{NBSP}%":
        return f"{counts}: as many as it said."
    return f"{counts}: {percent} {'more' if share > 0 else 'fewer'} than it said."


def spiegelhalter(moments: ScoreMoments) -> Significance | None:
    """Return Spiegelhalter's test: are scores as extreme as they should be?

    z = sum (y - p)(1 - 2 p) / sqrt(sum (1 - 2 p)^2 p (1 - p)), two-sided. None where no
    score leaves room for chance. Source: Spiegelhalter (1986), Stat. Med. 5, 421-433.
    """
    if moments.lean_variance <= 0:
        return None
    z = float(moments.lean / moments.lean_variance**0.5)
    return Significance(z, float(erfc(abs(z) / ROOT_TWO)))


def kuiper(groups: ScoreGroups, moments: ScoreMoments) -> Significance | None:
    """Return Kuiper's test: does a run of scores promise too much or too little?

    The range of C_k = sum over the first k groups of (y - p), divided by sqrt(sum p (1 -
    p)), against the range of Brownian motion. C is looked at only where a score ends, so
    that the order of rows inside ties does not count.
    Source: Arrieta-Ibarra et al. (2022), J. Mach. Learn. Res. 23 (351); Feller (1951).
    """
    if moments.variance <= 0:
        return None
    path = np.concatenate([[0.0], np.cumsum(groups.events - groups.stated)])
    statistic = float(np.ptp(path) / moments.variance**0.5)
    return Significance(statistic, range_of_brownian_motion(statistic))


def kuiper_of_few(groups: ScoreGroups, moments: ScoreMoments) -> float:
    """Return Kuiper's p where events may be few, on the safe side; 1 where there is no test.

    A path that few events make does not end like Brownian motion: its range d is replaced
    by the normal quantile that is as rare as a Poisson count of mean V reaching V + d.
    """
    found = kuiper(groups, moments)
    if found is None:
        return 1.0
    variance = moments.variance_once**2 / moments.variance  # of events that count once
    most = variance + found.statistic * variance**0.5
    return range_of_brownian_motion(-float(ndtri(gammainc(most, variance))))


def range_of_brownian_motion(length: float) -> float:
    """Return how likely Brownian motion on [0, 1] ranges over at least `length`.

    P(R >= r) = 8 sum_k (-1)^(k-1) k Q(k r), Q the upper tail of the normal distribution.
    Source: Feller (1951), Ann. Math. Stat. 22, 427-432, integrated.

    >>> round(range_of_brownian_motion(2.0), 4)
    0.1815
    """
    if length < SHORT:
        return 1.0
    k = np.arange(1, TERMS + 1)
    tails = erfc(k * length / ROOT_TWO) / 2
    signs = np.where(k % 2 == 1, 1, -1)
    return float(np.clip(8 * np.sum(signs * k * tails), 0.0, 1.0))


def _counts(moments: ScoreMoments) -> tuple[Floats, Floats, Floats]:
    each = (moments.events, moments.expected, moments.variance, moments.variance_once)
    o, e, variance, once = (np.array([number]) for number in each)
    return as_counts(o, e, variance, once)
