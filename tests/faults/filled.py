"""What `test_disk.py` runs on a small disk: it works until the disk is full, and after."""

import sys
from contextlib import suppress
from pathlib import Path

from core.errors import StorageError
from core.store import disk
from core.store.log import check_chain
from core.store.workspace import Workspace

PAGE = 4096
TEXT = "x" * 3000


def say(text: str) -> None:
    """Tell the test."""
    sys.stdout.write(text + "\n")


def fill(folder: Path, leave: int) -> Path:
    """Write a file until at most `leave` bytes are free."""
    path = folder / "filler"
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while disk.room(folder) > leave:
            file.write(bytes(PAGE))
    return path


def refused(workspace: Workspace) -> str:
    """Write events until one is refused; return the sentence."""
    for _ in range(10_000):
        try:
            told.append(workspace.record("ada", "a", "s", {"text": TEXT}).hash)
        except StorageError as error:
            return f"{error} {error.hint}"
    return "never refused"


def stand(folder: Path) -> None:
    """Fill the disk twice: down to the room that is kept free, and to the last byte."""
    with Workspace(folder / "w") as workspace:
        told.append(workspace.record("ada", "a", "s", {}).hash)
        filler = fill(folder, disk.LEAST_ROOM // 2)
        say(refused(workspace))
        filler.unlink()
        told.append(workspace.record("ada", "a", "s", {}).hash)
        disk.LEAST_ROOM = 0  # type: ignore[misc] # as if another program took the rest
        filler = fill(folder, 0)
        say(refused(workspace))
        try:
            workspace.objects.put_bytes(bytes(10 * PAGE))
        except StorageError as error:
            say(f"{error} {error.hint}")
        filler.unlink()
        told.append(workspace.record("ada", "a", "s", {}).hash)
        assert sum(1 for _ in workspace.objects.names()) == 0
    with Workspace(folder / "w") as workspace:
        check_chain(workspace.events)
        hashes = iter([event.hash for event in workspace.events])
        assert all(hash_ in hashes for hash_ in told)
        say(f"{len(told)} told, {len(workspace.events)} kept")


told: list[str] = []
if __name__ == "__main__":
    stand(Path(sys.argv[1]))
