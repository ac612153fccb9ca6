"""Objects: files that are named by their content and never change."""

import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Final
from uuid import uuid4

from core.errors import BrokenWorkspaceError, NotFoundError
from core.store.disk import check_room, saying, sync_folder

NAME: Final = re.compile(r"[0-9a-f]{64}")
LOOK: Final = "Run `countersign doctor` to see what depends on it."


class Objects:
    """A folder of read-only files, each named by its SHA-256.

    An object appears whole or not at all: written aside, synced, renamed, folder synced.
    Before it is first read in a process, it is checked against its name.
    """

    def __init__(self, folder: Path, erased: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self._erased = erased if erased is not None else {}  # name -> why
        self._aside = folder / "tmp"
        shutil.rmtree(self._aside, ignore_errors=True)  # what a killed process left
        self._aside.mkdir(parents=True)

    def put(self, fill: Callable[[Path], object]) -> str:
        """Let `fill` write a new file, keep it, and return its name.

        What `fill` has written is removed again if it raises.

        Raises:
            StorageError: the disk is full or cannot be written.
        """
        aside = self._aside / uuid4().hex
        with saying(self.folder):
            check_room(self.folder)
            try:
                fill(aside)
                return self._keep(aside)
            finally:
                aside.unlink(missing_ok=True)

    def put_bytes(self, data: bytes) -> str:
        """Keep `data` and return its name."""
        name = sha256(data).hexdigest()
        return (
            name if self.is_whole(name) else self.put(lambda aside: aside.write_bytes(data))
        )

    def room_aside(self) -> Path:
        """Return a new place for what is written for a while; it goes at the next start."""
        return self._aside / uuid4().hex

    def path(self, name: str) -> Path:
        """Return where the object lies.

        Raises:
            NotFoundError: there is no object of that name.
            BrokenWorkspaceError: the file is not what was written.
        """
        place = self._place(name)
        if name in self._erased:
            raise NotFoundError(
                f"These rows were erased: {self._erased[name]}.",
                hint="What was counted before stays.",
            )
        if not place.is_file():
            raise NotFoundError(
                f"The object {name[:8]} is not in the workspace.", hint=LOOK
            )
        if hash_of(place) != name:
            raise BrokenWorkspaceError(
                f"The object {name[:8]} is damaged: it is not what was written.", hint=LOOK
            )
        return place

    def is_whole(self, name: str) -> bool:
        """Return whether the object is there and is what was written."""
        return name in self and hash_of(self._place(name)) == name

    def remove(self, name: str) -> None:
        """Remove an object for good; the caller has written down why."""
        place = self._place(name)
        if place.is_file():
            place.unlink()
            sync_folder(place.parent)

    def names(self) -> Iterator[str]:
        """Return the names of all objects."""
        return (p.name for p in sorted(self.folder.glob("*/*")) if NAME.fullmatch(p.name))

    def read(self, name: str) -> bytes:
        """Return the bytes of an object."""
        return self.path(name).read_bytes()

    def __contains__(self, name: str) -> bool:
        return self._place(name).is_file()

    def _place(self, name: str) -> Path:
        """Return where an object of that name lies, or would lie."""
        return self.folder / name[:2] / name

    def _keep(self, aside: Path) -> str:
        with aside.open("rb") as file:
            os.fsync(file.fileno())
            name = file_digest(file, "sha256").hexdigest()
        place = self._place(name)
        if not place.parent.is_dir():
            place.parent.mkdir(exist_ok=True)
            sync_folder(self.folder)
        aside.chmod(0o444)
        aside.replace(place)
        sync_folder(place.parent)
        return name


def hash_of(path: Path) -> str:
    """Return the SHA-256 of a file, computed once for as long as it stays as it is."""
    found = path.stat()
    return _hash(path, found.st_size, found.st_mtime_ns, found.st_ino)


@lru_cache(maxsize=100_000)
def _hash(path: Path, _size: int, _changed: int, _inode: int) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
