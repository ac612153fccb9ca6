"""Heads of the log that were signed, kept in a file of their own beside it.

The log holds them too; but whoever cuts off its end cuts off the heads that stand there.
"""

import json
from pathlib import Path
from threading import Lock
from typing import Any, Final

from core.errors import BrokenWorkspaceError
from core.records.canonical import canonical
from core.store.disk import saying, write_whole

HEADS: Final = "heads.jsonl"
_WRITING: Final = Lock()


def keep_head(folder: Path, head: dict[str, str]) -> None:
    """Add a signed head to the file; a last line that was cut short makes room for it.

    Raises:
        StorageError: the disk refuses.
    """
    with _WRITING, saying(folder), (folder / HEADS).open("a+b", buffering=0) as file:
        file.seek(0)
        file.truncate(file.read().rfind(b"\n") + 1)
        write_whole(file, canonical(head) + b"\n")


def kept_heads(folder: Path) -> tuple[dict[str, Any], ...]:
    """Return the heads of the file, the oldest first; a last line that was cut is left out.

    Raises:
        BrokenWorkspaceError: a line is no head.
    """
    place = folder / HEADS
    lines = place.read_bytes().split(b"\n")[:-1] if place.exists() else []
    try:
        return tuple(dict(json.loads(text)) for text in lines)
    except (ValueError, TypeError):
        raise BrokenWorkspaceError(
            f"The file {HEADS} is damaged.", hint="Restore it from a copy."
        ) from None
