"""Hostile names and values in a real browser: read as text, run by nobody."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, expect

from core.records.texts import say_text
from core.runs.desk import open_desk
from pages._shown import escape
from tests.browser.conftest import Visit
from tests.hostile.brought import (
    PORTS,
    TITLE,
    YES,
    column_names,
    csv_file,
    hostile_evaluation,
    onnx_file,
)
from tests.hostile.texts import HOSTILE, ORDINARY
from tests.serving.conftest import ROOT, Served, serving
from tests.serving.test_in_chromium import VIOLATIONS

SHOWN: Final = HOSTILE + ORDINARY
# Each text in each kind of element that reads markdown; `t` comes with its escapes made.
GALLERY: Final = """
import json
import streamlit as st

st.set_page_config(page_title="Countersign", page_icon=".streamlit/icon.png")
page = st.navigation([st.Page("home.py", default=True)])
page.run()
"""
HOME: Final = """
import json
from pathlib import Path
import streamlit as st

for number, t in enumerate(json.loads(Path("texts.json").read_text())):
    with st.container(key=f"text{number}"):
        st.markdown(t)
        st.caption(t)
        st.header(t, anchor=False)
        st.warning(t, title=t)
        st.radio(t, [t], help=t)
        st.pills("Class", [f"x {t}"], key=f"pills{number}")
        st.table({t: t}, border="horizontal")
        st.progress(0.5, text=t)
        st.markdown(f"**x · {t}**")
st.text("the end")
"""
FOREIGN: Final = (
    "a, img, script, code, pre, em, del, ul, ol, hr, blockquote, input[type=checkbox], sup,"
    " .katex, .kraken, [role=img], [class*=stMarkdownColored], [class*=Badge]"
)
MADE: Final = """() => [
    ...document.querySelectorAll(
        '.kraken, [href*=kraken], [src*=kraken], [onerror], [class*=stMarkdownColored]'),
].map(made => made.outerHTML)"""


CUT: Final = """() => [
    ...document.querySelectorAll("[data-testid=stTable] [data-testid=stMarkdownContainer]"),
].filter(cell => cell.scrollWidth > cell.clientWidth).map(cell => cell.textContent)"""


def trouble(visit: Visit) -> list[object]:
    """Return all that the data made or asked for on this page."""
    ran = visit.page.evaluate("typeof window.kraken == 'number' ? ['a script ran'] : []")
    return [*visit.complaints(), *visit.page.evaluate(MADE), *ran]


def _visit(page: Page, address: str, workspace: Path) -> Visit:
    page.add_init_script(VIOLATIONS)
    visit = Visit(page, address, workspace)
    page.on("request", lambda request: visit.asked.append(request.url))
    page.on("dialog", lambda dialog: visit.asked.append(f"dialog {dialog.message}"))
    return visit


@pytest.fixture
def gallery(chromium: Browser, tmp_path: Path) -> Iterator[Visit]:
    """One page with each text in each kind of element."""
    folder = tmp_path / "launcher"
    (folder / "pages").mkdir(parents=True)
    shutil.copy(ROOT / "app.py", folder)
    shutil.copytree(ROOT / ".streamlit", folder / ".streamlit")
    (folder / "pages" / "_router.py").write_text(GALLERY)
    (folder / "pages" / "home.py").write_text(HOME)
    (folder / "texts.json").write_text(json.dumps([escape(text) for text in SHOWN]))
    with serving(folder, tmp_path / "workspace") as app:
        page = chromium.new_page(viewport={"width": 1366, "height": 768})
        yield _visit(page, app.address, tmp_path / "workspace")
        page.close()


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The app on a workspace in which everything has a hostile name."""
    workspace = tmp_path_factory.mktemp("hostile") / "workspace"
    with open_desk(workspace) as desk:
        hostile_evaluation(desk)
    with serving(ROOT, workspace) as served:
        yield served


@pytest.fixture
def hostile(chromium: Browser, app: Served) -> Iterator[Visit]:
    """A browser before that app."""
    page = chromium.new_page(viewport={"width": 1366, "height": 768})
    yield _visit(page, app.address, app.workspace)
    page.close()


