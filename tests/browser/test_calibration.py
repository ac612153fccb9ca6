"""Calibration in Chromium: views, slider, threshold and slices do what they promise."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Browser, expect

from core.runs.desk import open_desk
from tests.browser.conftest import TOO_WIDE, Visit, cells, click_cell, visit_of
from tests.pages.opening import Table, evaluated
from tests.serving.conftest import ROOT, Served, serving

PARTS = ("Reading line", "By slice", "Where to act", "Recalibrate")
NORTH = '["=","region","North"]'


def _northern(columns: dict[str, Any]) -> None:
    """In the north it happens half as often again as the scores say."""
    rng = np.random.default_rng(5)
    score = columns["score"] = (columns["score"] * 0.6).round(4)
    truth = np.where(columns["region"] == "North", 1.5 * score, score)
    columns["label"] = np.where(rng.random(len(score)) < truth, "yes", "no")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The app on a table whose north is told too little."""
    folder = tmp_path_factory.mktemp("calibration")
    with open_desk(folder / "workspace") as desk:
        evaluated(desk, folder, Table(rows=3_000, change=_northern))
    with serving(ROOT, folder / "workspace") as served:
        yield served


@pytest.fixture
def calibration(chromium: Browser, app: Served) -> Iterator[Visit]:
    """A browser before the calibration of the model."""
    visit = visit_of(chromium, app)
    yield visit
    visit.page.close()


def _chosen(visit: Visit) -> Any:
    """Return the slice that stands in the address."""
    query = parse_qs(urlsplit(visit.here).query)
    return json.loads(query["slice"][0]) if "slice" in query else None


def test_each_view_is_one_click_away(calibration: Visit) -> None:
    """Parts, ways to draw and bands: in the address, on the page, without a complaint."""
    calibration.open("/calibration")
    page = calibration.page
    for part in PARTS[::-1]:
        page.get_by_role("radio", name=part, exact=True).first.click()
        calibration.settle()
        expect(page.get_by_test_id("stAlert").first).to_be_visible()
        expect(page.get_by_test_id("stException")).to_have_count(0)
    page.get_by_role("radio", name="Curve", exact=True).click()
    calibration.settle()
    for band in ("Likely", "If perfect", "Guaranteed"):
        page.get_by_role("button", name=band, exact=True).click()
        calibration.settle()
        expect(page.get_by_text(f"{band}: ")).to_be_visible()
    assert "curve=Curve" in calibration.here
    assert "band=Guaranteed" in calibration.here
    assert calibration.complaints() == []


def test_a_threshold_is_moved_and_kept_with_a_reason(calibration: Visit) -> None:
    """The slider moves the cards; the dialog wants a reason; then it is the one in use."""
    calibration.open("/calibration?part=Where+to+act")
    page = calibration.page
    before = page.get_by_test_id("stMetric").all_inner_texts()
    slider = page.get_by_role("slider", name="Acts from")
    slider.focus()
    slider.press("PageUp")
    calibration.settle()
    assert "act=" in calibration.here
    assert page.get_by_test_id("stMetric").all_inner_texts() != before
    page.get_by_role("button", name="Use threshold").click()
    dialog = page.get_by_role("dialog")
    keep = dialog.get_by_role("button", name="Use threshold")
    expect(keep).to_be_disabled()
    why = dialog.get_by_role("textbox", name="Why")
    why.fill("Two visits a day are all we can make")
    why.press("Enter")
    calibration.settle()
    keep.click()
    calibration.settle()
    expect(page.get_by_text("This is the threshold in use.")).to_be_visible()
    said = page.get_by_test_id("stAlert").first.inner_text()
    calibration.open("/calibration?part=Where+to+act")
    expect(page.get_by_test_id("stAlert").first).to_have_text(said.replace("\n", ""))
    assert calibration.complaints() == []


@pytest.mark.parametrize("by", ["point", "line"])
def test_the_worst_slice_leads_to_its_own_reading_line(calibration: Visit, by: str) -> None:
    """From its point or its line: it stands in the address, and its lines are drawn."""
    calibration.open("/calibration?part=By+slice")
    page = calibration.page
    table = page.get_by_test_id("stDataFrame").first
    assert cells(table)[0][:2] == ["North", "▲"]
    if by == "point":
        calibration.click_point(0)
    else:
        click_cell(calibration, table, 0, 0.02)
    assert _chosen(calibration) == json.loads(NORTH)
    page.get_by_role("radio", name=PARTS[0], exact=True).first.click()
    calibration.settle()
    expect(page.get_by_test_id("stAlert").first).to_contain_text("more than it said")
    page.get_by_role("button", name="All rows").click()
    calibration.settle()
    assert _chosen(calibration) is None
    assert calibration.complaints() == []


def test_a_point_of_the_diagram_becomes_its_range_of_scores(calibration: Visit) -> None:
    """The fifth tenth: scores from about 24 to 30 %."""
    calibration.open("/calibration")
    calibration.click_point(4)
    found = _chosen(calibration)
    assert found is not None
    ends = {part[0]: part[2] for part in found[1:]}
    assert ends[">="] == pytest.approx(0.24, abs=0.02)
    assert ends["<"] == pytest.approx(0.30, abs=0.02)
    assert calibration.complaints() == []


@pytest.mark.parametrize(
    ("width", "scheme"), [(1366, "light"), (911, "light"), (390, "light"), (390, "dark")]
)
def test_no_part_is_wider_than_the_screen(
    chromium: Browser, app: Served, width: int, scheme: str
) -> None:
    """On a laptop, at 150 %, and on a phone; each chart is described."""
    visit = visit_of(chromium, app, width=width, color_scheme=scheme)
    for part in PARTS if scheme == "light" else PARTS[:1]:
        visit.open(f"/calibration?part={part.replace(' ', '+')}")
        assert visit.page.evaluate(TOO_WIDE) <= 0, part
        for chart in visit.page.get_by_test_id("stPlotlyChart").all():
            assert chart.get_attribute("aria-label"), part
    assert visit.complaints() == []
    visit.page.close()
