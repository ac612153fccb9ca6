"""Objects: files that are named by their content and never change."""

import os
import shutil
from collections.abc import Callable
from hashlib import file_digest, sha256
from pathlib import Path
from uuid import uuid4

from core.errors import NotFoundError


def sync_folder(folder: Path) -> None:
    """Make a rename inside `folder` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Objects:
    """A folder of read-only files, each named by its SHA-256.

    An object appears whole or not at all: written aside, synced, renamed, folder synced.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._aside = folder / "tmp"
        shutil.rmtree(self._aside, ignore_errors=True)  # what a killed process left
        self._aside.mkdir(parents=True)

    def put(self, fill: Callable[[Path], object]) -> str:
        """Let `fill` write a new file, keep it, and return its name.

        What `fill` has written is removed again if it raises.
        """
        aside = self._aside / uuid4().hex
        try:
            fill(aside)
            return self._keep(aside)
        finally:
            aside.unlink(missing_ok=True)

    def put_bytes(self, data: bytes) -> str:
        """Keep `data` and return its name."""
        name = sha256(data).hexdigest()
        return name if name in self else self.put(lambda aside: aside.write_bytes(data))

    def path(self, name: str) -> Path:
        """Return where the object lies.

        Raises:
            NotFoundError: there is no object of that name.
        """
        if name not in self:
            raise NotFoundError(
                f"The object {name[:8]} is not in the workspace.",
                hint="Restore the workspace's folder from a backup.",
            )
        return self._place(name)

    def read(self, name: str) -> bytes:
        """Return the bytes of an object."""
        return self.path(name).read_bytes()

    def __contains__(self, name: str) -> bool:
        return self._place(name).is_file()

    def _place(self, name: str) -> Path:
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
