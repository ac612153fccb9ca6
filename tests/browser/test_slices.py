"""Slices in Chromium: points, cells, boxes and buttons do what they promise."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, expect

from core.runs.desk import open_desk
from tests.browser.conftest import TOO_WIDE, Visit, cells, click_cell, visit_of
from tests.pages.opening import Table, evaluated, rich, rival
from tests.serving.conftest import ROOT, Served, serving

PLANTED = [["=", "plan", "trial"], ["=", "region", "North"]]
NORTH = '["=","region","North"]'


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The app on a table with planted errors, and two models on it."""
    folder = tmp_path_factory.mktemp("slices")
    with open_desk(folder / "workspace") as desk:
        rival(desk, evaluated(desk, folder, Table(rows=1500, change=rich)))
    with serving(ROOT, folder / "workspace") as served:
        yield served


@pytest.fixture
def slices(chromium: Browser, app: Served) -> Iterator[Visit]:
    """A browser before the slices of the first model."""
    visit = visit_of(chromium, app)
    yield visit
    visit.page.close()


def opened(visit: Visit, query: str = "") -> None:
    """Open the slices of the first model."""
    visit.open(f"/slices?model=Churn+v1{query}")


def chosen(visit: Visit) -> Any:
    """Return the slice that stands in the address."""
    query = parse_qs(urlsplit(visit.here).query)
    return json.loads(query["slice"][0]) if "slice" in query else None


def test_a_point_of_the_forest_becomes_the_slice(slices: Visit) -> None:
    """The worst one: in the address, as a header, with its numbers; its line is the first."""
    opened(slices)
    page = slices.page
    assert cells(page.get_by_test_id("stDataFrame").first)[0][0] == "North · trial"
    slices.click_point(0)
    assert chosen(slices) == ["and", *PLANTED]
    heading = page.get_by_role("heading", name="plan = trial and region = North")
    expect(heading).to_be_visible()
    expect(page.get_by_test_id("stMetric").first).to_contain_text("Error rate")
    expect(page.get_by_test_id("stMetric").first).to_contain_text("59")
    page.get_by_role("button", name="All rows").click()
    slices.settle()
    expect(heading).to_have_count(0)
    assert chosen(slices) is None
    assert slices.complaints() == []


def test_a_line_of_the_table_becomes_the_slice(slices: Visit) -> None:
    """Its box at the left is ticked, and it stands in the address."""
    opened(slices)
    table = slices.page.get_by_test_id("stDataFrame").first
    click_cell(slices, table, 0, 0.02)
    assert chosen(slices) == ["and", *PLANTED]


def test_a_cell_of_two_columns_becomes_the_slice(slices: Visit) -> None:
    """A click on North and trial: both stand in the address."""
    opened(slices, "&part=Two+columns&x=region&y=plan")
    table = slices.page.get_by_test_id("stDataFrame").first
    heads = table.locator("[role=columnheader]").all_inner_texts()
    lines = cells(table)
    assert sorted(heads[1:]) == ["basic", "full", "trial"]
    north = [line[0] for line in lines].index("North")
    assert lines[north][heads.index("trial")] == "59\xa0%"
    click_cell(slices, table, north, (heads.index("trial") + 0.5) / 4)
    found = chosen(slices)
    assert found is not None
    assert ["=", "region", "North"] in found
    assert {name for _, name, _ in found[1:]} == {"region", "plan"}
    expect(slices.page.get_by_role("heading", name="region = North")).to_be_visible()
    assert slices.complaints() == []


def test_the_threshold_moves_the_table(slices: Visit) -> None:
    """From 50 % to the very end: nobody is a yes, so every yes is wrong."""
    opened(slices, "&ways=One")
    table = slices.page.get_by_test_id("stDataFrame").first
    before = cells(table)
    slider = slices.page.get_by_role("slider", name="Says yes from")
    slider.focus()
    slider.press("End")
    slices.settle()
    assert "act=100" in slices.here
    assert cells(table) != before
    assert slices.complaints() == []


