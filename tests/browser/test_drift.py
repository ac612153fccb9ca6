"""Drift in Chromium: all parts, a window and a cell by clicks, and the sample as a file."""

import csv
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, expect

from core.runs.desk import open_desk
from tests.browser.conftest import TOO_WIDE, Visit, cells, click_cell, visit_of
from tests.drifted import World, bring
from tests.serving.conftest import ROOT, Served, serving

PARTS = ("What moved", "Over time", "Does it still work?", "Why", "Together")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The app on a model with four windows, the last of which moved."""
    folder = tmp_path_factory.mktemp("drift") / "workspace"
    with open_desk(folder) as desk:
        bring(desk, World(rival=True))
    with serving(ROOT, folder) as served:
        yield served


@pytest.fixture
def drift(chromium: Browser, app: Served) -> Iterator[Visit]:
    """A browser before the drift of the last window."""
    visit = visit_of(chromium, app)
    visit.open("/drift?model=Churn+v2&data=Window+4")
    yield visit
    visit.page.close()


def said(visit: Visit, name: str) -> str:
    """Return what a parameter of the address says."""
    return parse_qs(urlsplit(visit.here).query).get(name, [""])[0]


def test_all_parts_open_one_after_the_other(drift: Visit) -> None:
    """Each has an answer; none breaks the content policy or asks another host."""
    page = drift.page
    for part in PARTS:
        page.get_by_role("radio", name=part, exact=True).click()
        drift.settle()
        expect(page.get_by_test_id("stAlert").first).to_be_visible()
        expect(page.get_by_test_id("stException")).to_have_count(0)
        assert page.evaluate(TOO_WIDE) <= 0
    assert said(drift, "part") == "Together"
    assert drift.complaints() == []


def test_a_point_of_the_chart_on_top_becomes_the_window(drift: Visit) -> None:
    """The second of four: in the address, and the answer is about it."""
    drift.click_point(1)
    drift.settle()
    assert said(drift, "data") == "Window 2"
    assert drift.complaints() == []


def test_a_cell_over_time_is_compared(drift: Visit) -> None:
    """The first column in the third window: what moved there, the column chosen."""
    drift.page.get_by_role("radio", name="Over time", exact=True).click()
    drift.settle()
    table = drift.page.get_by_test_id("stDataFrame").first
    assert cells(table)[0][0] == "income"
    click_cell(drift, table, 0, 0.7)
    drift.settle()
    assert said(drift, "data") == "Window 3"
    expect(drift.page.get_by_role("heading", name="income")).to_be_visible()
    assert drift.complaints() == []


def test_the_sample_comes_as_a_file(drift: Visit, tmp_path: Path) -> None:
    """As many rows as the sentence says, with a weight and an empty label."""
    page = drift.page
    page.get_by_role("radio", name="Does it still work?", exact=True).click()
    drift.settle()
    page.get_by_role("button", name="Prepare sample").click()
    drift.settle()
    with page.expect_download() as started:
        page.get_by_role("button", name="Download sample").click()
    started.value.save_as(tmp_path / "sample.csv")
    with (tmp_path / "sample.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    expect(page.get_by_text(f"{len(rows)} rows drawn", exact=False)).to_be_visible()
    assert {row["label"] for row in rows} == {""}
    assert sum(float(row["weight"]) for row in rows) == pytest.approx(1200)


def test_a_narrow_screen_has_no_sideways_scroll(chromium: Browser, app: Served) -> None:
    """A phone, the parts with tables and charts."""
    visit = visit_of(chromium, app, width=390)
    for part in ("What moved", "Does it still work?", "Why"):
        visit.open(f"/drift?model=Churn+v2&data=Window+4&part={part.replace(' ', '+')}")
        assert visit.page.evaluate(TOO_WIDE) <= 0, part
    visit.page.close()
