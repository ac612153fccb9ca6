"""CORP: what a score loses to wrong percentages, and wins by telling cases apart.

The curve is the isotonic regression of what happened on what was said: no bin is chosen.
Source: Dimitriadis, Gneiting and Jordan (2021), PNAS 118, 10.1073/pnas.2016191118.
"""

from math import inf, log
from typing import Final

import numpy as np
from scipy.special import xlogy

from core.engine.score_blocks import ScoreBlocks
from core.estimates.isotonic import rising
from core.estimates.wording import say_number
from core.measures.score_groups import Floats, ScoreGroups
from core.measures.score_moments import ScoreMoments
from core.records.calibration import Distances, Split

CLIP: Final = 52 * log(
    2
)  # the log loss of 2^-52, which scikit-learn takes for a chance of 0


def split_brier(moments: ScoreMoments, weight: Floats, share: Floats) -> Split:
    """Return the Brier score S = MCB - DSC + UNC.

    `weight` and `share` are those of the curve's blocks. With m the share of each:
    S(curve) = sum w m (1 - m) / W, MCB = S - S(curve), UNC = S(mean), DSC = UNC - S(curve).
    """
    curve = float(np.sum(weight * share * (1 - share)) / weight.sum())
    mean = moments.events / moments.weight
    score = moments.brier / moments.weight
    return _split(score, curve, mean * (1 - mean))


def split_log_loss(moments: ScoreMoments, weight: Floats, share: Floats) -> Split:
    """Return the log loss S = MCB - DSC + UNC, infinite where something impossible happened."""
    curve = float(np.sum(weight * _entropy(share)) / weight.sum())
    mean = float(_entropy(np.array([moments.events / moments.weight]))[0])
    finite = moments.loss / moments.weight
    if not moments.infinite:
        return _split(finite, curve, mean)
    clipped = finite + CLIP * moments.infinite / moments.rows
    return Split(inf, inf, _tidy(mean - curve), mean, moments.infinite, clipped)


def curve_at(blocks: ScoreBlocks, said: Floats) -> Floats:
    """Return the curve at some scores: the share of the block they lie in.

    Between two blocks the nearer end counts.
    """
    middle = (blocks.hi[:-1] + blocks.lo[1:]) / 2
    return blocks.share[np.searchsorted(middle, said, side="left")]


def curve_of_groups(groups: ScoreGroups) -> Floats:
    """Return the curve at each group, where no blocks were counted."""
    return rising(groups.weight, groups.events)


def measure_distances(groups: ScoreGroups, curve: Floats) -> Distances:
    """Return how far a curve lies from what was said, over all rows by weight."""
    gap = np.abs(curve - groups.said)
    order = np.argsort(gap, kind="stable")
    reached = np.cumsum(groups.weight[order]) / groups.weight.sum()
    places = np.minimum(np.searchsorted(reached, [0.5, 0.9]), len(gap) - 1)
    at = gap[order][places]
    mean = float(np.sum(gap * groups.weight) / groups.weight.sum())
    return Distances(mean, float(at[0]), float(at[1]), float(gap.max()))


def say_split(split: Split) -> str:
    """Return what a Brier score is made of as a sentence.

    >>> say_split(Split(0.1, 0.004, 0.154, 0.25))
    'Of the 0.250 uncertainty the model removes 62 %; 0.4 points are lost to wrong percentages.'
    """
    if split.uncertainty == 0:
        return "All cases ended alike: there was nothing to tell apart."
    removed = say_number(100 * split.discrimination / split.uncertainty, 0)
    lost = say_number(100 * split.miscalibration, 1)
    return (
        f"Of the {split.uncertainty:.3f} uncertainty the model removes {removed} %; "
        f"{lost} points are lost to wrong percentages."
    )


def say_distances(distances: Distances) -> str:
    """Return the 90th percentile of the gap as a sentence.

    >>> say_distances(Distances(0.01, 0.01, 0.038, 0.2))
    'For 9 of 10 cases the gap is at most 3.8 points.'
    """
    return f"For 9 of 10 cases the gap is at most {100 * distances.ninety:.1f} points."


def _split(score: float, curve: float, uncertainty: float) -> Split:
    return Split(score, _tidy(score - curve), _tidy(uncertainty - curve), uncertainty)


def _tidy(value: float) -> float:
    """Return a difference that is 0 or more, without the dust of rounding."""
    return 0.0 if abs(value) < 1e-12 else value  # noqa: PLR2004 - of sums in 2^-40


def _entropy(share: Floats) -> Floats:
    """Return the log loss of saying `share` where it happens that often."""
    return np.asarray(-(xlogy(share, share) + xlogy(1 - share, 1 - share)), np.float64)
