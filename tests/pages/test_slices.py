"""What the slices page shows for each task and in each state, and what moves it."""

import base64
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from core.records.evaluations import Evaluation
from core.records.models import Task
from core.records.predicate import And, Comparison, Not, Or, from_address, to_address
from core.records.views import make_view
from core.runs import lattice
from core.runs.asking import view_of
from core.runs.saving import save_slice, saved_slices
from core.runs.viewing import save_view
from core.serving.house import House
from pages._slices import ALL, FAIR, ROWS, TIME, TWO
from tests.pages import opening
from tests.pages.opening import Table, open_page, rich, texts

Make = Callable[[Table], Evaluation]
PLAN = Comparison("plan", "=", "trial")
NORTH_IS = Comparison("region", "=", "North")
NORTH = to_address(NORTH_IS)


def points(app: AppTest) -> dict[str, float]:
    """Return the drawn points: slice in words, value."""
    spec = json.loads(app.get("plotly_chart")[0].proto.spec)
    names = spec["layout"]["yaxis"]["ticktext"]
    return dict(zip(names, _numbers(spec["data"][0]["x"]), strict=True))


def _numbers(column: Any) -> list[float]:
    if isinstance(column, list):
        return column
    return list(np.frombuffer(base64.b64decode(column["bdata"]), column["dtype"]))


def lines(app: AppTest) -> pd.DataFrame:
    """Return the table of slices."""
    (found,) = (each for each in app.dataframe if each.key == "slice_table")
    return found.value


def said(app: AppTest) -> str:
    """Return title and sentence of the answer box, as a reader sees them."""
    boxes = [*app.error, *app.warning, *app.success, *app.info]
    text = " ".join(f"{box.proto.title} {box.value}" for box in boxes)
    return text.replace("\\", "")


def click(app: AppTest, label: str) -> AppTest:
    """Press the last button of that name."""
    return [b for b in app.button if b.label == label][-1].click().run()


def chosen(app: AppTest) -> Any:
    """Return the slice of the address."""
    address = app.query_params.get("slice", [""])
    text = address[0] if isinstance(address, list) else address
    return from_address(text) if text else None


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


def test_a_slice_of_the_address_is_opened(evaluation_of: Make) -> None:
    """`region = North` is the header; its numbers and its scores stand under it."""
    evaluation_of(Table())

    app = open_page("slices.py", slice=NORTH)

    assert [header.value for header in app.header] == ["region = North"]
    assert len(app.metric) == 4
    assert "Scores of these rows" in texts(app)


@pytest.mark.parametrize("part", [ALL, TWO, ROWS])
def test_a_slice_of_an_unknown_column_is_said(part: str, evaluation_of: Make) -> None:
    """A link to a column that is not here names it and the nearest."""
    evaluation_of(Table())

    address = to_address(Comparison("regoin", "=", "North"))
    app = open_page("slices.py", slice=address, part=part)

    assert not app.exception
    assert "`regoin`" in said(app)
    assert "Nearest: `region`" in said(app)


@pytest.mark.parametrize(
    "address",
    [
        "{nonsense",
        "[]",
        '["=","region"]',
        '["and"]',
        "9" * 5000,
        '["not",' * 9 + NORTH + "]" * 9,
    ],
)
def test_an_address_that_is_no_slice_is_said(address: str, evaluation_of: Make) -> None:
    """Nonsense in the address leaves the page with its defaults and a sentence."""
    evaluation_of(Table())

    app = open_page(slice=address)

    assert not app.exception
    assert "cannot be read" in app.warning[0].value
    app = open_page("slices.py", slice=address)
    assert points(app)


def test_a_value_of_another_type_is_said(evaluation_of: Make) -> None:
    """An age of `old` is no number."""
    evaluation_of(Table())

    app = open_page("slices.py", slice=to_address(Comparison("age", "<", "old")))

    assert not app.exception
    assert "`age` holds integer values; 'old' is none" in said(app)
    assert points(app)


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


def test_a_slice_without_a_row_says_so(evaluation_of: Make) -> None:
    """Nobody lives on the moon."""
    evaluation_of(Table())

    app = open_page("slices.py", slice=to_address(Comparison("region", "=", "Moon")))

    assert not app.exception
    assert "This table has no such row" in texts(app)
    assert not app.metric


def test_conditions_are_added_one_by_one(evaluation_of: Make) -> None:
    """And, or, and not: each is in the address, and the header says it."""
    evaluation_of(Table())
    app = open_page("slices.py", slice=NORTH)

    app.selectbox(key="join_column").set_value("plan").run()
    app.text_input(key="join_value").set_value("trial").run()
    app = click(app, "Change slice")
    assert set(chosen(app).parts) == {NORTH_IS, PLAN}

    app.segmented_control(key="join").set_value("and not").run()
    app.selectbox(key="join_column").set_value("age").run()
    app.selectbox(key="join_how").set_value("<").run()
    app.text_input(key="join_value").set_value("30").run()
    app = click(app, "Change slice")
    young = Comparison("age", "<", 30)
    assert set(chosen(app).parts) == {NORTH_IS, PLAN, Not(young)}

    app.segmented_control(key="join").set_value("or").run()
    app.selectbox(key="join_how").set_value("missing").run()
    app = click(app, "Change slice")
    assert isinstance(chosen(app), Or)
    assert Comparison("age", "missing") in chosen(app).parts
    assert not app.exception
    assert app.metric


