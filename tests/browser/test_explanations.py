"""Explanations in Chromium: from the first press to a changed case."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from core.records.data import Split
from core.runs.desk import open_desk
from core.runs.evaluating import evaluate
from tests.browser.conftest import TOO_WIDE, Visit, cells, click_cell, visit_of
from tests.runs.explained import Loans, draw_loans, evaluate_loans, keep_loans
from tests.serving.conftest import ROOT, Served, serving

PARTS = ("One column", "One case", "Why it moved", "Can I trust it?", "Drivers")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The app on two tables that nobody has explained, and training data."""
    folder = tmp_path_factory.mktemp("explanations")
    with open_desk(folder / "workspace") as desk:
        keep_loans(desk, draw_loans(Loans(seed=40)), Split.TRAINING, "Training")
        march = evaluate_loans(desk, Loans(seed=9))
        april = keep_loans(desk, draw_loans(Loans(rows=400, poorer=6)), name="Next")
        evaluate(desk, march.model, april.id, actor="test")
    with serving(ROOT, folder / "workspace") as served:
        yield served


@pytest.fixture
def explanations(chromium: Browser, app: Served) -> Iterator[Visit]:
    """A browser before the explanations of the later table."""
    visit = visit_of(chromium, app)
    visit.open("/explanations?data=Next")
    if visit.page.get_by_role("button", name="Explain scores").count():
        visit.page.get_by_role("button", name="Explain scores").click()
        expect(visit.page.get_by_text("drives the scores most")).to_be_visible(
            timeout=60_000
        )
        visit.settle()
    yield visit
    visit.page.close()


def _part(visit: Visit, name: str) -> None:
    visit.page.get_by_role("radio", name=name, exact=True).first.click()
    visit.settle()
    expect(visit.page.get_by_test_id("stException")).to_have_count(0)


def test_a_person_explains_the_scores_and_walks_all_parts(explanations: Visit) -> None:
    """One press, then each part; the other table is explained where it is asked for."""
    page = explanations.page
    expect(page.get_by_text("Exact, all 400 rows.")).to_be_visible()
    for part in PARTS:
        _part(explanations, part)
        if part == "Why it moved":
            offered = page.get_by_role("button", name="Explain them too")
            if offered.count():
                offered.click()
            moved = page.get_by_text("income alone moved it by")
            expect(moved).to_be_visible(timeout=60_000)
            explanations.settle()
        assert page.evaluate(TOO_WIDE) <= 0
        expect(page.get_by_text("Exact, all 400 rows.")).to_be_visible()
    assert explanations.complaints() == []


def test_a_case_is_picked_and_changed(explanations: Visit) -> None:
    """By its number; another value gives another sentence and a bridge of its own."""
    page = explanations.page
    _part(explanations, "One case")
    row = page.get_by_role("textbox", name="Row, by person or number")
    row.fill("#8")
    row.press("Enter")
    explanations.settle()
    expect(page.get_by_text("row 8", exact=True)).to_be_visible()
    assert "row=%238" in explanations.here
    late = page.get_by_role("spinbutton", name="late")
    late.fill("6")
    late.press("Enter")
    explanations.settle()
    expect(page.get_by_text("With late = 6: the score is")).to_be_visible()
    expect(page.locator(".js-plotly-plot")).to_have_count(2)
    assert explanations.complaints() == []


def test_a_bar_leads_to_its_column(explanations: Visit) -> None:
    """The second strongest; the strongest is what the part begins with."""
    page = explanations.page
    _part(explanations, "Drivers")
    name = cells(page.get_by_test_id("stDataFrame").first)[1][0]
    bars = page.locator(".js-plotly-plot").first.locator(".barlayer path")
    bars.nth(1).click(force=True)
    explanations.settle()
    assert "part=One+column" in explanations.here
    said = page.get_by_text(re.compile(rf"(More|With|Changing) {name} "))
    expect(said).to_be_visible()
    expect(page.locator(".js-plotly-plot")).to_have_count(2)
    assert explanations.complaints() == []


def test_a_row_of_a_slice_leads_to_its_case(explanations: Visit) -> None:
    """Its button stands at the right, after its reasons."""
    explanations.open("/slices?data=Next&part=Rows")
    table = explanations.page.get_by_test_id("stDataFrame").first
    heads = table.locator("[role=columnheader]").all_inner_texts()
    assert heads[-3:-1] == ["Pushed up by", "Pushed down by"]
    assert cells(table)[0][-1] == "Explain"
    click_cell(explanations, table, 0, 0.96)
    assert "/explanations" in explanations.here
    assert "part=One+case" in explanations.here
    row = explanations.page.get_by_role("textbox", name="Row, by person or number")
    number = row.input_value()
    assert number.startswith("#")
    expect(explanations.page.get_by_text(f"row {number[1:]}", exact=True)).to_be_visible()
    expect(explanations.page.get_by_test_id("stException")).to_have_count(0)
    assert explanations.complaints() == []


def test_a_phone_has_everything_under_each_other(chromium: Browser, app: Served) -> None:
    """Nothing is wider than the screen, on any part."""
    visit = visit_of(chromium, app, width=390)
    visit.open("/explanations?data=Next&part=One+case")
    assert visit.page.evaluate(TOO_WIDE) <= 0
    assert visit.complaints() == []
    visit.page.close()
