"""Calibrating: what pages, cards and commands ask about stated chances and thresholds.

Of a multiclass model each answer is about the top label, or about one class.
"""

from typing import Final

import numpy as np

from core.engine.grid import BUCKETS
from core.engine.score_cube import ScoreCube
from core.errors import WrongInputError
from core.measures.acting import Thresholds, count_thresholds
from core.measures.bands import consistency_band, honest_band, likely_band
from core.measures.calibration import BINS, TOLERANCE, measure_calibration
from core.measures.error_levels import measure_levels
from core.measures.reading_line import read_lines
from core.measures.recalibration import what_if
from core.measures.score_groups import ScoreGroups, equal_width, group_cube
from core.measures.score_moments import moments_of_sums
from core.measures.slice_calibration import measure_slices
from core.records.calibration import (
    Band,
    Calibration,
    CalibrationBySlice,
    ErrorLevels,
    HonestBand,
    ReadingLine,
    WhatIf,
)
from core.records.models import Task
from core.runs.rollups import codebook_of
from core.runs.score_rollups import (
    Scores,
    blocks_of,
    cube_of,
    levels_of,
    slices_of,
    sums_of,
)

STEPS: Final = 50


def calibration_of(scores: Scores, *, tolerance: float = TOLERANCE) -> Calibration:
    """Return reading lines, facts, verdict and the numbers for experts."""
    cube, sums, blocks = cube_of(scores), sums_of(scores), blocks_of(scores)

    def make() -> Calibration:
        groups = _groups(scores, cube)
        return measure_calibration(
            groups,
            moments_of_sums(sums, groups),
            blocks if len(blocks.n) else None,
            left_out=(sums.unlabelled, sums.outside),
            tolerance=tolerance,
        )

    return scores.desk.once(("calibration", cube.object, sums.object, tolerance), make)


def width_lines_of(scores: Scores) -> tuple[ReadingLine, ...]:
    """Return reading lines of ten equally wide ranges of the score."""
    cube = cube_of(scores)
    return scores.desk.once(
        ("width lines", cube.object),
        lambda: read_lines(equal_width(_groups(scores, cube), BINS)),
    )


def bands_of(scores: Scores, kind: str) -> Band | None:
    """Return the `likely` band of the curve, or that `if perfect`; None without labels."""
    cube = cube_of(scores)
    groups = _groups(scores, cube)
    if not len(groups.rows):
        return None
    draw = consistency_band if kind == "if perfect" else likely_band
    return scores.desk.once(("band", kind, cube.object), lambda: draw(groups))


def guarantee_of(scores: Scores) -> HonestBand | None:
    """Return the band that holds everywhere at once; None without labels."""
    cube = cube_of(scores)
    groups = _groups(scores, cube)
    if not len(groups.rows):
        return None
    return scores.desk.once(("honest band", cube.object), lambda: honest_band(groups))


def calibration_by_slice(scores: Scores) -> CalibrationBySlice | None:
    """Return every slice of the group and sensitive columns, the surest gap first.

    Where no column is marked so, of all coded columns; None where there are none of these.
    """
    desk, evaluation = scores.desk, scores.evaluation
    counted, book = slices_of(scores), codebook_of(desk, evaluation)
    if counted is None:
        return None
    limit = desk.workspace.state.policy.policy.privacy_limit
    return desk.once(
        ("calibration by slice", counted.object, evaluation.codebook, limit),
        lambda: measure_slices(counted, book, privacy_limit=limit),
    )


def thresholds_of(scores: Scores) -> Thresholds:
    """Return who reaches each of the 1,001 thresholds.

    Raises:
        WrongInputError: no row has a label.
    """
    cube = cube_of(scores)
    return scores.desk.once(
        ("thresholds", cube.object), lambda: count_thresholds(_groups(scores, cube))
    )


def what_if_of(scores: Scores, method: str, *, tolerance: float = TOLERANCE) -> WhatIf:
    """Return calibration before and after a recalibration that is not applied.

    Raises:
        WrongInputError: the method is unknown, or nothing can be learned.
    """
    folded = cube_of(scores, folds=True)
    return scores.desk.once(
        ("what if", folded.object, method, tolerance),
        lambda: what_if(folded, method, tolerance=tolerance),
    )


def error_levels_of(scores: Scores) -> ErrorLevels:
    """Return bias and spread of a regression by predicted value.

    Raises:
        WrongInputError: the model gives classes, not amounts.
    """
    evaluation = scores.evaluation
    if evaluation.answer.task is not Task.REGRESSION:
        raise WrongInputError(
            "This model gives chances, not amounts.", hint="Ask for its calibration."
        )
    if not evaluation.labelled:
        return ErrorLevels(None, (), "No row has a label.")
    counted, scale = levels_of(scores), 2.0**evaluation.error_scale
    return scores.desk.once(
        ("error levels", counted.object, scale),
        lambda: measure_levels(counted, scale=scale),
    )


def score_histogram(cube: ScoreCube, *, steps: int = STEPS) -> tuple[int, ...]:
    """Return rows per equal step of the score, with a label or without."""
    place = np.minimum(cube.bucket * steps // BUCKETS, steps - 1)
    counts = np.bincount(place, cube.n + cube.u, steps)
    return tuple(int(count) for count in counts)


def _groups(scores: Scores, cube: ScoreCube) -> ScoreGroups:
    return scores.desk.once(("score groups", cube.object), lambda: group_cube(cube))
