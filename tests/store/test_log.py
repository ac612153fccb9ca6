"""Nobody changes the log unseen: not in the table, not in its mirror."""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BrokenWorkspaceError
from core.records.events import START, Event
from core.store.log import Log, check_chain, seal

BROKEN = "does not match its hash; the log was changed outside"
Change = Callable[[duckdb.DuckDBPyConnection], object]
EVENTS = 5


def _clock() -> Callable[[], datetime]:
    ticks: Iterator[int] = iter(range(10_000))
    start = datetime(2026, 7, 2, 9, tzinfo=UTC)
    return lambda: start + timedelta(seconds=next(ticks))


def _written(folder: Path) -> tuple[Event, ...]:
    log = Log(folder, _clock())
    for number in range(EVENTS):
        log.append("ada", "work.started", f"s{number}", {"number": number, "ä": ["x"]})
    log.close()
    return log.events


def _open(folder: Path) -> tuple[Event, ...]:
    log = Log(folder, _clock())
    log.close()
    return log.events


def _reseal(connection: duckdb.DuckDBPyConnection, number: int) -> None:
    """Back-date one event and give it the hash that it then must carry."""
    row = connection.execute("select * from events where seq = ?", [number]).fetchone()
    assert row is not None
    seq, _, actor, action, subject, payload, previous, _ = row
    moment = "2020-01-01T00:00:00.000000+00:00"
    event = Event(
        seq, moment, actor, action, subject, json.loads(payload), previous, hash=""
    )
    connection.execute(
        "update events set moment = ?, hash = ? where seq = ?", [moment, seal(event), seq]
    )


def _swap(connection: duckdb.DuckDBPyConnection) -> None:
    for old, new in ((2, 99), (3, 2), (99, 3)):
        connection.execute("update events set seq = ? where seq = ?", [new, old])


