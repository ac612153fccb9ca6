"""Whether the log is intact: its chain, its file, and the heads that were signed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from core.errors import BrokenWorkspaceError
from core.estimates.wording import ATTENTION, WORDS
from core.records.estimate import Word
from core.records.events import Event
from core.runs.desk import Desk
from core.runs.heads import check_head, heads_of
from core.store.log import MIRROR, check_chain, line

LONGEST: Final = timedelta(days=7)  # a head that is older should be signed again


@dataclass(frozen=True, slots=True)
class LogCheck:
    """What a check of the whole log found: `trouble` says what is broken, if anything."""

    events: int
    at: datetime
    heads: int = 0
    head_at: datetime | None = None
    trouble: str = ""


def check_log(desk: Desk) -> LogCheck:
    """Check every line of the log, the file that mirrors it, and every signed head."""
    events, at = desk.workspace.events, desk.workspace.now()
    try:
        check_chain(events)
        _check_file(desk, events)
        heads = heads_of(desk)
        for signed in heads:
            check_head(desk, signed, events)
    except BrokenWorkspaceError as error:
        return LogCheck(len(events), at, trouble=str(error))
    last = heads[-1].moment if heads else None
    return LogCheck(len(events), at, len(heads), last)


def say_check(check: LogCheck, now: datetime) -> tuple[str, str]:
    """Return light and sentence of a check, as it reads `now`."""
    if check.trouble:
        return WORDS[Word.FAIL], check.trouble
    if check.head_at is None:
        return ATTENTION, "The log is in order, but nobody has signed its head yet."
    if now - check.head_at > LONGEST:
        days = (now - check.head_at).days
        return ATTENTION, f"The log is in order, but its signed head is {days} days old."
    ago = _ago(now - check.at)
    text = f"All {check.events:,} events are in order and unchanged; checked {ago}."
    return WORDS[Word.PASS], text


def _check_file(desk: Desk, events: Sequence[Event]) -> None:
    """Compare the mirror on disk, line by line, with what was read at the start.

    Raises:
        BrokenWorkspaceError: names the first event that is another, and since when.
    """
    stored = (desk.workspace.folder / MIRROR).read_bytes().split(b"\n")
    for number, event in enumerate(events):
        if number >= len(stored) or stored[number] + b"\n" != line(event):
            since = f"{datetime.fromisoformat(event.at):%d %b %H:%M}"
            raise BrokenWorkspaceError(
                f"Event {event.seq:,} does not match its hash: entries from {since} on "
                "cannot be trusted.",
                hint="Close the app and run `countersign doctor`.",
            )


def _ago(passed: timedelta) -> str:
    minutes = int(passed.total_seconds()) // 60
    if minutes < 1:
        return "just now"
    if minutes < 60:  # noqa: PLR2004 - minutes of an hour
        return "a minute ago" if minutes == 1 else f"{minutes} minutes ago"
    hours = minutes // 60
    return "an hour ago" if hours == 1 else f"{hours} hours ago"
