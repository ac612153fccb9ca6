"""How the app reads a file it does not trust: in another process, into clean Parquet."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from core.errors import RefusedFileError, StoppedError
from core.intake.bounds import IntakeLimits, refuse
from core.intake.plain import is_packed
from core.intake.reasons import explain
from core.intake.wire import (
    pack_read_as,
    unpack_facts,
    unpack_read_as,
    unpack_rejected,
)
from core.records.data import ReadAs, Reading
from core.sandbox.child import Child, ChildDiedError, ChildError, Progress
from core.sandbox.frames import Header

MODULE: Final = "core.intake.reader"
CLEAN: Final = "clean.parquet"
PIECE: Final = 1 << 20
LIMITS: Final = IntakeLimits()
Stop = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Look:
    """How a file is probably to be read, why, and its first lines as they are written."""

    read_as: ReadAs
    reasons: tuple[str, ...]
    as_written: tuple[str, ...]


def look(path: Path, *, limits: IntakeLimits = LIMITS) -> Look:
    """Tell how a file is probably to be read, from its first megabyte.

    Raises:
        RefusedFileError: it is no table that can be read; the sentence says why.
    """
    with TemporaryDirectory() as name:
        task = _Task(path, Path(name), limits)
        answer = task.ask({"op": "look"})
    return Look(
        unpack_read_as(answer["read_as"]),
        tuple(map(str, answer["reasons"])),
        tuple(map(str, answer["as_written"])),
    )


def read(  # noqa: PLR0913 - what a reading is made of
    path: Path,
    read_as: ReadAs,
    into: Path,
    *,
    file_name: str = "",
    limits: IntakeLimits = LIMITS,
    stop: Stop = lambda: False,
    progress: Progress = lambda _share, _text: None,
) -> Reading:
    """Write a file as clean Parquet to `into` and give what was counted on the way.

    Rows keep the order of the file. Where it is refused or stopped, `into` is gone, and so
    is everything that was written beside it.

    Raises:
        RefusedFileError: the file cannot be read so; the sentence says why.
        StoppedError: `stop()` became true.
    """
    into.unlink(missing_ok=True)
    with TemporaryDirectory(dir=into.parent, prefix=".intake-") as name:
        task = _Task(path, Path(name), limits, stop, progress)
        digest = task.hash()
        answer = task.ask({"op": "read", "read_as": pack_read_as(read_as)})
        reading = _unpack(answer, file_name or path.name, digest, path.stat().st_size)
        (task.folder / CLEAN).replace(into)
    return reading


@dataclass(frozen=True, slots=True)
class _Task:
    """One file, the folder that its process may write, and who is told."""

    path: Path
    folder: Path
    limits: IntakeLimits
    stop: Stop = lambda: False
    progress: Progress = lambda _share, _text: None

    def hash(self) -> str:
        """Give the SHA-256 of the file, read piece by piece, unless it is too large."""
        self._check_size()
        counted = sha256()
        with self.path.open("rb") as file:
            while piece := file.read(PIECE):
                if self.stop():
                    raise StoppedError
                counted.update(piece)
        return counted.hexdigest()

    def ask(self, question: Header) -> Header:
        """Give the answer of the process that opens the file."""
        size = self._check_size()
        source, place = str(self.path.resolve()), str(self.folder.resolve())
        more = self.limits.more_seconds(size, packed=is_packed(self.path))
        asked = question | {
            "source": source,
            "folder": place,
            "limits": self.limits.plain(),
        }
        with Child(MODULE, self.limits.of_child(source, place, more)) as child:
            try:
                answer, _ = child.ask(
                    asked,
                    seconds=self.limits.wall_seconds + more,
                    stop=self.stop,
                    progress=self.progress,
                )
            except (ChildError, ChildDiedError) as error:
                raise explain(error, _format(question)) from None
        if "refused" in answer:
            raise RefusedFileError(str(answer["refused"]), hint=str(answer["hint"]))
        return answer

    def _check_size(self) -> int:
        size = self.path.stat().st_size
        if size > self.limits.file_bytes:
            raise refuse(
                f"The file has {size / 1e6:,.0f} MB; a file may have "
                f"{self.limits.file_bytes / 1e6:,.0f} MB.",
                "Write it as Parquet, or keep only the columns you need.",
            )
        return size


def _format(question: Header) -> str:
    """Give the format that the engine opens; to look, it opens nothing but Parquet."""
    return str(question["read_as"]["format"] if "read_as" in question else "parquet")


def _unpack(answer: dict[str, Any], name: str, digest: str, size: int) -> Reading:
    return Reading(
        read_as=unpack_read_as(answer["read_as"]),
        rows=int(answer["rows"]),
        columns=tuple(map(unpack_facts, answer["columns"])),
        rejected=tuple(map(unpack_rejected, answer["rejected"])),
        rejected_count=int(answer["rejected_count"]),
        as_written=tuple(map(str, answer["as_written"])),
        file_name=name,
        file_sha256=digest,
        file_bytes=size,
    )
