"""Distances of two distributions from counts, and what each stays under where nothing moved.

Counts are (2, bins): before and after in the same bins, missing values being a bin of their
own. The noise floor of a distance is its 95 % point for two samples of one distribution, in
closed form; e = 1/n + 1/m.
"""

from math import log, pi, sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc, chdtri, rel_entr

from core.estimates.many import Floats
from core.records.drift import Distance

Counts = NDArray[np.int64]
FEWEST: Final = 5  # rows that a cell must expect
Z90: Final = 1.6448536269514722  # the 95 % point of a normal value
KOLMOGOROV: Final = 1.3580986393225505  # the 95 % point of sup |Brownian bridge|
AREA: Final = 1.86  # 95 % point over mean of the area under |Brownian bridge|


def psi(counts: Counts) -> float:
    """Return the population stability index: sum (p - q) ln(p / q).

    Half a row is added to every bin of both sides, so that an empty bin is no infinity.
    Source: Yurdakul (2018), Western Michigan University, dissertation 3208, for its law.
    """
    p, q = _shares(counts.astype(np.float64) + 0.5)
    return float(((p - q) * np.log(p / q)).sum())


def jensen_shannon(counts: Counts) -> float:
    """Return the Jensen-Shannon distance, 0 to 1: the root of the divergence in bits.

    Source: Lin (1991), IEEE Trans. Inf. Theory 37, 145-151; Endres and Schindelin (2003).
    """
    p, q = _shares(counts)
    middle = (p + q) / 2
    bits = (rel_entr(p, middle).sum() + rel_entr(q, middle).sum()) / (2 * log(2))
    return sqrt(max(0.0, float(bits)))


def total_variation(counts: Counts) -> float:
    """Return half the sum of |p - q|: the share of rows that would have to change bins."""
    p, q = _shares(counts)
    return float(np.abs(p - q).sum() / 2)


def chi_square(counts: Counts) -> tuple[float, int, float]:
    """Return statistic, degrees and p-value of the test that both sides are alike.

    Both sides are samples: expected rows come from the pooled shares. Bins that expect fewer
    than 5 rows on a side count together.
    Source: Pearson (1911), Biometrika 8, 250-254.
    """
    table = pool_rare(counts)
    totals = table.sum(axis=1, keepdims=True)
    degrees = table.shape[1] - 1
    if degrees < 1 or 0 in totals:
        return 0.0, 0, 1.0
    expected = totals * (table.sum(axis=0) / table.sum())
    statistic = float(((table - expected) ** 2 / expected).sum())
    return statistic, degrees, float(chdtrc(degrees, statistic))


def pool_rare(counts: Counts) -> Counts:
    """Return the counts with all bins that expect fewer than 5 rows on a side as the last.

    Where these are still too few together, they join the smallest other bin.
    """
    kept = counts[:, counts.sum(axis=0) > 0]
    pooled = kept.sum(axis=0)
    smaller = min(kept.sum(axis=1)) / max(1, pooled.sum())
    rare = pooled * smaller < FEWEST
    if not rare.any():
        return kept
    together = kept[:, rare].sum(axis=1, keepdims=True)
    table = kept[:, ~rare]
    if together.sum() * smaller < FEWEST and table.shape[1]:
        table = table.copy()
        table[:, int(table.sum(axis=0).argmin())] += together[:, 0]
        return table
    return np.concatenate([table, together], axis=1)


def cramers_v(counts: Counts) -> float:
    """Return Cramer's V of side and bin, 0 to 1, its bias taken away.

    phi = max(0, X^2/N - (k-1)/(N-1)), V = sqrt(phi / min(k' - 1, 1)), with k' = k -
    (k-1)^2/(N-1) bins and r' = 2 - 1/(N-1) sides.
    Source: Bergsma (2013), J. Korean Stat. Soc. 42, 323-328.
    """
    statistic, degrees, _ = chi_square(counts)
    rows = int(counts.sum())
    if not degrees:
        return 0.0
    phi = max(0.0, statistic / rows - degrees / (rows - 1))
    bins = degrees + 1 - degrees**2 / (rows - 1)
    sides = 2 - 1 / (rows - 1)
    least = min(bins - 1, sides - 1)
    return min(1.0, sqrt(phi / least)) if least > 0 else 0.0


def spread_of_rows(n: int, m: int) -> float:
    """Return e = 1/n + 1/m, what all noise floors grow with."""
    return 1 / n + 1 / m


def measure_bins(counts: Counts) -> tuple[Distance, ...]:
    """Return PSI, Jensen-Shannon, total variation and Cramer's V with their floors."""
    n, m = (int(rows) for rows in counts.sum(axis=1))
    e = spread_of_rows(n, m)
    seen = counts[:, counts.sum(axis=0) > 0]
    degrees = max(1, seen.shape[1] - 1)
    chance = e * float(chdtri(degrees, 0.05))
    _, pooled, _ = chi_square(counts)
    v = sqrt(_v_floor(max(1, pooled), int(counts.sum())))
    measured = (
        ("PSI", psi(counts), chance),
        ("Jensen-Shannon", jensen_shannon(counts), min(1.0, sqrt(chance / (8 * log(2))))),
        ("Total variation", total_variation(counts), variation_floor(counts)),
        ("Cramer's V", cramers_v(counts), v),
    )
    return tuple(Distance(name, d, d, d, floor) for name, d, floor in measured)


def variation_floor(counts: Counts) -> float:
    """Return the floor of the total variation: mean and 1.645 deviations of half sum |d|.

    d of a bin is normal with variance e p (1 - p): E |d| = sqrt(2/pi) times its deviation.
    """
    n, m = (int(rows) for rows in counts.sum(axis=1))
    pooled = counts.sum(axis=0) / counts.sum()
    variance = pooled * (1 - pooled) * spread_of_rows(n, m)
    mean = np.sqrt(variance * 2 / pi).sum() / 2
    deviation = sqrt(float(variance.sum()) * (1 - 2 / pi)) / 2
    return min(1.0, float(mean) + Z90 * deviation)


def kolmogorov_floor(n: int, m: int) -> float:
    """Return the floor of the Kolmogorov-Smirnov distance: 1.358 sqrt(e)."""
    return min(1.0, KOLMOGOROV * sqrt(spread_of_rows(n, m)))


def wasserstein_floor(lo: Floats, hi: Floats, counts: Counts) -> float:
    """Return the floor of W1 in the unit of the column.

    Its mean is the integral of sqrt(2 e F (1 - F) / pi) dx; the 95 % point of the area under
    a Brownian bridge is 1.86 times its mean.
    Source: Shepp (1982), Ann. Probab. 10, 234-239; Rice (1982), for the law of the area.
    """
    n, m = (int(rows) for rows in counts.sum(axis=1))
    pooled = np.cumsum(counts.sum(axis=0)) / counts.sum()
    start = np.concatenate([[0.0], pooled[:-1]])
    middle = (pooled + start) / 2
    with np.errstate(over="ignore"):
        inside = (np.sqrt(middle * (1 - middle)) * (hi - lo)).sum()
        last = np.sqrt(np.clip(pooled[:-1] * (1 - pooled[:-1]), 0, None))
        between = (last * (lo[1:] - hi[:-1])).sum()
    return float(AREA * sqrt(2 * spread_of_rows(n, m) / pi) * (inside + between))


def _v_floor(degrees: int, rows: int) -> float:
    return max(0.0, float(chdtri(degrees, 0.05)) - degrees) / rows


def _shares(counts: NDArray[np.int64] | Floats) -> tuple[Floats, Floats]:
    before, after = counts / counts.sum(axis=1, keepdims=True)
    return before, after
