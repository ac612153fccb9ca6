"""How far a column moved in truth: the interval of the effect that decides, and its test."""

from math import ceil, exp, log, log10, sqrt
from typing import Final

import numpy as np
from scipy.special import chndtrinc, kolmogorov, ndtr, ndtri

from core.estimates.many import Floats
from core.estimates.shift_distances import Counts, chi_square, pool_rare, spread_of_rows
from core.records.estimate import Estimate

MANY: Final = 458  # rows from which on the constant of the limit holds
LEVEL: Final = 0.05
MOST_Z: Final = 2.0537489106318225  # exceeded in 1 of 50 cases
ONE: Final = 0.005
SURE: Final = 1.0  # standard errors that the mean square of d / s is taken to be lower
LARGE: Final = 3.0  # standard errors from which on chance adds nothing to |d|
BINS_BAND: Final = "Kolmogorov band of the difference of two distribution functions"
VARIATION: Final = "bias taken away; normal bound below, noncentral chi-square above"


def band(n: int, m: int, *, level: float = LEVEL) -> float:
    """Return the half-width that |F - G| is known to at all places at once.

    sqrt(ln(C / level) e / 2), C = 2. In the limit the error of F - G is a sum of two
    Brownian bridges; one bridge over the mixed distribution is that sum and an independent
    normal value besides, so by Anderson (1955) it strays no less: the band of two equal
    distributions holds for unequal ones. Below 458 rows C = e.
    Source: Massart (1990), Ann. Probab. 18, 1269-1283; Wei and Dudley (2012), Stat. Probab.
    Lett. 82, 636-644, theorem 1, for two samples.
    """
    constant = 2.0 if min(n, m) >= MANY else exp(1)
    return min(1.0, sqrt(log(constant / level) * spread_of_rows(n, m) / 2))


def estimate_ks(low: float, high: float, n: int, m: int) -> Estimate:
    """Return the largest difference of two distribution functions with its interval.

    The distance of the samples lies between `low` and `high`, equal if it is exact.
    """
    wide = band(n, m)
    ends = max(0.0, low - wide), min(1.0, high + wide)
    return Estimate(low, *ends, n + m, n + m, BINS_BAND)


def estimate_variation(counts: Counts) -> Estimate:
    """Return the total variation with the bias of chance taken away, and its interval.

    T of the samples is too large: each |d| of a bin is, by E|N(t, 1)| - |t| standard errors
    at the true t. The t are taken to be c d / s, with c such that their squares are as large
    in the mean as those seen less 1 and a standard error; bins beyond 3 standard errors have no bias to speak of.

    Below: T is convex in d and changes by at most sqrt(e) / 2 per standard deviation, so it
    exceeds its mean by 2.05 sqrt(e) / 2 in 1 of 50 cases at most; or |d| of the one bin that
    surely moved most, if that is more (1 of 200 cases over all bins); 0 where the chi-square
    of homogeneity does not tell the sides apart. Above: the nearer of T + sqrt(ln(4 / 0.05) e /
    2), for one row changes T by 1/n or 1/m, and sqrt(e L) / 2 by Cauchy and Schwarz, L =
    sum d^2 / (e p) being the noncentrality of that chi-square, which is taken to be its mean
    under no difference at least. Rare bins count together;
    what they may hide is added above.
    Source: Borell (1975), Invent. Math. 30, 207-216, and Kwapien (1994), Probability in
    Banach Spaces 9, for the median below the mean; McDiarmid (1989); Venables (1975).
    """
    n, m = (int(rows) for rows in counts.sum(axis=1))
    e = spread_of_rows(n, m)
    d, s = _differences(pool_rare(counts))
    plain = float(np.abs(d).sum() / 2)
    corrected = plain - _bias(d, s)
    statistic, degrees, p = chi_square(counts)
    low = max(0.0, corrected - MOST_Z * sqrt(e) / 2, _one_bin(d, s))
    low = low if p <= LEVEL / 2 else 0.0
    nearest = sqrt(e * _most_energy(max(statistic, degrees), degrees)) / 2
    above = min(plain + band(n, m, level=LEVEL / 2), nearest) + _hidden(counts)
    high = min(1.0, max(above, low))
    value = min(max(corrected, low), high)
    return Estimate(value, low, high, n + m, n + m, VARIATION)


def rows_needed(effect: Estimate, tolerance: float, rows: tuple[int, int]) -> int:
    """Return about how many rows a side would settle an open verdict, to two digits.

    The band must be narrower than the effect's distance from the tolerance, which is taken
    to be a tenth of the tolerance at least.
    """
    gap = max(abs(effect.value - tolerance), tolerance / 10)
    needed = max(2 * log(2 / LEVEL) / 2 / gap**2, min(rows) + 1)
    step = int(10.0 ** max(0, int(log10(needed)) - 1))
    return ceil(needed / step) * step


def ks_p(distance: float, n: int, m: int) -> float:
    """Return the p-value of the Kolmogorov-Smirnov test, for values without ties.

    Source: Kolmogorov (1933); Smirnov (1948), Ann. Math. Stat. 19, 279-281.
    """
    return float(kolmogorov(distance / sqrt(spread_of_rows(n, m))))


def _hidden(counts: Counts) -> float:
    """Return how much of the total variation the rare bins may hide from each other."""
    n, m = counts.sum(axis=1)
    pooled = counts.sum(axis=0)
    rare = (pooled > 0) & (pooled * min(n, m) / (n + m) < 5)  # noqa: PLR2004 - as pooled
    if np.count_nonzero(rare) < 2:  # noqa: PLR2004 - one bin hides nothing
        return 0.0
    return min(float(counts[0, rare].sum() / n), float(counts[1, rare].sum() / m))


def _differences(table: Counts) -> tuple[Floats, Floats]:
    n, m = table.sum(axis=1)
    pooled = table.sum(axis=0) / table.sum()
    d = table[1] / m - table[0] / n
    return d, np.sqrt(pooled * (1 - pooled) * spread_of_rows(int(n), int(m)))


def _bias(d: Floats, s: Floats) -> float:
    seen = s > 0
    t = np.abs(d[seen]) / s[seen]
    near = t < LARGE
    if not near.any():
        return 0.0
    squares = float((t[near] ** 2).mean())
    energy = max(0.0, squares - 1)
    surely = energy - SURE * sqrt((2 + 4 * energy) / np.count_nonzero(near))
    shrink = sqrt(max(0.0, surely) / squares) if squares else 0.0
    return float((s[seen][near] * _excess(shrink * t[near])).sum() / 2)


def _one_bin(d: Floats, s: Floats) -> float:
    """Return how far one bin moved at least, however many were looked at."""
    sure = -ndtri(ONE / (2 * max(1, len(d))))
    return float((np.abs(d) - sure * s).max(initial=0.0))


def _excess(t: Floats) -> Floats:
    """Return E|N(t, 1)| - t."""
    density = np.exp(-(t**2) / 2) * sqrt(2 / np.pi)
    return density - 2 * t * ndtr(-t)


def _most_energy(seen: float, degrees: int) -> float:
    """Return the noncentrality under which a chi-square is below `seen` in 1 of 80 cases."""
    return float(chndtrinc(seen, degrees, LEVEL / 4)) if degrees else 0.0
