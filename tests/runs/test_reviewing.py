"""A review from the first question to the signature, and what makes it stale again."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import numpy as np
import pytest

from core.errors import WrongInputError
from core.records.evaluations import Evaluation
from core.records.reviews import (
    Answer,
    Ask,
    Condition,
    Decision,
    Reply,
    Review,
    Role,
    Standing,
    Tier,
)
from core.reviews.evidence import root_of
from core.reviews.separation import Wish
from core.runs.answering import (
    NewFinding,
    Remark,
    add_finding,
    answer_finding,
    comment_on,
    give_first,
    mark_read,
    request_changes,
    resolve_comment,
)
from core.runs.deciding import WaiverWish, meet_condition, sign, statements_of, waive
from core.runs.desk import Desk, freeze_policy, open_desk
from core.runs.findings import open_findings, review_findings, waiting_findings
from core.runs.judging import asked_of_person, changed_since, judged_of
from core.runs.keeping import set_threshold
from core.runs.people import give_role, name_person, person_of
from core.runs.recording import declare
from core.runs.reviewing import (
    Asking,
    ask_people,
    evidence_of,
    open_review,
    refresh,
    review_of,
)
from core.runs.stopping import resume, suspend, withdraw
from core.store.log import check_chain
from core.store.workspace import Workspace
from tests.runs.sliced import Kind, make

PEOPLE = {"ada": Role.OWNER, "kim": Role.VALIDATOR, "lee": Role.EXECUTIVE}


def asks() -> tuple[Ask, ...]:
    """Give the three who must sign."""
    return tuple(Ask(who, role, None) for who, role in PEOPLE.items())


def begin(desk: Desk, *, reading: tuple[str, ...] = ()) -> tuple[Evaluation, Review]:
    """Give an evaluation under review by three people."""
    evaluation = make(desk, Kind(rows=600))
    model = desk.workspace.state.model(evaluation.model).name
    for who, role in PEOPLE.items():
        name_person(desk, who, who.capitalize(), actor="test")
        give_role(desk, who, (model, role), actor="test")
    asking = Asking(asks(), Tier.HIGH, reading)
    return evaluation, open_review(desk, evaluation, asking, actor="ada")


def decide(
    desk: Desk,
    review: Review,
    who: str,
    decision: Decision = Decision.APPROVE,
    *,
    conditions: tuple[Condition, ...] = (),
) -> None:
    """Prepare and sign as one of the three."""
    review = review_of(desk, review.id)
    if not any(first.person == who for first in review.firsts):
        give_first(desk, review, Decision.APPROVE, "looks fine", actor=who)
    for key in open_findings(desk, review_of(desk, review.id), who):
        answer_finding(desk, review, Answer(key, who, Reply.AGREE, "known"))
    until = (desk.workspace.now() + timedelta(days=100)).date()
    wish = Wish(
        person_of(desk, who), PEOPLE[who], decision, "because it helps", conditions, until
    )
    sign(desk, review_of(desk, review.id), wish)


def approve(desk: Desk, review: Review) -> None:
    """Let all three approve."""
    for who in PEOPLE:
        decide(desk, review, who)


def standing(desk: Desk, evaluation: Evaluation) -> Standing:
    """Give where the model stands."""
    return judged_of(desk, evaluation.model).standing


def test_three_signatures_make_it_active_and_are_sealed(desk: Desk) -> None:
    """Each is a statement over the evidence root, with its meaning and its person."""
    evaluation, review = begin(desk, reading=("Slices",))
    assert standing(desk, evaluation) is Standing.IN_REVIEW
    for who in PEOPLE:
        with pytest.raises(WrongInputError, match="Slices has to be opened"):
            decide(desk, review, who)
        mark_read(desk, review_of(desk, review.id), "Slices", actor=who)
        assert [a.ask.person for a in asked_of_person(desk, who)] == [who]
        decide(desk, review, who)
        assert asked_of_person(desk, who) == ()
    assert standing(desk, evaluation) is Standing.ACTIVE
    statements = statements_of(desk, review_of(desk, review.id))
    assert {s["subject"][0]["digest"]["sha256"] for s in statements} == {review.root}
    assert [s["predicate"]["role"] for s in statements] == [
        r.value for r in PEOPLE.values()
    ]
    assert all(s["predicate"]["assurance"] == "identity not checked" for s in statements)


CHANGES: dict[str, Callable[[Desk, Evaluation], object]] = {
    "threshold": lambda desk, e: set_threshold(desk, e.model, 411, actor="x", why="y"),
    "declared": lambda desk, e: declare(desk, e.dataset, "owner", "somebody", actor="x"),
    "policy": lambda desk, _: freeze_policy(
        desk.workspace, _policy(desk).replace("limit: 0.7", "limit: 0.6"), actor="x"
    ),
}


def _policy(desk: Desk) -> str:
    return desk.workspace.objects.read(desk.workspace.state.policy.object).decode()


@pytest.mark.parametrize("what", CHANGES)
def test_any_change_makes_every_signature_stale(desk: Desk, what: str) -> None:
    """The threshold, a declared word, a limit: signed again, or not active."""
    evaluation, review = begin(desk)
    approve(desk, review)
    CHANGES[what](desk, evaluation)
    assert standing(desk, evaluation) is Standing.STALE
    assert changed_since(desk, review_of(desk, review.id))
    with pytest.raises(WrongInputError, match="not what lies before you"):
        decide(desk, review, "kim", Decision.OBJECT)
    refresh(desk, review_of(desk, review.id), actor="ada")
    assert changed_since(desk, review_of(desk, review.id)) == ()
    assert standing(desk, evaluation) is Standing.STALE
    approve(desk, review)
    assert standing(desk, evaluation) is Standing.ACTIVE


def test_a_flipped_byte_of_any_part_moves_the_root(desk: Desk) -> None:
    """Seeded: whatever part changes, in whatever digit, the root is another."""
    evaluation, review = begin(desk)
    manifest = evidence_of(desk, evaluation)
    assert root_of(manifest) == review.root
    rng = np.random.default_rng(3)
    for _ in range(200):
        entries = [list(entry) for entry in manifest.entries]
        entry = entries[rng.integers(len(entries))]
        place = int(rng.integers(len(entry[1])))
        digit = "0123456789abcdef"[int(rng.integers(16))]
        changed = entry[1][:place] + digit + entry[1][place + 1 :]
        if changed == entry[1]:
            continue
        entry[1] = changed
        other = type(manifest)(tuple((name, value) for name, value in entries))
        assert root_of(other) != review.root


def test_the_log_played_again_gives_the_same_state(desk: Desk) -> None:
    """People, reviews, answers and signatures are a function of the events."""
    evaluation, review = begin(desk)
    comment_on(desk, review, Remark("", "Why so?", "ada"), actor="kim")
    comment = review_of(desk, review.id).comments[0]
    resolve_comment(desk, review_of(desk, review.id), comment.id, actor="ada")
    add_finding(desk, review, NewFinding("Odd ages.", view="x" * 16), actor="kim")
    approve(desk, review)
    decided, folder = desk.workspace.state.decided, desk.workspace.folder
    before = standing(desk, evaluation)
    desk.close()
    with open_desk(folder) as again:
        assert again.workspace.state.decided == decided
        assert standing(again, evaluation) is before


def test_no_event_holds_a_value_of_the_table(desk: Desk) -> None:
    """Answers name a finding by its rule and a hash, not by the words of a slice."""
    _, review = begin(desk)
    approve(desk, review)
    text = json.dumps([event.payload for event in desk.workspace.events])
    assert "North" not in text
    assert "example.org" not in text


def test_changes_asked_for_end_with_newer_evidence(desk: Desk) -> None:
    """A validator sends it back; the owner brings what is new; all sign again."""
    evaluation, review = begin(desk)
    decide(desk, review, "ada")
    request_changes(desk, review, "Set the threshold lower.", actor="kim")
    assert standing(desk, evaluation) is Standing.CHANGES
    set_threshold(desk, evaluation.model, 350, actor="ada", why="asked for")
    parts = refresh(desk, review_of(desk, review.id), actor="ada")
    assert "the decision threshold" in parts
    approve(desk, review)
    assert standing(desk, evaluation) is Standing.ACTIVE


def test_a_condition_is_met_or_suspends(tmp_path: Path) -> None:
    """Past its day the approval is suspended until somebody says that it came true."""
    day = [datetime(2026, 11, 1, tzinfo=UTC)]
    with Desk(Workspace(tmp_path / "w", clock=lambda: day[0])) as desk:
        evaluation, review = begin(desk)
        due = (day[0] + timedelta(days=10)).date()
        condition = Condition("c1", "Measure again", "ada", due)
        decide(desk, review, "ada", Decision.CONDITIONS, conditions=(condition,))
        decide(desk, review, "kim")
        decide(desk, review, "lee")
        assert standing(desk, evaluation) is Standing.CONDITIONS
        day[0] += timedelta(days=11)
        assert standing(desk, evaluation) is Standing.SUSPENDED
        meet_condition(desk, review_of(desk, review.id), "c1", actor="ada")
        assert standing(desk, evaluation) is Standing.CONDITIONS
        day[0] += timedelta(days=100)
        assert standing(desk, evaluation) is Standing.EXPIRED


def test_people_stop_a_model_and_let_it_work_again(desk: Desk) -> None:
    """One click and a reason; an incident does it too; withdrawn is for good."""
    evaluation, review = begin(desk)
    approve(desk, review)
    suspend(desk, evaluation.model, "complaints", actor="lee")
    assert standing(desk, evaluation) is Standing.SUSPENDED
    resume(desk, evaluation.model, "settled", actor="lee")
    assert standing(desk, evaluation) is Standing.ACTIVE
    with pytest.raises(WrongInputError, match="not suspended"):
        resume(desk, evaluation.model, "again", actor="lee")
    found = NewFinding("It refused everybody.", "block", incident=True)
    add_finding(desk, review_of(desk, review.id), found, actor="kim")
    assert standing(desk, evaluation) is Standing.SUSPENDED
    withdraw(desk, evaluation.model, "replaced", actor="lee")
    assert standing(desk, evaluation) is Standing.WITHDRAWN


def test_a_waiver_needs_a_rule_that_can_be_waived(desk: Desk) -> None:
    """By whom the policy says, for as long as it says; never without a reason."""
    _, review = begin(desk)
    day = desk.workspace.now().date()
    wish = WaiverWish("SLC-01", "rare", "a person looks", "ada", day + timedelta(days=30))
    with pytest.raises(WrongInputError, match="SLC-01 can be waived by nobody"):
        waive(desk, review, wish, actor="lee")
    text = _policy(desk).replace(
        "  - id: SLC-01",
        "  - id: SLC-01\n    waivable_by: executive\n    max_waiver_days: 20",
    )
    freeze_policy(desk.workspace, text, actor="x")
    with pytest.raises(WrongInputError, match="waived by executive; you are not"):
        waive(desk, review, wish, actor="kim")
    with pytest.raises(WrongInputError, match="for 20 days at most"):
        waive(desk, review, wish, actor="lee")
    short = WaiverWish("SLC-01", " ", "x", "ada", day + timedelta(days=10))
    with pytest.raises(WrongInputError, match="needs a sentence"):
        waive(desk, review, short, actor="lee")
    fine = WaiverWish("SLC-01", "rare", "a person looks", "ada", short.until)
    waive(desk, review, fine, actor="lee")
    assert [w.gate for w in review_of(desk, review.id).waivers] == ["SLC-01"]


def test_who_is_asked_holds_the_role(desk: Desk) -> None:
    """Nobody is asked in a role that they have not; a review needs somebody."""
    evaluation, review = begin(desk)
    with pytest.raises(WrongInputError, match="Kim does not hold the role executive"):
        ask_people(desk, review, (Ask("kim", Role.EXECUTIVE, None),), actor="ada")
    with pytest.raises(WrongInputError, match="Nobody is asked"):
        open_review(desk, evaluation, Asking(()), actor="ada")
    give_role(desk, "kim", ("", Role.PRIVACY), actor="test")
    ask_people(desk, review, (Ask("kim", Role.PRIVACY, None),), actor="ada")
    assert len(review_of(desk, review.id).asks) == 4


def test_a_role_taken_away_leaves_what_was_signed(desk: Desk) -> None:
    """Old signatures hold as of their day; new ones need the role."""
    evaluation, review = begin(desk)
    approve(desk, review)
    model = desk.workspace.state.model(evaluation.model).name
    give_role(desk, "lee", (model, Role.EXECUTIVE), actor="test", given=False)
    assert standing(desk, evaluation) is Standing.ACTIVE


def test_findings_wait_for_each_person(desk: Desk) -> None:
    """What failed or is open, and what people added; an answer settles one for one person."""
    evaluation, review = begin(desk)
    add_finding(desk, review, NewFinding("Odd ages."), actor="kim")
    review = review_of(desk, review.id)
    waiting = waiting_findings(desk, review)
    heard = [
        f
        for f in review_findings(desk, evaluation)
        if f.verdict.word in ("fail", "insufficient")
    ]
    assert len(waiting) == len(heard) + 1
    answer_finding(desk, review, Answer(waiting[0], "ada", Reply.CANNOT_JUDGE, "no idea"))
    review = review_of(desk, review.id)
    assert waiting[0] not in open_findings(desk, review, "ada")
    assert waiting[0] in open_findings(desk, review, "kim")


def test_thirty_two_people_sign_at_once(desk: Desk) -> None:
    """One after the other in the log: the chain holds and nothing is lost."""
    evaluation = make(desk, Kind(rows=300))
    crowd = [f"p{k}" for k in range(32)]
    for who in crowd:
        name_person(desk, who, who, actor="test")
        give_role(desk, who, ("", Role.PRIVACY), actor="test")
    asking = Asking(tuple(Ask(who, Role.PRIVACY, None) for who in crowd))
    review = open_review(desk, evaluation, asking, actor="test")
    for who in crowd:
        give_first(desk, review, Decision.APPROVE, "fine", actor=who)
        for key in open_findings(desk, review_of(desk, review.id), who):
            answer_finding(desk, review, Answer(key, who, Reply.AGREE, "known"))
    ready = review_of(desk, review.id)
    until = (desk.workspace.now() + timedelta(days=100)).date()

    def put(who: str) -> None:
        wish = Wish(person_of(desk, who), Role.PRIVACY, Decision.APPROVE, "ok", (), until)
        sign(desk, ready, wish)

    threads = [Thread(target=put, args=(who,)) for who in crowd]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(s.person for s in review_of(desk, review.id).signed) == sorted(crowd)
    check_chain(desk.workspace.events)
