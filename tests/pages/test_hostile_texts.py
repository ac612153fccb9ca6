"""Pages on which everything is called by a hostile text: none fails, none reads it."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.records.predicate import Comparison, to_address, to_words
from core.records.texts import say_text
from core.runs.drafting import drafts
from core.runs.evaluating import evaluate
from core.runs.keeping import ModelToKeep, keep_model
from core.runs.saving import save_slice
from core.serving.house import House
from pages._shown import escape
from pages._slices import ROWS, TWO, VERSIONS
from tests.hostile.brought import (
    DATA,
    GROUPS,
    NO,
    PORTS,
    TITLE,
    YES,
    column_names,
    csv_file,
    hostile_evaluation,
    onnx_file,
)
from tests.hostile.texts import HOSTILE
from tests.pages.opening import open_page
from tests.pages.test_import import click, finished, upload

TITLES = (f"{TITLE} v1", DATA)
BROUGHT = (*HOSTILE, *column_names(), *TITLES, *PORTS, YES, NO)
# Texts that markdown would read; those that stay as they are when escaped say nothing here.
READ = tuple(text for text in BROUGHT if text not in escape(text))
MARKDOWN = (
    "title",
    "header",
    "subheader",
    "markdown",
    "caption",
    "error",
    "warning",
    "success",
    "info",
)
LABELLED = ("selectbox", "radio", "button", "text_input", "text_area", "checkbox")


def read_as_markdown(app: AppTest) -> Iterator[str]:
    """Give each text of a page that Streamlit reads as markdown."""
    for kind in MARKDOWN:
        yield from (element.value for element in _elements(app, kind))
    for kind in LABELLED:
        for element in _elements(app, kind):
            yield from (element.label, element.help or "")
    for element in app.radio:
        yield from element.options
    for element in app.table:
        yield from map(str, [*element.value.index, *element.value.to_numpy().ravel()])


def _elements(app: AppTest, kind: str) -> Iterator[Any]:
    """Give elements of a kind, with what that kind has."""
    yield from app.get(kind)


def assert_shown(app: AppTest) -> None:
    """Claim that nothing on the page is read, and that nothing on it is unseen."""
    assert not app.exception
    said = "\n".join(read_as_markdown(app))
    assert [text for text in READ if text in said] == []
    for element in app.dataframe:
        cells = [*element.value.columns, *element.value.to_numpy().ravel()]
        texts = [cell for cell in cells if isinstance(cell, str)]
        assert [text for text in texts if say_text(text) != text] == []
    for box in app.selectbox:
        assert [text for text in box.options if say_text(text) != text] == []
    for chart in _elements(app, "plotly_chart"):
        assert "<" not in json.dumps(labels_of(json.loads(chart.proto.spec)))


def labels_of(drawn: dict[str, dict[str, dict[str, object]]]) -> list[object]:
    """Return the tick labels of a chart."""
    axes = (drawn["layout"][name] for name in ("xaxis", "yaxis"))
    return [axis.get("ticktext", []) for axis in axes]


def test_a_file_whose_name_is_no_text_is_read_from_the_inbox(opened: House) -> None:
    """Bytes that are no UTF-8 and a letter that turns: shown as escapes, read all the same."""
    folder = os.fsencode(opened.desk.workspace.inbox)
    Path(os.fsdecode(folder + b"/\xff\xe2\x80\xae.csv")).write_bytes(b"a,b\n1,2\n3,4\n")

    app = open_page("import_.py")
    assert app.selectbox[-1].options == [r"\udcff\u202e.csv"]
    app = finished(app.button(key="read_inbox").click().run(), opened)

    assert not app.exception
    (draft,) = drafts(opened.desk)
    assert draft.file_name == r"\udcff\u202e.csv"
    assert "2 rows" in "".join(element.value for element in app.markdown)


@pytest.fixture
def hostile(opened: House) -> House:
    """An open workspace with one evaluation under hostile names."""
    hostile_evaluation(opened.desk)
    return opened


@pytest.mark.usefixtures("hostile")
def test_the_overview_shows_hostile_names() -> None:
    """Model and table in the answer, in the table and as the header of what is open."""
    app = open_page()

    assert_shown(app)
    assert escape(TITLES[0]) in app.error[0].value
    assert app.dataframe[0].value["Model version"].tolist() == [say_text(TITLES[0])]


@pytest.mark.usefixtures("hostile")
@pytest.mark.parametrize("number", range(GROUPS))
def test_slices_are_made_by_hostile_columns_and_values(number: int) -> None:
    """By such a column, with a slice of it chosen: its name is the header."""
    name = column_names()[number]
    app = open_page("slices.py", part=TWO, x=name)
    assert_shown(app)
    assert app.selectbox(key="x").value == name

    value = HOSTILE[number * 20 + 3]
    where = Comparison(name, "=", value)
    app = open_page("slices.py", ways="One", slice=to_address(where))
    assert_shown(app)
    assert escape(to_words(where)) in [header.value for header in app.header]

    app = open_page("slices.py", part=ROWS, slice=to_address(where))
    assert_shown(app)
    assert "40 rows" in "".join(caption.value for caption in app.caption)


def test_what_was_found_and_saved_under_hostile_names(hostile: House) -> None:
    """Saved slices in the bar, worst slices on cards, two models side by side."""
    desk = hostile.desk
    (evaluation,) = desk.workspace.state.evaluations.values()
    name = column_names()[0]
    for number, text in enumerate(HOSTILE[:20]):
        save_slice(
            desk, Comparison(name, "=", text), text[:60].strip() or f"{number}", actor="ada"
        )
    dataset = desk.workspace.state.dataset(evaluation.dataset)
    other = ModelToKeep(None, None, evaluation.answer, evaluation.feeds, f"{TITLE} too")
    model = keep_model(desk, other, actor="ada")
    evaluate(desk, model.id, dataset.id, actor="ada")

    for parameters in (
        {"ways": "Worst found"},
        {"part": VERSIONS},
        {"q": "<img"},
        {"slice": to_address(Comparison(name, "=", HOSTILE[0]))},
    ):
        assert_shown(open_page("slices.py", **parameters))


@pytest.mark.usefixtures("hostile")
def test_the_card_shows_hostile_names() -> None:
    """Findings, slices of each marked column, and what was declared."""
    app = open_page("model_card.py")

    assert_shown(app)
    names = [element.value for element in app.subheader]
    assert names == [escape(name) for name in column_names()[:GROUPS]]


def test_a_hostile_file_is_imported_step_by_step(opened: House) -> None:
    """Each step shows names, values, ports and classes as text, and the answers act on them."""
    app = finished(upload("<img src=x> [kraken](x).csv", csv_file()), opened)
    assert_shown(app)
    app = click(app, "Rows and dates are right")
    assert_shown(app)
    (draft,) = drafts(opened.desk)
    assert {column.name for column in draft.columns} >= set(column_names()[:10])
    app = click(app, "Columns are right")
    app.file_uploader(key="upload_model").set_value(
        ("$x$ :red[kraken].onnx", onnx_file(), "application/octet-stream")
    ).run()
    assert_shown(app)
    for port in PORTS[:2]:
        app.selectbox(key=f"feed_{port}").select("score").run()
    app.radio(key="positive").set_value(YES).run()
    assert_shown(app)
    app = click(app, "Inputs and scores are right")
    assert_shown(app)
    (draft,) = drafts(opened.desk)
    assert draft.feeds == tuple((port, ("score",)) for port in PORTS[:2])
    assert draft.answer is not None
    assert draft.answer.positive == YES
