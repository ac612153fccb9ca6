"""Gates on drift: findings against the reference, and alarms after two windows in a row."""

from dataclasses import replace
from typing import Final

import pytest

from core.errors import WrongInputError
from core.records.estimate import Estimate, Word
from core.records.findings import Finding
from core.records.models import Task
from core.records.reviews import Ask, Role, Tier
from core.reviews.policy import FIRST_POLICY, read_policy
from core.runs.desk import Desk, freeze_policy
from core.runs.drift_findings import drift_findings
from core.runs.evaluating import evaluate
from core.runs.findings import review_findings
from core.runs.handing_out import card_file
from core.runs.judging import alarms_of
from core.runs.people import give_role, name_person
from core.runs.policies import gates_today, say_limit
from core.runs.reviewing import Asking, open_review
from core.runs.standing import standing_of
from tests.drifted import Values, World, bring

GATE: Final = """\
  - id: {id}
    title: {title}
    metric: {metric}
    population: {population}
    comparator: "{comparator}"
    limit: {limit}
    compare: {compare}
    min_rows: 200
    severity: block
"""
PLAIN: Final = {"population": "all", "comparator": "<=", "compare": "upper95"}
GATES: Final = (
    {
        "id": "DRI-01",
        "title": "No column moved far",
        "metric": "column_drift",
        "limit": 0.1,
    },
    {"id": "DRI-02", "title": "Scores did not move", "metric": "score_drift", "limit": 0.1},
    {
        "id": "DRI-03",
        "title": "It still works",
        "metric": "performance_drop",
        "limit": 0.02,
    },
)


def policy(*gates: dict[str, object]) -> str:
    """Return the first policy with gates on drift after its own."""
    texts = (GATE.format(**(PLAIN | gate)) for gate in gates or GATES)
    return FIRST_POLICY.replace("number: 0", "number: 1") + "".join(texts)


def by_id(findings: tuple[Finding, ...]) -> dict[str, Finding]:
    """Return findings by the id of their gate."""
    return {finding.gate.id: finding for finding in findings}


@pytest.mark.parametrize("task", Task)
def test_what_moved_fails_and_what_stayed_passes(desk: Desk, task: Task) -> None:
    """Income and the error moved in the last window, nothing in the first; scores never did."""
    text = policy(
        *({**gate, "limit": 0.15} if gate["id"] == "DRI-01" else gate for gate in GATES)
    )
    freeze_policy(desk.workspace, text, actor="test")
    reference, first, last = bring(desk, World(task=task, rows=4000, moved=(False, True)))
    assert drift_findings(desk, reference) == ()
    quiet, loud = (by_id(drift_findings(desk, each)) for each in (first, last))
    assert {f.verdict.word for f in (quiet["DRI-01"], quiet["DRI-02"])} == {Word.PASS}
    assert quiet["DRI-03"].verdict.word is not Word.FAIL
    assert loud["DRI-01"].verdict.word is Word.FAIL
    assert loud["DRI-01"].about == "income"
    assert loud["DRI-01"].sentence.startswith("income moved up by")
    assert loud["DRI-02"].verdict.word is Word.PASS
    drop = loud["DRI-03"]
    assert drop.verdict.word is Word.FAIL
    assert isinstance(drop.measured, Estimate)
    title = "mean error" if task is Task.REGRESSION else "Accuracy"
    assert title in drop.sentence
    assert ("ref", "Validation") in drop.view.controls


def test_the_drop_is_the_difference_of_the_rows(desk: Desk) -> None:
    """By brute force over both tables."""
    kept: list[Values] = []
    freeze_policy(desk.workspace, policy(GATES[2]), actor="test")
    world = World(rows=500, moved=(True,), change=lambda _, values: kept.append(values))
    _, last = bring(desk, world)
    (found,) = drift_findings(desk, last)
    before, after = (
        sum((s >= 0.5) == (y == "yes") for s, y in zip(v["score"], v["label"], strict=True))
        / 500
        for v in kept
    )
    assert isinstance(found.measured, Estimate)
    assert found.measured.value == pytest.approx(before - after)


