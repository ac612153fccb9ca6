"""The running app in a real browser."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.serving.conftest import Served

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
READY = "[data-testid=stApp][data-test-script-state=notRunning]"
KNOWN = "script-src wasm-eval"  # long.js asks whether it may, and does without
VIOLATIONS = """
window.violations = [];
document.addEventListener("securitypolicyviolation",
    event => violations.push(event.violatedDirective + " " + event.blockedURI));
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium that asks for nothing by itself."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=FLAGS
        )
        yield chromium
        chromium.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_deep_page_breaks_no_policy_and_asks_nobody_else(
    served: Served, browser: Browser, scheme: str
) -> None:
    """A chart and a table are drawn under the strict policy, from this address alone."""
    context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light")
    page = context.new_page()
    page.add_init_script(VIOLATIONS)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    errors: list[str] = []
    page.on(
        "console", lambda said: errors.append(said.text) if said.type == "error" else None
    )
    page.goto(f"{served.address}/deep")
    page.wait_for_selector(f"{READY} .js-plotly-plot")
    page.get_by_test_id("stDataFrame").wait_for()
    page.wait_for_function(
        "[...document.fonts].some(f => f.family == 'Inter' && f.status == 'loaded')"
    )
    inside = (served.address, served.address.replace("http", "ws", 1), "data:", "blob:")
    assert [url for url in asked if not url.startswith(inside)] == []
    assert set(page.evaluate("violations")) <= {KNOWN}
    assert errors == []
    assert page.title() == "Countersign"
    assert page.evaluate("location.pathname") == "/deep"
    context.close()
