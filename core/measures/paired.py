"""Two models on the same rows: is one better, or do they only err on different rows?"""

from dataclasses import dataclass
from math import erfc, nan, sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr, binom
from scipy.special import erfc as erfc_many
from scipy.stats import rankdata

from core.errors import WrongInputError
from core.estimates.intervals import Z95
from core.estimates.many import Floats, Intervals, Numbers, quiet
from core.records.estimate import Estimate, Measured, NotEstimable

FEW: Final = 25
HALVINGS: Final = 48
FEWEST: Final = 2  # rows a side, below which nothing is known of the spread


@dataclass(frozen=True, slots=True, eq=False)
class PairedShares:
    """How much more often the first model is right, slice by slice, with p-values."""

    difference: Intervals
    p: Floats


@dataclass(frozen=True, slots=True)
class PairedAuc:
    """The AUC of both models on one set of rows, the first minus the second, and p.

    `p` is NaN where the rankings differ without any spread to measure it by.
    """

    first: float
    second: float
    difference: Measured
    p: float


def paired_shares(first: Numbers, second: Numbers, rows: Numbers) -> PairedShares:
    """Compare how often two models are right, from the rows where they disagree.

    `first` counts the rows that only the first model gets right, `second` those that only
    the second does, `rows` all rows. The difference (first - second) / rows has Tango's
    score interval; its p-value is McNemar's. NaN where there are no rows.
    Source: Tango (1998), Stat. Med. 17, 891-908.
    """
    with quiet():
        value = np.where(rows > 0, (first - second) / rows, np.nan)
    ends = [_tango(first, second, rows, end) for end in (-1.0, 1.0)]
    missing = np.isnan(value)
    low, high = (np.where(missing, np.nan, end) for end in ends)
    p = np.where(missing, np.nan, mcnemar(first, second))
    return PairedShares(Intervals(value, low, high), p)


def mcnemar(first: Numbers, second: Numbers) -> Floats:
    """Return the p-value that rows where two models disagree fall either way alike.

    With 25 such rows or more z = (b - c) / sqrt(b + c), below that the exact binomial with
    mid-p: twice the smaller tail with half the chance of what was seen. 1 where the models
    never disagree. Counts are whole rows.
    Source: McNemar (1947), Psychometrika 12; Fagerland, Lydersen and Laake (2013), BMC Med.
    Res. Methodol. 13, 91.
    """
    apart = np.asarray(first + second, dtype=np.float64)
    least = np.minimum(first, second).astype(np.float64)
    with quiet():
        score = erfc_many(np.abs(first - second) / np.sqrt(2 * apart))
    n = np.minimum(apart, FEW).astype(np.int64)
    x = np.minimum(least, n)
    seen = binom(n, x) * 0.5**n
    tail = 2 * bdtr(x, n, 0.5) - seen
    exact = np.where(2 * x == n, 1 - seen / 2, tail)
    return np.where(apart == 0, 1.0, np.where(apart < FEW, exact, score))


def paired_auc(
    first: Floats, second: Floats, positive: NDArray[np.bool_]
) -> PairedAuc | NotEstimable:
    """Compare the AUC of two models' scores on the same rows, in O(n log n).

    Each positive has the share of negatives that it outranks (ties half), each negative
    the share of positives that outrank it; these placements come from mid-ranks. The
    variance of the difference is var(placements of positives, first - second) / P + var(of
    negatives) / N.
    Source: DeLong et al. (1988), Biometrics 44, 837-845; Sun and Xu (2014), IEEE Signal
    Process. Lett. 21, 1389-1393.

    Raises:
        WrongInputError: the three arrays are not of one length, or a score is missing.
    """
    if not len(first) == len(second) == len(positive):
        raise WrongInputError(
            f"There are {len(first)}, {len(second)} scores and {len(positive)} labels.",
            hint="Give both scores and the label of every row.",
        )
    if np.isnan(first).any() or np.isnan(second).any():
        raise WrongInputError("A score is missing.", hint="Leave out rows without scores.")
    rows = len(positive)
    positives = int(np.count_nonzero(positive))
    if min(positives, rows - positives) < FEWEST:
        side = "positives" if positives < FEWEST else "negatives"
        return NotEstimable(f"fewer than two {side} to rank", rows)
    placements = [_placements(scores, positive) for scores in (first, second)]
    aucs = [float(above.mean()) for above, _ in placements]
    apart = [one - two for one, two in zip(*placements, strict=True)]
    variance = sum(float(np.var(d, ddof=1)) / len(d) for d in apart)
    return _paired(aucs[0], aucs[1], variance, rows)


def _paired(first: float, second: float, variance: float, rows: int) -> PairedAuc:
    value = first - second
    error = sqrt(variance)
    if not error:
        reason = "the two rankings differ nowhere, or everywhere alike"
        return PairedAuc(first, second, NotEstimable(reason, rows), nan if value else 1.0)
    low, high = max(-1.0, value - Z95 * error), min(1.0, value + Z95 * error)
    difference = Estimate(value, low, high, rows, rows, "paired DeLong")
    return PairedAuc(first, second, difference, erfc(abs(value) / error / sqrt(2)))


def _placements(scores: Floats, positive: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Return per positive the share of negatives below it, per negative that above it."""
    ranks = rankdata(scores)
    above, below = scores[positive], scores[~positive]
    outranked = (ranks[positive] - rankdata(above)) / len(below)
    outranking = 1 - (ranks[~positive] - rankdata(below)) / len(above)
    return np.asarray(outranked, np.float64), np.asarray(outranking, np.float64)


def _tango(first: Numbers, second: Numbers, rows: Numbers, end: float) -> Floats:
    """Return the farthest difference towards `end` within z score errors of the one seen.

    At a true difference d the score is (b - c - n d) / sqrt(n (2 q + d (1 - d))), q the
    most likely share of rows that only the second model gets right given d: the root of
    2 n q^2 + ((2 n - b + c) d - b - c) q - c d (1 - d) = 0.
    """
    with quiet():
        inside = (first - second) / rows
        outside = np.full_like(inside, end)
        for _ in range(HALVINGS):
            d = (inside + outside) / 2
            slope = (2 * rows - first + second) * d - first - second
            root = np.sqrt(slope * slope + 8 * rows * second * d * (1 - d))
            q = (root - slope) / (4 * rows)
            spread = rows * np.maximum(0.0, 2 * q + d * (1 - d))
            near = (first - second - rows * d) ** 2 <= Z95**2 * spread
            inside, outside = np.where(near, d, inside), np.where(near, outside, d)
    return np.asarray(inside, np.float64)
