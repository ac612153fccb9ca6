"""Many tests at once: what is left of a p-value when many were looked at."""

from functools import cache
from math import inf, sqrt
from typing import Final

import numpy as np
from scipy.stats import studentized_range

from core.estimates.many import Floats

LEVEL: Final = 0.05


def benjamini_hochberg(p: Floats) -> Floats:
    """Return q-values: flag q <= 0.1, and on average one flag in ten at most is false.

    q_(i) = min over j >= i of p_(j) m / j. Holds for independent tests, and for tests that
    depend positively, as those of overlapping slices do. NaN stays and does not count.
    Source: Benjamini and Hochberg (1995), J. R. Stat. Soc. B 57, 289-300.

    >>> [float(q) for q in benjamini_hochberg(np.array([0.01, 0.02, np.nan, 0.5]))]
    [0.03, 0.03, nan, 0.5]
    """
    return _step_up(p, stretch=1.0)


def benjamini_yekutieli(p: Floats) -> Floats:
    """Return q-values that hold however the tests depend on each other: stricter.

    The q of Benjamini and Hochberg times 1 + 1/2 + ... + 1/m.
    Source: Benjamini and Yekutieli (2001), Ann. Stat. 29, 1165-1188, theorem 1.3.
    """
    tests = int(np.count_nonzero(~np.isnan(p)))
    return _step_up(p, stretch=float(np.sum(1 / np.arange(1, tests + 1))))


def holm(p: Floats) -> Floats:
    """Return adjusted p-values: flag those <= 0.05, and the risk of any false flag is 5 %.

    p_(i) = max over j <= i of (m - j + 1) p_(j). NaN stays and does not count.
    Source: Holm (1979), Scand. J. Stat. 6, 65-70.
    """
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    adjusted = np.full(p.shape, np.nan)
    steps = p[order] * np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(steps))
    return adjusted


def _step_up(p: Floats, *, stretch: float) -> Floats:
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    adjusted = np.full(p.shape, np.nan)
    steps = p[order] * stretch * len(order) / np.arange(1, len(order) + 1)
    adjusted[order] = np.minimum(1.0, np.minimum.accumulate(steps[::-1])[::-1])
    return adjusted


@cache
def joint_z(groups: int, *, families: int = 1) -> float:
    """Return how many standard errors all pairs of `groups` need to hold together at 95 %.

    Tukey's range of `groups` normal values over sqrt 2: 1.96 for two groups, 2.34 for
    three. `families` such sets of pairs hold together (Bonferroni).
    Source: Tukey (1953); Hayter (1984), Ann. Stat. 12, 61-75, for groups of unlike size.
    """
    return float(studentized_range.ppf(1 - LEVEL / families, max(2, groups), inf)) / sqrt(2)
