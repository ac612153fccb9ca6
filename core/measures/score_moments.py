"""Score moments: the sums that scores and tests of calibration are made of."""

from dataclasses import dataclass

import numpy as np

from core.engine.score_cube import UNIT, ScoreSums
from core.measures.score_groups import Floats, ScoreGroups


@dataclass(frozen=True, slots=True)
class ScoreMoments:
    """Sums over labelled rows; a typical row weighs 1.

    `brier` sums (y - p)^2, `loss` the finite log losses, `infinite` counts the rows
    that were said to be impossible and happened, or the reverse. `lean` sums (y - p)(1 - 2 p), `lean_variance` w^2 (1 - 2 p)^2 p (1 - p),
    `variance` w^2 p (1 - p), `variance_once` w p (1 - p).
    """

    rows: int
    effective_rows: float
    weight: float
    events: float
    expected: float
    brier: float
    loss: float
    infinite: int
    lean: float
    lean_variance: float
    variance: float
    variance_once: float


def moments_of_sums(sums: ScoreSums, groups: ScoreGroups) -> ScoreMoments:
    """Return the exact sums of a roll-up, in the unit of the groups."""
    once, twice = UNIT * groups.typical, UNIT * groups.typical**2
    return ScoreMoments(
        rows=groups.all_rows,
        effective_rows=groups.effective_rows,
        weight=float(groups.weight.sum()),
        events=float(groups.events.sum()),
        expected=float(groups.stated.sum()),
        brier=sums.brier / once,
        loss=sums.loss / once,
        infinite=sums.infinite,
        lean=sums.lean / once,
        lean_variance=sums.lean_variance / twice,
        variance=sums.variance / twice,
        variance_once=sums.variance_once / once,
    )


def moments_of_groups(groups: ScoreGroups) -> ScoreMoments:
    """Return the sums where every row of a group has the group's mean score."""
    p, yes = groups.said, groups.events
    no = groups.weight - yes
    spread = p * (1 - p)
    surprises = np.where(p == 0, yes, np.where(p == 1, no, 0.0))
    loss = yes * _log_loss(p) + no * _log_loss(1 - p)
    return ScoreMoments(
        rows=groups.all_rows,
        effective_rows=groups.effective_rows,
        weight=float(groups.weight.sum()),
        events=float(groups.events.sum()),
        expected=float(groups.stated.sum()),
        brier=float(np.sum(yes * (1 - p) ** 2 + no * p**2)),
        loss=float(np.sum(loss)),
        infinite=int(np.rint(surprises.sum())),
        lean=float(np.sum((yes - groups.weight * p) * (1 - 2 * p))),
        lean_variance=float(np.sum(groups.squares * (1 - 2 * p) ** 2 * spread)),
        variance=float(np.sum(groups.squares * spread)),
        variance_once=float(np.sum(groups.weight * spread)),
    )


def _log_loss(p: Floats) -> Floats:
    """Return -log p, and 0 where p is 0: those rows are counted apart."""
    return -np.log(np.where(p > 0, p, 1.0))
