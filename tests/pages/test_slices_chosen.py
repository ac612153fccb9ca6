"""The chosen slice: out of an address, made of conditions, saved under a name."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from core.records.evaluations import Evaluation
from core.records.predicate import And, Comparison, Not, Or, to_address
from core.runs.saving import save_slice, saved_slices
from core.serving.house import House
from pages._slices import ALL, ROWS, TWO
from tests.pages.opening import Table, open_page, rich, texts
from tests.pages.reading import chosen, click, points, said

Make = Callable[[Table], Evaluation]
PLAN = Comparison("plan", "=", "trial")
NORTH_IS = Comparison("region", "=", "North")
NORTH = to_address(NORTH_IS)


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
    young = Comparison("age", "<", 26)  # where All slices cuts the column
    assert "This one is now" in app.warning[0].value
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
    app.text_input(key="join_value").set_value(text).run()
    app = click(app, "Change slice")
    assert Comparison(column, "=", value) in chosen(app).parts


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
