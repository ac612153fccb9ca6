"""The same intervals for thousands of slices at once: arrays in, arrays out.

Shares, F1, the correlation of Matthews and means; rankings stand in `many_rankings`,
observed / expected in `observed_expected`, differences and ratios of two in `mover`. All arrays of a call
have one shape, or shapes that broadcast.
"""

from dataclasses import dataclass
from math import isnan
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from core.estimates.intervals import Z95
from core.records.estimate import Estimate

Floats = NDArray[np.float64]
Numbers = NDArray[np.floating[Any] | np.integer[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Intervals:
    """Values with both ends of their intervals; NaN where there is no value."""

    value: Floats
    low: Floats
    high: Floats

    def estimate(self, number: int, *, rows: int, method: str = "") -> Estimate | None:
        """Return one of them as an estimate that rests on `rows`; None where there is none."""
        value = float(self.value[number])
        if isnan(value):
            return None
        low, high = float(self.low[number]), float(self.high[number])
        return Estimate(value, low, high, rows, rows, method)


def quiet() -> np.errstate:
    """Return a context where a division by nothing gives NaN or inf without a word."""
    return np.errstate(divide="ignore", invalid="ignore", over="ignore")


def wilson_many(
    hits: Numbers, total: Numbers, effective: Numbers, *, z: float = Z95
) -> Intervals:
    """Return hits / total with Wilson's score intervals; NaN where there are no rows.

    `hits` and `total` are (weighted) counts, `effective` is Kish's n of `total`.
    Source: Wilson (1927), J. Am. Stat. Assoc. 22, 209-212.
    """
    with quiet():
        share = np.where(np.minimum(total, effective) > 0, hits / total, np.nan)
    return score_many(share, effective, z=z)


def score_many(share: Floats, effective: Numbers, *, z: float = Z95) -> Intervals:
    """Return shares with Wilson's score intervals, from the shares themselves."""
    with quiet():
        rows = np.where(effective > 0, effective, np.nan)
        centre = share + z * z / (2 * rows)
        spread = z * np.sqrt(share * (1 - share) / rows + z * z / (4 * rows * rows))
        scale = 1 + z * z / rows
        low = np.where(share == 0, 0.0, np.maximum(0.0, (centre - spread) / scale))
        high = np.where(share == 1, 1.0, np.minimum(1.0, (centre + spread) / scale))
    return _known(share, low, high)


def f1_many(tp: Numbers, wrong: Numbers, effective: Numbers) -> Intervals:
    """Return F1 = 2 TP / (2 TP + FP + FN), `wrong` being FP + FN.

    As `estimate_f1`: J = TP / (TP + wrong) with its Wilson interval, carried over by
    F1 = 2 J / (1 + J). `effective` is Kish's n of TP + wrong.
    """
    jaccard = wilson_many(tp, tp + wrong, effective)
    ends = (jaccard.value, jaccard.low, jaccard.high)
    return Intervals(*(2 * j / (1 + j) for j in ends))


def mcc_many(tp: Numbers, fp: Numbers, fn: Numbers, tn: Numbers) -> Intervals:
    """Return Matthews' correlation (phi) of what was said and what was true.

    phi +- z se on Fisher's scale atanh(phi), se by the delta method; where a cell is 0 the
    interval is that of the table with 1/2 added to each cell. NaN where the model, or the
    truth, is one-sided. With weights pass the cells scaled so that they sum to Kish's n.
    Source: Bishop, Fienberg and Holland (1975), Discrete Multivariate Analysis, 11.3.2.
    """
    cells = np.stack(np.broadcast_arrays(tp, fp, fn, tn)).astype(np.float64)
    value = _phi(cells)
    near = cells + np.where((cells == 0).any(axis=0), 0.5, 0.0)
    with quiet():
        phi = _phi(near)
        half = Z95 * np.sqrt(_phi_variance(near, phi)) / (1 - phi * phi)
        low, high = np.tanh(np.arctanh(phi) - half), np.tanh(np.arctanh(phi) + half)
    return _known(value, np.minimum(low, value), np.maximum(high, value))


def mean_many(mean: Numbers, square: Numbers, effective: Numbers) -> Intervals:
    """Return means with t intervals, from the mean and the mean of squares.

    As `estimate_mean`; NaN for fewer than two effective rows.
    """
    with quiet():
        rows = np.where(effective >= 2, effective, np.nan)  # noqa: PLR2004 - a spread
        variance = np.maximum(0.0, square - mean * mean) * rows / (rows - 1)
        half = stdtrit(rows - 1, 0.975) * np.sqrt(variance / rows)
    return _known(mean + 0.0 * rows, mean - half, mean + half)


def root_many(square: Numbers, fourth: Numbers, effective: Numbers) -> Intervals:
    """Return root mean squares with delta intervals, from means of r^2 and r^4.

    As `estimate_root`; NaN for fewer than two effective rows.
    """
    with quiet():
        rows = np.where(effective >= 2, effective, np.nan)  # noqa: PLR2004 - a spread
        root = np.sqrt(square) + 0.0 * rows
        spread = np.sqrt(np.maximum(0.0, fourth - square * square))
        half = np.where(root > 0, Z95 * spread / (2 * root * np.sqrt(rows)), 0.0)
    return _known(root, np.maximum(0.0, root - half), root + half)


def _known(value: Floats, low: Floats, high: Floats) -> Intervals:
    """Return the interval with both ends missing where the value is."""
    missing = np.isnan(value)
    return Intervals(value, np.where(missing, np.nan, low), np.where(missing, np.nan, high))


def _phi(cells: Floats) -> Floats:
    tp, fp, fn, tn = cells
    with quiet():  # roots of products: exactly 1 where nothing is wrong
        margins = np.sqrt((tp + fp) * (tp + fn)) * np.sqrt((fn + tn) * (fp + tn))
        found = (tp * tn - fp * fn) / margins
    phi: Floats = np.clip(found, -1.0, 1.0)
    return phi


def _phi_variance(cells: Floats, phi: Floats) -> Floats:
    """Return the variance of phi.

    With p, q the shares said and not said, P, Q those true and not true:
    n V = 1 - phi^2 + (phi + phi^3 / 2) (p - q)(P - Q) / sqrt(p q P Q)
          - 3/4 phi^2 ((p - q)^2 / (p q) + (P - Q)^2 / (P Q)).
    """
    rows = cells.sum(axis=0)
    said, true = (cells[0] + cells[1]) / rows, (cells[0] + cells[2]) / rows
    lean = (2 * said - 1) / np.sqrt(said * (1 - said))
    tilt = (2 * true - 1) / np.sqrt(true * (1 - true))
    skew = (phi + phi**3 / 2) * lean * tilt - 0.75 * phi**2 * (lean**2 + tilt**2)
    variance: Floats = np.maximum(0.0, 1 - phi**2 + skew) / rows
    return variance
