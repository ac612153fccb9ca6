"""Notices: what people are told outside of the app; no number of a table is in them."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from core.records.events import Event
from core.records.reviews import Review, Standing
from core.runs.auditing import name_of
from core.runs.desk import Desk
from core.runs.judging import judged_of
from core.runs.reviewing import newest_review

TOLD: Final = (
    Standing.STALE,
    Standing.EXPIRED,
    Standing.SUSPENDED,
    Standing.REJECTED,
    Standing.ACTIVE,
    Standing.CONDITIONS,
    Standing.CHANGES,
    Standing.WITHDRAWN,
)


@dataclass(frozen=True, slots=True)
class Notice:
    """One message: what it is about, and a sentence; `to` names people, empty means all."""

    about: str
    sentence: str
    to: tuple[str, ...] = ()


def notices_of(desk: Desk, event: Event) -> tuple[Notice, ...]:
    """Return what a new line of the log tells people: asks and new comments."""
    review = desk.workspace.state.decided.reviews.get(event.subject)
    if review is None:
        return ()
    about = desk.workspace.state.model(review.model).title
    if event.action in ("review.opened", "review.asked"):
        return tuple(
            Notice(
                about,
                f"{name_of(desk, ask['person'])} is asked to decide on {about} as "
                f"{ask['role']}{_until(ask['due'])}.",
                (ask["person"],),
            )
            for ask in event.payload["asks"]
        )
    if event.action == "review.commented":
        to = (event.payload["assigned"],) if event.payload["assigned"] else _people(review)
        return (
            Notice(about, f"{name_of(desk, event.actor)} said something on {about}.", to),
        )
    return ()


def standings_of(desk: Desk) -> dict[str, Standing]:
    """Return where every model version under review stands."""
    models = {review.model for review in desk.workspace.state.decided.reviews.values()}
    return {model: judged_of(desk, model).standing for model in models}


def moved_standings(
    desk: Desk, before: dict[str, Standing], now: dict[str, Standing]
) -> tuple[Notice, ...]:
    """Return what has to be told because a model version stands elsewhere than before."""
    found = []
    for model, standing in now.items():
        if before.get(model) is standing or standing not in TOLD:
            continue
        title = desk.workspace.state.model(model).title
        review = newest_review(desk, model)
        sentence = f"{title} is {standing.value} now."
        found.append(Notice(title, sentence, _people(review) if review else ()))
    return tuple(found)


def _people(review: Review) -> tuple[str, ...]:
    return tuple(dict.fromkeys([review.by, *(ask.person for ask in review.asks)]))


def _until(due: str | None) -> str:
    return f", by {date.fromisoformat(due):%d %b %Y}" if due else ""
