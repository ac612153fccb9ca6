"""Slices where something is missing: labels, classes, rows, columns, or time to count."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from core.records.evaluations import Evaluation
from core.records.models import Task
from core.records.predicate import And, Comparison, Not, Or, to_address
from core.runs import lattice
from core.serving.house import House
from pages._slices import ALL, FAIR, ROWS, TIME, TWO
from tests.pages.opening import Table, open_page, rich, texts
from tests.pages.reading import click, lines, points, said

Make = Callable[[Table], Evaluation]
PLAN = Comparison("plan", "=", "trial")
NORTH = to_address(Comparison("region", "=", "North"))


def test_without_labels_it_says_what_is_not_known(evaluation_of: Make) -> None:
    """No label column: not measured, and the selection rate still works."""
    evaluation_of(Table(labels=False, change=_without_label))

    app = open_page("slices.py")

    assert "No label column" in app.info[0].value
    assert app.selectbox(key="metric").value == "selection_rate"
    assert points(app)
    app = open_page("slices.py", ways="Worst found")
    assert not app.exception
    assert "nobody knows which answers are wrong" in texts(app)
    for part in open_page("slices.py").segmented_control(key="part").options:
        assert not open_page("slices.py", part=part, slice=NORTH).exception, part


def _without_label(columns: dict[str, Any]) -> None:
    rich(columns)
    del columns["label"]


@pytest.mark.parametrize("task", [Task.MULTICLASS, Task.REGRESSION])
def test_without_labels_other_tasks_open_too(task: Task, evaluation_of: Make) -> None:
    """Nothing can be estimated, and each part says so."""
    evaluation_of(Table(task, labels=False))

    for part in open_page("slices.py").segmented_control(key="part").options:
        assert not open_page("slices.py", part=part, slice=NORTH).exception, part
    assert "cannot be estimated" in texts(open_page("slices.py"))


def test_missing_labels_are_counted(evaluation_of: Make) -> None:
    """A hundred labels missing: the answer says so."""

    def change(columns: dict[str, Any]) -> None:
        labels = columns["label"].astype(object)
        labels[:100] = None
        columns["label"] = labels

    evaluation_of(Table(change=change))

    assert "100 rows have no label" in said(open_page("slices.py"))


@pytest.mark.parametrize("label", ["yes", "no"])
def test_one_class_only_is_no_crash(label: str, evaluation_of: Make) -> None:
    """Every label alike: what needs both cannot be estimated, and the page says why."""

    def change(columns: dict[str, Any]) -> None:
        rich(columns)
        columns["label"] = np.array([label] * len(columns["label"]))

    evaluation_of(Table(change=change))

    for metric in ("AUC", "Recall" if label == "no" else "False positive rate"):
        app = open_page("slices.py", metric=metric)
        assert not app.exception
        assert "cannot be estimated" in texts(app)
    for part in open_page("slices.py").segmented_control(key="part").options:
        assert not open_page("slices.py", part=part, slice=NORTH).exception, part


def test_a_constant_score_is_no_crash(evaluation_of: Make) -> None:
    """Every row scores 0.07: AUC is a half everywhere, nobody is called a yes."""

    def change(columns: dict[str, Any]) -> None:
        columns["score"] = np.full(len(columns["score"]), 0.07)

    evaluation_of(Table(change=change))

    app = open_page("slices.py", metric="AUC")
    assert not app.exception
    assert set(points(app).values()) == {0.5}
    app = open_page("slices.py", metric="Precision", slice=NORTH)
    assert not app.exception
    assert "cannot be estimated" in texts(app)


def test_three_rows_are_hidden_not_shown(evaluation_of: Make) -> None:
    """Too few to be told of: no value, no rows, and no slice of them."""
    evaluation_of(Table(rows=3))

    app = open_page("slices.py", slice=NORTH)

    assert not app.exception
    assert lines(app)["Interval"].str.startswith("hidden, fewer than 5 rows").all()
    assert lines(app)["Rows"].isna().all()
    assert "No slice has enough rows" in said(app)
    assert "Hidden, fewer than 5 rows" in texts(app)
    assert not app.metric
    for part in app.segmented_control(key="part").options:
        assert not open_page("slices.py", part=part).exception, part


def test_a_hidden_slice_shows_nothing_of_its_rows(evaluation_of: Make) -> None:
    """Three rows of Atlantis: neither numbers, nor scores, nor rows, nor a download."""

    def change(columns: dict[str, Any]) -> None:
        columns["region"] = columns["region"].astype(object)
        columns["region"][:3] = "Atlantis"

    evaluation_of(Table(change=change))
    few = Comparison("region", "=", "Atlantis")

    for where in (few, Not(few), Or((PLAN, few)), And((few, few))):
        app = open_page("slices.py", slice=to_address(where))
        assert not app.metric
        assert [e.proto.id.rsplit("-", 1)[-1] for e in app.get("plotly_chart")] == [
            "forest"
        ]
        app = open_page("slices.py", slice=to_address(where), part=ROWS)
        assert not app.dataframe
        assert not app.get("download_button")
        assert "These rows are hidden" in texts(app)


def test_a_hidden_group_is_not_counted_out(evaluation_of: Make) -> None:
    """Three people of a third sex: the table of groups says neither rate nor rows."""

    def change(columns: dict[str, Any]) -> None:
        rich(columns)
        columns["sex"][:3] = "x"

    evaluation_of(Table(change=change))

    app = open_page("slices.py", part=FAIR)

    groups = app.dataframe[0].value.set_index("Group")
    assert groups["Rows"].isna()["x"]
    assert groups["Why not compared"]["x"].startswith("hidden, fewer than 5 rows")


def test_a_single_column_has_no_pairs(evaluation_of: Make) -> None:
    """Then slices of one column open, and nobody is offered two."""

    def change(columns: dict[str, Any]) -> None:
        del columns["plan"], columns["age"]

    evaluation_of(Table(change=change))

    app = open_page("slices.py")

    assert not app.exception
    assert set(points(app)) == {"North", "South"}
    assert app.segmented_control(key="ways").options == ["One", "Worst found"]
    assert TWO not in app.segmented_control(key="part").options
    assert not open_page("slices.py", ways="Two", part=TWO).exception


def test_columns_of_many_values_are_no_pair(evaluation_of: Make) -> None:
    """A town of sixty names beside a region: one column at a time."""

    def change(columns: dict[str, Any]) -> None:
        del columns["plan"], columns["age"]
        columns["place"] = np.array([f"town {k % 60}" for k in range(400)])

    evaluation_of(Table(change=change))

    for part in (ALL, TWO, ROWS):
        assert not open_page("slices.py", part=part).exception
    assert open_page("slices.py").segmented_control(key="ways").options[0] == "One"


def test_no_column_to_slice_by_is_said(evaluation_of: Make) -> None:
    """A table of scores and labels only."""

    def change(columns: dict[str, Any]) -> None:
        del columns["plan"], columns["age"], columns["region"]

    evaluation_of(Table(change=change))

    app = open_page("slices.py", slice=NORTH)

    assert not app.exception
    assert "No column of this table is a feature" in said(app)


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every table is too large to be counted while a page waits."""
    monkeypatch.setattr(lattice, "QUICK_ROWS", 10)


