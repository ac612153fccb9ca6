"""Provenance in Chromium: checks, columns and the way of the data can be clicked."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, expect

from core.runs.checking import make_checks
from core.runs.desk import open_desk
from tests.browser.conftest import TOO_WIDE, Visit, cells, click_cell, visit_of
from tests.pages.opening import Table, evaluated, rich
from tests.serving.conftest import ROOT, Served, serving

PARTS = (
    *("Checks", "Columns", "Way+of+the+data"),
    *("Personal+data", "Record", "What+changed"),
)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The app on two checked tables and their evaluations."""
    folder = tmp_path_factory.mktemp("provenance")
    with open_desk(folder / "workspace") as desk:
        for table in (Table(rows=300), Table(rows=600, change=rich)):
            make_checks(desk, evaluated(desk, folder, table).dataset)
    with serving(ROOT, folder / "workspace") as served:
        yield served


@pytest.fixture
def provenance(chromium: Browser, app: Served) -> Iterator[Visit]:
    """A browser before that app."""
    visit = visit_of(chromium, app)
    yield visit
    visit.page.close()


def parameter(visit: Visit, name: str) -> str:
    """Return a parameter of the address, empty where there is none."""
    return parse_qs(urlsplit(visit.here).query).get(name, [""])[0]


def test_a_chosen_check_tells_its_rule(provenance: Visit) -> None:
    """A line of the table: it stands in the address, and beside the table in words."""
    provenance.open("/provenance")
    page = provenance.page
    expect(page.get_by_test_id("stAlert").first).to_be_visible()
    table = page.get_by_test_id("stDataFrame").first
    title = cells(table)[2][1]
    click_cell(provenance, table, 2, 0.01)
    assert parameter(provenance, "check")
    expect(page.get_by_test_id("stMarkdown").filter(has_text=title).first).to_be_visible()
    page.reload()
    provenance.settle()
    expect(page.get_by_test_id("stMarkdown").filter(has_text=title).first).to_be_visible()
    assert provenance.complaints() == []


def test_a_chosen_column_is_drawn_and_opens_in_slices(provenance: Visit) -> None:
    """The columns part, a line of it: its name in the address, its bars, and Slices by it."""
    provenance.open("/provenance")
    page = provenance.page
    page.get_by_role("radio", name="Columns", exact=True).click()
    provenance.settle()
    table = page.get_by_test_id("stDataFrame").first
    names = [line[0] for line in cells(table)]
    click_cell(provenance, table, names.index("plan"), 0.01)
    assert parameter(provenance, "col") == "plan"
    assert page.get_by_test_id("stPlotlyChart").count()
    page.get_by_role("button", name="Open in Slices").click()
    provenance.settle()
    expect(page.get_by_role("heading", name="Slices", exact=True)).to_be_visible()
    expect(page.get_by_role("combobox", name="By", exact=True)).to_have_value("plan")
    provenance.open("/provenance?part=Columns&col=minutes")
    page.get_by_role("button", name="Open in Drift").click()
    provenance.settle()
    expect(page.get_by_role("heading", name="Drift", exact=True)).to_be_visible()
    assert provenance.complaints() == []


def test_a_node_of_the_way_tells_of_itself(provenance: Visit) -> None:
    """A click on a square: it stands in the address, and its facts below the graph."""
    provenance.open("/provenance?part=Way+of+the+data")
    nodes = provenance.page.locator(".js-plotly-plot .scatterlayer path.point")
    nodes.first.wait_for()
    assert nodes.count() >= 6
    before = provenance.page.get_by_test_id("stTable").first.inner_text()
    provenance.click_point(0)
    assert parameter(provenance, "node")
    assert provenance.page.get_by_test_id("stTable").first.inner_text() != before
    assert provenance.complaints() == []


@pytest.mark.parametrize(
    ("width", "scheme"), [(1366, "dark"), (911, "light"), (390, "light"), (390, "dark")]
)
def test_no_part_is_wider_than_the_screen(
    chromium: Browser, app: Served, width: int, scheme: str
) -> None:
    """In dark, at 150 %, and on a phone."""
    visit = visit_of(chromium, app, width=width, color_scheme=scheme)
    for part in PARTS:
        visit.open(f"/provenance?part={part}")
        assert visit.page.evaluate(TOO_WIDE) <= 0, part
    assert visit.complaints() == []
    visit.page.close()