def test_streamlit_shows_each_text_as_it_is_in_each_element(gallery: Visit) -> None:
    """No element but those that hold text, and the text is what was brought, word for word."""
    gallery.open("/")
    gallery.page.get_by_text("the end", exact=True).wait_for(timeout=60_000)
    gallery.settle()
    for number, text in enumerate(SHOWN):
        place = gallery.page.locator(f".st-key-text{number}")
        parts = "[data-testid=stMarkdownContainer], [data-testid=stCaptionContainer]"
        said = place.locator(parts).all_text_contents()
        wanted = " ".join(say_text(text).split())
        told = [" ".join(words.split()) for words in said]
        assert [words for words in told if wanted not in words and words != "Class"] == []
        assert len(told) == 13
        assert place.locator(FOREIGN).evaluate_all("all => all.map(a => a.outerHTML)") == []
    assert trouble(gallery) == []


def test_hostile_names_are_text_on_overview_and_slices(hostile: Visit) -> None:
    """By such a column, and with a click on such a slice: text, and nobody is asked."""
    page = hostile.page
    hostile.open("/")
    expect(page.get_by_role("heading", name=say_text(TITLE))).to_be_visible()
    assert trouble(hostile) == []

    page.get_by_role("button", name="Open slices").click()
    hostile.settle()
    page.locator(".js-plotly-plot .ytick text").nth(10).wait_for()
    assert trouble(hostile) == []
    hostile.click_point(0)
    expect(page.locator("h2").first).to_contain_text(" = ")
    assert trouble(hostile) == []

    page.get_by_role("radio", name="Two columns").click()
    hostile.settle()
    page.get_by_role("combobox", name="By", exact=True).fill("www.kraken.example")
    page.get_by_role("option", name="www.kraken.example", exact=True).click()
    hostile.settle()
    assert page.get_by_test_id("stDataFrame").count() == 1
    assert trouble(hostile) == []

    page.get_by_role("button", name="Open rows").click()
    hostile.settle()
    expect(page.get_by_text("worst answers first")).to_be_visible()
    assert trouble(hostile) == []


def test_hostile_names_are_text_on_the_card_and_in_its_file(
    hostile: Visit, tmp_path: Path
) -> None:
    """The file, opened from the disk: each text can be read, and nothing is wider than the page."""
    page = hostile.page
    hostile.open("/model_card")
    expect(page.get_by_role("heading", name=column_names()[0])).to_be_visible()
    assert trouble(hostile) == []
    assert page.evaluate(CUT) == []
    with page.expect_download() as got:
        page.get_by_role("button", name="Download HTML").click()
    card = tmp_path / "card.html"
    shutil.copy(got.value.path(), card)
    page.goto(card.as_uri())
    hostile.asked.remove(card.as_uri())
    cells = page.locator("td").all_text_contents()
    for text in HOSTILE:
        assert any(say_text(text) in cell for cell in cells)
    assert trouble(hostile) == []
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) == 0


def test_a_hostile_file_is_brought_in(hostile: Visit, tmp_path: Path) -> None:
    """Each step of Import, from a CSV file and a model whose names are markup."""
    page = hostile.page
    table, model = (
        tmp_path / "$x$ :red[kraken] www.kraken.example.csv",
        tmp_path / "=1+1.onnx",
    )
    table.write_bytes(csv_file())
    model.write_bytes(onnx_file())
    hostile.open("/import")
    page.locator("input[type=file]").first.set_input_files(table)
    page.get_by_role("button", name="Read file").click()
    expect(page.get_by_text("800 rows, 26 columns")).to_be_visible(timeout=60_000)
    assert trouble(hostile) == []
    page.get_by_role("button", name="Rows and dates are right").click()
    hostile.settle()
    assert trouble(hostile) == []
    page.get_by_role("button", name="Columns are right").click()
    page.locator("input[type=file]").first.set_input_files(model)
    expect(page.get_by_role("combobox", name="Column for input 2")).to_be_visible(
        timeout=30_000
    )
    for port in PORTS[:2]:
        expect(page.get_by_text(port, exact=True)).to_be_visible()
    expect(page.get_by_role("radiogroup").get_by_text(YES)).to_be_visible()
    hostile.settle()
    assert trouble(hostile) == []


def test_no_table_offers_cells_that_a_spreadsheet_would_run(hostile: Visit) -> None:
    """The toolbar over a table searches and enlarges; it writes no CSV with formulae in it."""
    hostile.open("/slices")
    table = hostile.page.get_by_test_id("stDataFrame").first
    table.hover()
    bar = hostile.page.get_by_test_id("stElementToolbar").filter(visible=True)
    buttons = bar.get_by_role("button").all()
    names = [str(b.get_attribute("aria-label")).split(":")[0] for b in buttons]
    assert names == ["Show/hide columns", "Search", "Fullscreen"]
