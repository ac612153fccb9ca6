"""Answered rows: an evaluation's frame in memory, for questions about thousands of slices."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.engine.duck import Engine
from core.records.evaluations import Evaluation
from core.records.models import Task


@dataclass(frozen=True, slots=True)
class AnsweredRows:
    """One line per row of the table, in its order.

    `codes` is (columns, rows), `cards` the number of codes of each column. `label` is the
    number of the class (-1 where it is missing); `said` the step of the score grid (binary)
    or the predicted class (multiclass). `weight` is None where every row counts once;
    `bucket` is that of the score grid, binary only; `error` is prediction minus label in
    units of the error scale, regression only (NaN without a label).
    """

    codes: NDArray[np.uint8]
    cards: tuple[int, ...]
    label: NDArray[np.int16]
    said: NDArray[np.int16]
    bucket: NDArray[np.int32] | None
    error: NDArray[np.float64] | None
    weight: NDArray[np.int64] | None

    @property
    def nbytes(self) -> int:
        """The size in memory."""
        parts = (self.codes, self.label, self.said, self.bucket, self.error, self.weight)
        return sum(part.nbytes for part in parts if part is not None)


def read_answered(
    engine: Engine, evaluation: Evaluation, cards: tuple[int, ...]
) -> AnsweredRows:
    """Return the answered rows of an evaluation; `cards` are those of its codebook."""
    table = engine.table(f"select * from {engine.source(evaluation.frame)} order by row")
    codes = np.empty((len(cards), table.num_rows), dtype=np.uint8)
    for number in range(len(cards)):
        codes[number] = table[f"c{number}"].to_numpy()
    task = evaluation.answer.task
    said = {Task.BINARY: "step", Task.MULTICLASS: "predicted"}.get(task, "label")
    return AnsweredRows(
        codes=codes,
        cards=cards,
        label=table["label"].to_numpy().astype(np.int16),
        said=table[said].to_numpy().astype(np.int16),
        bucket=table["bucket"].to_numpy().astype(np.int32) if task is Task.BINARY else None,
        error=table["x"].to_numpy().astype(np.float64) if task is Task.REGRESSION else None,
        weight=table["w"].to_numpy().astype(np.int64) if evaluation.weight else None,
    )
