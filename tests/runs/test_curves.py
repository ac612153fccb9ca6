"""Curves are the answers of the model itself, with one column changed."""

from pathlib import Path

import numpy as np
import pytest

from core.errors import NotFoundError, WrongInputError
from core.records.explanations import Curves, Direction
from core.records.models import Task
from core.runs.curves import (
    DRAWN,
    PLACES,
    ROWS,
    curves_of,
    declare_direction,
    direction_of,
)
from core.runs.desk import Desk, open_desk
from core.runs.provenance import decide_personal
from tests.kept import Values
from tests.runs.explained import Loans, as_frame, draw_loans, evaluate_loans, train
from tests.runs.sliced import Kind, make


def _answers(task: Task, small: Values, name: str, value: str | float) -> np.ndarray:
    """Return what the pipeline says of all rows with one column at a value."""
    frame = as_frame(small)
    frame[name] = value
    pipeline = train(task).pipeline
    if task is Task.REGRESSION:
        return np.asarray(pipeline.predict(frame)).reshape(-1, 1)
    return np.asarray(pipeline.predict_proba(frame))


@pytest.mark.parametrize(
    ("task", "output"), [(Task.BINARY, ""), (Task.MULTICLASS, "b"), (Task.REGRESSION, "")]
)
def test_each_place_is_the_mean_of_the_pipeline(
    desk: Desk, task: Task, output: str
) -> None:
    """All 300 rows with a column at one value: a number seen, or a text."""
    loans = Loans(task, rows=ROWS)
    evaluation = evaluate_loans(desk, loans)
    for name in ("debt", "late", "region"):
        found = curves_of(desk, evaluation, name, output=output)
        _check(found, name, task, draw_loans(loans).values, output)


def _check(found: Curves, name: str, task: Task, small: Values, output: str) -> None:
    assert (found.rows, found.drawn) == (ROWS, DRAWN)
    assert found.ordered == (name != "region")
    assert found.share == (task is not Task.REGRESSION)
    assert len(found.places) <= PLACES
    column = {"": -1, "b": 1}[output]
    values: tuple[str | float, ...] = found.words if name == "region" else found.places
    for k in (0, len(values) // 2, len(values) - 1):
        answers = _answers(task, small, name, values[k])[:, column]
        assert found.mean[k] == pytest.approx(answers.mean(), abs=1e-5)
        assert [line[k] for line in found.single] == pytest.approx(
            answers[:DRAWN].tolist(), abs=1e-5
        )


def test_a_number_goes_through_what_was_seen(desk: Desk) -> None:
    """From its least to its largest value, each one of the table."""
    loans = Loans()
    found = curves_of(desk, evaluate_loans(desk, loans), "income")
    seen = {value for value in draw_loans(loans).values["income"] if value is not None}
    assert set(found.places) <= seen
    assert (found.places[0], found.places[-1]) == (min(seen), max(seen))
    assert list(found.places) == sorted(found.places)


def test_the_same_curve_is_made_once(desk: Desk) -> None:
    """It is kept in memory."""
    evaluation = evaluate_loans(desk)
    found: Curves = curves_of(desk, evaluation, "late")
    assert curves_of(desk, evaluation, "late") is found


def test_a_direction_is_declared_for_one_version_and_one_column(tmp_path: Path) -> None:
    """The last word counts, other columns stay free, and it outlives the process."""
    with open_desk(tmp_path) as desk:
        model = evaluate_loans(desk).model
        assert direction_of(desk, model, "income") is Direction.EITHER
        for said in (Direction.RISES, Direction.FALLS):
            declare_direction(desk, model, "income", said, actor="ada")
    with open_desk(tmp_path) as desk:
        assert direction_of(desk, model, "income") is Direction.FALLS
        assert direction_of(desk, model, "debt") is Direction.EITHER
        with pytest.raises(NotFoundError, match="no model version"):
            declare_direction(desk, "none", "debt", Direction.FALLS, actor="ada")


def _nothing(values: Values) -> None:
    values["income"] = [None] * len(values["income"])


def test_columns_that_cannot_be_changed_are_refused(desk: Desk) -> None:
    """Not there, not read by the model, without a value, or of personal data."""
    evaluation = evaluate_loans(desk, Loans(rows=40, change=_nothing))
    for name in ("nothing", "person"):
        with pytest.raises(NotFoundError, match=f"reads no column `{name}`"):
            curves_of(desk, evaluation, name)
    with pytest.raises(NotFoundError, match="`income` holds no value"):
        curves_of(desk, evaluation, "income")
    decide_personal(desk, evaluation.dataset, "late", personal=True, actor="ada")
    with pytest.raises(WrongInputError, match="late is personal data"):
        curves_of(desk, evaluation, "late")


def test_scores_alone_have_no_curve(desk: Desk) -> None:
    """Nobody can ask the model anew."""
    evaluation = make(desk, Kind())
    with pytest.raises(NotFoundError, match="needs the model file"):
        curves_of(desk, evaluation, "score")
