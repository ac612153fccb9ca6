"""The doctor: looks at a workspace's folder and names what is damaged, and what to do."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

from core.errors import BrokenWorkspaceError, CountersignError
from core.records.events import Event
from core.store.disk import LEAST_ROOM, room
from core.store.log import (
    MIRROR,
    RECORDS,
    check_chain,
    connect,
    line,
    read_lines,
    read_table,
)
from core.store.objects import NAME, hash_of

FIELDS: Final = ("object", "scores", "frame", "codebook")  # that name objects in payloads
REBUILD: Final = f"Run `countersign rebuild`: it makes {RECORDS} from {MIRROR}."
RENAME: Final = f"Rename {MIRROR}; the next start writes it again from {RECORDS}."
RESTORE: Final = "Restore a backup with `countersign restore`."
AGAIN: Final = "Delete the file; it is counted again when somebody asks for it."
KINDS: Final = {
    "dataset": "dataset version",
    "model": "model version",
    "evaluation": "evaluation",
    "rollup": "roll-up",
    "policy": "policy",
    "view": "link",
}


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is damaged, in a sentence, and the next step."""

    what: str
    hint: str


@dataclass(frozen=True, slots=True)
class Health:
    """What the doctor found: lines of the log, objects, troubles, and things to know."""

    events: int
    objects: int
    troubles: tuple[Trouble, ...]
    notes: tuple[str, ...]


def examine(folder: Path, events: tuple[Event, ...] | None = None) -> Health:
    """Tell what is damaged in the workspace in `folder`; nothing is changed.

    `events` are those of the app that holds the folder; without them the caller holds it
    and the records file itself is read.
    """
    mirror = folder / MIRROR
    written = mirror.read_bytes() if mirror.is_file() else b""
    table, troubles = _table(folder) if events is None else (events, ())
    found = [*troubles, *_mirror(written, table)]
    known = table if table is not None else _readable(written)
    erased = {name for e in known for name in e.payload.get("erased", ())}
    uses = {name: what for name, what in _uses(known) if name not in erased}
    names = sorted(p for p in (folder / "objects").glob("*/*") if NAME.fullmatch(p.name))
    found += _objects(names, uses)
    if room(folder) < LEAST_ROOM:
        found.append(Trouble("The disk is full.", "Free some space."))
    lost = sum(path.name not in uses for path in names)
    notes = (*_clock(known), *([_unused(lost)] if lost else []))
    return Health(len(known), len(names), tuple(found), notes)


def _table(folder: Path) -> tuple[tuple[Event, ...] | None, tuple[Trouble, ...]]:
    """Return the events of the records file; None where they cannot be trusted."""
    if not (folder / RECORDS).is_file():
        return None, (Trouble(f"The file {RECORDS} is missing.", REBUILD),)
    try:
        connection = connect(folder / RECORDS)
        try:
            events = read_table(connection)
        finally:
            connection.close()
        check_chain(events)
    except CountersignError as error:
        return None, (Trouble(f"{RECORDS}: {error}", REBUILD),)
    return events, ()


def _mirror(written: bytes, table: tuple[Event, ...] | None) -> Iterator[Trouble]:
    if table is None:
        if not written:
            yield Trouble(f"The mirror {MIRROR} is missing too.", RESTORE)
        else:
            try:
                read_lines(written)
            except BrokenWorkspaceError as error:
                yield Trouble(f"{MIRROR}: {error}", RESTORE)
        return
    expected = [line(event) for event in table]
    present = written.splitlines(keepends=True)
    for number, (text, wanted) in enumerate(zip(present, expected, strict=False), start=1):
        if text != wanted and not (number == len(present) and wanted.startswith(text)):
            yield Trouble(f"Line {number:,} of {MIRROR} is not what was written.", RENAME)
            return
    if len(present) > len(expected):
        yield _longer(written, len(expected))


def _longer(written: bytes, known: int) -> Trouble:
    try:
        more = len(read_lines(written)) - known
    except BrokenWorkspaceError as error:
        return Trouble(f"{MIRROR}: {error}", RENAME)
    return Trouble(f"{RECORDS} lacks the last {more:,} events of {MIRROR}.", REBUILD)


def _readable(written: bytes) -> tuple[Event, ...]:
    try:
        return read_lines(written)
    except BrokenWorkspaceError:
        return ()


def _uses(events: Sequence[Event]) -> Iterator[tuple[str, str]]:
    """Return each object that an event names, and what it is a part of."""
    for event in events:
        kind = event.action.split(".")[0]
        for field in FIELDS:
            name = event.payload.get(field)
            if isinstance(name, str) and re.fullmatch(NAME, name):
                title = event.payload.get("name", "")
                yield name, f"{KINDS.get(kind, kind)} {title}".strip()


def _objects(places: Sequence[Path], uses: dict[str, str]) -> Iterator[Trouble]:
    for place in places:
        if hash_of(place) != place.name:
            what = uses.get(place.name, "")
            part = f", part of the {what}," if what else ""
            step = AGAIN if what == KINDS["rollup"] or not what else RESTORE
            yield Trouble(f"The object {place.name}{part} is damaged.", step)
    present = {place.name for place in places}
    for name, what in uses.items():
        if name not in present and what != KINDS["rollup"]:
            yield Trouble(f"The object {name}, part of the {what}, is missing.", RESTORE)


def _clock(events: Sequence[Event]) -> Iterator[str]:
    back = [later.seq for before, later in pairwise(events) if later.at < before.at]
    if back:
        yield (
            f"The clock went back before event {back[0]:,}"
            + (f" and {len(back) - 1:,} more times" if len(back) > 1 else "")
            + "; the order of events is their numbers, not their times."
        )


def _unused(lost: int) -> str:
    files = "1 object is" if lost == 1 else f"{lost:,} objects are"
    return f"{files} named by no event: a step was interrupted. They do no harm."
