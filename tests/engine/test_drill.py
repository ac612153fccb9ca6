"""Behind a slice stand its rows, worst answers first, a page at a time."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engine.drill import PAGE_ROWS, RowsAsked, find_rows
from core.errors import WrongInputError
from core.records.data import ColumnType, Use
from core.records.models import Answer, OutputKind, Task
from core.records.predicate import Comparison
from core.runs.desk import Desk
from tests.kept import AMOUNT, BINARY, Small, binary, column, evaluated


@given(st.integers(0, 10**6), st.integers(0, 1000))
def test_wrong_rows_come_first_and_the_most_certain_of_them_before(
    desk: Desk, seed: int, threshold: int
) -> None:
    """Against a sort in Python over all pages."""
    rng = np.random.default_rng(seed)
    rows = [
        (rng.choice(["no", "yes"]).item(), round(rng.random(), 3), f"r{k}")
        for k in range(120)
    ]
    evaluation = evaluated(desk, binary(rows), BINARY)
    dataset = desk.workspace.state.dataset(evaluation.dataset)
    found = []
    for page in (1, 2, 3):
        asked = RowsAsked(dataset, evaluation, None, threshold, page)
        answer = find_rows(desk.count, asked)
        assert answer.rows == 120
        found += answer.table["region"].to_pylist()

    def wrongness(row: tuple[str, float, str]) -> float:
        wrong = (row[1] >= threshold / 1000) != (row[0] == "yes")
        return -(1 + abs(row[1] - threshold / 1000)) if wrong else 0.0

    assert found == [row[2] for row in sorted(rows, key=wrongness)]
    assert len(found) - 2 * PAGE_ROWS == 20


def test_a_slice_shows_its_own_rows(desk: Desk) -> None:
    """By hand: two rows in the north, one of them wrong, one without a label."""
    rows = [("no", 0.9, "North"), (None, 0.2, "North"), ("yes", 0.9, "South")]
    evaluation = evaluated(desk, binary(rows), BINARY)
    dataset = desk.workspace.state.dataset(evaluation.dataset)
    north = Comparison("region", "=", "North")
    found = find_rows(desk.count, RowsAsked(dataset, evaluation, north, 500))
    assert found.rows == 2
    assert found.table.to_pylist() == [
        {"label": "no", "score": 0.9, "region": "North", "says": 0.9, "wrong": True},
        {"label": None, "score": 0.2, "region": "North", "says": 0.2, "wrong": None},
    ]


def test_several_classes_are_named(desk: Desk) -> None:
    """What the model says is a class of the answer, whatever letters it holds."""
    columns = (column("says", use=Use.LABEL), column("predicted", use=Use.PREDICTION))
    classes = ("a'b", "c", "d")
    answer = Answer(Task.MULTICLASS, kind=OutputKind.LABEL, classes=classes)
    small = Small(columns, {"says": ["a'b", "c"], "predicted": ["a'b", "d"]})
    evaluation = evaluated(desk, small, answer, ("predicted",))
    dataset = desk.workspace.state.dataset(evaluation.dataset)
    found = find_rows(desk.count, RowsAsked(dataset, evaluation, None, 500)).table
    assert found["model says"].to_pylist() == ["d", "a'b"]
    assert found["wrong"].to_pylist() == [True, False]


def test_a_regression_shows_how_far_off_it_is(desk: Desk) -> None:
    """Farthest first; a row without a label last."""
    columns = (
        column("price", ColumnType.NUMBER, Use.LABEL),
        column("score", ColumnType.NUMBER, Use.SCORE),
    )
    small = Small(columns, {"price": [1.0, None, 5.0], "score": [2.0, 3.0, 1.0]})
    evaluation = evaluated(desk, small, AMOUNT)
    dataset = desk.workspace.state.dataset(evaluation.dataset)
    found = find_rows(desk.count, RowsAsked(dataset, evaluation, None, 500)).table
    assert found["off by"].to_pylist() == [-4.0, 1.0, None]


def test_rows_of_an_unknown_column_are_refused(desk: Desk) -> None:
    """A stale link is answered with a sentence."""
    evaluation = evaluated(desk, binary([("no", 0.9, "North")]), BINARY)
    dataset = desk.workspace.state.dataset(evaluation.dataset)
    where = Comparison("religion", "missing")
    with pytest.raises(WrongInputError, match=r"`religion`\. Nearest: `region`"):
        find_rows(desk.count, RowsAsked(dataset, evaluation, where, 500))
