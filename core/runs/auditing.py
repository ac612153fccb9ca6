"""Auditing: what each line of the log says, in words, and whether the log is intact."""

from collections.abc import Callable
from typing import Any, Final

from core.records.events import Event
from core.records.reviews import Review
from core.records.texts import say_text, shorten
from core.runs.desk import Desk

LONGEST: Final = 160
POLICY: Final = "the policy"
ALONE: Final = {
    "workspace.created": "this workspace",
    "head.signed": "the log",
    "view.saved": "a view",
    "slice.saved": "a slice",
    "slice.dropped": "a slice",
}
SCORE_GOES: Final = {"rises": "rises", "falls": "falls", "either way": "may go either way"}
Payload = dict[str, Any]
WORDS: Final[dict[str, Callable[[Payload], str]]] = {
    "workspace.created": lambda _: "made this workspace",
    "dataset.imported": lambda p: f"imported the table {p.get('name', '')}",
    "dataset.understood": lambda _: "said what the columns mean",
    "model.imported": lambda p: (
        f"imported the model {p.get('name', '')} v{p.get('number', '')}"
    ),
    "model.understood": lambda _: "said what the scores mean",
    "evaluation.made": lambda _: "evaluated the model on the table",
    "rollup.counted": lambda p: f"counted {p.get('kind', 'a roll-up')}",
    "policy.frozen": lambda p: f"froze policy {p['policy']['number']}",
    "threshold.set": lambda p: f"set the threshold to {p['thousandths'] / 10:g} %",
    "direction.declared": lambda p: (
        f"declared that with more {p['column']} the score {SCORE_GOES[p['direction']]}"
    ),
    "view.saved": lambda _: "saved a view",
    "work.started": lambda p: f"started: {p.get('kind', 'work')}",
    "work.ended": lambda p: f"ended: {p.get('how', '')}",
    "provenance.declared": lambda p: f"declared {p['field']}",
    "column.personal": lambda p: (
        f"{'confirmed' if p['personal'] else 'cleared'} a column as personal data"
    ),
    "margins.given": lambda _: "gave reference margins",
    "rows.erased": lambda p: f"erased rows: {p['why']}",
    "slice.saved": lambda _: "saved a slice",
    "slice.dropped": lambda _: "dropped a slice",
    "person.named": lambda p: f"made {p['name']} known",
    "person.role": lambda p: f"{'gave' if p['given'] else 'took'} the role {p['role']}",
    "person.account": lambda p: f"{'gave' if p['given'] else 'took'} an account",
    "review.opened": lambda p: f"opened a review ({p['tier']} tier)",
    "review.asked": lambda p: f"asked {len(p['asks'])} more people",
    "review.refreshed": lambda _: "brought the newest evidence",
    "review.read": lambda p: f"opened {p['what']}",
    "review.first": lambda p: f"gave a first verdict: {p['decision']}",
    "review.answered": lambda p: f"answered {p['finding'].split(' ')[0]}: {p['reply']}",
    "review.commented": lambda _: "said something",
    "review.resolved": lambda _: "settled a comment",
    "review.finding": lambda p: f"added a finding{' (incident)' if p['incident'] else ''}",
    "review.changes": lambda p: f"asked for changes: {p['what']}",
    "waiver.given": lambda p: f"waived {p['gate']} until {p['until']}",
    "signoff.made": lambda p: f"signed “{p['decision']}” as {p['role']}",
    "condition.met": lambda _: "said that a condition came true",
    "model.suspended": lambda p: f"suspended the model: {p['why']}",
    "model.withdrawn": lambda p: f"withdrew the model: {p['why']}",
    "head.signed": lambda p: f"signed the head of {p['head']['size']:,} events",
    "model.resumed": lambda p: f"let the model work again: {p['why']}",
}


def say_event(desk: Desk, event: Event) -> str:
    """Return what a line of the log says: who did what."""
    return f"{name_of(desk, event.actor)} {say_action(event)}"


def say_action(event: Event) -> str:
    """Return what was done, without who did it."""
    words = WORDS.get(event.action)
    said = words(event.payload) if words else event.action.replace(".", " ")
    return shorten(say_text(said), LONGEST)


def name_of(desk: Desk, actor: str) -> str:
    """Return the name of who did something."""
    person = desk.workspace.state.decided.people.get(actor)
    return person.name if person else actor


def subject_of(desk: Desk, event: Event) -> str:
    """Return what a line is about, in words: a model, a table, a person, the policy."""
    if event.action in ALONE:
        return ALONE[event.action]
    if event.action == "policy.frozen":
        return f"policy {event.subject}"
    topics = topics_of(desk, event)
    said = " on ".join(topics[:2]) or "–"
    return f"review of {said}" if event.subject in _reviews(desk) else said


def topics_of(desk: Desk, event: Event) -> tuple[str, ...]:
    """Return all that a line can be followed by: titles of a model, a table, a name."""
    state = desk.workspace.state
    review = _reviews(desk).get(event.subject)
    person = state.decided.people.get(event.subject)
    if person and event.action.startswith("person."):
        return (person.name,)
    if event.action == "policy.frozen":
        return (POLICY,)
    named = {"model": event.subject, "dataset": event.subject} | _named(event)
    if review:
        named = {"model": review.model, "evaluation": review.evaluation}
    evaluation = state.evaluations.get(str(named.get("evaluation")))
    if evaluation:
        named = {"model": evaluation.model, "dataset": evaluation.dataset}
    elif named.get("evaluation"):  # a roll-up of a table alone
        named = {"dataset": named["evaluation"]}
    model = state.models.get(str(named.get("model")))
    dataset = state.datasets.get(str(named.get("dataset")))
    return tuple(record.title for record in (model, dataset) if record)


def _named(event: Event) -> Payload:
    """Return the ids that the payload of a line names."""
    asked = event.payload.get("asked", event.payload)
    asked = asked if isinstance(asked, dict) else {}
    found = {key: asked[key] for key in ("model", "dataset", "evaluation") if key in asked}
    return found | ({"dataset": asked["data"]} if "data" in asked else {})


def _reviews(desk: Desk) -> dict[str, Review]:
    return desk.workspace.state.decided.reviews
