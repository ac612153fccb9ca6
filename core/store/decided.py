"""Decided: people and reviews, folded from the log like every other record."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final

from core.records.events import Event
from core.records.reviews import (
    AddedFinding,
    Answer,
    Ask,
    Comment,
    Condition,
    Decision,
    FirstVerdict,
    Person,
    Reply,
    Review,
    Role,
    SignOff,
    Stop,
    Tier,
    Waiver,
)


@dataclass(slots=True)
class Decided:
    """People by id, reviews by id, and what stops a model version."""

    people: dict[str, Person] = field(default_factory=dict)
    reviews: dict[str, Review] = field(default_factory=dict)
    stops: dict[str, Stop] = field(default_factory=dict)  # by model version

    def follow(self, event: Event) -> None:
        """Take in one event; an action that changes no record here is passed over."""
        step = FOLLOW.get(event.action)
        if step:
            step(self, event)
        if event.action.startswith(("review.", "signoff.", "waiver.", "condition.")):
            self._note(event)

    def _note(self, event: Event) -> None:
        review = self.reviews[event.subject]
        self.reviews[event.subject] = replace(review, events=(*review.events, event.seq))


def _at(event: Event) -> datetime:
    return datetime.fromisoformat(event.at)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _asks(plain: list[dict[str, Any]]) -> tuple[Ask, ...]:
    return tuple(Ask(a["person"], Role(a["role"]), _day(a["due"])) for a in plain)


def _person(decided: Decided, event: Event) -> None:
    known = decided.people.get(event.subject)
    roles = known.roles if known else frozenset()
    decided.people[event.subject] = Person(event.subject, event.payload["name"], roles)


def _role(decided: Decided, event: Event) -> None:
    person = decided.people[event.subject]
    pair = (event.payload["model"], Role(event.payload["role"]))
    roles = person.roles | {pair} if event.payload["given"] else person.roles - {pair}
    decided.people[event.subject] = replace(person, roles=roles)


def _opened(decided: Decided, event: Event) -> None:
    said = event.payload
    decided.reviews[event.subject] = Review(
        id=event.subject,
        model=said["model"],
        evaluation=said["evaluation"],
        tier=Tier(said["tier"]),
        root=said["root"],
        manifest=said["manifest"],
        asks=_asks(said["asks"]),
        by=event.actor,
        at=_at(event),
        reading=tuple(said["reading"]),
    )


def _change(decided: Decided, event: Event, **changes: Any) -> None:  # noqa: ANN401 - fields of Review
    decided.reviews[event.subject] = replace(decided.reviews[event.subject], **changes)


def _asked(decided: Decided, event: Event) -> None:
    review = decided.reviews[event.subject]
    _change(decided, event, asks=(*review.asks, *_asks(event.payload["asks"])))


def _refreshed(decided: Decided, event: Event) -> None:
    said = event.payload
    _change(
        decided,
        event,
        evaluation=said["evaluation"],
        root=said["root"],
        manifest=said["manifest"],
        changes="",
    )


def _read(decided: Decided, event: Event) -> None:
    review = decided.reviews[event.subject]
    _change(decided, event, read=review.read | {(event.actor, event.payload["what"])})


def _first(decided: Decided, event: Event) -> None:
    review, said = decided.reviews[event.subject], event.payload
    verdict = FirstVerdict(event.actor, Decision(said["decision"]), said["because"])
    _change(decided, event, firsts=(*review.firsts, verdict))


def _answered(decided: Decided, event: Event) -> None:
    review, said = decided.reviews[event.subject], event.payload
    answer = Answer(said["finding"], event.actor, Reply(said["reply"]), said["because"])
    kept = (
        a for a in review.answers if (a.finding, a.person) != (answer.finding, event.actor)
    )
    _change(decided, event, answers=(*kept, answer))


def _commented(decided: Decided, event: Event) -> None:
    review, said = decided.reviews[event.subject], event.payload
    comment = Comment(
        said["id"], said["finding"], event.actor, said["text"], _at(event), said["assigned"]
    )
    _change(decided, event, comments=(*review.comments, comment))


def _resolved(decided: Decided, event: Event) -> None:
    review = decided.reviews[event.subject]
    comments = tuple(
        replace(c, resolved=event.actor) if c.id == event.payload["id"] else c
        for c in review.comments
    )
    _change(decided, event, comments=comments)


def _added(decided: Decided, event: Event) -> None:
    review, said = decided.reviews[event.subject], event.payload
    finding = AddedFinding(
        said["id"],
        said["sentence"],
        said["severity"],
        said["view"],
        event.actor,
        bool(said["incident"]),
        _at(event),
    )
    _change(decided, event, added=(*review.added, finding))


def _changes(decided: Decided, event: Event) -> None:
    _change(decided, event, changes=event.payload["what"])


def _waived(decided: Decided, event: Event) -> None:
    review, said = decided.reviews[event.subject], event.payload
    waiver = Waiver(
        said["gate"],
        said["reason"],
        said["control"],
        said["owner"],
        date.fromisoformat(said["until"]),
        event.actor,
        _at(event),
    )
    _change(decided, event, waivers=(*review.waivers, waiver))


def _signed(decided: Decided, event: Event) -> None:
    review, said = decided.reviews[event.subject], event.payload
    conditions = tuple(
        Condition(c["id"], c["text"], c["owner"], date.fromisoformat(c["due"]), c["gate"])
        for c in said["conditions"]
    )
    signed = SignOff(
        event.subject,
        event.actor,
        Role(said["role"]),
        Decision(said["decision"]),
        said["because"],
        conditions,
        _day(said["until"]),
        said["root"],
        said["envelope"],
        _at(event),
    )
    _change(decided, event, signed=(*review.signed, signed))


def _met(decided: Decided, event: Event) -> None:
    review = decided.reviews[event.subject]
    _change(decided, event, met=review.met | {event.payload["condition"]})


def _stopped(decided: Decided, event: Event) -> None:
    withdrawn = event.action == "model.withdrawn"
    decided.stops[event.subject] = Stop(
        event.payload["why"], event.actor, _at(event), withdrawn=withdrawn
    )


def _resumed(decided: Decided, event: Event) -> None:
    decided.stops.pop(event.subject, None)


FOLLOW: Final[dict[str, Callable[[Decided, Event], None]]] = {
    "person.named": _person,
    "person.role": _role,
    "review.opened": _opened,
    "review.asked": _asked,
    "review.refreshed": _refreshed,
    "review.read": _read,
    "review.first": _first,
    "review.answered": _answered,
    "review.commented": _commented,
    "review.resolved": _resolved,
    "review.finding": _added,
    "review.changes": _changes,
    "waiver.given": _waived,
    "signoff.made": _signed,
    "condition.met": _met,
    "model.suspended": _stopped,
    "model.withdrawn": _stopped,
    "model.resumed": _resumed,
}
