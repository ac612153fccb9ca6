"""The records can be made again from their mirror, if the mirror proves itself."""

from pathlib import Path

import duckdb
import pytest

from core.errors import BrokenWorkspaceError, BusyWorkspaceError, NotFoundError
from core.records.events import Event
from core.store.log import MIRROR, RECORDS
from core.store.rebuild import rebuild
from core.store.workspace import Workspace

EVENTS = 4


@pytest.fixture
def events(tmp_path: Path) -> tuple[Event, ...]:
    """The events of a workspace in `tmp_path`."""
    with Workspace(tmp_path) as workspace:
        for number in range(EVENTS - 1):
            workspace.record("ada", "view.saved", f"v{number}", {"object": "ä"})
        return workspace.events


def _reopened(folder: Path) -> tuple[Event, ...]:
    with Workspace(folder) as workspace:
        return workspace.events


def test_lost_records_come_back(tmp_path: Path, events: tuple[Event, ...]) -> None:
    """Every event is there again, and the workspace opens as before."""
    (tmp_path / RECORDS).unlink()
    assert rebuild(tmp_path) == EVENTS
    assert _reopened(tmp_path) == events


def test_damaged_records_are_set_aside(tmp_path: Path, events: tuple[Event, ...]) -> None:
    """The damaged file is kept under another name; a second damage does not replace it."""
    for number in (1, 2):
        (tmp_path / RECORDS).write_bytes(f"damage {number}".encode() * 1000)
        rebuild(tmp_path)
        assert _reopened(tmp_path) == events
    kept = [tmp_path / f"{RECORDS}.damaged-{number}" for number in (1, 2)]
    assert [path.read_bytes()[:8] for path in kept] == [b"damage 1", b"damage 2"]


def test_a_rewritten_table_is_replaced(tmp_path: Path, events: tuple[Event, ...]) -> None:
    """Where the table breaks its chain and the mirror keeps it, the mirror wins."""
    with duckdb.connect(str(tmp_path / RECORDS)) as connection:
        connection.execute("update events set actor = 'eve'")
    with pytest.raises(BrokenWorkspaceError, match="Event 1 does not match its hash"):
        Workspace(tmp_path)
    rebuild(tmp_path)
    assert _reopened(tmp_path) == events


def test_a_line_that_was_cut_short_is_left_out(
    tmp_path: Path, events: tuple[Event, ...]
) -> None:
    """A crash may leave half of the newest line; all whole ones come back."""
    (tmp_path / RECORDS).unlink()
    mirror = tmp_path / MIRROR
    mirror.write_bytes(mirror.read_bytes()[:-5])
    assert rebuild(tmp_path) == EVENTS - 1
    with pytest.raises(BrokenWorkspaceError, match="holds lines that the records do not"):
        Workspace(tmp_path)
    mirror.unlink()
    assert _reopened(tmp_path) == events[:-1]


@pytest.mark.usefixtures("events")
def test_a_damaged_mirror_gives_nothing_back(tmp_path: Path) -> None:
    """The first line that does not fit is named, and no file changes."""
    mirror = tmp_path / MIRROR
    lines = mirror.read_bytes().splitlines(keepends=True)
    records = (tmp_path / RECORDS).read_bytes()
    for damaged, match in (
        ([lines[0], b"{}\n", *lines[2:]], "Line 2 of events.jsonl is damaged"),
        ([lines[0], *lines[2:]], "Event 2 does not match its hash"),
        ([lines[0].replace(b'":', b'": ', 1)], "Line 1 of events.jsonl is damaged"),
    ):
        mirror.write_bytes(b"".join(damaged))
        with pytest.raises(BrokenWorkspaceError, match=match):
            rebuild(tmp_path)
    assert (tmp_path / RECORDS).read_bytes() == records


@pytest.mark.usefixtures("events")
def test_records_that_hold_more_are_kept(tmp_path: Path) -> None:
    """A short mirror never takes events away from whole records."""
    mirror = tmp_path / MIRROR
    mirror.write_bytes(b"".join(mirror.read_bytes().splitlines(keepends=True)[:-1]))
    with pytest.raises(
        BrokenWorkspaceError, match=r"holds 1 events more than events\.jsonl"
    ):
        rebuild(tmp_path)


def test_only_a_free_folder_with_a_mirror_is_rebuilt(tmp_path: Path) -> None:
    """Not beside a running app, and not out of nothing."""
    with pytest.raises(NotFoundError, match=r"There is no events\.jsonl here"):
        rebuild(tmp_path)
    with Workspace(tmp_path), pytest.raises(BusyWorkspaceError, match="Another process"):
        rebuild(tmp_path)
