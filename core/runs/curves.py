"""Curves: the model asked anew, with one column changed and all others as they are."""

from dataclasses import replace
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core.engine.one_row import read_sample, seen_numbers, seen_values
from core.errors import NotFoundError
from core.measures.curves import measure_curves
from core.models.scoring import scoring_child
from core.records.evaluations import Evaluation
from core.records.explanations import Curves, Direction
from core.records.models import Task
from core.runs.desk import Desk
from core.runs.feeding import read_columns, scoring_of
from core.runs.one_case import say_value
from core.runs.slicing import check_column

ROWS: Final = 300
DRAWN: Final = 20
PLACES: Final = 25


def curves_of(
    desk: Desk, evaluation: Evaluation, column: str, *, output: str = ""
) -> Curves:
    """Return what the model answers to 300 rows, chosen by hash, as a column changes.

    A number goes through up to 25 values seen in the table, a text through its 25 most
    frequent ones. Of a multiclass model the answer is the score of one class.

    Raises:
        NotFoundError: the model reads no such column, it is empty, or there is no file.
        WrongInputError: it holds personal data.
    """
    check_column(desk, desk.workspace.state.dataset(evaluation.dataset), column)
    key = (
        "curves",
        evaluation.scores,
        evaluation.model,
        evaluation.dataset,
        column,
        output,
    )
    return desk.once(key, lambda: _curves(desk, evaluation, column, output))


def declare_direction(
    desk: Desk, model: str, column: str, direction: Direction, *, actor: str
) -> None:
    """Write down which way a model's score is meant to go with more of a column.

    Raises:
        NotFoundError: there is no such model version.
    """
    known = desk.workspace.state.model(model)
    payload = {"column": column, "direction": direction}
    desk.workspace.record(actor, "direction.declared", known.id, payload)


def direction_of(desk: Desk, model: str, column: str) -> Direction:
    """Return which way was declared last; either way where nobody did."""
    return desk.workspace.state.directions.get((model, column), Direction.EITHER)


def _curves(desk: Desk, evaluation: Evaluation, column: str, output: str) -> Curves:
    dataset = desk.workspace.state.dataset(evaluation.dataset)
    known = dataset.column(column)
    if known is None or column not in read_columns(evaluation):
        raise NotFoundError(
            f"The model reads no column `{column}`.", hint="Choose another one."
        )
    rows = read_sample(desk.count, dataset.object, read_columns(evaluation), ROWS)
    kind = rows.schema.field(column).type
    values = _values(desk, dataset.object, column, number=known.type.is_number)
    if not values or not rows.num_rows:
        raise NotFoundError(f"`{column}` holds no value.", hint="Choose another column.")
    many = rows.take(np.repeat(np.arange(rows.num_rows), len(values)))
    asked = pa.array(values, kind).take(np.tile(np.arange(len(values)), rows.num_rows))
    place = many.schema.get_field_index(column)
    changed = many.set_column(place, column, asked).drop_columns(["row"])
    batch = changed.combine_chunks().to_batches()[0]
    answers = _answers(desk, evaluation, batch, output).reshape(rows.num_rows, len(values))
    numbers = [float(v) for v in values] if known.type.is_number else range(len(values))
    curves = measure_curves(
        answers,
        list(numbers),
        [say_value(value) for value in values],
        drawn=DRAWN,
        share=evaluation.answer.task is not Task.REGRESSION,
    )
    return replace(curves, ordered=known.type.is_number)


def _values(desk: Desk, table: str, column: str, *, number: bool) -> list[Any]:
    if not number:
        return list(seen_values(desk.count, table, column)[:PLACES])
    seen = seen_numbers(desk.count, table, column)
    chosen = np.unique(np.linspace(0, len(seen) - 1, min(PLACES, len(seen))).round())
    values = [seen[int(k)] for k in chosen]
    whole = all(value.is_integer() for value in values)
    return [int(value) for value in values] if whole else values


def _answers(
    desk: Desk, evaluation: Evaluation, batch: pa.RecordBatch, output: str
) -> NDArray[np.float64]:
    scoring = scoring_of(desk, desk.workspace.state.model(evaluation.model))
    with scoring_child(scoring, batch.num_rows) as session:
        found = np.asarray(session.score(batch), np.float64)
    answer = evaluation.answer
    if answer.task is Task.MULTICLASS:
        return found[:, answer.classes.index(output) if output else 0]
    return found.reshape(-1)
