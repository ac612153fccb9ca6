"""Backup: a whole workspace in one file, and back; both check every hash."""

import re
import shutil
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Final
from zipfile import ZIP_STORED, BadZipFile, ZipFile

from core.errors import BrokenWorkspaceError, NotFoundError, WrongInputError
from core.records.events import Event
from core.store.disk import appearing, check_room, room, saying, sync_folder, write_whole
from core.store.log import MIRROR, RECORDS, line, read_lines, write_records
from core.store.objects import Objects

OBJECT: Final = re.compile(r"objects/([0-9a-f]{2})/(\1[0-9a-f]{62})")
PIECE: Final = 1 << 20
ANOTHER: Final = "Take another backup."


def write_backup(objects: Objects, events: Sequence[Event], into: Path) -> int:
    """Write the events and all objects into a ZIP file; return how many objects.

    Works while the app writes on: `events` is a moment of the log, and what they name was
    kept before them. The file appears whole or not at all.

    Raises:
        WrongInputError: there is such a file already.
        BrokenWorkspaceError: an object is damaged; a backup must not hide it.
    """
    if into.exists():
        raise WrongInputError(f"There is already a {into.name}.", hint="Choose a new name.")
    names = list(objects.names())
    with appearing(into) as aside, ZipFile(aside, "w", ZIP_STORED) as file:
        file.writestr(MIRROR, b"".join(map(line, events)))
        for name in names:
            file.write(objects.path(name), f"objects/{name[:2]}/{name}")
    return len(names)


def restore(backup: Path, folder: Path) -> tuple[int, int]:
    """Make a new workspace in `folder` from a backup; return its events and objects.

    The folder appears once every hash is checked, or not at all.

    Raises:
        NotFoundError: there is no such file.
        WrongInputError: the folder is not empty, or the file is no backup.
        BrokenWorkspaceError: the backup is damaged.
    """
    if not backup.is_file():
        raise NotFoundError(f"There is no file {backup.name}.", hint="Check the path.")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise WrongInputError(
            f"The folder {folder.name} is not empty.",
            hint="Name a new folder; nothing is ever overwritten.",
        )
    aside = folder.with_name(f".{folder.name}.restoring")
    with saying(folder.parent):
        folder.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(aside, ignore_errors=True)
        try:
            aside.mkdir(mode=0o700)
            counted = _unpack(backup, aside)
            aside.replace(folder)
            sync_folder(folder.parent)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    return counted


def _unpack(backup: Path, aside: Path) -> tuple[int, int]:
    try:
        with ZipFile(backup) as file:
            sizes = {info.filename: info.file_size for info in file.infolist()}
            if MIRROR not in sizes:
                raise _no_backup(backup)
            if sum(sizes.values()) > room(aside):
                raise WrongInputError(
                    "The backup is larger than the room on the disk.",
                    hint="Free some space, or name a folder on another disk.",
                )
            written = file.read(MIRROR)
            objects = Objects(aside / "objects")
            places = [_checked(name) for name in sizes if name != MIRROR]
            for name in places:
                _put(file, name, objects)
    except (BadZipFile, RuntimeError, EOFError, zlib.error):
        raise _no_backup(backup) from None
    events = read_lines(written)
    check_room(aside)
    write_records(aside / RECORDS, events)
    with (aside / MIRROR).open("wb") as mirror:
        write_whole(mirror, written)
    return len(events), len(places)


def _no_backup(backup: Path) -> WrongInputError:
    return WrongInputError(
        f"{backup.name} is no backup of a workspace, or is cut short.", hint=ANOTHER
    )


def _checked(name: str) -> str:
    found = OBJECT.fullmatch(name)
    if found is None:
        raise WrongInputError(f"The backup holds `{name[:80]}`.", hint=ANOTHER)
    return found[2]


def _put(file: ZipFile, name: str, objects: Objects) -> None:
    with file.open(f"objects/{name[:2]}/{name}") as source:
        kept = objects.put(lambda into: _copy(source, into))
    if kept != name:
        raise BrokenWorkspaceError(
            f"The object {name[:8]} of the backup is damaged.", hint=ANOTHER
        )


def _copy(source: IO[bytes], into: Path) -> None:
    with into.open("wb") as target:
        shutil.copyfileobj(source, target, PIECE)
