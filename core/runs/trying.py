"""Explain by trying: what is done where a model has no exact account."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core.engine.one_row import read_sample
from core.models.scoring import Session, scoring_child
from core.models.tried import REFERENCE, ROWS, Score, Tried, Trying
from core.records.data import DatasetVersion
from core.records.evaluations import Evaluation
from core.records.models import Answer, Task
from core.runs.desk import Desk
from core.runs.feeding import read_columns, scoring_of
from core.runs.watch import Watch


@dataclass(frozen=True, slots=True)
class Places:
    """Values of some rows by their place in a list of the values of each column."""

    lists: "tuple[pa.Array[Any], ...]"
    names: tuple[str, ...]

    def batch(self, places: NDArray[np.int64]) -> pa.RecordBatch:
        """Return the rows that places (rows, columns) stand for."""
        columns = [values.take(places[:, k]) for k, values in enumerate(self.lists)]
        return pa.RecordBatch.from_arrays(columns, names=list(self.names))


def try_rows(
    desk: Desk, evaluation: Evaluation, reference: DatasetVersion, watch: Watch
) -> Iterator[tuple[int, Tried]]:
    """Explain 100 rows of an evaluation, each with its number, against 100 reference rows.

    Both are chosen by a hash of their number, the same in every run.

    Raises:
        StoppedError: somebody pressed Cancel.
    """
    scoring = scoring_of(desk, desk.workspace.state.model(evaluation.model))
    columns = read_columns(evaluation)
    from_here = desk.workspace.state.dataset(evaluation.dataset)
    rows = read_sample(desk.work, from_here.object, columns, ROWS)
    others = read_sample(desk.work, reference.object, columns, REFERENCE)
    both = pa.concat_tables([rows.drop_columns(["row"]), others.drop_columns(["row"])])
    lists = tuple(both[name].combine_chunks() for name in columns)
    places = Places(lists, tuple(columns))
    number = np.arange(both.num_rows, dtype=np.int64)
    asked = np.tile(number[:, None], (1, len(columns)))
    evals = len(rows) * len(others) * len(columns) * 20
    with scoring_child(scoring, evals, stop=watch.stop) as session:
        score = _score(session, places, evaluation.answer)
        trying = Trying(score, asked[len(rows) :])
        for k, row in enumerate(rows["row"].to_numpy().tolist()):
            watch.step(0.05 + 0.9 * k / len(rows), f"{k:,} of {len(rows):,} rows tried")
            yield int(row), trying.explain(asked[k])


def _score(session: Session, places: Places, answer: Answer) -> Score:
    """Return what turns places into the scores that are explained."""

    def score(asked: NDArray[np.int64]) -> NDArray[np.float64]:
        found = np.asarray(session.score(places.batch(asked.astype(np.int64))), np.float64)
        return found if answer.task is Task.MULTICLASS else found.reshape(-1, 1)

    return score
