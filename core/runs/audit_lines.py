"""Lines of the log as people read and filter them, the newest first."""

from dataclasses import dataclass
from datetime import timedelta

from core.records.canonical import canonical
from core.records.events import Event
from core.runs.auditing import name_of, say_action, subject_of, topics_of
from core.runs.desk import Desk
from core.store.log import line


@dataclass(frozen=True, slots=True)
class Line:
    """One event in words: who did what, about what; `topics` are what it is found by."""

    event: Event
    who: str
    what: str
    about: str
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines are looked for; what is empty is not asked. `days` back from now."""

    about: str = ""
    actor: str = ""
    action: str = ""
    days: int | None = None


def audit_lines(desk: Desk) -> tuple[Line, ...]:
    """Return every line of the log in words, the newest first."""
    events = desk.workspace.events

    def made() -> tuple[Line, ...]:
        return tuple(
            Line(
                event,
                name_of(desk, event.actor),
                say_action(event),
                subject_of(desk, event),
                topics_of(desk, event),
            )
            for event in reversed(events)
        )

    return desk.once(("audit lines", events[-1].hash), made)


def find_lines(desk: Desk, wanted: Wanted) -> tuple[Line, ...]:
    """Return the lines that are looked for, the newest first."""
    since = ""
    if wanted.days is not None:
        since = (desk.workspace.now() - timedelta(wanted.days)).isoformat()
    return tuple(
        found
        for found in audit_lines(desk)
        if wanted.about in ("", *found.topics)
        and wanted.actor in ("", found.event.actor)
        and wanted.action in ("", found.event.action)
        and found.event.at >= since
    )


def choices(desk: Desk) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Return the topics, actors and actions that the log knows, each in order."""
    lines = audit_lines(desk)
    topics = {topic for found in lines for topic in found.topics}
    actors = {found.event.actor for found in lines}
    actions = {found.event.action for found in lines}
    return tuple(sorted(topics)), tuple(sorted(actors)), tuple(sorted(actions))


def as_lines(found: tuple[Line, ...]) -> bytes:
    """Return lines as JSON lines, the oldest first: as the log holds them, byte by byte."""
    return b"".join(line(each.event) for each in reversed(found))


def as_text(event: Event) -> str:
    """Return the one JSON text of an event."""
    return canonical(event).decode()
