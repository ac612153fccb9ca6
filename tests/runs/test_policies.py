"""A policy: when its limits were set, how today fares under a draft, who may freeze it."""

from dataclasses import replace
from typing import Any

import pytest

from core.errors import WrongInputError
from core.estimates.wording import NBSP
from core.records.estimate import Gate, Severity
from core.records.reviews import Role
from core.reviews.findings import light
from core.reviews.gate_text import change_gate, set_number
from core.reviews.policy import FIRST_POLICY, read_policy
from core.runs.asking import findings_of
from core.runs.desk import Desk
from core.runs.people import give_role, name_person
from core.runs.policies import (
    changed_after,
    check_editor,
    freeze_draft,
    gates_today,
    judged_evaluations,
    policy_text,
    say_limit,
    say_set,
    try_policy,
)
from tests.kept import BINARY, binary, evaluated

# Of 400 rows in the south none is judged wrongly, of 400 in the north 100: 25 % (21-30 %).
ROWS = [
    (
        "yes" if k % 2 else "no",
        0.9 if bool(k % 2) != (region == "North" and k < 100) else 0.1,
        region,
    )
    for region in ("North", "South")
    for k in range(400)
]


def draft(**changes: Any) -> str:
    """Return the first policy with its gate on slices changed."""
    gate = replace(read_policy(FIRST_POLICY).gates[2], **changes)
    return change_gate(FIRST_POLICY, gate)


@pytest.fixture
def seen(desk: Desk) -> Desk:
    """A desk on which results were seen under the first policy."""
    evaluated(desk, binary(ROWS), BINARY)
    return desk


def test_today_is_what_each_gate_says_of_each_version(seen: Desk) -> None:
    """The same lights as the findings; the newest evaluation of each version counts."""
    evaluated(seen, binary(ROWS[:600]), BINARY)
    today = gates_today(seen)
    assert [each.gate.id for each in today] == ["PERF-01", "PERF-02", "SLC-01"]
    judged = judged_evaluations(seen)
    titles = [title for title, _ in today[0].lights]
    assert titles == [seen.workspace.state.model(e.model).title for e in judged]
    for number, evaluation in enumerate(judged):
        found = {f.gate.id: light(f) for f in findings_of(seen, evaluation)}
        assert {g.gate.id: g.lights[number][1] for g in today} == found
    assert (today[2].worst, today[2].fails) == ("■ Fail", len(judged))


@pytest.mark.parametrize(
    ("limit", "sentence", "worst"),
    [
        (0.15, "With 15 %: as many evaluations fail as now.", "■ Fail"),
        (0.25, "With 25 %: 1 evaluation fewer fails.", "◇ Not enough evidence"),
        (0.35, "With 35 %: 1 evaluation fewer fails.", "● Pass"),
    ],
)
def test_a_draft_says_at_once_what_it_would_change(
    seen: Desk, limit: float, sentence: str, worst: str
) -> None:
    """By hand, against 25 % wrong of 400 (21 to 30 %); nothing is put in force by it."""
    tried = try_policy(seen, draft(limit=limit))
    assert tried.line("SLC-01") == sentence.replace(" %", f"{NBSP}%")
    assert tried.draft[2].worst == worst
    assert tried.now[2].worst == "■ Fail"
    assert seen.workspace.state.policy.policy.number == 0
    assert [each.action for each in seen.workspace.events].count("policy.frozen") == 1


def test_a_tighter_draft_and_a_new_gate_fail_more(seen: Desk) -> None:
    """The accuracy of 87.5 % keeps 80 %, and not 95 %; a gate without a yesterday is said."""
    gates = read_policy(FIRST_POLICY).gates
    tried = try_policy(seen, change_gate(FIRST_POLICY, replace(gates[1], limit=0.95)))
    assert tried.line("PERF-02") == f"With 95{NBSP}%: 1 more evaluation fails."
    renamed = try_policy(seen, FIRST_POLICY.replace("id: PERF-01", "id: NEW-01"))
    assert renamed.line("NEW-01") == "With 0.7: no evaluation fails."


def test_a_warning_fails_too(seen: Desk) -> None:
    """A draft that only warns moves no count: the rule is broken as before."""
    tried = try_policy(seen, draft(severity=Severity.WARN))
    assert tried.draft[2].worst == "▲ Attention"
    assert "as many evaluations fail as now" in tried.line("SLC-01")


