"""The log in words: every action has its words, every line its subject, and it filters."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.records.events import Event
from core.records.reviews import Ask, Role
from core.runs.audit_lines import (
    Wanted,
    as_lines,
    as_text,
    audit_lines,
    choices,
    find_lines,
)
from core.runs.auditing import ALONE, WORDS, say_action, say_event
from core.runs.desk import Desk
from core.runs.heads import sign_head
from core.runs.keeping import set_threshold
from core.runs.people import give_role, name_person
from core.runs.reviewing import Asking, open_review
from core.store.log import MIRROR, read_lines
from core.store.workspace import Workspace
from tests.kept import BINARY, binary, evaluated

ACTION = re.compile(r'"([a-z]+\.[a-z]+)"')
ROWS = [("yes" if k % 3 else "no", k % 10 / 10, "North") for k in range(60)]
CORE = Path(__file__).parents[2] / "core"


@pytest.fixture
def busy(desk: Desk) -> Desk:
    """A desk on which somebody evaluated, named people, and asked for a decision."""
    evaluation = evaluated(desk, binary(ROWS), BINARY)
    set_threshold(desk, evaluation.model, 350, actor="robin", why="so")
    for id_, role in (("robin", Role.OWNER), ("kim", Role.VALIDATOR)):
        name_person(desk, id_, id_.title(), actor="jo")
        give_role(desk, id_, ("Model", role), actor="jo")
    asks = (Ask("kim", Role.VALIDATOR, None),)
    open_review(desk, evaluation, Asking(asks), actor="robin")
    sign_head(desk, actor="robin")
    return desk


def test_every_action_that_is_recorded_has_words() -> None:
    """What any file of core records, the log can say."""
    recorded = {
        action
        for path in CORE.rglob("*.py")
        for call in path.read_text(encoding="utf-8").split(".record(")[1:]
        for action in ACTION.findall(call[:160])
    }
    kept = {"dataset.imported", "model.imported", "evaluation.made"}
    assert {"review.opened", "head.signed", "person.role"} <= recorded
    assert (recorded | kept) - WORDS.keys() == set()
    assert ALONE.keys() <= WORDS.keys()


def test_a_line_says_who_did_what_about_what(busy: Desk) -> None:
    """By hand, the newest first."""
    said = [(line.who, line.what, line.about) for line in audit_lines(busy)]
    assert said[0][1].startswith("signed the head of ")
    assert said[0][2] == "the log"
    assert (
        "Robin",
        "opened a review (high tier)",
        "review of Model v1 on Validation",
    ) in said
    assert ("Robin", "set the threshold to 35 %", "Model v1") in said
    assert ("jo", "gave the role validator", "Kim") in said
    assert ("test", "evaluated the model on the table", "Model v1 on Validation") in said
    assert ("countersign", "froze policy 0", "policy 0") in said
    assert said[-1][1:] == ("made this workspace", "this workspace")
    assert say_event(busy, busy.workspace.events[0]) == "countersign made this workspace"


def test_an_action_of_another_version_is_still_a_line() -> None:
    """Words that nobody knows yet are the action itself; a long text is cut."""
    event = Event(1, "", "ada", "moon.landed", "", {}, "", "")
    assert say_action(event) == "moon landed"
    long = Event(1, "", "ada", "model.suspended", "", {"why": "x" * 2000}, "", "")
    assert len(say_action(long)) <= 160


def test_lines_are_found_by_what_who_and_when(busy: Desk) -> None:
    """Each filter alone, all together, and none that matches."""
    every = find_lines(busy, Wanted())
    assert [line.event.seq for line in every] == [
        *range(len(busy.workspace.events), 0, -1),
    ]
    kim = find_lines(busy, Wanted(about="Kim"))
    assert [line.event.action for line in kim] == ["person.role", "person.named"]
    mine = find_lines(busy, Wanted(actor="robin"))
    assert {line.event.actor for line in mine} == {"robin"}
    (opened,) = find_lines(busy, Wanted("Model v1", "robin", "review.opened", 30))
    assert opened.event.action == "review.opened"
    assert find_lines(busy, Wanted(actor="kim")) == ()


def test_lines_from_before_are_left_out(tmp_path: Path) -> None:
    """Thirty days back from now, by the clock of the workspace."""
    moments = [datetime(2026, 7, 2, tzinfo=UTC)]
    with Desk(Workspace(tmp_path / "w", clock=lambda: moments[-1])) as desk:
        old = len(desk.workspace.events)
        moments.append(moments[0] + timedelta(days=40))
        name_person(desk, "kim", "Kim", actor="jo")
        assert len(find_lines(desk, Wanted())) == old + 1
        assert [x.what for x in find_lines(desk, Wanted(days=30))] == ["made Kim known"]
        assert len(find_lines(desk, Wanted(days=40))) == old + 1


def test_the_choices_are_what_the_log_knows(busy: Desk) -> None:
    """Topics, actors and actions, in order and once each."""
    topics, actors, actions = choices(busy)
    assert topics == ("Kim", "Model v1", "Robin", "Validation", "the policy")
    assert actors == ("countersign", "jo", "robin", "test")
    assert list(actions) == sorted(set(actions))


def test_the_export_is_the_log_byte_by_byte(busy: Desk) -> None:
    """JSON lines, the oldest first: they pass the check that the log itself passes."""
    found = find_lines(busy, Wanted())
    data = as_lines(found)
    assert data == (busy.workspace.folder / MIRROR).read_bytes()
    assert read_lines(data) == busy.workspace.events
    assert as_text(found[0].event).encode() + b"\n" == data.splitlines(keepends=True)[-1]


def test_no_line_holds_a_value_of_a_row(busy: Desk) -> None:
    """A region of the table stands in no event."""
    assert b"North" not in as_lines(find_lines(busy, Wanted()))
