"""Calibrating: what pages, cards and commands ask about stated chances and thresholds."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np

from core.engine import score_blocks, score_cube, score_levels, score_slices, scored
from core.engine.duck import DuckDB
from core.engine.score_blocks import ScoreBlocks, read_score_blocks, write_score_blocks
from core.engine.score_cube import (
    ScoreCube,
    ScoreSums,
    read_score_cube,
    read_score_sums,
    write_score_cube,
    write_score_sums,
)
from core.engine.score_levels import Predicted, read_score_levels, write_score_levels
from core.engine.score_slices import ScoreSlices, read_score_slices, write_score_slices
from core.engine.scored import Scored
from core.engine.where import Where
from core.errors import WrongInputError
from core.estimates import isotonic
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
    ErrorLevels,
    HonestBand,
    ReadingLine,
    SliceCalibration,
    WhatIf,
)
from core.records.evaluations import Evaluation
from core.records.models import Task
from core.records.predicate import Predicate, to_address
from core.runs.desk import Desk
from core.runs.rollups import Kind, codebook_of, fill_in

CUBE: Final = Kind("score cube", 1, (scored, score_cube))
FOLDS: Final = Kind("score cube by fold", 1, (scored, score_cube))
SUMS: Final = Kind("score sums", 1, (scored, score_cube))
BLOCKS: Final = Kind("score blocks", 1, (scored, score_cube, score_blocks, isotonic))
LEVELS: Final = Kind("score levels", 1, (score_levels, score_cube))
SLICES: Final = Kind("score slices", 1, (scored, score_cube, score_slices))


def cube_of(
    desk: Desk,
    evaluation: Evaluation,
    *,
    of_class: str = "",
    where: Predicate | None = None,
) -> ScoreCube:
    """Return the score cube of an evaluation, in all rows or in those of `where`.

    Of a multiclass model: of the top label, or of one class.
    """
    question = _scored(desk, evaluation, of_class, where)
    weighted = bool(evaluation.weight)

    def fill(engine: DuckDB, into: Path) -> None:
        write_score_cube(engine, question, into, weighted=weighted)

    name = _fill(desk, evaluation, CUBE, question, fill)
    return desk.once(("score cube", name), lambda: read_score_cube(desk.count, name))


def sums_of(
    desk: Desk,
    evaluation: Evaluation,
    *,
    of_class: str = "",
    where: Predicate | None = None,
) -> ScoreSums:
    """Return the exact sums of scores and losses."""
    question = _scored(desk, evaluation, of_class, where)
    weighted = bool(evaluation.weight)

    def fill(engine: DuckDB, into: Path) -> None:
        write_score_sums(engine, question, into, weighted=weighted)

    name = _fill(desk, evaluation, SUMS, question, fill)
    return desk.once(("score sums", name), lambda: read_score_sums(desk.count, name))


def blocks_of(
    desk: Desk,
    evaluation: Evaluation,
    *,
    of_class: str = "",
    where: Predicate | None = None,
) -> ScoreBlocks:
    """Return the exact blocks of the calibration curve."""
    question = _scored(desk, evaluation, of_class, where)

    def fill(engine: DuckDB, into: Path) -> None:
        cube = cube_of(desk, evaluation, of_class=of_class, where=where)
        write_score_blocks(engine, question, cube, into)

    name = _fill(desk, evaluation, BLOCKS, question, fill)
    return desk.once(("score blocks", name), lambda: read_score_blocks(desk.count, name))


def calibration_of(
    desk: Desk,
    evaluation: Evaluation,
    *,
    of_class: str = "",
    where: Predicate | None = None,
    tolerance: float = TOLERANCE,
) -> Calibration:
    """Return reading lines, facts, verdict and the numbers for experts."""
    cube = cube_of(desk, evaluation, of_class=of_class, where=where)
    sums = sums_of(desk, evaluation, of_class=of_class, where=where)
    blocks = blocks_of(desk, evaluation, of_class=of_class, where=where)

    def make() -> Calibration:
        groups = _groups(desk, cube)
        return measure_calibration(
            groups,
            moments_of_sums(sums, groups),
            blocks if len(blocks.n) else None,
            left_out=(sums.unlabelled, sums.outside),
            tolerance=tolerance,
        )

    return desk.once(("calibration", cube.object, sums.object, tolerance), make)


def width_lines_of(
    desk: Desk,
    evaluation: Evaluation,
    *,
    of_class: str = "",
    where: Predicate | None = None,
) -> tuple[ReadingLine, ...]:
    """Return reading lines of ten equally wide ranges of the score."""
    cube = cube_of(desk, evaluation, of_class=of_class, where=where)
    groups = _groups(desk, cube)
    key = ("width lines", cube.object)
    return desk.once(key, lambda: read_lines(equal_width(groups, BINS)))


def bands_of(
    desk: Desk,
    evaluation: Evaluation,
    kind: str,
    *,
    of_class: str = "",
    where: Predicate | None = None,
) -> Band | None:
    """Return the `likely` band of the curve, or that `if perfect`; None without labels."""
    cube = cube_of(desk, evaluation, of_class=of_class, where=where)
    groups = _groups(desk, cube)
    if not len(groups.rows):
        return None
    draw = consistency_band if kind == "if perfect" else likely_band
    return desk.once(("band", kind, cube.object), lambda: draw(groups))


def guarantee_of(
    desk: Desk,
    evaluation: Evaluation,
    *,
    of_class: str = "",
    where: Predicate | None = None,
) -> HonestBand | None:
    """Return the band that holds everywhere at once; None without labels."""
    cube = cube_of(desk, evaluation, of_class=of_class, where=where)
    groups = _groups(desk, cube)
    if not len(groups.rows):
        return None
    return desk.once(("honest band", cube.object), lambda: honest_band(groups))


def calibration_by_slice(
    desk: Desk, evaluation: Evaluation, *, of_class: str = "", every: bool = False
) -> tuple[SliceCalibration, ...]:
    """Return every slice of the group and sensitive columns, the surest gap first.

    With `every`, or where no column is marked, of all coded columns: also of those that
    were only known afterwards, by which no model can be calibrated.
    """
    book = codebook_of(desk, evaluation)
    dataset = desk.workspace.state.dataset(evaluation.dataset)
    marked = {c.name for c in dataset.columns if c.group or c.sensitive}
    names = () if every else tuple(c.name for c in book.columns if c.name in marked)
    if not book.columns:
        return ()
    limit = desk.workspace.state.policy.policy.privacy_limit
    counted = _slices_of(desk, evaluation, of_class, len(book.columns))
    key = ("calibration by slice", counted.object, evaluation.codebook, names, limit)
    return desk.once(
        key,
        lambda: measure_slices(counted, book, columns=names, privacy_limit=limit),
    )


def thresholds_of(
    desk: Desk,
    evaluation: Evaluation,
    *,
    of_class: str = "",
    where: Predicate | None = None,
) -> Thresholds:
    """Return who reaches each of the 1,001 thresholds.

    Raises:
        WrongInputError: no row has a label.
    """
    cube = cube_of(desk, evaluation, of_class=of_class, where=where)
    return desk.once(
        ("thresholds", cube.object), lambda: count_thresholds(_groups(desk, cube))
    )


def what_if_of(
    desk: Desk,
    evaluation: Evaluation,
    method: str,
    *,
    of_class: str = "",
    tolerance: float = TOLERANCE,
) -> WhatIf:
    """Return calibration before and after a recalibration that is not applied.

    Raises:
        WrongInputError: the method is unknown, or nothing can be learned.
    """
    question = _scored(desk, evaluation, of_class, None)
    weighted = bool(evaluation.weight)

    def fill(engine: DuckDB, into: Path) -> None:
        write_score_cube(engine, question, into, weighted=weighted, folds=True)

    name = _fill(desk, evaluation, FOLDS, question, fill)
    folded = desk.once(("score cube", name), lambda: read_score_cube(desk.count, name))
    key = ("what if", name, method, tolerance)
    return desk.once(key, lambda: what_if(folded, method, tolerance=tolerance))


def error_levels_of(
    desk: Desk, evaluation: Evaluation, *, where: Predicate | None = None
) -> ErrorLevels:
    """Return bias and spread of a regression by predicted value.

    Raises:
        WrongInputError: the model gives classes, not amounts.
    """
    if evaluation.answer.task is not Task.REGRESSION:
        raise WrongInputError(
            "This model gives chances, not amounts.", hint="Ask for its calibration."
        )
    if not evaluation.labelled:
        return ErrorLevels(None, (), "No row has a label.")
    question = _scored(desk, evaluation, "", where)
    predicted = Predicted(evaluation.frame, evaluation.scores, question.where)

    def fill(engine: DuckDB, into: Path) -> None:
        write_score_levels(engine, predicted, into)

    name = _fill(desk, evaluation, LEVELS, question, fill)
    return desk.once(
        ("error levels", name, evaluation.error_scale),
        lambda: measure_levels(
            read_score_levels(desk.count, name), scale=2.0**evaluation.error_scale
        ),
    )


def score_histogram(cube: ScoreCube, *, steps: int = 50) -> tuple[int, ...]:
    """Return rows per equal step of the score, with a label or without."""
    place = np.minimum(cube.bucket * steps // 64_000, steps - 1)
    counts = np.bincount(place, cube.n + cube.u, steps)
    return tuple(int(count) for count in counts)


def count_calibration(desk: Desk, evaluation: Evaluation) -> None:
    """Count ahead what the page Calibration shows first."""
    if evaluation.answer.task is Task.REGRESSION:
        error_levels_of(desk, evaluation)
        return
    calibration_of(desk, evaluation)
    book = codebook_of(desk, evaluation)
    if book.columns:
        _slices_of(desk, evaluation, "", len(book.columns))


def _slices_of(
    desk: Desk, evaluation: Evaluation, of_class: str, columns: int
) -> ScoreSlices:
    question = _scored(desk, evaluation, of_class, None)
    weighted = bool(evaluation.weight)

    def fill(engine: DuckDB, into: Path) -> None:
        write_score_slices(engine, question, into, columns=columns, weighted=weighted)

    name = _fill(desk, evaluation, SLICES, question, fill)
    return desk.once(("score slices", name), lambda: read_score_slices(desk.count, name))


def _groups(desk: Desk, cube: ScoreCube) -> ScoreGroups:
    return desk.once(("score groups", cube.object), lambda: group_cube(cube))


def _scored(
    desk: Desk, evaluation: Evaluation, of_class: str, where: Predicate | None
) -> Scored:
    dataset = desk.workspace.state.dataset(evaluation.dataset)
    return Scored(
        frame=evaluation.frame,
        scores=evaluation.scores,
        answer=evaluation.answer,
        of_class=of_class,
        where=Where(dataset, where, evaluation.scores) if where else None,
    )


def _fill(
    desk: Desk,
    evaluation: Evaluation,
    kind: Kind,
    question: Scored,
    fill: Callable[[DuckDB, Path], object],
) -> str:
    where = question.where
    inputs = {
        "frame": evaluation.frame,
        "scores": evaluation.scores,
        "class": question.of_class,
        "codebook": evaluation.codebook if kind is SLICES else "",
        "where": to_address(where.predicate) if where and where.predicate else "",
        "rows": where.dataset.object if where else "",
    }
    return fill_in(desk, evaluation.id, kind, inputs, fill)
