"""The disk: who holds a workspace's folder, how much room is left, what a refusal means."""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from core.errors import BusyWorkspaceError, StorageError

# With so much left, a line fits into the records and into the mirror, or into neither.
LEAST_ROOM: Final = 32 << 20
FULL: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
CLOSED: Final = {errno.EACCES, errno.EPERM, errno.EROFS}
NO_SPACE: Final = "No space left on device"


@contextmanager
def saying(folder: Path) -> Iterator[None]:
    """Turn what the disk refuses inside the block into a sentence about `folder`.

    Raises:
        StorageError: instead of the OSError.
    """
    try:
        yield
    except OSError as error:
        raise say_refusal(error, folder) from None


def say_refusal(error: OSError, folder: Path) -> StorageError:
    """Return what an error of the disk means, and the next step."""
    if error.errno in FULL:
        return full()
    if error.errno in CLOSED:
        return StorageError(
            f"The folder {folder} cannot be written.",
            hint="Give your user the right to write there, or name another folder.",
        )
    return StorageError(
        f"The folder {folder} cannot be used: {error.strerror or type(error).__name__}.",
        hint="Check the path and the disk, then try again.",
    )


def full() -> StorageError:
    """Return what a full disk means."""
    return StorageError(
        "The disk is full; nothing was changed.", hint="Free some space, then try again."
    )


def room(folder: Path) -> int:
    """Return how many bytes may still be written beside `folder`."""
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


def check_room(folder: Path) -> None:
    """Check that the disk has room for the next step.

    Raises:
        StorageError: it is full.
    """
    if room(folder) < LEAST_ROOM:
        raise full()


def hold(folder: Path) -> IO[str]:
    """Hold a workspace's folder until the file that is returned is closed.

    Raises:
        BusyWorkspaceError: another process holds it.
        StorageError: the folder cannot be written.
    """
    with saying(folder):
        held = (folder / "lock").open("a")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        held.close()
        raise BusyWorkspaceError(
            f"Another process holds the workspace {folder.name}.",
            hint="Close the app that uses it, or let the command go to that app.",
        ) from None
    return held


def sync_folder(folder: Path) -> None:
    """Make a rename inside `folder` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def appearing(path: Path) -> Iterator[Path]:
    """Give a place to write aside; the file then appears at `path` whole, or not at all.

    Raises:
        StorageError: the disk refuses.
    """
    aside = path.with_name(f".{path.name}.part")
    with saying(path.parent):
        try:
            yield aside
            with aside.open("rb") as file:
                os.fsync(file.fileno())
            aside.replace(path)
            sync_folder(path.parent)
        finally:
            aside.unlink(missing_ok=True)


def open_private(path: Path) -> IO[bytes]:
    """Open a new file that only its owner reads."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def write_whole(file: IO[bytes], data: bytes) -> None:
    """Write all of `data` and sync it; an unbuffered file may take only a part at once."""
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) or 0 :]
    file.flush()
    os.fsync(file.fileno())
