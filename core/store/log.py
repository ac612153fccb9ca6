"""The event log: one DuckDB table, and a plain mirror from which it can be rebuilt."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import IO, Any, Final

import duckdb

from core.errors import BrokenWorkspaceError, StorageError
from core.records.canonical import canonical
from core.records.events import START, Event
from core.store.disk import NO_SPACE, check_room, full, say_refusal, saying, write_whole

RECORDS: Final = "records.duckdb"
MIRROR: Final = "events.jsonl"
LOOK: Final = "Run `countersign doctor` to see what is left."
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
                hint=LOOK,
            )
        previous = event.hash


class Log:
    """The append-only log of one workspace.

    Order of a write: commit to DuckDB, append to the mirror and sync it, then return. After
    a write that failed half-way, the next one first reads the files again: what the table
    holds counts, and `events` may then hold one line that nobody was told of.
    """

    def __init__(self, folder: Path, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._lock = Lock()
        self._folder = folder
        self.events: tuple[Event, ...] = ()
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._mirror: IO[bytes] | None = None
        self._open()

    def append(
        self, actor: str, action: str, subject: str, payload: dict[str, Any]
    ) -> Event:
        """Write one line and return it; once it returns, it survives a crash.

        The event holds the payload as it will be read again, so that a number which does
        not survive JSON (2^53 and beyond) is refused now and not at the next start.

        Raises:
            StorageError: the disk is full or fails.
        """
        payload = json.loads(canonical(payload))
        with self._lock:
            if self._connection is None:
                self._open()
            check_room(self._folder)
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
            with self._reopened_after_failure():
                self._write(event)
            self.events = (*self.events, event)
            return event

    def close(self) -> None:
        """Let go of the files."""
        if self._mirror:
            self._mirror.close()
        if self._connection:
            self._connection.close()
        self._connection = self._mirror = None

    def _open(self) -> None:
        connection = connect(self._folder / RECORDS)
        try:
            events = read_table(connection)
            check_chain(events)
            self._check_continues(events)
            with saying(self._folder):
                self._mirror = _complete(self._folder / MIRROR, events)
        except BaseException:
            connection.close()
            raise
        self._connection, self.events = connection, events

    def _check_continues(self, events: tuple[Event, ...]) -> None:
        if events[: len(self.events)] != self.events:
            raise BrokenWorkspaceError(
                "The records lost events while the app ran.", hint=LOOK
            )

    def _write(self, event: Event) -> None:
        if self._connection is None or self._mirror is None:
            raise StorageError("The log is closed.", hint="Start the app again.")
        with _transaction(self._connection) as cursor:
            cursor.execute(APPEND_SQL, _row(event))
        write_whole(self._mirror, line(event))

    @contextmanager
    def _reopened_after_failure(self) -> Iterator[None]:
        """Close the files when the block fails, and say what the disk refused."""
        try:
            yield
        except duckdb.Error as error:
            self.close()
            raise _say(error) from None
        except OSError as error:
            self.close()
            raise say_refusal(error, self._folder) from None
        except BaseException:
            self.close()
            raise


def connect(path: Path) -> duckdb.DuckDBPyConnection:
    """Return a connection to a records file, made if it is not there.

    Raises:
        BrokenWorkspaceError: the file is damaged.
        StorageError: the disk refuses.
    """
    try:
        connection = duckdb.connect(str(path), config=CONFIG)
        for statement in (CREATE_SQL, "checkpoint", *LOCK_SQL):
            connection.execute(statement)
    except duckdb.Error as error:
        if NO_SPACE in str(error):
            raise full() from None
        raise BrokenWorkspaceError(
            f"The file {path.name} cannot be read.", hint=LOOK
        ) from None
    return connection


def read_table(connection: duckdb.DuckDBPyConnection) -> tuple[Event, ...]:
    """Return all events of a records file.

    Raises:
        BrokenWorkspaceError: the table cannot be read.
    """
    try:
        rows = connection.cursor().execute(READ_SQL).fetchall()
        return tuple(
            Event(seq, at, actor, action, subject, json.loads(payload), previous, mark)
            for seq, at, actor, action, subject, payload, previous, mark in rows
        )
    except (duckdb.Error, ValueError):
        raise BrokenWorkspaceError(
            f"The file {RECORDS} cannot be read.", hint=LOOK
        ) from None


def write_records(path: Path, events: Iterable[Event]) -> None:
    """Write a new records file that holds `events`."""
    connection = connect(path)
    try:
        with _transaction(connection) as cursor:
            for event in events:
                cursor.execute(APPEND_SQL, _row(event))
        connection.execute("checkpoint")
    finally:
        connection.close()


def line(event: Event) -> bytes:
    """Return the line of the mirror that holds an event."""
    return canonical(event) + b"\n"


def read_lines(data: bytes) -> tuple[Event, ...]:
    """Return the events of a mirror; a last line that was cut short is left out.

    Raises:
        BrokenWorkspaceError: names the first line that is no event of the chain.
    """
    lines = data.split(b"\n")[:-1]
    events: list[Event] = []
    for number, text in enumerate(lines, start=1):
        with suppress(ValueError, TypeError):
            events.append(Event(**json.loads(text)))
        if len(events) < number or canonical(events[-1]) != text:
            raise BrokenWorkspaceError(
                f"Line {number:,} of {MIRROR} is damaged.", hint="Restore a backup."
            )
    check_chain(tuple(events))
    return tuple(events)


@contextmanager
def _transaction(
    connection: duckdb.DuckDBPyConnection,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Commit the block, or roll it back and raise: DuckDB commits an aborted one silently."""
    cursor = connection.cursor()
    cursor.execute("begin transaction")
    try:
        yield cursor
        cursor.execute("commit")
    except BaseException:
        with suppress(duckdb.Error):  # a spoilt database has nothing to roll back
            cursor.execute("rollback")
        raise
    finally:
        cursor.close()


def _row(event: Event) -> list[object]:
    return list((asdict(event) | {"payload": canonical(event.payload).decode()}).values())


def _complete(path: Path, events: Iterable[Event]) -> IO[bytes]:
    """Bring the mirror up to the table, which is always written first; leave it open."""
    expected = b"".join(map(line, events))
    present = path.read_bytes() if path.exists() else b""
    if not expected.startswith(present):
        raise BrokenWorkspaceError(
            f"The mirror {MIRROR} holds lines that the records do not.", hint=LOOK
        )
    file = path.open("ab", buffering=0)
    try:
        if len(present) < len(expected):
            write_whole(file, expected[len(present) :])
    except OSError:
        file.close()
        raise
    return file


def _say(error: duckdb.Error) -> StorageError:
    if NO_SPACE in str(error):
        return full()
    return StorageError(
        "The records could not be written.",
        hint="Look whether the last step was kept; run `countersign doctor`.",
    )
