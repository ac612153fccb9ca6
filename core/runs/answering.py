"""Answering: what people read, think, answer and say in a review."""

from dataclasses import dataclass
from uuid import uuid4

from core.errors import NotFoundError, WrongInputError
from core.records.reviews import Answer, Decision, Review
from core.runs.desk import Desk
from core.runs.stopping import clean_text, suspend


@dataclass(frozen=True, slots=True)
class Remark:
    """Something said about a finding (empty: about the whole review), perhaps to somebody."""

    finding: str
    text: str
    assigned: str = ""


@dataclass(frozen=True, slots=True)
class NewFinding:
    """A finding that a person made; `view` is the token of what shows it."""

    sentence: str
    severity: str = "warn"
    view: str = ""
    incident: bool = False


def mark_read(desk: Desk, review: Review, what: str, *, actor: str) -> None:
    """Write down that somebody opened something that they have to read."""
    if (actor, what) not in review.read:
        desk.workspace.record(actor, "review.read", review.id, {"what": what})


def give_first(
    desk: Desk, review: Review, decision: Decision, because: str, *, actor: str
) -> None:
    """Write down what somebody thinks before they are told what others said.

    Raises:
        WrongInputError: they gave it before, or without a sentence.
    """
    if any(first.person == actor for first in review.firsts):
        raise WrongInputError(
            "You gave your first verdict already.", hint="Go on to step 3."
        )
    payload = {
        "decision": decision,
        "because": clean_text(because, "Say why, in one sentence."),
    }
    desk.workspace.record(actor, "review.first", review.id, payload)


def answer_finding(desk: Desk, review: Review, answer: Answer) -> None:
    """Write down what somebody says of a finding, and why."""
    payload = {
        "finding": answer.finding,
        "reply": answer.reply,
        "because": clean_text(answer.because, "Say why, in a sentence."),
    }
    desk.workspace.record(answer.person, "review.answered", review.id, payload)


def comment_on(desk: Desk, review: Review, remark: Remark, *, actor: str) -> None:
    """Add a line of talk to a review."""
    payload = {
        "id": uuid4().hex[:12],
        "finding": remark.finding,
        "text": clean_text(remark.text, "Write a sentence."),
        "assigned": remark.assigned,
    }
    desk.workspace.record(actor, "review.commented", review.id, payload)


def resolve_comment(desk: Desk, review: Review, id_: str, *, actor: str) -> None:
    """Mark a comment as settled."""
    if not any(c.id == id_ and not c.resolved for c in review.comments):
        raise NotFoundError("This comment is settled already.", hint="Load the page again.")
    desk.workspace.record(actor, "review.resolved", review.id, {"id": id_})


def add_finding(desk: Desk, review: Review, found: NewFinding, *, actor: str) -> None:
    """Add a finding that a person made; a blocking incident suspends the model."""
    sentence = clean_text(found.sentence, "Say what you found, in a sentence.")
    payload = {
        "id": uuid4().hex[:12],
        "sentence": sentence,
        "severity": found.severity,
        "view": found.view,
        "incident": found.incident,
    }
    desk.workspace.record(actor, "review.finding", review.id, payload)
    if found.incident and found.severity == "block":
        suspend(desk, review.model, f"incident: {sentence}", actor=actor)


def request_changes(desk: Desk, review: Review, what: str, *, actor: str) -> None:
    """Send a review back: something has to change first."""
    payload = {"what": clean_text(what, "Say what has to change.")}
    desk.workspace.record(actor, "review.changes", review.id, payload)