def test_the_worst_slices_are_searched_and_named(slices: Visit) -> None:
    """One click; then the planted slice is the answer, and its card leads to it."""
    opened(slices, "&ways=Worst+found")
    page = slices.page
    page.get_by_role("button", name="Find worst slices").click()
    card = page.get_by_text("North · trial", exact=True)
    expect(card).to_be_visible(timeout=30_000)
    expect(page.get_by_test_id("stAlert").first).to_contain_text("North · trial:")
    page.get_by_role("button", name="Choose slice").first.click()
    slices.settle()
    assert chosen(slices) == ["and", *PLANTED]
    assert slices.complaints() == []


def test_a_saved_slice_is_offered_after_a_reload(slices: Visit) -> None:
    """Under its name, in the bar of every page; the name leads to its rows again."""
    opened(slices, "&slice=" + NORTH)
    page = slices.page
    page.get_by_role("button", name="Save slice").click()
    name = page.get_by_role("textbox", name="Name")
    name.fill("Up north")
    name.press("Enter")
    slices.settle()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("button", name="Forget slice")).to_be_visible()
    slices.open("/")
    page.reload()
    slices.settle()
    box = page.get_by_role("combobox", name="Slice")
    box.click()
    page.get_by_role("option", name="Up north").click()
    slices.settle()
    assert chosen(slices) == json.loads(NORTH)
    page.get_by_role("link", name="Slices").click()
    slices.settle()
    expect(page.get_by_role("heading", name="region = North")).to_be_visible()
    assert slices.complaints() == []


def test_rows_are_downloaded(slices: Visit) -> None:
    """A CSV file with the rows of the slice and what the model says of them."""
    opened(slices, "&part=Rows&slice=" + NORTH)
    page = slices.page
    page.get_by_role("button", name="Download rows").click()
    with page.expect_download() as got:
        page.get_by_role("button", name="CSV").click()
    assert got.value.suggested_filename == "rows.csv"
    with Path(got.value.path()).open(newline="", encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    assert {line["region"] for line in lines} == {"North"}
    assert {"says", "wrong"} <= set(lines[0])
    expect(page.get_by_text(f"{len(lines)} rows, worst answers first")).to_be_visible()
    assert slices.complaints() == []


def test_a_box_over_the_scores_narrows_the_slice(slices: Visit) -> None:
    """Drawn over the left half of the histogram: only low scores are left."""
    opened(slices, "&slice=" + NORTH)
    chart = slices.page.locator(".js-plotly-plot").last
    chart.scroll_into_view_if_needed()
    area = chart.locator(".nsewdrag").first.bounding_box()
    assert area
    mouse = slices.page.mouse
    mouse.move(area["x"] + area["width"] * 0.25, area["y"] + 40)
    mouse.down()
    mouse.move(area["x"] + area["width"] * 0.5, area["y"] + 60, steps=8)
    mouse.up()
    slices.settle()
    found = chosen(slices)
    assert found is not None
    ends = {part[0]: part[2] for part in found[1:] if part[1] == "model score"}
    assert ends[">="] == pytest.approx(0.25, abs=0.06)
    assert ends["<"] == pytest.approx(0.5, abs=0.06)
    heading = slices.page.locator("h2").first
    expect(heading).to_contain_text("model score from 0.2")
    assert slices.complaints() == []


@pytest.mark.parametrize(
    ("width", "scheme"),
    [(1366, "light"), (911, "light"), (390, "light"), (1366, "dark"), (390, "dark")],
)
def test_no_part_is_wider_than_the_screen(
    chromium: Browser, app: Served, width: int, scheme: str
) -> None:
    """On a laptop, at 150 %, and on a phone; each chart is described."""
    visit = visit_of(chromium, app, width=width, color_scheme=scheme)
    parts = ("All+slices", "Fairness", "Two+columns", "Two+versions", "Over+time", "Rows")
    for part in parts if scheme == "light" else parts[:3]:
        opened(visit, f"&part={part}&slice={NORTH}")
        assert visit.page.evaluate(TOO_WIDE) <= 0, part
        for chart in visit.page.get_by_test_id("stPlotlyChart").all():
            assert chart.get_attribute("aria-label"), part
    assert visit.complaints() == []
    visit.page.close()
