"""Observed against expected: how many events came for each one that was promised."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, betaincinv, gammainc, gammaincc, gammaincinv

from core.estimates.many import Floats, Intervals, Numbers, quiet

LEAST: Final = 1e-9
METHOD: Final = "exact for a binomial count of the same mean and variance"


def observed_expected_exact(
    events: Numbers, expected: Numbers, variance: Numbers, *, level: float = 0.95
) -> Intervals:
    """Return O / E with an interval that holds for few events too.

    If the scores hold, O is Poisson-binomial with mean E and variance V. It is taken for
    binomial with the same mean and variance, n = E / p trials of p = 1 - V / E, and the
    ends are those of Clopper and Pearson, times n / E; where the trials do not reach O,
    those of a Poisson count. The interval holds 1 exactly if `observed_expected_p` is
    above 1 - level. NaN where E or V is 0.
    Source: Clopper and Pearson (1934), Biometrika 26; moments as in Ehm (1991), Stat.
    Probab. Lett. 11.

    >>> found = observed_expected_exact(np.array([3.0]), np.array([3.0]), np.array([3.0]))
    >>> round(float(found.low[0]) * 3, 3), round(float(found.high[0]) * 3, 3)
    (0.619, 8.767)
    """
    tail = (1 - level) / 2
    o, e, trials, rare = _as_binomial(events, expected, variance)
    rest = np.maximum(trials - o, 0.0)
    with quiet():
        low = trials * betaincinv(o, rest + 1, tail)
        high = trials * np.where(rest > 0, betaincinv(o + 1, rest, 1 - tail), 1.0)
        low = np.where(rare, gammaincinv(np.maximum(o, LEAST), tail), low)
        high = np.where(rare, gammaincinv(o + 1, 1 - tail), high)
        value = np.where(np.isnan(trials), np.nan, o / e)
        low, high = np.where(o > 0, low / e, 0.0), high / e
    missing = np.isnan(value)
    return Intervals(value, np.where(missing, np.nan, low), np.where(missing, np.nan, high))


def observed_expected_p(events: Numbers, expected: Numbers, variance: Numbers) -> Floats:
    """Return how likely chance takes O at least as far from E: twice the smaller tail."""
    o, e, trials, rare = _as_binomial(events, expected, variance)
    rest, some = np.maximum(trials - o, 0.0), np.maximum(o, LEAST)
    with quiet():
        share = np.minimum(e / trials, 1.0)
        upper = np.where(rare, gammainc(some, e), betainc(some, rest + 1, share))
        lower = np.where(rest > 0, 1 - betainc(o + 1, rest, share), 1.0)
        lower = np.where(rare, gammaincc(o + 1, e), lower)
    p = np.minimum(1.0, 2 * np.minimum(np.where(o > 0, upper, 1.0), lower))
    return np.where(np.isnan(trials), np.nan, p)


def as_counts(
    events: Numbers, expected: Numbers, variance: Numbers, once: Numbers
) -> tuple[Floats, Floats, Floats]:
    """Return O, E and V of weighted rows, divided so that each event counts once.

    `events`, `expected` and `once` are sums of w y, w p and w p (1 - p), `variance` of
    w^2 p (1 - p): what a typical event weighs is variance / once.
    """
    with quiet():
        weight = np.where(np.asarray(once) > 0, variance / np.asarray(once), 1.0)
        o, e, v = (np.asarray(each / weight) for each in (events, expected, once))
    return o, e, v


def _as_binomial(
    events: Numbers, expected: Numbers, variance: Numbers
) -> tuple[Floats, Floats, Floats, NDArray[np.bool_]]:
    """Return O, E and the trials, and whether to count as Poisson instead.

    The variance of a count is at most its mean; weighted sums have to be divided so that
    they are counts.
    """
    o, e, v = (np.asarray(each, dtype=np.float64) for each in (events, expected, variance))
    with quiet():
        share = np.where((e > 0) & (v > 0), 1 - v / e, np.nan)
        trials = e / np.maximum(share, LEAST)
    rare = (share < LEAST) | (o > trials * (1 + LEAST))
    return o, e, trials, np.asarray(rare, dtype=np.bool_)
