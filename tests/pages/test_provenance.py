"""What the provenance page shows: checks, columns, the way, personal data, changes."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.records.evaluations import Evaluation
from core.runs.checking import make_checks
from core.runs.provenance import erase_version
from core.serving.house import House
from pages._provenance import PARTS
from tests.pages.opening import Table, open_page, texts

Make = Callable[[Table], Evaluation]


def _leak(columns: dict[str, Any]) -> None:
    """Plant a column that repeats the label, addresses of people, and rows that repeat."""
    columns["reminded"] = (columns["label"] == "yes").astype(float)
    columns["email"] = [f"{name}{k}@example.org" for k in range(400) for name in ("ada",)]
    for values in columns.values():
        values[10:20] = values[0:10]


@pytest.fixture
def made(evaluation_of: Make, opened: House) -> Evaluation:
    """A table with faults, checked."""
    evaluation = evaluation_of(Table(change=_leak))
    make_checks(opened.desk, evaluation.dataset)
    return evaluation


def _open(**parameters: str) -> AppTest:
    app = open_page("provenance.py", **parameters)
    assert not app.exception
    return app


def _part(part: str) -> AppTest:
    app = _open()
    app.segmented_control(key="part").set_value(part).run()
    assert not app.exception
    return app


@pytest.mark.usefixtures("made")
def test_the_worst_check_is_the_answer() -> None:
    """The column that gives the outcome away is named in the answer box."""
    app = _open()
    assert "one column tells the outcome" in app.error[0].proto.title
    assert "reminded` alone tells the outcome almost perfectly" in app.error[
        0
    ].value.replace("\\", "")
    assert len(app.dataframe[0].value) == 19


@pytest.mark.usefixtures("made")
def test_a_chosen_check_shows_its_rows_with_people_masked() -> None:
    """Ten rows repeat earlier ones; the addresses in them are dots."""
    app = _open(check="duplicates")
    assert "10 of 400 rows" in texts(app)
    rows = app.dataframe[1].value
    assert len(rows) == 10
    assert set(rows["email"]) == {"•••"}


@pytest.mark.usefixtures("made")
def test_only_problems_can_be_shown() -> None:
    """The second choice leaves out what passed."""
    app = _open()
    app.segmented_control(key="checks_shown").set_value("problems").run()
    words = set(app.dataframe[0].value["Verdict"])
    assert words <= {"■ Fail", "▲ Attention", "◇ Not enough evidence", "○ Not measured"}


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.usefixtures("made")
def test_each_part_opens(part: str) -> None:
    """No part fails, and each draws something."""
    app = _part(part)
    assert [*app.dataframe, *app.get("plotly_chart"), *app.markdown]


@pytest.mark.usefixtures("made")
def test_a_column_that_looks_personal_is_masked_until_it_is_cleared() -> None:
    """Whoever says "not personal" sees its range again."""
    app = _part("Columns")
    lines = app.dataframe[0].value.set_index("Name")
    assert lines.loc["email", "Range"] == "masked"
    app = _part("Personal data")
    assert list(app.dataframe[0].value["State"]) == ["nobody has looked"]
    app.button[1].click().run()
    assert list(app.dataframe[0].value["State"]) == ["not personal"]
    lines = _part("Columns").dataframe[0].value.set_index("Name")
    assert lines.loc["email", "Range"] != "masked"


def test_an_unchecked_table_is_checked_by_a_job(evaluation_of: Make, opened: House) -> None:
    """Opening the page starts the checks; when they are made, it shows them."""
    evaluation = evaluation_of(Table())
    _open()
    until = time.monotonic() + 30
    while opened.jobs.live() and time.monotonic() < until:
        time.sleep(0.05)
    app = _open()
    assert len(app.dataframe[0].value) == 19
    assert evaluation.dataset in opened.desk.workspace.state.datasets


def test_a_table_whose_rows_are_gone_says_so(made: Evaluation, opened: House) -> None:
    """The reason stands in the answer box, and the checks that were made stay."""
    erase_version(opened.desk, made.dataset, why="A person asked for it", actor="ada")
    app = _open()
    assert "were erased\\: A person asked for it" in app.warning[0].value


def test_two_tables_are_compared(evaluation_of: Make, opened: House) -> None:
    """The second table has other rows; the part says how many."""
    for rows in (300, 400):
        make_checks(opened.desk, evaluation_of(Table(rows=rows)).dataset)
    app = _part("What changed")
    assert app.selectbox(key="than").options
    assert len(app.dataframe[0].value) > 3
