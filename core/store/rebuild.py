"""Rebuild: make the records file again from its mirror."""

from pathlib import Path
from typing import Final

from core.errors import BrokenWorkspaceError, NotFoundError
from core.records.events import Event
from core.store.disk import check_room, hold, saying, sync_folder
from core.store.log import MIRROR, RECORDS, connect, read_lines, read_table, write_records

PARTS: Final = (RECORDS, f"{RECORDS}.wal")


def rebuild(folder: Path) -> int:
    """Make records.duckdb from events.jsonl, and return how many events it holds.

    The mirror's chain is checked first. The damaged file is kept beside the new one, with
    `.damaged` in its name.

    Raises:
        NotFoundError: there is no mirror.
        BrokenWorkspaceError: the mirror is damaged, or holds less than the records.
        BusyWorkspaceError: an app holds the folder.
    """
    mirror = folder / MIRROR
    if not mirror.is_file():
        raise NotFoundError(f"There is no {MIRROR} here.", hint="Restore a backup.")
    with hold(folder), saying(folder):
        events = read_lines(mirror.read_bytes())
        check_room(folder)
        known = _known(folder)
        if known[: len(events)] == events and len(known) > len(events):
            raise BrokenWorkspaceError(
                f"{RECORDS} holds {len(known) - len(events):,} events more than {MIRROR}.",
                hint="Start the app: it completes the mirror.",
            )
        aside = folder / f"{RECORDS}.new"
        aside.unlink(missing_ok=True)
        write_records(aside, events)
        _set_aside(folder)
        aside.replace(folder / RECORDS)
        sync_folder(folder)
    return len(events)


def _known(folder: Path) -> tuple[Event, ...]:
    """Return what the present records file holds; nothing where it cannot be read."""
    if not (folder / RECORDS).is_file():
        return ()
    try:
        connection = connect(folder / RECORDS)
        try:
            return read_table(connection)
        finally:
            connection.close()
    except BrokenWorkspaceError:
        return ()


def _set_aside(folder: Path) -> None:
    number = 1 + len(list(folder.glob(f"{RECORDS}.damaged-*")))
    for part in PARTS:
        if (folder / part).exists():
            (folder / part).replace(folder / f"{part}.damaged-{number}")
