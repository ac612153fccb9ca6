"""Scores counted once: the roll-ups that everything about stated chances is read from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final, Generic, TypeVar

from core.engine import score_blocks, score_cube, score_levels, score_slices, scored
from core.engine.duck import DuckDB, Engine
from core.engine.score_blocks import ScoreBlocks, read_score_blocks, write_score_blocks
from core.engine.score_cube import (
    ScoreCube,
    ScoreSums,
    read_score_cube,
    read_score_sums,
    write_score_cube,
    write_score_sums,
)
from core.engine.score_levels import (
    Predicted,
    ScoreLevels,
    read_score_levels,
    write_score_levels,
)
from core.engine.score_slices import ScoreSlices, read_score_slices, write_score_slices
from core.engine.scored import Scored
from core.engine.where import Where
from core.estimates import isotonic
from core.records.evaluations import Evaluation
from core.records.models import Task
from core.records.predicate import Predicate, to_address
from core.runs.desk import Desk
from core.runs.rollups import Kind, codebook_of, fill_in
from core.runs.slicing import check_slice, sliced_places

R = TypeVar("R")
NOTHING: Final[Mapping[str, object]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Counted(Generic[R]):
    """An entry of the roll-up catalogue, and how its object is read."""

    kind: Kind
    read: Callable[[Engine, str], R]


CUBE: Final = Counted(Kind("score cube", 1, (scored, score_cube)), read_score_cube)
FOLDS: Final = Counted(Kind("score cube by fold", 1, (scored, score_cube)), read_score_cube)
SUMS: Final = Counted(Kind("score sums", 1, (scored, score_cube)), read_score_sums)
BLOCKS: Final = Counted(
    Kind("score blocks", 1, (scored, score_cube, score_blocks, isotonic)), read_score_blocks
)
LEVELS: Final = Counted(
    Kind("score levels", 1, (score_levels, score_cube)), read_score_levels
)
SLICES: Final = Counted(
    Kind("score slices", 1, (scored, score_cube, score_slices)), read_score_slices
)


@dataclass(frozen=True, slots=True)
class Scores:
    """Which scores are asked about: of an evaluation, in all rows or in those of `where`.

    Of a multiclass model: of the top label, or of one class.
    """

    desk: Desk
    evaluation: Evaluation
    of_class: str = ""
    where: Predicate | None = None

    @property
    def weighted(self) -> bool:
        """Whether rows have weights."""
        return bool(self.evaluation.weight)

    @property
    def rows(self) -> Where | None:
        """The rows that count; None where all do."""
        dataset = self.desk.workspace.state.dataset(self.evaluation.dataset)
        check_slice(self.desk, dataset, self.where)
        scores = self.evaluation.scores
        return Where(dataset, self.where, scores) if self.where else None

    @property
    def scored(self) -> Scored:
        """What the engine counts."""
        made = self.evaluation
        return Scored(made.frame, made.scores, made.answer, self.of_class, self.rows)

    def counted(
        self,
        what: Counted[R],
        fill: Callable[[DuckDB, Path], object],
        about: Mapping[str, object] = NOTHING,
    ) -> R:
        """Return a roll-up, counted by `fill` if nobody has counted it.

        `about` is what it depends on besides the rows and their scores.
        """
        made, where = self.evaluation, self.rows
        inputs = {
            "frame": made.frame,
            "scores": made.scores,
            "class": self.of_class,
            "codebook": "",
            "where": to_address(self.where) if self.where else "",
            "rows": where.dataset.object if where else "",
            **about,
        }
        name = fill_in(self.desk, made.id, what.kind, inputs, fill)
        key = (what.kind.name, name)
        return self.desk.once(key, lambda: what.read(self.desk.count, name))


def cube_of(scores: Scores, *, folds: bool = False) -> ScoreCube:
    """Return the score cube, perhaps by fold."""

    def fill(engine: DuckDB, into: Path) -> None:
        write_score_cube(engine, scores.scored, into, weighted=scores.weighted, folds=folds)

    return scores.counted(FOLDS if folds else CUBE, fill)


def sums_of(scores: Scores) -> ScoreSums:
    """Return the exact sums of scores and losses."""

    def fill(engine: DuckDB, into: Path) -> None:
        write_score_sums(engine, scores.scored, into, weighted=scores.weighted)

    return scores.counted(SUMS, fill)


def blocks_of(scores: Scores) -> ScoreBlocks:
    """Return the exact blocks of the calibration curve."""

    def fill(engine: DuckDB, into: Path) -> None:
        write_score_blocks(engine, scores.scored, cube_of(scores), into)

    return scores.counted(BLOCKS, fill)


def slices_of(scores: Scores) -> ScoreSlices | None:
    """Return every value of the group and sensitive columns by score.

    Where none is marked so, of all coded columns; None where there are none of these.
    """
    book = codebook_of(scores.desk, scores.evaluation)
    dataset = scores.desk.workspace.state.dataset(scores.evaluation.dataset)
    marked = {c.name for c in dataset.columns if c.group or c.sensitive}
    every = sliced_places(scores.desk, scores.evaluation)
    columns = [number for number in every if book.columns[number].name in marked]
    columns = columns or list(every)
    if not columns:
        return None

    def fill(engine: DuckDB, into: Path) -> None:
        write_score_slices(
            engine, scores.scored, into, columns=columns, weighted=scores.weighted
        )

    about = {"codebook": scores.evaluation.codebook, "columns": columns}
    return scores.counted(SLICES, fill, about)


def levels_of(scores: Scores) -> ScoreLevels:
    """Return the errors of a regression by how high its prediction is."""
    made = scores.evaluation

    def fill(engine: DuckDB, into: Path) -> None:
        write_score_levels(engine, Predicted(made.frame, made.scores, scores.rows), into)

    return scores.counted(LEVELS, fill)


def count_calibration(desk: Desk, evaluation: Evaluation) -> None:
    """Count what the page Calibration shows first; nothing of it where nobody has labels."""
    if not evaluation.labelled:
        return
    scores = Scores(desk, evaluation)
    if evaluation.answer.task is Task.REGRESSION:
        levels_of(scores)
        return
    sums_of(scores)
    blocks_of(scores)
    slices_of(scores)
