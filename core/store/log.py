"""The event log: one DuckDB table, and a plain mirror from which it can be rebuilt."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any, Final

import duckdb

from core.errors import BrokenWorkspaceError
from core.records.canonical import canonical
from core.records.events import START, Event

CREATE_SQL: Final = """
create table if not exists events (
    seq bigint primary key,
    moment varchar not null,
    actor varchar not null,
    action varchar not null,
    subject varchar not null,
    payload json not null,
    previous varchar not null,
    hash varchar not null
)
"""
APPEND_SQL: Final = "insert into events values (?, ?, ?, ?, ?, ?, ?, ?)"
READ_SQL: Final = "select * from events order by seq"
CONFIG: Final[dict[str, str | bool | int | float | list[str]]] = {
    "memory_limit": "512MB",
    "threads": 1,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "python_enable_replacements": False,
}
LOCK_SQL: Final = (
    "set enable_progress_bar = false",
    "set enable_external_access = false",
    "set lock_configuration = true",
)


def seal(event: Event) -> str:
    """Return the hash that an event must carry.

    SHA-256 over the canonical JSON (RFC 8785) of all fields but the hash itself; the
    field `previous` chains it to the line before.
    """
    fields = asdict(event)
    del fields["hash"]
    return sha256(canonical(fields)).hexdigest()


def check_chain(events: tuple[Event, ...]) -> None:
    """Check that no line was changed, cut out, moved or put in.

    Raises:
        BrokenWorkspaceError: names the first event that does not fit.
    """
    previous = START
    for number, event in enumerate(events, start=1):
        if event.seq != number or event.previous != previous or event.hash != seal(event):
            raise BrokenWorkspaceError(
                f"Event {number:,} does not match its hash; the log was changed outside.",
                hint="Restore the workspace's folder from a backup.",
            )
        previous = event.hash


class Log:
    """The append-only log of one workspace.

    Order of a write: commit to DuckDB, append to the mirror and sync it, then return.
    """

    def __init__(self, folder: Path, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._lock = Lock()
        self._mirror = folder / "events.jsonl"
        self._connection = _connect(folder / "records.duckdb")
        try:
            for statement in (CREATE_SQL, "checkpoint", *LOCK_SQL):
                self._connection.execute(statement)
            self.events: tuple[Event, ...] = self._read()
            check_chain(self.events)
            self._complete_mirror()
        except BaseException:
            self._connection.close()
            raise
        self._mirror_file = self._mirror.open("ab", buffering=0)

    def append(
        self, actor: str, action: str, subject: str, payload: dict[str, Any]
    ) -> Event:
        """Write one line and return it; once it returns, it survives a crash.

        The event holds the payload as it will be read again, so that a number which does
        not survive JSON (2^53 and beyond) is refused now and not at the next start.
        """
        payload = json.loads(canonical(payload))
        with self._lock:
            last = self.events[-1] if self.events else None
            draft = Event(
                seq=last.seq + 1 if last else 1,
                at=self._clock().isoformat(timespec="microseconds"),
                actor=actor,
                action=action,
                subject=subject,
                payload=payload,
                previous=last.hash if last else START,
                hash="",
            )
            event = Event(**asdict(draft) | {"hash": seal(draft)})
            with self._transaction() as cursor:
                values = asdict(event) | {"payload": canonical(payload).decode()}
                cursor.execute(APPEND_SQL, list(values.values()))
            self._mirror_file.write(_line(event))
            os.fsync(self._mirror_file.fileno())
            self.events = (*self.events, event)
            return event

    def close(self) -> None:
        """Let go of the files."""
        self._mirror_file.close()
        self._connection.close()

    @contextmanager
    def _transaction(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Commit the block, or roll it back and raise: DuckDB commits an aborted one silently."""
        cursor = self._connection.cursor()
        cursor.execute("begin transaction")
        try:
            yield cursor
            cursor.execute("commit")
        except BaseException:
            cursor.execute("rollback")
            raise
        finally:
            cursor.close()

    def _read(self) -> tuple[Event, ...]:
        rows = self._connection.cursor().execute(READ_SQL).fetchall()
        return tuple(
            Event(seq, at, actor, action, subject, json.loads(payload), previous, mark)
            for seq, at, actor, action, subject, payload, previous, mark in rows
        )

    def _complete_mirror(self) -> None:
        """Bring the mirror up to the table; the table is always written first."""
        expected = b"".join(map(_line, self.events))
        present = self._mirror.read_bytes() if self._mirror.exists() else b""
        if present == expected:
            return
        if not expected.startswith(present):
            raise BrokenWorkspaceError(
                "The mirror events.jsonl holds lines that the records do not.",
                hint="Restore records.duckdb and events.jsonl from the same backup.",
            )
        with self._mirror.open("ab") as file:
            file.write(expected[len(present) :])
            file.flush()
            os.fsync(file.fileno())


def _connect(path: Path) -> duckdb.DuckDBPyConnection:
    try:
        return duckdb.connect(str(path), config=CONFIG)
    except duckdb.Error:
        raise BrokenWorkspaceError(
            f"The file {path.name} cannot be read.",
            hint="Restore records.duckdb and events.jsonl from the same backup.",
        ) from None


def _line(event: Event) -> bytes:
    return canonical(event) + b"\n"