def test_without_labels_only_performance_is_not_measured(desk: Desk) -> None:
    """Columns and scores are still compared; late labels are no drift."""

    def drop(k: int, values: Values) -> None:
        if k:
            values["label"] = [None] * len(values["label"])

    freeze_policy(desk.workspace, policy(), actor="test")
    _, last = bring(desk, World(rows=3000, moved=(False,), change=drop))
    found = by_id(drift_findings(desk, last))
    assert found["DRI-03"].verdict.word is Word.NOT_MEASURED
    assert found["DRI-03"].sentence == "Nobody can say: there are no labels."
    assert found["DRI-01"].verdict.word is Word.PASS


def test_few_rows_are_not_judged(desk: Desk) -> None:
    """A window of 60 rows under a gate that asks for 200."""
    freeze_policy(desk.workspace, policy(), actor="test")
    _, last = bring(desk, World(rows=60, moved=(True,)))
    words = {f.verdict.word for f in drift_findings(desk, last)}
    assert words == {Word.INSUFFICIENT}


def test_without_such_gates_nothing_is_said(desk: Desk) -> None:
    """The first policy has none."""
    _, last = bring(desk, World(rows=100, moved=(True,)))
    assert drift_findings(desk, last) == ()
    assert len(read_policy(FIRST_POLICY).gates) == 3


def test_a_review_hears_them_and_the_policy_shows_them(desk: Desk) -> None:
    """Beside the other findings; on the table that they are held against they do not apply."""
    freeze_policy(desk.workspace, policy(), actor="test")
    _, last = bring(desk, World(rows=2000, moved=(True,)))
    assert {"DRI-01", "DRI-02", "DRI-03"} <= set(by_id(review_findings(desk, last)))
    today = {each.gate.id: each for each in gates_today(desk)}
    assert today["DRI-01"].worst == "■ Fail"
    assert say_limit(today["DRI-01"].gate) == "0.1"


def test_overview_and_card_hear_them(desk: Desk) -> None:
    """A pipeline, a reader of the card and the Overview learn the same as a reviewer."""
    freeze_policy(desk.workspace, policy(), actor="test")
    _, last = bring(desk, World(rows=2000, moved=(True,)))
    ids = {"DRI-01", "DRI-02", "DRI-03"}
    assert ids <= set(by_id(standing_of(desk, last).findings))
    for format_ in ("json", "html"):
        text = card_file(desk, last.id, format_).decode()
        assert all(id_ in text for id_ in ids), format_


@pytest.mark.parametrize(
    ("moved", "alarms"),
    [((True, True), 1), ((True, False, True), 0), ((False, True, True), 1), ((True,), 0)],
)
def test_two_windows_in_a_row_raise_an_alarm(
    desk: Desk, moved: tuple[bool, ...], alarms: int
) -> None:
    """One bad window may be chance."""
    freeze_policy(desk.workspace, policy(GATES[0]), actor="test")
    assert len(_alarms(desk, World(rows=1500, moved=moved))) == alarms


def test_a_window_without_labels_does_not_end_a_row(desk: Desk) -> None:
    """Performance fails before and after it: the alarm is about the later one."""

    def drop(k: int, values: Values) -> None:
        if k == 2:
            values["label"] = [None] * len(values["label"])

    freeze_policy(desk.workspace, policy(GATES[2]), actor="test")
    world = World(rows=3000, moved=(True, True, True), change=drop)
    (alarm,) = _alarms(desk, world)
    assert alarm == "It still works: not so in Window 3, the 2nd window in a row."


def _alarms(desk: Desk, world: World) -> tuple[str, ...]:
    first = bring(desk, replace(world, moved=()))
    name_person(desk, "ada", "Ada", actor="test")
    give_role(desk, "ada", ("Churn", Role.OWNER), actor="test")
    asking = Asking((Ask("ada", Role.OWNER, None),), Tier.LOW, ())
    review = open_review(desk, first[0], asking, actor="test")
    windows = bring(desk, world)[1:]
    for each in windows:
        evaluate(desk, each.model, each.dataset, actor="test")
    return alarms_of(desk, review)


@pytest.mark.parametrize(
    "change",
    [{"population": "each slice"}, {"comparator": ">="}, {"compare": "point"}],
)
def test_a_gate_that_cannot_be_held_is_refused(change: dict[str, str]) -> None:
    """Drift is judged in all rows, from above, by the upper end."""
    with pytest.raises(WrongInputError, match="DRI-01 on column_drift cannot be held so"):
        read_policy(policy(GATES[0] | change))