def _wait(opened: House) -> None:
    while opened.jobs.live():
        pass


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("weights", [False, True])
@pytest.mark.parametrize("metric", ["Error rate", "AUC", "Brier score"])
def test_a_large_table_is_counted_by_a_job(
    metric: str, evaluation_of: Make, opened: House, *, weights: bool
) -> None:
    """Its progress first; when it is done, the slices, and no further job."""
    evaluation_of(Table(weights=weights))
    app = open_page("slices.py", metric=metric)
    assert not app.exception
    _wait(opened)
    app.run()
    app.run()
    assert not app.exception
    assert points(app)
    assert not opened.jobs.live()


@pytest.mark.usefixtures("large")
def test_a_job_that_ended_is_not_begun_again_by_itself(
    evaluation_of: Make, opened: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped or failed: it says so, and waits for somebody to press the button."""
    evaluation_of(Table())
    with monkeypatch.context() as patched:
        patched.setattr("core.runs.lattice.count_cube", lambda *_: 1 / 0)
        app = open_page("slices.py")
        _wait(opened)
        app.run()
    for _ in range(3):
        app.run()
        assert not opened.jobs.live()
    assert not app.exception
    app = click(app, "Count slices")
    _wait(opened)
    app.run()
    app.run()
    assert points(app)


def test_the_parts_are_those_that_the_table_can_answer(evaluation_of: Make) -> None:
    """No sensitive column, no second model, no time: those parts are not drawn."""
    evaluation_of(Table())
    assert open_page("slices.py").segmented_control(key="part").options == [ALL, TWO, ROWS]
    app = open_page("slices.py", part=TIME)
    assert not app.exception
    assert app.segmented_control(key="part").value == ALL
