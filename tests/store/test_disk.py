"""What the disk refuses is a sentence, and a file appears whole or not at all."""

import errno
import os
from io import FileIO
from pathlib import Path
from typing import IO, NoReturn, cast

import pytest

from core.errors import BusyWorkspaceError, StorageError
from core.store import disk
from core.store.disk import appearing, check_room, hold, say_refusal, write_whole

REFUSALS = {
    errno.ENOSPC: "The disk is full; nothing was changed.",
    errno.EDQUOT: "The disk is full; nothing was changed.",
    errno.EROFS: "The folder w cannot be written.",
    errno.EACCES: "The folder w cannot be written.",
    errno.EIO: "The folder w cannot be used: Input/output error.",
}


@pytest.mark.parametrize("number", REFUSALS)
def test_each_refusal_has_a_sentence_and_a_next_step(number: int) -> None:
    """Full, read-only and failing disks are told apart."""
    said = say_refusal(OSError(number, os.strerror(number)), Path("w"))
    assert str(said) == REFUSALS[number]
    assert said.hint.endswith(".")


def test_little_room_is_called_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step begins only where both of its files will find room."""
    monkeypatch.setattr(disk, "room", lambda _: disk.LEAST_ROOM)
    check_room(tmp_path)
    monkeypatch.setattr(disk, "room", lambda _: disk.LEAST_ROOM - 1)
    with pytest.raises(StorageError, match="The disk is full"):
        check_room(tmp_path)


def test_a_folder_is_held_once(tmp_path: Path) -> None:
    """Until the holder lets go, nobody else gets it."""
    with hold(tmp_path), pytest.raises(BusyWorkspaceError, match="Another process holds"):
        hold(tmp_path)
    hold(tmp_path).close()


def _fail_half_way(path: Path) -> NoReturn:
    path.write_text("half", encoding="utf-8")
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    """What fails leaves the old file as it was, and nothing beside it."""
    path = tmp_path / "card.html"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(StorageError, match="disk is full"), appearing(path) as aside:
        _fail_half_way(aside)
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("card.html", "old")]
    with appearing(path) as aside:
        aside.write_text("new", encoding="utf-8")
        assert path.read_text(encoding="utf-8") == "old"
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("card.html", "new")]


class _Slow:
    """A file that takes three bytes at a time, as a nearly full disk does."""

    def __init__(self, file: FileIO) -> None:
        self._file = file

    def write(self, data: memoryview) -> int:
        return self._file.write(data[:3])

    def flush(self) -> None:
        self._file.flush()

    def fileno(self) -> int:
        return self._file.fileno()


def test_a_line_is_written_to_its_end(tmp_path: Path) -> None:
    """A write that takes only a part at a time is repeated until all is written."""
    with (tmp_path / "x").open("wb", buffering=0) as file:
        write_whole(cast("IO[bytes]", _Slow(file)), b"0123456789")
    assert (tmp_path / "x").read_bytes() == b"0123456789"