def test_a_broken_draft_is_refused(seen: Desk) -> None:
    """With the sentence of the reader."""
    with pytest.raises(WrongInputError, match="compares by"):
        try_policy(seen, FIRST_POLICY.replace('"<="', '"<"'))


def test_limits_that_were_set_first_are_said_to_be(desk: Desk) -> None:
    """Before anything was evaluated, and after."""
    before, sentence = say_set(desk)
    assert before
    assert sentence.endswith("; no results have been seen yet.")
    freeze_draft(desk, draft(limit=0.1), actor="robin")
    evaluated(desk, binary(ROWS), BINARY)
    before, sentence = say_set(desk)
    assert before
    assert sentence.startswith("Policy 1 is in force since ")
    assert sentence.endswith(", set before results were seen.")
    assert changed_after(desk) == ()


def test_limits_that_were_moved_afterwards_are_named(seen: Desk) -> None:
    """Raised, lowered, judged otherwise, dropped, added: a sentence each, in their order."""
    freeze_draft(seen, draft(limit=0.2), actor="robin")
    freeze_draft(seen, draft(limit=0.1), actor="robin")
    freeze_draft(seen, draft(limit=0.1, severity=Severity.WARN), actor="robin")
    text = draft(limit=0.1, severity=Severity.WARN)
    freeze_draft(seen, text.replace("id: PERF-02", "id: NEW-01"), actor="robin")
    text = text.replace("id: PERF-02", "id: NEW-01").replace("accuracy", "recall")
    freeze_draft(seen, text, actor="robin")
    before, sentence = say_set(seen)
    assert not before
    assert sentence.endswith(", set after results were seen.")
    assert [each.replace(NBSP, " ") for each in changed_after(seen)] == [
        "The limit of SLC-01 was raised from 15 % to 20 % after results were seen.",
        "The limit of SLC-01 was lowered from 20 % to 10 % after results were seen.",
        "How SLC-01 is judged was changed after results were seen.",
        "PERF-02 was dropped after results were seen.",
        "NEW-01 was added after results were seen.",
        "NEW-01 became another rule after results were seen.",
    ]


def test_freezing_makes_the_next_version(seen: Desk) -> None:
    """Numbered by the workspace, not by the text; the actor is kept, the comments too."""
    frozen = freeze_draft(seen, set_number(draft(limit=0.2), 99), actor="robin")
    assert (frozen.policy.number, frozen.actor) == (1, "robin")
    assert frozen.policy.gates[2].limit == 0.2
    assert policy_text(seen) == set_number(draft(limit=0.2), 1)
    assert seen.workspace.state.policy == frozen


def test_freezing_what_is_in_force_is_refused(seen: Desk) -> None:
    """Comments and the number alone are no change."""
    with pytest.raises(WrongInputError, match="This is policy 0, which is in force"):
        freeze_draft(seen, f"# mine\n{set_number(FIRST_POLICY, 5)}", actor="robin")


def test_owners_and_admins_change_the_policy(seen: Desk) -> None:
    """While nobody holds a role, anybody; then nobody else, by page or by code."""
    check_editor(seen, "analyst")
    for id_, role in (("jo", Role.ADMIN), ("robin", Role.OWNER), ("kim", Role.VALIDATOR)):
        name_person(seen, id_, id_.title(), actor="x")
        give_role(seen, id_, ("Model", role), actor="x")
    check_editor(seen, "jo")
    check_editor(seen, "robin")
    for actor, name in (("kim", "Kim"), ("analyst", "analyst")):
        with pytest.raises(WrongInputError, match=f"{name} cannot change the policy"):
            freeze_draft(seen, draft(limit=0.2), actor=actor)
    assert seen.workspace.state.policy.policy.number == 0


@pytest.mark.parametrize(
    ("metric", "limit", "words"),
    [
        ("error_rate", 0.15, "15 %"),
        ("recall", 0.125, "12.5 %"),
        ("auc", 0.7, "0.7"),
        ("mcc", 0.4, "0.4"),
        ("mae", 1200, "1200"),
    ],
)
def test_a_limit_reads_as_people_say_it(metric: str, limit: float, words: str) -> None:
    """Shares in percent, all else as it is."""
    said = say_limit(Gate("X", "", metric, "all", "<=", limit))
    assert said == words.replace(" ", NBSP)
