"""Recalibration: what would change if the scores were put right? A what-if, never applied."""

from collections.abc import Callable
from typing import Final

import numpy as np

from core.engine.grid import buckets
from core.engine.score_cube import ScoreCube
from core.errors import WrongInputError
from core.estimates.isotonic import rising
from core.measures.calibration import TOLERANCE, measure_calibration
from core.measures.calibration_slope import (
    LogOdds,
    expit,
    fit_line,
    fit_offset,
    fit_slope,
    log_odds,
    logit,
)
from core.measures.score_groups import Floats, ScoreGroups, group_cube
from core.measures.score_moments import moments_of_groups
from core.records.calibration import Calibration, WhatIf

Change = Callable[[Floats], Floats]
METHODS: Final = ("sigmoid", "isotonic", "temperature", "prevalence")
FORMULAS: Final = {
    "sigmoid": "log odds become a + b x log odds",
    "isotonic": "each score becomes the value of the best rising curve",
    "temperature": "log odds are divided by one number",
    "prevalence": "one number is added to the log odds",
}


def what_if(folded: ScoreCube, method: str, *, tolerance: float = TOLERANCE) -> WhatIf:
    """Return calibration before and after a recalibration, cross-fitted.

    `folded` is the score cube by fold: the rows of each fold are changed as the rows of the
    other folds ask for, so that no row is judged by a change that saw it. Every row of a
    bucket (1/64,000 wide) is taken for its mean score, before and after.

    Raises:
        WrongInputError: the method is unknown, or a fold leaves nothing to learn from.
    """
    before = group_cube(folded)
    after = recalibrate(folded, method)
    first, then = (
        measure_calibration(groups, moments_of_groups(groups), tolerance=tolerance)
        for groups in (before, after)
    )
    return WhatIf(method, first, then, FORMULAS[method], say_what_if(first, then))


def recalibrate(folded: ScoreCube, method: str) -> ScoreGroups:
    """Return the rows grouped by their new, cross-fitted scores."""
    if method not in METHODS:
        raise WrongInputError(
            f"There is no recalibration `{method}`.",
            hint=f"Choose one of {', '.join(METHODS)}.",
        )
    changed, typical = [], group_cube(folded).typical
    for fold in np.unique(folded.fold).tolist():
        mine, others = (
            group_cube(folded.select(keep), typical=typical)
            for keep in (folded.fold == fold, folded.fold != fold)
        )
        if len(mine.rows):
            changed.append((mine, learn(others, method)(mine.said)))
    return _regrouped(changed)


def learn(groups: ScoreGroups, method: str) -> Change:
    """Return the change of scores that these rows ask for.

    Sources: Platt (1999) on log odds; Zadrozny and Elkan (2002); Guo et al. (2017);
    Saerens et al. (2002) for a shift of the prevalence.

    Raises:
        WrongInputError: the rows ended alike, or have one score.
    """
    odds = log_odds(groups)
    if not len(groups.rows) or (method != "isotonic" and _untold(odds, method)):
        reason = odds.trouble if len(groups.rows) else "no other fold has labelled rows"
        raise WrongInputError(
            f"Nothing can be learned from the other rows: {reason}.",
            hint="Choose more rows, or another recalibration.",
        )
    match method:
        case "sigmoid":
            (a, b), _ = fit_line(odds)
            return lambda said: expit(a + b * logit(said))
        case "temperature":
            slope = fit_slope(odds)
            return lambda said: expit(slope * logit(said))
        case "prevalence":
            offset, _ = fit_offset(odds)
            return lambda said: expit(offset + logit(said))
        case _:
            curve = rising(groups.weight, groups.events)
            return lambda said: np.interp(said, groups.said, curve)


def say_what_if(before: Calibration, after: Calibration) -> str:
    """Return the average gap before and after as a sentence."""
    if before.gap is None or after.gap is None:
        return "No row has a label, so that nothing can be learned."
    first, then = (f"{100 * gap.value:.1f}" for gap in (before.gap, after.gap))
    return (
        f"The average gap would go from {first} to {then} points. "
        "A what-if: the model version is not changed."
    )


def _untold(odds: LogOdds, method: str) -> bool:
    """Return whether a method finds no value in these rows."""
    if method == "prevalence":
        return odds.trouble == "all cases ended alike"
    return bool(odds.trouble)


def _regrouped(changed: list[tuple[ScoreGroups, Floats]]) -> ScoreGroups:
    """Return the rows of all folds together, grouped by their new score."""

    def together(name: str) -> Floats:
        return np.concatenate([getattr(groups, name) for groups, _ in changed])

    if not changed:
        empty = np.zeros(0)
        none = np.zeros(0, dtype=np.int64)
        return ScoreGroups(none, none, empty, empty, empty, empty)
    said = np.concatenate([values for _, values in changed])
    scores, place = np.unique(said, return_inverse=True)

    def add(values: Floats) -> Floats:
        return np.bincount(place, values, len(scores)).astype(np.float64)

    weight = together("weight")
    return ScoreGroups(
        bucket=buckets(scores).astype(np.int64),
        rows=add(together("rows")).astype(np.int64),
        weight=add(weight),
        squares=add(together("squares")),
        events=add(together("events")),
        stated=add(weight * said),
    )
