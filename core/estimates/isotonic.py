"""Isotonic regression of counts: the best-fitting rising curve, exact in integers."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression

Integers = NDArray[np.int64] | NDArray[np.object_]
SAFE: Final = 1 << 62  # products below it fit into 64 bits


def lower_hull(weight: Integers, events: Integers) -> NDArray[np.intp]:
    """Return where the blocks of the isotonic regression begin, and the end of the last.

    Groups stand in the order of the score. The blocks are the edges of the greatest convex
    minorant of the cumulative sums (W_k, S_k); neighbours of equal share are one block.
    scipy's pool-adjacent-violators makes a first guess in floating point, which is then
    put right with integer cross products, so that blocks do not depend on rounding.
    Source: Barlow et al. (1972), Statistical Inference under Order Restrictions, 1.2.

    >>> lower_hull(np.array([1, 1, 1, 1]), np.array([0, 1, 0, 1])).tolist()
    [0, 1, 3, 4]
    """
    x, y = _cumulated(weight), _cumulated(events)
    if int(x[-1]) * max(int(y[-1]), 1) >= SAFE:
        x, y = x.astype(object), y.astype(object)
    share = np.asarray(events / weight, dtype=np.float64)
    guess = isotonic_regression(share, weights=np.asarray(weight, dtype=np.float64))
    kept = np.asarray(guess.blocks, dtype=np.intp)
    while True:
        kept = _bent(x, y, kept)
        below = np.flatnonzero(_gap(x, y, kept) > 0)
        if not len(below):
            return kept
        kept = np.union1d(kept, below)


def lies_below(
    at: Integers, height: Integers, x: Integers, y: Integers
) -> NDArray[np.bool_]:
    """Return which points (at, height) lie below the hull through the points (x, y)."""
    left = np.clip(np.searchsorted(x, at, side="right") - 1, 0, len(x) - 2)
    dx, dy = x[left + 1] - x[left], y[left + 1] - y[left]
    if int(x[-1]) * max(int(y[-1]), 1) >= SAFE:
        dx, dy = dx.astype(object), dy.astype(object)
    below = (at - x[left]) * dy > (height - y[left]) * dx
    return np.asarray(below, dtype=np.bool_)


def rising(weight: NDArray[np.float64], events: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the rising curve at each group, in floating point; weights may be 0."""
    safe = np.maximum(weight, 1e-9)
    fitted = isotonic_regression(np.where(weight > 0, events / safe, 0.0), weights=safe)
    curve: NDArray[np.float64] = fitted.x
    return curve


def _cumulated(values: Integers) -> Integers:
    total: Integers = np.concatenate([values[:1] * 0, np.cumsum(values)])
    return total


def _gap(x: Integers, y: Integers, kept: NDArray[np.intp]) -> Integers:
    """Return how far each point lies below its chord, times the chord's length."""
    spans = np.diff(kept)
    left, right = np.repeat(kept[:-1], spans), np.repeat(kept[1:], spans)
    inner = np.arange(kept[-1])
    dx, dy = x[right] - x[left], y[right] - y[left]
    gap: Integers = (x[inner] - x[left]) * dy - (y[inner] - y[left]) * dx
    return gap


def _bent(x: Integers, y: Integers, kept: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return only the points where the path through `kept` bends upwards."""
    dx, dy = np.diff(x[kept]), np.diff(y[kept])
    if bool(np.all(dy[:-1] * dx[1:] < dy[1:] * dx[:-1])):
        return kept
    stack: list[int] = []
    for point in kept.tolist():
        while len(stack) > 1 and not _turns(x, y, (*stack[-2:], point)):
            stack.pop()
        stack.append(point)
    return np.array(stack, dtype=np.intp)


def _turns(x: Integers, y: Integers, points: tuple[int, ...]) -> bool:
    """Return whether the path through three points bends upwards at the middle one."""
    (x0, x1, x2), (y0, y1, y2) = ([int(axis[point]) for point in points] for axis in (x, y))
    return (y1 - y0) * (x2 - x1) < (y2 - y1) * (x1 - x0)
