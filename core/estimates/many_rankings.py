"""Rankings of thousands of slices at once: AUC and average precision with intervals."""

import numpy as np
from numpy.typing import NDArray

from core.estimates.intervals import FEW, HALVINGS, Z95
from core.estimates.many import Floats, Intervals, Numbers, quiet, score_many


def auc_many(
    auc: Numbers, variance: Numbers, positives: Numbers, negatives: Numbers
) -> Intervals:
    """Return AUCs with the intervals of `estimate_auc`; NaN where a side is empty.

    DeLong's variance on the logit scale; Newcombe's score interval where a side has fewer
    than 10 rows or the AUC is 0 or 1.
    Source: DeLong et al. (1988), Biometrics 44; Newcombe (2006), Stat. Med. 25, method 5.
    """
    value = np.where(np.minimum(positives, negatives) > 0, auc, np.nan)
    with quiet():
        half = Z95 * np.sqrt(variance) / (value * (1 - value))
        logit = np.log(value / (1 - value))
        low = np.minimum(1 / (1 + np.exp(half - logit)), value)
        high = np.maximum(1 / (1 + np.exp(-half - logit)), value)
    few = unsure(value, positives, negatives)
    low[few], high[few] = _newcombe_many(value[few], positives[few], negatives[few])
    return Intervals(value, low, high)


def average_precision_many(average: Numbers, positives: Numbers) -> Intervals:
    """Return average precisions with intervals on the logit scale.

    logit(a) +- z / sqrt(n a (1 - a)), n the positives; where a is 0 or 1, and the logit
    has no end, the Wilson interval of a among n. NaN without positives.
    Source: Boyd, Eng and Page (2013), ECML PKDD, section 3.2.
    """
    value = np.where(positives > 0, average, np.nan)
    edge = (value == 0) | (value == 1)
    score = score_many(value, positives)
    with quiet():
        half = Z95 / np.sqrt(positives * value * (1 - value))
        logit = np.log(value / (1 - value))
        low, high = 1 / (1 + np.exp(half - logit)), 1 / (1 + np.exp(-half - logit))
    return Intervals(
        value, np.where(edge, score.low, low), np.where(edge, score.high, high)
    )


def unsure(auc: Floats, positives: Numbers, negatives: Numbers) -> NDArray[np.bool_]:
    """Return where DeLong's variance cannot be trusted: few rows, or an AUC of 0 or 1."""
    few = np.minimum(positives, negatives) < FEW
    found: NDArray[np.bool_] = ~np.isnan(auc) & (few | (auc == 0) | (auc == 1))
    return found


def newcombe_variance(auc: Floats, positives: Numbers, negatives: Numbers) -> Floats:
    """Return Hanley and McNeil's variance of an AUC, both sides taken as of one size.

    V(a) = a (1 - a) (1 + k (1 - a) / (2 - a) + k a / (1 + a)) / (P Q), k = (P + Q) / 2 - 1.
    """
    k = (positives + negatives) / 2 - 1
    spread = auc * (1 - auc) * (1 + k * (1 - auc) / (2 - auc) + k * auc / (1 + auc))
    return spread / (positives * negatives)


def _newcombe_many(
    auc: Floats, positives: Numbers, negatives: Numbers
) -> tuple[Floats, Floats]:
    """Return the farthest a below and above that lie within z standard errors of `auc`."""
    ends = np.repeat([[0.0], [1.0]], len(auc), axis=1)
    inside = np.stack([auc, auc])
    for _ in range(HALVINGS):
        middle = (inside + ends) / 2
        near = (auc - middle) ** 2 <= Z95**2 * newcombe_variance(
            middle, positives, negatives
        )
        inside, ends = np.where(near, middle, inside), np.where(near, ends, middle)
    return inside[0], inside[1]
