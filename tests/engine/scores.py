"""Scores with labels, laid down as an evaluation would, for the tests of score roll-ups."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.engine.score_blocks import ScoreBlocks, read_score_blocks, write_score_blocks
from core.engine.score_cube import ScoreCube, read_score_cube, write_score_cube
from core.engine.scored import Scored
from core.engine.where import Where
from core.records.data import ColumnType, Use
from core.records.predicate import Predicate
from core.runs.desk import Desk
from tests.kept import BINARY, Framed, Small, column, lay_frame

WORDS = {1: "yes", 0: "no", -1: None}


@dataclass(frozen=True)
class Laid:
    """Rows in a desk, ready to be counted."""

    framed: Framed
    weighted: bool

    def scored(self, where: Predicate | None = None) -> Scored:
        """Return what is counted, in the rows of `where`."""
        chosen = Where(self.framed.dataset, where, self.framed.scores) if where else None
        return Scored(self.framed.frame, self.framed.scores, BINARY, where=chosen)


def lay_scored(
    desk: Desk, scores: NDArray[np.generic], labels: Any, weights: Any = None
) -> Laid:
    """Put scores and labels (1, 0 or -1 for none) among the objects, with an odd/even column."""
    columns = [column("y", use=Use.LABEL), column("odd", ColumnType.BOOLEAN)]
    values: dict[str, list[Any]] = {
        "y": [WORDS[int(label)] for label in labels],
        "odd": [k % 2 == 1 for k in range(len(scores))],
    }
    if weights is not None:
        columns.append(column("w", ColumnType.NUMBER, Use.WEIGHT))
        values["w"] = np.asarray(weights, dtype=np.float64).tolist()
    framed = lay_frame(desk, Small(tuple(columns), values), BINARY, scores)
    return Laid(framed, weights is not None)


def count_cube(
    desk: Desk, laid: Laid, *, where: Predicate | None = None, folds: bool = False
) -> ScoreCube:
    """Count the cube of laid rows."""
    name = desk.workspace.objects.put(
        lambda into: write_score_cube(
            desk.work, laid.scored(where), into, weighted=laid.weighted, folds=folds
        )
    )
    return read_score_cube(desk.count, name)


def find_blocks(desk: Desk, laid: Laid) -> tuple[ScoreBlocks, int]:
    """Return the blocks of laid rows, and how many rows were read twice."""
    cube, reread = count_cube(desk, laid), []
    name = desk.workspace.objects.put(
        lambda into: reread.append(write_score_blocks(desk.work, laid.scored(), cube, into))
    )
    return read_score_blocks(desk.count, name), reread[0]
