"""Differences, ratios and averages of two independent values, from their intervals.

MOVER, the method of variance estimates recovery: each arm of the two intervals stands for
the standard error on its side, so that the result is as lopsided as they are. The
intervals may be of any kind and level; the result is of the same level.
"""

import numpy as np

from core.estimates.many import Intervals, quiet


def difference_many(a: Intervals, b: Intervals) -> Intervals:
    """Return a - b. For Wilson intervals this is Newcombe's hybrid score interval.

    low = d - sqrt((a - l_a)^2 + (u_b - b)^2), high = d + sqrt((u_a - a)^2 + (b - l_b)^2).
    Source: Newcombe (1998), Stat. Med. 17, 873-890, method 10.

    >>> from core.estimates.many import wilson_many
    >>> def share(hits, rows): return wilson_many(*map(np.array, (hits, rows, rows)))
    >>> found = difference_many(share(56, 70), share(48, 80))
    >>> round(float(found.low), 4), round(float(found.high), 4)
    (0.0524, 0.3339)
    """
    value = a.value - b.value
    low = value - np.hypot(a.value - a.low, b.high - b.value)
    high = value + np.hypot(a.high - a.value, b.value - b.low)
    return Intervals(value, low, high)


def average_many(a: Intervals, b: Intervals) -> Intervals:
    """Return (a + b) / 2; of recall and specificity this is the balanced accuracy.

    Source: Zou and Donner (2008), Stat. Med. 27, 1693-1702, equations 2 and 3.
    """
    value = (a.value + b.value) / 2
    low = value - np.hypot(a.value - a.low, b.value - b.low) / 2
    high = value + np.hypot(a.high - a.value, b.high - b.value) / 2
    return Intervals(value, low, high)


def ratio_many(a: Intervals, b: Intervals) -> Intervals:
    """Return a / b of two values that are not negative; NaN where b is 0.

    MOVER-R: the ends are the roots of the difference a - R b reaching 0. With
    A = l_a (2 a - l_a), B = u_b (2 b - u_b): low = A / (a b + sqrt(a^2 b^2 - A B)); with
    A = u_a (2 a - u_a), B = l_b (2 b - l_b): high = (a b + sqrt(a^2 b^2 - A B)) / B,
    without end where l_b is 0.
    Source: Donner and Zou (2012), Stat. Methods Med. Res. 21, 347-359.
    """
    with quiet():
        value = np.where(b.value > 0, a.value / b.value, np.nan)
        both = a.value * b.value
        inner, outer = a.low * (2 * a.value - a.low), b.high * (2 * b.value - b.high)
        root = np.sqrt(np.maximum(0.0, both * both - inner * outer))
        low = np.where(inner > 0, inner / (both + root), 0.0)
        inner, outer = a.high * (2 * a.value - a.high), b.low * (2 * b.value - b.low)
        root = np.sqrt(np.maximum(0.0, both * both - inner * outer))
        high = np.where(outer > 0, (both + root) / outer, np.inf)
    missing = np.isnan(value)
    return Intervals(value, np.where(missing, np.nan, low), np.where(missing, np.nan, high))
