"""A decision, from the first question to the suspension, done in Chromium."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from core.records.reviews import Role
from core.runs.desk import open_desk
from core.runs.people import give_role, name_person
from tests.browser.conftest import Visit, visit_of
from tests.pages.opening import Table, evaluated
from tests.serving.conftest import ROOT, serving

PEOPLE = {"ada": Role.OWNER, "kim": Role.VALIDATOR, "lee": Role.EXECUTIVE}


@pytest.fixture
def team(chromium: Browser, tmp_path: Path) -> Iterator[Visit]:
    """An app with one evaluated model and the three who decide."""
    workspace = tmp_path / "workspace"
    with open_desk(workspace) as desk:
        evaluated(desk, tmp_path, Table(rows=800))
        for who, role in PEOPLE.items():
            name_person(desk, who, who.capitalize(), actor="test")
            give_role(desk, who, ("", role), actor="test")
    with serving(ROOT, workspace) as app:
        seen = visit_of(chromium, app)
        yield seen
        seen.page.close()


def choose(visit: Visit, label: str, *options: str) -> None:
    """Choose options of a select box or a list."""
    box = visit.page.get_by_role("combobox", name=label).first
    for option in options:
        box.click()
        box.fill(option)
        visit.page.get_by_role("option", name=option).first.click()
        visit.settle()
    visit.page.keyboard.press("Escape")


def act_as(visit: Visit, name: str) -> None:
    """Be somebody else."""
    choose(visit, "You act as", name)


def inside(visit: Visit) -> Locator:
    """Give the page without its sidebar."""
    return visit.page.locator('[data-testid="stMain"]')


def press(visit: Visit, name: str) -> None:
    """Press a button of the page."""
    inside(visit).get_by_role("button", name=name, exact=True).first.click()
    visit.settle()


def go_to(visit: Visit, part: str) -> None:
    """Choose a part of the page."""
    inside(visit).get_by_text(part).first.click()
    visit.settle()


def prepare(visit: Visit, first: str) -> None:
    """Give a first verdict and answer every finding."""
    go_to(visit, "2 First verdict")
    inside(visit).get_by_text(first, exact=True).first.click()
    inside(visit).get_by_label("because").first.fill("So it seems to me.")
    press(visit, "Save first verdict")
    go_to(visit, "3 Findings")
    while inside(visit).get_by_role("button", name="Save answer").count():
        inside(visit).get_by_text("agree", exact=True).first.click()
        inside(visit).get_by_label("because").first.fill("It is known.")
        press(visit, "Save answer")


def sign(visit: Visit, decision: str) -> None:
    """Put a name under a decision."""
    go_to(visit, "4 Decide")
    inside(visit).get_by_text(decision, exact=True).first.click()
    visit.settle()
    because = inside(visit).get_by_label("because").first
    because.fill("It helps us.")
    because.press("Enter")
    visit.settle()
    press(visit, "Sign …")
    visit.page.get_by_role("dialog").get_by_role("button", name="Sign", exact=True).click()
    visit.settle()


def stands(visit: Visit, words: str) -> None:
    """Check what the answer box says."""
    expect(inside(visit).get_by_test_id("stAlert").first).to_contain_text(words)


def send_back(team: Visit) -> None:
    """Let the validator ask for changes, and the owner bring the newest evidence."""
    act_as(team, "Kim")
    prepare(team, "reject")
    go_to(team, "Talk")
    inside(team).get_by_label("What has to change first?").fill("Show the groups.")
    press(team, "Ask for changes")
    stands(team, "Changes were asked for: Show the groups.")

    act_as(team, "Ada")
    press(team, "Bring the newest evidence")
    stands(team, "Waits for a decision as validator and executive")


def test_three_people_decide_and_one_of_them_stops_it(team: Visit) -> None:
    """Asked, sent back, brought again, signed by three, and suspended with a reason."""
    team.open("/review")
    stands(team, "Nobody has asked for a decision yet")
    choose(team, "People", "Ada as owner", "Kim as validator", "Lee as executive")
    for chip in ("Slices", "Calibration", "Provenance"):
        inside(team).get_by_role("button", name=f"Remove {chip}").click()
        team.settle()
    press(team, "Open review")
    stands(team, "Waits for a decision as owner and validator and executive")

    prepare(team, "approve")
    sign(team, "approve")
    stands(team, "Waits for a decision as validator and executive")

    send_back(team)
    for name in ("Kim", "Lee"):
        act_as(team, name)
        if name == "Lee":
            prepare(team, "approve")
        sign(team, "approve")
    stands(team, "Approved by 3 people")

    inside(team).get_by_role("button", name="Owner and stop").click()
    team.settle()
    team.page.get_by_label("Why", exact=True).fill("Complaints came in.")
    team.page.get_by_label("Why", exact=True).press("Enter")
    team.settle()
    team.page.get_by_role("button", name="Suspend", exact=True).click()
    team.settle()
    stands(team, "Suspended: Complaints came in.")
    assert team.complaints() == []
