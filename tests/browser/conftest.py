"""The real app in a real browser, on a workspace with one evaluated model."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from core.runs.desk import open_desk
from tests.pages.opening import Table, evaluated
from tests.serving.conftest import ROOT, Served, serving
from tests.serving.test_in_chromium import FLAGS, KNOWN, READY, VIOLATIONS

LINE = 35  # pixels of a line of a table
TOO_WIDE = "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"


@dataclass
class Visit:
    """A page of the app, with what it asked for and complained about."""

    page: Page
    address: str
    workspace: Path
    asked: list[str] = field(default_factory=list)

    def open(self, path: str = "/") -> None:
        """Go to a path and wait until it is drawn."""
        self.page.goto(self.address + path)
        self.settle()

    def settle(self) -> None:
        """Wait until the script has run and nothing more is coming."""
        self.page.wait_for_selector(READY, timeout=30_000)
        self.page.wait_for_timeout(700)
        self.page.wait_for_selector(READY, timeout=30_000)

    def click_point(self, number: int) -> None:
        """Click a point of the first chart, counted from the top."""
        points = self.page.locator(".js-plotly-plot").first.locator(
            ".scatterlayer path.point"
        )
        point, place = points.nth(number), None
        while place != (place := point.bounding_box()):  # until it stands still
            self.page.wait_for_timeout(200)
        point.hover(force=True)
        self.page.wait_for_timeout(200)  # plotly tells a click of what it hovers over
        point.click(force=True)
        self.settle()

    @property
    def here(self) -> str:
        """The address that the browser shows."""
        return str(self.page.evaluate("location.href"))

    def complaints(self) -> list[str]:
        """Return every break of the content policy, and every request to another host."""
        inside = (self.address, self.address.replace("http", "ws", 1), "data:", "blob:")
        broken: list[str] = self.page.evaluate("window.violations")
        elsewhere = [url for url in self.asked if not url.startswith(inside)]
        return elsewhere + [line for line in broken if line != KNOWN]


def cells(table: Locator) -> list[list[str]]:
    """Return the texts of a table, line by line, as a screen reader gets them."""
    table.locator("[role=gridcell]").first.wait_for(state="attached")
    lines = table.locator("[role=row]").all()
    return [line.locator("[role=gridcell]").all_inner_texts() for line in lines[1:]]


def click_cell(visit: Visit, table: Locator, line: int, share: float) -> None:
    """Click a cell of a table: a line from 0, and how far to the right of it."""
    box = table.bounding_box()
    assert box
    table.locator("canvas").first.click(
        position={"x": box["width"] * share, "y": LINE * (line + 1.5)}, force=True
    )
    visit.settle()


@pytest.fixture(scope="module")  # Playwright holds the thread's event loop while it lives
def chromium() -> Iterator[Browser]:
    """A Chromium that asks for nothing by itself: Debian's, else Playwright's own."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=FLAGS
        )
        yield launched
        launched.close()


def visit_of(chromium: Browser, app: Served, *, width: int = 1366, **context: Any) -> Visit:
    """Open a page of a browser that has never seen the app."""
    page = chromium.new_page(viewport={"width": width, "height": 768}, **context)
    page.add_init_script(VIOLATIONS)
    seen = Visit(page, app.address, app.workspace)
    page.on("request", lambda request: seen.asked.append(request.url))
    return seen


@pytest.fixture
def visit(chromium: Browser, tmp_path: Path) -> Iterator[Visit]:
    """A fresh app, and a browser that has never seen it."""
    workspace = tmp_path / "workspace"
    with open_desk(workspace) as desk:
        evaluated(desk, tmp_path, Table())
        evaluated(desk, tmp_path, Table(rows=300))
    with serving(ROOT, workspace) as app:
        seen = visit_of(chromium, app)
        yield seen
        seen.page.close()