@pytest.mark.parametrize(
    ("column", "text", "value"),
    [("age", "1,000", 1000), ("age", " 42", 42), ("income", "1,234.5", 1234.5)],
)
def test_numbers_are_read_as_people_write_them(
    column: str, text: str, value: float, evaluation_of: Make
) -> None:
    """With commas between thousands, and as numbers in the address."""
    evaluation_of(Table(change=_income))
    app = open_page("slices.py", slice=NORTH)
    app.selectbox(key="join_column").set_value(column).run()
    app.selectbox(key="join_how").set_value("<").run()
    app.text_input(key="join_value").set_value(text).run()
    app = click(app, "Change slice")
    assert Comparison(column, "<", value) in chosen(app).parts


def _income(columns: dict[str, Any]) -> None:
    columns["income"] = np.linspace(10.0, 5000.0, len(columns["region"]))


@pytest.mark.parametrize("text", ["old", "1,5", "9" * 5000])
def test_a_value_that_is_none_is_said(text: str, evaluation_of: Make) -> None:
    """The slice stays what it was; a comma is never taken for nothing."""
    evaluation_of(Table(change=_income))
    app = open_page("slices.py", slice=NORTH)
    app.selectbox(key="join_column").set_value("income").run()
    app.text_input(key="join_value").set_value(text).run()
    app = click(app, "Change slice")
    assert not app.exception
    assert app.error
    assert chosen(app) == NORTH_IS


def test_yes_and_no_are_values_of_a_column_of_yes_and_no(evaluation_of: Make) -> None:
    """As the page shows them."""
    evaluation_of(Table(change=rich))
    app = open_page("slices.py", slice=NORTH)
    app.selectbox(key="join_column").set_value("mobile").run()
    app.text_input(key="join_value").set_value("yes").run()
    app = click(app, "Change slice")
    assert Comparison("mobile", "=", value=True) in chosen(app).parts


def test_a_slice_that_has_grown_too_deep_is_said(evaluation_of: Make) -> None:
    """After and, or, and, or, ... there is an end, with a sentence instead of a crash."""
    evaluation_of(Table())
    where: Any = NORTH_IS
    for k in range(6):
        added = Comparison("age", "<", 30 + k)
        where = And((where, added)) if k % 2 else Or((where, added))
    app = open_page("slices.py", slice=to_address(where))
    assert not app.exception
    assert chosen(app) is not None
    app.segmented_control(key="join").set_value("or").run()
    app.selectbox(key="join_column").set_value("plan").run()
    app.text_input(key="join_value").set_value("trial").run()
    app = click(app, "Change slice")
    assert not app.exception
    assert "cannot be read" in said(app)


def test_a_slice_is_saved_offered_and_forgotten(evaluation_of: Make, opened: House) -> None:
    """Under its name it is a choice of the bar on every page, until it is forgotten."""
    evaluation_of(Table())
    app = open_page("slices.py", slice=NORTH)
    app.text_input(key="slice_name").set_value("Up north").run()
    app = click(app, "Save")
    assert [saved.name for saved in saved_slices(opened.desk)] == ["Up north"]
    assert "Up north" in app.selectbox(key="slice_box").options
    for page in ("", "provenance.py", "model_card.py"):
        assert "Up north" in open_page(page).selectbox(key="slice_box").options
    app = click(open_page("slices.py", slice=NORTH), "Forget slice")
    assert saved_slices(opened.desk) == ()
    assert chosen(app) == NORTH_IS
    assert "region = North" in app.selectbox(key="slice_box").options


def test_a_name_that_is_taken_is_said(evaluation_of: Make, opened: House) -> None:
    """Two slices have two names."""
    evaluation_of(Table())
    save_slice(opened.desk, PLAN, "Mine", actor="ada")
    app = open_page("slices.py", slice=NORTH)
    app.text_input(key="slice_name").set_value("Mine").run()
    app = click(app, "Save")
    assert not app.exception
    assert "Another slice is called Mine" in said(app)


def test_a_saved_slice_is_chosen_in_the_bar(evaluation_of: Make, opened: House) -> None:
    """By its name; it stands in the address by its rows."""
    evaluation_of(Table())
    saved = save_slice(opened.desk, NORTH_IS, "Up north", actor="ada")
    app = open_page("slices.py")
    app.selectbox(key="slice_box").set_value(saved.address).run()
    assert chosen(app) == NORTH_IS
    assert [header.value for header in app.header] == ["region = North"]


def test_conditions_in_another_order_are_the_saved_slice(
    evaluation_of: Make, opened: House
) -> None:
    """A link that names them the other way round finds the name."""
    evaluation_of(Table())
    save_slice(opened.desk, And((NORTH_IS, PLAN)), "Northern trials", actor="ada")
    turned = json.dumps(["and", json.loads(NORTH), json.loads(to_address(PLAN))])
    for address in (turned, to_address(And((PLAN, NORTH_IS)))):
        app = open_page("slices.py", slice=address)
        assert app.selectbox(key="slice_box").options == ["All rows", "Northern trials"]
        assert "Forget slice" in [b.label for b in app.button]


def test_a_chosen_slice_is_marked_in_any_order_of_its_conditions(
    evaluation_of: Make,
) -> None:
    """The point of North and trial is larger than the others."""
    evaluation_of(Table(change=rich))
    app = open_page("slices.py", slice=to_address(And((PLAN, NORTH_IS))))
    spec = json.loads(app.get("plotly_chart")[0].proto.spec)
    sizes = dict(zip(points(app), spec["data"][0]["marker"]["size"], strict=True))
    assert max(sizes, key=sizes.__getitem__) == "North · trial"
    assert list(sizes.values()).count(max(sizes.values())) == 1


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