def _insert(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("update events set seq = seq + 100 where seq >= 3")
    connection.execute(
        "insert into events select 3, moment, actor, action, subject, payload, previous, "
        "hash from events where seq = 2"
    )
    connection.execute("update events set seq = seq - 99 where seq >= 100")


CHANGES: dict[str, Change] = {
    "edit a payload": lambda c: c.execute(
        """update events set payload = '{"number":9,"ä":["x"]}' where seq = 3"""
    ),
    "edit an actor": lambda c: c.execute("update events set actor = 'eve' where seq = 1"),
    "edit an action": lambda c: c.execute("update events set action = 'x' where seq = 5"),
    "edit a subject": lambda c: c.execute("update events set subject = '' where seq = 4"),
    "edit a hash": lambda c: c.execute(
        "update events set hash = repeat('0', 64) where seq = 5"
    ),
    "back-date": lambda c: c.execute(
        "update events set moment = '2020-01-01T00:00:00+00:00' where seq = 2"
    ),
    "back-date and seal": lambda c: _reseal(c, 2),
    "delete the first": lambda c: c.execute("delete from events where seq = 1"),
    "delete one": lambda c: c.execute("delete from events where seq = 3"),
    "delete and renumber": lambda c: (
        c.execute("delete from events where seq = 3"),
        c.execute("update events set seq = seq - 1 where seq > 3"),
    ),
    "swap": _swap,
    "insert": _insert,
    "point elsewhere": lambda c: c.execute(
        "update events set previous = (select hash from events where seq = 1) where seq = 4"
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_table_stops_the_start(tmp_path: Path, change: str) -> None:
    """Each way of rewriting history is seen when the workspace is opened."""
    _written(tmp_path)
    with duckdb.connect(str(tmp_path / "records.duckdb")) as connection:
        CHANGES[change](connection)
    with pytest.raises(BrokenWorkspaceError, match=BROKEN):
        _open(tmp_path)


def test_a_last_event_sealed_anew_differs_from_the_mirror(tmp_path: Path) -> None:
    """The newest line has no successor; the mirror still knows what it was."""
    _written(tmp_path)
    with duckdb.connect(str(tmp_path / "records.duckdb")) as connection:
        _reseal(connection, EVENTS)
    with pytest.raises(
        BrokenWorkspaceError, match=r"events\.jsonl holds lines that the rec"
    ):
        _open(tmp_path)


def test_a_cut_off_table_is_shorter_than_its_mirror(tmp_path: Path) -> None:
    """Events deleted from the end leave a good chain, but the mirror is longer."""
    _written(tmp_path)
    with duckdb.connect(str(tmp_path / "records.duckdb")) as connection:
        connection.execute("delete from events where seq = ?", [EVENTS])
    with pytest.raises(
        BrokenWorkspaceError, match=r"events\.jsonl holds lines that the rec"
    ):
        _open(tmp_path)


LINES: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "edit": lambda lines: [lines[0].replace(b"ada", b"eve"), *lines[1:]],
    "delete": lambda lines: [*lines[:1], *lines[2:]],
    "swap": lambda lines: [lines[1], lines[0], *lines[2:]],
    "insert": lambda lines: [*lines[:2], lines[1], *lines[2:]],
    "lengthen": lambda lines: [*lines, lines[-1]],
    "append half a line": lambda lines: [*lines, b"{"],
}


@pytest.mark.parametrize("change", LINES)
def test_a_changed_mirror_stops_the_start(tmp_path: Path, change: str) -> None:
    """Edited, deleted, swapped, inserted or added lines are seen, never overwritten."""
    _written(tmp_path)
    mirror = tmp_path / "events.jsonl"
    changed = b"".join(LINES[change](mirror.read_bytes().splitlines(keepends=True)))
    mirror.write_bytes(changed)
    with pytest.raises(
        BrokenWorkspaceError, match=r"events\.jsonl holds lines that the rec"
    ):
        _open(tmp_path)
    assert mirror.read_bytes() == changed


@given(st.integers(0, 2000))
def test_a_short_or_torn_mirror_is_completed(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    """Whatever length a crash left, the mirror is whole again after the next start."""
    folder = tmp_path_factory.mktemp("log")
    events = _written(folder)
    mirror = folder / "events.jsonl"
    whole = mirror.read_bytes()
    mirror.write_bytes(whole[: min(cut, len(whole))])
    assert _open(folder) == events
    assert mirror.read_bytes() == whole


def test_a_lost_mirror_is_written_again(tmp_path: Path) -> None:
    """The table is written first, so it can give the mirror back."""
    _written(tmp_path)
    mirror = tmp_path / "events.jsonl"
    whole = mirror.read_bytes()
    mirror.unlink()
    _open(tmp_path)
    assert mirror.read_bytes() == whole


def test_the_mirror_alone_proves_the_log(tmp_path: Path) -> None:
    """Its lines are the events, canonical, and form the same chain."""
    events = _written(tmp_path)
    lines = (tmp_path / "events.jsonl").read_text(encoding="utf-8").splitlines()
    read = tuple(Event(**json.loads(line)) for line in lines)
    assert read == events
    check_chain(read)
    assert events[0].previous == START
    assert [event.seq for event in events] == list(range(1, EVENTS + 1))


def test_a_file_that_is_no_database_stops_the_start(tmp_path: Path) -> None:
    """With a sentence, not with a message of the database."""
    (tmp_path / "records.duckdb").write_bytes(b"this is no database" * 1000)
    with pytest.raises(BrokenWorkspaceError, match=r"records\.duckdb cannot be read"):
        _open(tmp_path)


def test_a_chain_counts_from_one() -> None:
    """Even where every hash fits, a log that starts at 2 has lost its beginning."""
    draft = Event(2, "2026-07-02T09:00:00+00:00", "ada", "a", "s", {}, START, hash="")
    with pytest.raises(BrokenWorkspaceError, match=f"Event 1 {BROKEN}"):
        check_chain((Event(**asdict(draft) | {"hash": seal(draft)}),))


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(-(2.0**53) + 1, 2.0**53 - 1)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text(st.characters(codec="utf-8"), max_size=5), inner, max_size=3
        )
    ),
    max_leaves=6,
)


@given(st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=5), JSON, max_size=3))
def test_any_payload_comes_back(
    tmp_path_factory: pytest.TempPathFactory, payload: dict[str, Any]
) -> None:
    """What is written is read again after a restart, and its hash still fits."""
    folder = tmp_path_factory.mktemp("log")
    log = Log(folder, _clock())
    event = log.append("ada", "a", "s", payload)
    log.close()
    assert _open(folder) == (event,)
    assert event.payload == payload


@pytest.mark.parametrize("number", [float("nan"), 2.0**53, 2**60])
def test_a_failed_write_leaves_no_line(tmp_path: Path, number: float) -> None:
    """What JSON cannot give back is refused whole; the next event takes the number."""
    log = Log(tmp_path, _clock())
    with pytest.raises(ValueError, match=r"nan|safe integer"):
        log.append("ada", "a", "s", {"x": number})
    assert log.append("ada", "a", "s", {}).seq == 1
    log.close()
    assert len(_open(tmp_path)) == 1
