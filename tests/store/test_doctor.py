"""The doctor names each planted damage, and changes nothing."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from core.runs.desk import open_desk
from core.store.disk import LEAST_ROOM
from core.store.doctor import Health, examine
from core.store.log import MIRROR, RECORDS
from core.store.workspace import Workspace
from tests.kept import BINARY, binary, evaluated


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with an evaluation."""
    folder = tmp_path_factory.mktemp("doctor") / "workspace"
    with open_desk(folder) as desk:
        evaluated(desk, binary([("yes", 0.9, "N"), ("no", 0.2, "S")]), BINARY)
    return folder


@pytest.fixture
def folder(kept: Path, tmp_path: Path) -> Path:
    """A copy of it to damage."""
    return Path(shutil.copytree(kept, tmp_path / "workspace"))


def _said(health: Health) -> str:
    return "\n".join(f"{t.what} {t.hint}" for t in health.troubles)


def _object_of(folder: Path, action: str, field: str) -> Path:
    with Workspace(folder) as workspace:
        names = [e.payload[field] for e in workspace.events if e.action == action]
        return workspace.objects.path(str(names[-1]))


def _flip(path: Path) -> None:
    path.chmod(0o644)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def _spoil_records(folder: Path) -> None:
    (folder / RECORDS).write_bytes(b"no database" * 1000)


def _rewrite(folder: Path) -> None:
    with duckdb.connect(str(folder / RECORDS)) as connection:
        connection.execute("update events set actor = 'eve' where seq = 2")


def _cut_table(folder: Path) -> None:
    with duckdb.connect(str(folder / RECORDS)) as connection:
        connection.execute("delete from events where seq = (select max(seq) from events)")


def _edit_mirror(folder: Path) -> None:
    data = (folder / MIRROR).read_bytes()
    (folder / MIRROR).write_bytes(data.replace(b"countersign", b"Countersign", 1))


def _nonsense_after_mirror(folder: Path) -> None:
    with (folder / MIRROR).open("ab") as mirror:
        mirror.write(b"{}\n")


DAMAGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "records are no database": (
        _spoil_records,
        "records.duckdb cannot be read. Run `countersign rebuild`",
    ),
    "records are gone": (
        lambda folder: (folder / RECORDS).unlink(),
        "records.duckdb is missing. Run `countersign rebuild`",
    ),
    "an event was rewritten": (
        _rewrite,
        "Event 2 does not match its hash; the log was changed outside. Run `countersign r",
    ),
    "the last event was cut off": (
        _cut_table,
        "records.duckdb lacks the last 1 events of events.jsonl. Run `countersign rebuild`",
    ),
    "the mirror was edited": (
        _edit_mirror,
        "Line 1 of events.jsonl is not what was written. Rename events.jsonl",
    ),
    "the mirror goes on with nonsense": (
        _nonsense_after_mirror,
        "of events.jsonl is damaged",
    ),
    "a table is damaged": (
        lambda folder: _flip(_object_of(folder, "dataset.imported", "object")),
        ", part of the dataset version Validation, is damaged. Restore a backup",
    ),
    "scores are gone": (
        lambda folder: _object_of(folder, "evaluation.made", "scores").unlink(),
        ", part of the evaluation, is missing. Restore a backup",
    ),
    "a roll-up is damaged": (
        lambda folder: _flip(_object_of(folder, "rollup.counted", "object")),
        ", part of the roll-up, is damaged. Delete the file; it is counted again",
    ),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_each_planted_damage_is_named(folder: Path, damage: str) -> None:
    """One damage gives one trouble: what it is, and the next step; no file changes."""
    plant, expected = DAMAGE[damage]
    plant(folder)
    before = {p: p.stat().st_mtime_ns for p in folder.rglob("*") if p.suffix != ".wal"}
    health = examine(folder)
    assert len(health.troubles) == 1
    assert expected in _said(health)
    after = {p: p.stat().st_mtime_ns for p in folder.rglob("*") if p.suffix != ".wal"}
    assert {p.name for p in set(after) ^ set(before)} == set()
    same = {p for p in before if p.name not in {RECORDS, folder.name}}
    assert all(after[p] == before[p] for p in same)


def test_a_whole_workspace_has_no_trouble(folder: Path) -> None:
    """All events and objects are counted, and nothing is said."""
    health = examine(folder)
    assert (health.troubles, health.notes) == ((), ())
    assert health.events > 5
    assert health.objects == len(list((folder / "objects").glob("??/*")))


def test_two_damages_are_two_troubles(folder: Path) -> None:
    """With records and mirror gone, only a backup helps; both are named."""
    (folder / MIRROR).unlink()
    _spoil_records(folder)
    said = _said(examine(folder))
    assert "records.duckdb cannot be read" in said
    assert "The mirror events.jsonl is missing too. Restore a backup" in said


def test_a_running_app_is_looked_at_beside_its_work(folder: Path) -> None:
    """With the events of the app, the records file is not touched; all else is."""
    with Workspace(folder) as workspace:
        assert examine(folder, workspace.events).troubles == ()
        _edit_mirror(folder)
        assert "Line 1 of events.jsonl" in _said(examine(folder, workspace.events))


def test_a_clock_that_went_back_is_a_note(tmp_path: Path) -> None:
    """The chain holds whatever the clock says; the doctor tells where it went back."""
    days = iter([3, 1, 2])
    clock = lambda: datetime(2026, 7, next(days), tzinfo=UTC)  # noqa: E731 - the whole clock
    with Workspace(tmp_path, clock=clock) as workspace:
        for _ in range(2):
            workspace.record("ada", "view.saved", "v", {"object": ""})
    with Workspace(tmp_path) as workspace:
        assert [event.at[8:10] for event in workspace.events] == ["03", "01", "02"]
    health = examine(tmp_path)
    assert health.troubles == ()
    assert "The clock went back before event 2; the order of events" in health.notes[0]


def test_objects_of_an_interrupted_step_are_a_note(folder: Path) -> None:
    """An object that no event names does no harm, and is counted."""
    with Workspace(folder) as workspace:
        workspace.objects.put_bytes(b"left over")
    assert examine(folder).notes[0].startswith("1 object is named by no event")


def test_a_full_disk_is_a_trouble(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no step would find room, the doctor says it before somebody tries."""
    monkeypatch.setattr("core.store.doctor.room", lambda _: LEAST_ROOM - 1)
    assert "The disk is full. Free some space." in _said(examine(folder))
