"""A backup holds a whole workspace, and gives it back only if every hash is right."""

import shutil
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from core.errors import BrokenWorkspaceError, NotFoundError, WrongInputError
from core.runs.desk import open_desk
from core.store.backup import restore, write_backup
from core.store.doctor import examine
from core.store.log import MIRROR, check_chain
from core.store.workspace import Workspace
from tests.kept import BINARY, binary, evaluated


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with an evaluation, and a backup of it beside it."""
    folder = tmp_path_factory.mktemp("backup")
    with open_desk(folder / "workspace") as desk:
        evaluated(desk, binary([("yes", 0.9, "N"), ("no", 0.2, "S")]), BINARY)
        workspace = desk.workspace
        count = write_backup(workspace.objects, workspace.events, folder / "all.zip")
        assert count == len(list(workspace.objects.names()))
    return folder


def test_what_was_saved_comes_back(kept: Path, tmp_path: Path) -> None:
    """Events and objects are the same bytes, and the doctor finds nothing."""
    events, objects = restore(kept / "all.zip", tmp_path / "new" / "place")
    assert examine(tmp_path / "new" / "place").troubles == ()
    with Workspace(kept / "workspace") as old, Workspace(tmp_path / "new/place") as new:
        assert new.events == old.events
        assert len(new.events) == events
        assert list(new.objects.names()) == list(old.objects.names())
        assert len(list(new.objects.names())) == objects
        assert new.state.datasets == old.state.datasets


def test_a_backup_is_taken_while_others_write(tmp_path: Path) -> None:
    """Whatever moment it is taken at, its chain is whole and its objects are there."""
    with Workspace(tmp_path / "w") as workspace:

        def write() -> None:
            for number in range(200):
                name = workspace.objects.put_bytes(f"{number}".encode())
                workspace.record("ada", "view.saved", f"v{number}", {"object": name})

        writer = Thread(target=write)
        writer.start()
        for number in range(5):
            write_backup(workspace.objects, workspace.events, tmp_path / f"{number}.zip")
        writer.join()
    sizes = []
    for number in range(5):
        restore(tmp_path / f"{number}.zip", tmp_path / f"r{number}")
        assert examine(tmp_path / f"r{number}").troubles == ()
        with Workspace(tmp_path / f"r{number}") as back:
            check_chain(back.events)
            sizes.append(len(back.events))
    assert sizes == sorted(sizes)


def _again(
    backup: Path, into: Path, change: Callable[[str, bytes], tuple[str, bytes]]
) -> None:
    """Write a backup again with each of its files changed."""
    with ZipFile(backup) as old, ZipFile(into, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(*change(name, old.read(name)))


def _flip(name: str, data: bytes) -> tuple[str, bytes]:
    return name, data if name == MIRROR else bytes([data[0] ^ 1]) + data[1:]


BROKEN: dict[str, tuple[Callable[[str, bytes], tuple[str, bytes]], str]] = {
    "an object is damaged": (_flip, "of the backup is damaged"),
    "an event is changed": (
        lambda name, data: (name, data.replace(b"countersign", b"Countersign", 1)),
        r"Event 1 does not match|of the backup is damaged",
    ),
    "a file climbs out": (
        lambda name, data: (name if name == MIRROR else f"../{name}", data),
        r"The backup holds `\.\./objects",
    ),
    "the log is not there": (lambda name, data: (f"x{name}", data), "is no backup"),
}


@pytest.mark.parametrize("damage", BROKEN)
def test_a_damaged_backup_makes_no_workspace(
    kept: Path, tmp_path: Path, damage: str
) -> None:
    """The damage is named, and nothing is left behind."""
    change, match = BROKEN[damage]
    _again(kept / "all.zip", tmp_path / "bad.zip", change)
    with pytest.raises((BrokenWorkspaceError, WrongInputError), match=match):
        restore(tmp_path / "bad.zip", tmp_path / "new")
    assert [path.name for path in tmp_path.iterdir()] == ["bad.zip"]


@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
def test_a_backup_that_is_cut_short_is_refused(
    kept: Path, tmp_path: Path, share: float
) -> None:
    """The end of the file is missing: it says so."""
    data = (kept / "all.zip").read_bytes()
    (tmp_path / "short.zip").write_bytes(data[: int(len(data) * share)])
    with pytest.raises(WrongInputError, match=r"short\.zip is no backup of a workspace"):
        restore(tmp_path / "short.zip", tmp_path / "new")


def test_nothing_is_overwritten(kept: Path, tmp_path: Path) -> None:
    """Neither a file by a backup, nor a folder by what comes back."""
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter").write_text("dear", encoding="utf-8")
    with pytest.raises(WrongInputError, match="The folder full is not empty"):
        restore(kept / "all.zip", tmp_path / "full")
    shutil.copy(kept / "all.zip", tmp_path / "all.zip")
    with (
        Workspace(tmp_path / "w") as workspace,
        pytest.raises(WrongInputError, match=r"There is already a all\.zip"),
    ):
        write_backup(workspace.objects, workspace.events, tmp_path / "all.zip")
    with pytest.raises(NotFoundError, match=r"There is no file none\.zip"):
        restore(tmp_path / "none.zip", tmp_path / "new")


def test_a_damaged_object_is_not_saved_in_silence(kept: Path, tmp_path: Path) -> None:
    """A backup of a damaged workspace is refused, and no half file is left."""
    shutil.copytree(kept / "workspace", tmp_path / "w")
    with Workspace(tmp_path / "w") as workspace:
        place = workspace.objects.path(next(workspace.objects.names()))
        place.chmod(0o644)
        place.write_bytes(b"damaged")
        with pytest.raises(BrokenWorkspaceError, match="is damaged: it is not what was"):
            write_backup(workspace.objects, workspace.events, tmp_path / "x.zip")
    assert [path.name for path in tmp_path.iterdir()] == ["w"]
