"""Are all groups alike, and how far do they lie apart once chance is taken away?"""

from collections.abc import Sequence
from math import sqrt
from typing import Final

import numpy as np
from scipy.optimize import brentq
from scipy.special import chdtrc, ndtri, xlogy
from scipy.stats import ncx2

from core.estimates.many import Floats
from core.records.estimate import Estimate, Measured, NotEstimable
from core.records.fairness import Homogeneity

ENOUGH: Final = 5
LARGE: Final = 1e6
ALONE: Final = "fewer than two groups can be compared"


def shares_alike(share: Floats, effective: Floats) -> Homogeneity | NotEstimable:
    """Return the G-test that all groups have one share, with groups - 1 degrees.

    G = 2 sum O ln(O / E) over hits and misses of every group; with weights, Kish's rows
    stand for the counts. Not given where a cell expects fewer than 5 rows.
    Source: Agresti (2013), Categorical Data Analysis, section 3.2.
    """
    rows = round(float(effective.sum()))
    if len(share) < 2:  # noqa: PLR2004 - one group has nothing to be like
        return NotEstimable(ALONE, rows)
    pooled = float((share * effective).sum() / effective.sum())
    least = min(pooled, 1 - pooled) * float(effective.min())
    if least < ENOUGH:
        reason = f"a group expects {least:.1f} cases where the test wants {ENOUGH}"
        return NotEstimable(reason, rows)
    hits, misses = share * effective, (1 - share) * effective
    gain = xlogy(hits, share / pooled) + xlogy(misses, (1 - share) / (1 - pooled))
    return _chi_square(2 * float(gain.sum()), len(share) - 1, "G-test")


def means_alike(value: Floats, variance: Floats) -> Homogeneity | NotEstimable:
    """Return Cochran's test that all groups have one value, given sampling variances.

    Q = sum (x - weighted mean)^2 / variance, with groups - 1 degrees.
    Source: Cochran (1954), Biometrics 10, 101-129.
    """
    if len(value) < 2:  # noqa: PLR2004 - one group has nothing to be like
        return NotEstimable(ALONE, 0)
    mean = np.average(value, weights=1 / variance)
    statistic = float(((value - mean) ** 2 / variance).sum())
    return _chi_square(statistic, len(value) - 1, "Cochran's Q")


def both(tests: Sequence[Homogeneity | NotEstimable]) -> Homogeneity | NotEstimable:
    """Return one test for several on different rows: their chi-squares add up."""
    missing = next((test for test in tests if isinstance(test, NotEstimable)), None)
    if missing:
        return missing
    known = [test for test in tests if isinstance(test, Homogeneity)]
    method = " + ".join(test.method for test in known)
    degrees = sum(test.degrees for test in known)
    return _chi_square(sum(test.statistic for test in known), degrees, method)


def spread_between(value: Floats, variance: Floats, *, rows: int) -> Measured:
    """Return how far the true values of groups lie apart, chance taken away.

    Their standard deviation sqrt(max(0, s^2 - mean sampling variance)), s^2 the variance of
    the values seen: the method of moments. Unlike largest minus smallest it does not grow
    with the number of groups.

    T = sum (x - mean)^2 is about a times a noncentral chi-square with f degrees, where M
    takes the mean away, a = tr((M V)^2) / tr(M V), f = tr(M V)^2 / tr((M V)^2); the ends are
    the noncentralities under which T would be in its outer 2.5 %. The upper end takes T to
    be its mean under no difference at least, so that luck is not taken for certainty.
    Source: Lum, Zhang and Bower (2022), FAccT, for the estimate; Box (1954), Ann. Math.
    Stat. 25, 290-302, theorem 3.1, for a and f; Venables (1975), J. R. Stat. Soc. B 37,
    406-412, for the ends.
    """
    groups = len(value)
    if groups < 2:  # noqa: PLR2004 - one group has no spread
        return NotEstimable(ALONE, rows)
    centred = np.diag(variance) - variance[None, :] / groups  # M V
    chance, fourth = float(np.trace(centred)), float((centred * centred.T).sum())
    scale, degrees = fourth / chance, chance**2 / fourth
    seen = float(((value - value.mean()) ** 2).sum())
    spreads = (
        max(0.0, seen - chance),
        scale * _noncentrality(seen / scale, degrees, 0.975),
        scale * _noncentrality(max(seen, chance) / scale, degrees, 0.025),
    )
    found, low, high = (sqrt(spread / (groups - 1)) for spread in spreads)
    method = "method of moments, noncentral chi-square interval"
    return Estimate(found, min(low, found), max(high, found), rows, rows, method)


def _chi_square(statistic: float, degrees: int, method: str) -> Homogeneity:
    return Homogeneity(statistic, degrees, float(chdtrc(degrees, statistic)), method)


def _noncentrality(seen: float, degrees: float, below: float) -> float:
    """Return the noncentrality under which a chi-square is below `seen` that often; or 0.

    From a million on its root is normal with variance 1, and the sum has no end.
    """
    if seen > LARGE:
        return float((sqrt(seen) - ndtri(below)) ** 2 - (degrees - 1))
    if float(ncx2.cdf(seen, degrees, 0.0)) <= below:
        return 0.0
    top = seen + 10 * sqrt(seen) + 50
    return float(brentq(lambda nc: float(ncx2.cdf(seen, degrees, nc)) - below, 0.0, top))
