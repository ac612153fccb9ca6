"""Work: something that takes a while, as the log knows it."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Work:
    """A piece of long work: what was asked, by whom, and how it ended.

    `ended` is `done`, `stopped` or `failed`; empty while it runs or was interrupted.
    """

    id: str
    kind: str
    asked: dict[str, Any]
    actor: str
    ended: str = ""
