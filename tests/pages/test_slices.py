"""What the slices page shows, and what moves it."""

import base64
import json
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
from tests.pages.opening import Table, open_page, texts

Make = Callable[[Table], Evaluation]
NORTH = to_address(Comparison("region", "=", "North"))


def bars(app: AppTest) -> dict[str, float]:
    """Return the drawn bars: slice in words, length."""
    spec = json.loads(app.get("plotly_chart")[0].proto.spec)
    names = spec["layout"]["yaxis"]["ticktext"]
    return dict(zip(names, _numbers(spec["data"][0]["x"]), strict=True))


def _numbers(column: Any) -> list[float]:
    if isinstance(column, list):
        return column
    return list(np.frombuffer(base64.b64decode(column["bdata"]), column["dtype"]))


@pytest.mark.parametrize("task", list(Task))
def test_each_task_gets_bars_and_an_answer(task: Task, evaluation_of: Make) -> None:
    """A binary, a multiclass and a regression model are all sliced by region."""
    evaluation_of(Table(task))

    app = open_page("slices.py")

    assert not app.exception
    assert set(bars(app)) == {"North", "South"}
    assert [*app.error, *app.success, *app.warning, *app.info]


def test_a_bar_is_the_share_that_a_reader_would_count(evaluation_of: Make) -> None:
    """Ten rows in the north, three of them wrong at 50 %: the bar says 0.3."""

    def change(columns: dict[str, Any]) -> None:
        columns["region"] = np.array(["North"] * 10 + ["South"] * 30)
        columns["score"] = np.full(40, 0.9)
        columns["label"] = np.array(["no"] * 3 + ["yes"] * 37)

    evaluation_of(Table(rows=40, change=change))

    assert bars(open_page("slices.py", metric="Error rate"))["North"] == pytest.approx(0.3)


def test_a_second_column_splits_the_slices(evaluation_of: Make) -> None:
    """By region and plan there are six groups."""
    evaluation_of(Table())
    app = open_page("slices.py")

    app.selectbox(key="y").select("plan").run()

    assert len(bars(app)) == 6


@pytest.mark.parametrize(
    ("key", "value"), [("x", "plan"), ("metric", "recall"), ("y", "plan")]
)
def test_each_choice_changes_the_drawing(key: str, value: str, evaluation_of: Make) -> None:
    """No control of the row is dead."""
    evaluation_of(Table())
    app = open_page("slices.py")
    before = bars(app)

    app.selectbox(key=key).set_value(value).run()

    assert bars(app) != before


def test_the_threshold_moves_every_bar(evaluation_of: Make) -> None:
    """At 90 % other rows are a yes than at 50 %."""
    evaluation_of(Table())
    app = open_page("slices.py")
    before = bars(app)

    app.slider(key="act").set_value(90.0).run()

    assert bars(app) != before


def test_a_class_has_its_own_numbers(evaluation_of: Make) -> None:
    """For a multiclass model precision is asked about one class."""
    evaluation_of(Table(Task.MULTICLASS))
    app = open_page("slices.py")
    before = bars(app)

    app.button_group(key="class").set_value("b").run()

    assert bars(app) != before


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
    before = bars(open_page("slices.py"))
    evaluation_of(Table(weights=True, change=change))

    assert bars(open_page("slices.py", data="Validation 2")) != before
    assert len(opened.desk.workspace.state.datasets) == 2


def test_a_slice_of_the_address_is_opened(evaluation_of: Make) -> None:
    """The rows behind `region = North` are listed, worst answers first."""
    evaluation_of(Table())

    app = open_page("slices.py", slice=NORTH)

    assert "region = North" in texts(app)
    rows = app.dataframe[-1].value
    assert set(rows["region"]) == {"North"}
    assert list(rows["wrong"]) == sorted(rows["wrong"], reverse=True)


def test_a_slice_of_an_unknown_column_is_said(evaluation_of: Make) -> None:
    """A link to a column that is not here names it and the nearest."""
    evaluation_of(Table())

    app = open_page("slices.py", slice=to_address(Comparison("regoin", "=", "North")))

    assert "`regoin`" in app.error[-1].value.replace("\\", "")
    assert "Nearest: `region`" in app.error[-1].value.replace("\\", "")


def test_an_address_that_is_no_slice_is_said(evaluation_of: Make) -> None:
    """Nonsense in the address leaves the page with its defaults and a sentence."""
    evaluation_of(Table())

    app = open_page(slice="{nonsense")

    assert not app.exception
    assert "cannot be read" in app.warning[0].value


def test_without_labels_it_says_what_is_not_known(evaluation_of: Make) -> None:
    """No label column: not measured, and the selection rate still works."""
    evaluation_of(Table(labels=False))

    app = open_page("slices.py", metric="Selection rate")

    assert "No label column" in app.info[0].value
    assert bars(app)


def test_missing_labels_are_counted(evaluation_of: Make) -> None:
    """A hundred labels missing: the answer says so."""

    def change(columns: dict[str, Any]) -> None:
        labels = columns["label"].astype(object)
        labels[:100] = None
        columns["label"] = labels

    evaluation_of(Table(change=change))

    assert "100 rows have no label" in "".join(
        e.value for e in open_page("slices.py").error
    )


def test_one_class_only_is_no_crash(evaluation_of: Make) -> None:
    """Every label says no: recall cannot be estimated, and the page says why."""

    def change(columns: dict[str, Any]) -> None:
        columns["label"] = np.array(["no"] * len(columns["label"]))

    evaluation_of(Table(change=change))

    app = open_page("slices.py", metric="Recall")

    assert not app.exception
    assert "cannot be estimated" in texts(app)


def test_a_saved_view_comes_back(evaluation_of: Make, opened: House) -> None:
    """Opening a token restores every control."""
    evaluation = evaluation_of(Table())
    controls = {
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


def test_a_view_on_other_evidence_says_so(evaluation_of: Make, opened: House) -> None:
    """A pin that no longer holds is named."""
    evaluation = evaluation_of(Table())
    view = view_of(opened.desk, evaluation, "slices", {})
    pins = {**dict(view.pins), "policy": "0" * 64}
    token = save_view(
        opened.desk, make_view("slices", dict(view.controls), pins), actor="test"
    )

    said = open_page(view=token).warning[0].value
    assert "Not the same evidence: policy" in said.replace("\\", "")
