"""Intervals: how far the truth may plausibly lie from what was counted."""

from math import exp, hypot, log, sqrt
from typing import Final

from scipy.stats import t as student

from core.records.estimate import Estimate, Measured, NotEstimable

Z95: Final = 1.959963984540054
FEW: Final = 10
HALVINGS: Final = 60


def kish(weight: float, weight_squares: float) -> float:
    """Return how many equally weighted rows would be as good: (sum w)^2 / sum w^2.

    Source: Kish (1965), Survey Sampling, section 11.7.
    """
    return weight * weight / weight_squares if weight_squares else 0.0


def estimate_share(
    hits: float, total: float, *, rows: int, effective_rows: float, nothing: str
) -> Measured:
    """Return hits / total with its Wilson score interval.

    `hits` and `total` are (weighted) counts, `effective_rows` is Kish's n of `total`;
    without weights it equals `rows`. `nothing` says why there is no value when total is 0.
    Source: Wilson (1927), J. Am. Stat. Assoc. 22, 209-212.

    >>> estimate_share(8, 10, rows=10, effective_rows=10, nothing="").low
    0.49016...
    """
    if not total or not effective_rows:
        return NotEstimable(nothing, rows)
    share = hits / total
    low, high = wilson(share, effective_rows)
    return Estimate(share, low, high, rows, effective_rows, "Wilson score interval")


def wilson(share: float, rows: float, *, z: float = Z95) -> tuple[float, float]:
    """Return the Wilson score interval of a share among `rows` rows."""
    centre = share + z * z / (2 * rows)
    spread = z * sqrt(share * (1 - share) / rows + z * z / (4 * rows * rows))
    scale = 1 + z * z / rows
    low = 0.0 if share == 0 else max(0.0, (centre - spread) / scale)
    high = 1.0 if share == 1 else min(1.0, (centre + spread) / scale)
    return low, high


def estimate_f1(hits: float, wrong: float, *, rows: int, effective_rows: float) -> Measured:
    """Return F1 = 2 TP / (2 TP + FP + FN), `wrong` being FP + FN.

    J = TP / (TP + FP + FN) is a share and F1 = 2 J / (1 + J) rises with it, so the ends of
    J's Wilson interval are carried over.
    """
    jaccard = estimate_share(
        hits, hits + wrong, rows=rows, effective_rows=effective_rows, nothing="no positives"
    )
    if isinstance(jaccard, NotEstimable):
        return jaccard
    value, low, high = (2 * j / (1 + j) for j in (jaccard.value, jaccard.low, jaccard.high))
    method = "Wilson score interval of TP / (TP + FP + FN), transformed"
    return Estimate(value, low, high, rows, effective_rows, method)


def estimate_average(one: Estimate, other: Estimate) -> Estimate:
    """Return the mean of two independent estimates, each counting the same.

    The arms of both intervals add up as squares (MOVER).
    Source: Zou and Donner (2008), Stat. Med. 27, 1693-1702.
    """
    value = (one.value + other.value) / 2
    low = value - hypot(one.value - one.low, other.value - other.low) / 2
    high = value + hypot(one.high - one.value, other.high - other.value) / 2
    rows = one.rows + other.rows
    effective = one.effective_rows + other.effective_rows
    return Estimate(value, low, high, rows, effective, "MOVER of two Wilson intervals")


def estimate_mean(
    mean: float, square: float, *, rows: int, effective_rows: float
) -> Measured:
    """Return a mean with its t interval, from the mean and the mean of squares.

    The standard error is sqrt(s^2 / n) with n = Kish's effective rows.
    """
    if effective_rows < 2:  # noqa: PLR2004 - a spread needs two rows
        return NotEstimable("fewer than two rows", rows)
    variance = max(0.0, square - mean * mean) * effective_rows / (effective_rows - 1)
    half = float(student.ppf(0.975, effective_rows - 1)) * sqrt(variance / effective_rows)
    return Estimate(mean, mean - half, mean + half, rows, effective_rows, "t interval")


def estimate_root(
    square: float, fourth: float, *, rows: int, effective_rows: float
) -> Measured:
    """Return a root mean square with a delta interval, from means of r^2 and r^4.

    se(RMSE) = sd(r^2) / (2 RMSE sqrt n).
    """
    if effective_rows < 2:  # noqa: PLR2004 - a spread needs two rows
        return NotEstimable("fewer than two rows", rows)
    root = sqrt(square)
    spread = sqrt(max(0.0, fourth - square * square))
    half = Z95 * spread / (2 * root * sqrt(effective_rows)) if root else 0.0
    low, high = max(0.0, root - half), root + half
    return Estimate(root, low, high, rows, effective_rows, "delta method")


def estimate_auc(
    auc: float, variance: float, *, positives: float, negatives: float, rows: int
) -> Measured:
    """Return an AUC with its interval.

    DeLong's variance, carried over to log(a / (1 - a)); with fewer than 10 rows on a side,
    or an AUC of 0 or 1, where that variance is 0 or unsure, Newcombe's score interval.
    Source: DeLong et al. (1988), Biometrics 44; Newcombe (2006), Stat. Med. 25, method 5.
    """
    if not positives or not negatives:
        side = "positives" if not positives else "negatives"
        return NotEstimable(f"no {side} to rank", rows)
    effective = positives + negatives
    if min(positives, negatives) < FEW or auc in (0.0, 1.0):
        low, high = (_newcombe(auc, end, positives, negatives) for end in (0.0, 1.0))
        return Estimate(auc, low, high, rows, effective, "Newcombe score interval")
    half = Z95 * sqrt(variance) / (auc * (1 - auc))
    logit = log(auc / (1 - auc))
    low, high = (1 / (1 + exp(-x)) for x in (logit - half, logit + half))
    method = "DeLong on the logit scale"
    return Estimate(auc, min(low, auc), max(high, auc), rows, effective, method)


def _newcombe(auc: float, end: float, positives: float, negatives: float) -> float:
    """Return the farthest a towards `end` that lies within z standard errors of `auc`.

    V(a) = a (1 - a) (1 + k (1 - a) / (2 - a) + k a / (1 + a)) / (P Q), k = (P + Q) / 2 - 1:
    Hanley and McNeil's variance with both sides of one size.
    """
    k = (positives + negatives) / 2 - 1
    inside, outside = auc, end
    for _ in range(HALVINGS):
        a = (inside + outside) / 2
        spread = a * (1 - a) * (1 + k * (1 - a) / (2 - a) + k * a / (1 + a))
        if (auc - a) ** 2 <= Z95**2 * spread / (positives * negatives):
            inside = a
        else:
            outside = a
    return inside
