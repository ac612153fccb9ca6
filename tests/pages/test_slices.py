"""What the slices page shows for each task, what moves it, and its links."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.records.evaluations import Evaluation
from core.records.models import Task
from core.records.predicate import Comparison, to_address
from core.records.views import make_view
from core.runs.asking import view_of
from core.runs.viewing import save_view
from core.serving.house import House
from pages._slices import FAIR, TWO
from tests.pages import opening
from tests.pages.opening import Table, open_page, rich, texts
from tests.pages.reading import lines, points, said

Make = Callable[[Table], Evaluation]

NORTH = to_address(Comparison("region", "=", "North"))


@pytest.mark.parametrize("weights", [False, True])
@pytest.mark.parametrize("task", list(Task))
def test_each_task_gets_points_and_an_answer(
    task: Task, evaluation_of: Make, *, weights: bool
) -> None:
    """A binary, a multiclass and a regression model are all sliced by region."""
    evaluation_of(Table(task, weights=weights))

    app = open_page("slices.py", ways="One")

    assert not app.exception
    assert {"North", "South"} <= set(points(app))
    assert said(app)


@pytest.mark.parametrize("task", list(Task))
def test_each_part_opens_for_each_task(task: Task, evaluation_of: Make) -> None:
    """Whatever a part asks, it is asked only of models that can answer."""

    def change(columns: dict[str, Any]) -> None:
        own = dict(columns)
        rich(columns)
        del columns["score"], columns["rival"]
        columns |= own

    evaluation_of(Table(task, change=change))

    offered = open_page("slices.py").segmented_control(key="part").options
    assert (FAIR in offered) == (task is not Task.REGRESSION)
    for part in offered:
        app = open_page("slices.py", part=part, slice=NORTH)
        assert not app.exception, part
        assert app.segmented_control(key="part").value == part


def test_a_point_is_the_share_that_a_reader_would_count(evaluation_of: Make) -> None:
    """Ten rows in the north, three of them wrong at 50 %: the point says 0.3."""

    def change(columns: dict[str, Any]) -> None:
        columns["region"] = np.array(["North"] * 10 + ["South"] * 30)
        columns["score"] = np.full(40, 0.9)
        columns["label"] = np.array(["no"] * 3 + ["yes"] * 37)

    evaluation_of(Table(rows=40, change=change))

    app = open_page("slices.py", metric="Error rate", ways="One")
    assert points(app)["North"] == pytest.approx(0.3)


@pytest.mark.parametrize("metric", ["accuracy", "recall", "auc", "brier"])
def test_each_metric_changes_the_drawing(metric: str, evaluation_of: Make) -> None:
    """No metric of the list is dead."""
    evaluation_of(Table())
    app = open_page("slices.py")
    before = points(app)

    app.selectbox(key="metric").set_value(metric).run()

    assert points(app) != before


def test_a_class_has_its_own_numbers(evaluation_of: Make) -> None:
    """For a multiclass model precision is asked about one class."""
    evaluation_of(Table(Task.MULTICLASS))
    app = open_page("slices.py")
    before = points(app)

    app.button_group(key="class").set_value("b").run()

    assert points(app) != before
    assert "precision" in _metrics(app)
    app.button_group(key="class").set_value(None).run()
    assert points(app) == before


def _metrics(app: AppTest) -> list[str]:
    return [option.lower() for option in app.selectbox(key="metric").options]


def test_a_regression_has_errors_and_no_threshold(evaluation_of: Make) -> None:
    """Mean absolute error first, in units of the label; no slider, nothing said of yes."""
    evaluation_of(Table(Task.REGRESSION))

    app = open_page("slices.py")

    assert app.selectbox(key="metric").value == "mae"
    assert not app.slider
    assert "%" not in "".join(map(str, lines(app)["Mean absolute error"]))


@pytest.mark.parametrize("column", ["label", "score", "region", "weight"])
def test_one_changed_cell_changes_the_page(
    column: str, evaluation_of: Make, opened: House
) -> None:
    """A label, a score, a group or a weight of one row is enough."""

    def change(columns: dict[str, Any]) -> None:
        row = int(np.flatnonzero(columns["label"] == "no")[0])
        others = {"label": "yes", "score": 1.0 - columns["score"][row], "weight": 500.0}
        others["region"] = "South" if columns["region"][row] == "North" else "North"
        columns[column][row] = others[column]

    evaluation_of(Table(weights=True))
    before = points(open_page("slices.py", ways="One"))
    evaluation_of(Table(weights=True, change=change))

    assert points(open_page("slices.py", ways="One", data="Validation 2")) != before
    assert len(opened.desk.workspace.state.datasets) == 2


def test_controls_that_nobody_knows_are_left_out(evaluation_of: Make) -> None:
    """A part, a metric, a way or a column that is not there: the page as it opens."""
    evaluation_of(Table())

    unknown = {"part": "Nowhere", "metric": "fun", "ways": "Ten", "x": "regoin", "act": "x"}
    app = open_page("slices.py", **unknown)

    assert not app.exception
    assert points(app) == points(open_page("slices.py"))
    app = open_page("slices.py", part=TWO, x="regoin", y="plan")
    assert not app.exception
    assert app.dataframe


def test_a_saved_view_comes_back(evaluation_of: Make, opened: House) -> None:
    """Opening a token restores every control."""
    evaluation = evaluation_of(Table())
    controls = {
        "part": TWO,
        "x": "plan",
        "y": "region",
        "metric": "recall",
        "act": "70.0",
        "slice": NORTH,
    }
    token = save_view(
        opened.desk, view_of(opened.desk, evaluation, "slices", controls), actor="test"
    )

    app = open_page("slices.py", view=token)

    assert app.selectbox(key="x").value == "plan"
    assert app.selectbox(key="y").value == "region"
    assert app.selectbox(key="metric").value == "recall"
    assert app.slider(key="act").value == 70.0
    assert "region = North" in texts(app)


def test_a_link_keeps_what_the_reader_chose(evaluation_of: Make, opened: House) -> None:
    """Copy link, opened anew: words, order, ways, notion and groups are those of before."""
    evaluation_of(Table(change=rich))
    app = open_page("slices.py", ways="One")
    app.text_input(key="q").set_value("north").run()
    app.selectbox(key="order").set_value("rows").run()
    again = open_page("slices.py", view=_token(app, opened))
    assert not again.exception
    assert again.text_input(key="q").value == "north"
    assert again.selectbox(key="order").value == "rows"
    assert list(lines(again)["Slice"]) == ["North"]

    app = open_page("slices.py", part=FAIR)
    for key, value in (
        ("sens", "town"),
        ("with_sens", "sex"),
        ("base", "Ulm · m"),
        ("notion", "calibration"),
    ):
        app.selectbox(key=key).set_value(value).run()
    again = open_page("slices.py", view=_token(app, opened))
    kept = [again.selectbox(key=k).value for k in ("sens", "with_sens", "base", "notion")]
    assert kept == ["town", "sex", "Ulm · m", "calibration"]


def _token(app: AppTest, opened: House) -> str:
    """Open Copy link and return the token that it made."""
    app.session_state["link_open"] = True
    app.run()
    assert not app.exception
    (code,) = (c.value for c in app.code if "/v/" in c.value)
    assert opened.desk.workspace.state.views
    return str(code).rsplit("/", 1)[-1]


def test_names_that_look_like_numbers_come_back(
    evaluation_of: Make, opened: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Classes 0, 1 and 2 and a column called 7 are names, also in a saved view."""
    monkeypatch.setitem(opening.CLASSES, Task.MULTICLASS, ("0", "1", "2"))

    def change(columns: dict[str, Any]) -> None:
        letters = {"a": "0", "b": "1", "c": "2"}
        columns["label"] = np.array([letters[x] for x in columns["label"]])
        columns["7"] = columns.pop("plan")

    evaluation = evaluation_of(Table(Task.MULTICLASS, change=change))
    controls = {"class": "1", "x": "7", "part": TWO, "y": "region"}
    token = save_view(
        opened.desk, view_of(opened.desk, evaluation, "slices", controls), actor="test"
    )

    app = open_page("slices.py", view=token)

    assert not app.exception
    assert app.button_group(key="class").value == "1"
    assert app.selectbox(key="x").value == "7"


def test_a_view_on_other_evidence_says_so(evaluation_of: Make, opened: House) -> None:
    """A pin that no longer holds is named."""
    evaluation = evaluation_of(Table())
    view = view_of(opened.desk, evaluation, "slices", {})
    pins = {**dict(view.pins), "policy": "0" * 64}
    token = save_view(
        opened.desk, make_view("slices", dict(view.controls), pins), actor="test"
    )

    text = open_page(view=token).warning[0].value
    assert "Not the same evidence: policy" in text.replace("\\", "")
