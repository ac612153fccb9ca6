"""Mix noise: how much chance is in each part of a split change.

Every part is a smooth function of the shares w, the rates r and the mean error R of both
tables. Its variance is that of its influence function, an average over the rows of either
table (delta method; Hampel, 1974): (alpha e + beta) for a row with error e inside the
slice, (gamma e + delta) outside of it. Kish's rows stand for n where rows have weights.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Side:
    """Shares, rates and mean squares of the error of every slice; `n` are Kish's rows.

    A rate is that of the other side where this one has no rows.
    """

    share: Floats
    rate: Floats
    square: Floats
    n: float

    @property
    def mean(self) -> float:
        """The mean error of all rows."""
        return float(self.share @ self.rate)


@dataclass(frozen=True, slots=True)
class Noise:
    """Variances of what each slice adds, of its excess, and of both sums."""

    mix: Floats
    inside: Floats
    both: Floats
    excess: Floats
    whole_mix: float
    whole_inside: float


def measure_noise(before: Side, after: Side) -> Noise:
    """Return the variances of every part of the split between two independent tables."""
    w0, w1, r0, r1 = before.share, after.share, before.rate, after.rate
    centre, change = before.mean, after.mean - before.mean
    grown, half, middle = w1 - w0, (w0 + w1) / 2, (r0 + r1) / 2 - centre
    # The rate of a slice that one side lacks stands for both.
    tilt0, tilt1 = _tilt(grown, w0, w1), _tilt(grown, w1, w0)
    pull0, pull1 = _tilt(2 * half, w0, w1, alone=0.0), _tilt(2 * half, w1, w0, alone=0.0)
    both = (r1 - r0) / 2
    zero = np.zeros_like(w0)
    share0, share1 = -middle - tilt0 * r0, middle - tilt1 * r1
    mix = _variance(
        before, (tilt0 - grown, share0 + grown * centre, -grown, grown * centre)
    )
    mix += _variance(after, (tilt1, share1, zero, zero))
    rate0, rate1 = both + pull0 * r0, both - pull1 * r1
    inside = _variance(before, (-pull0, rate0, zero, zero))
    inside += _variance(after, (pull1, rate1, zero, zero))
    more = 1 + grown
    sums = _variance(before, (-more, more * centre, -grown, grown * centre))
    sums += _variance(after, (1 + zero, zero - centre, zero, zero))
    tip = -change / 2 - centre
    excess = _variance(
        before, (half - more, more * centre - change / 2, half - grown, grown * centre)
    )
    excess += _variance(after, (1 - half, zero + tip, -half, zero))
    return Noise(
        mix,
        inside,
        sums,
        excess,
        _of_all(before, tilt0, share0) + _of_all(after, tilt1, share1),
        _of_all(before, -pull0, rate0) + _of_all(after, pull1, rate1),
    )


def _tilt(change: Floats, own: Floats, other: Floats, *, alone: float = 1.0) -> Floats:
    """Return change / (2 own), or `alone` times change / own where the other side has none."""
    part = np.where(other > 0, 0.5, alone)
    return np.divide(part * change, own, out=np.zeros_like(own), where=own > 0)


def _variance(side: Side, influence: tuple[Floats, Floats, Floats, Floats]) -> Floats:
    alpha, beta, gamma, delta = influence
    w, r, q = side.share, side.rate, side.square
    rate, square, rest = side.mean - w * r, float(w @ q) - w * q, 1 - w
    first = w * (alpha * r + beta) + gamma * rate + delta * rest
    second = w * (alpha**2 * q + 2 * alpha * beta * r + beta**2)
    second += gamma**2 * square + 2 * gamma * delta * rate + delta**2 * rest
    return np.maximum(second - first**2, 0.0) / max(side.n, 1.0)


def _of_all(side: Side, alpha: Floats, beta: Floats) -> float:
    w, r, q = side.share, side.rate, side.square
    first = float(w @ (alpha * r + beta))
    second = float(w @ (alpha**2 * q + 2 * alpha * beta * r + beta**2))
    return max(second - first**2, 0.0) / max(side.n, 1.0)
