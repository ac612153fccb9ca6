"""Events: the lines of the append-only log from which every state is derived."""

from dataclasses import dataclass
from typing import Any, Final

START: Final = "0" * 64


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the log.

    `seq` counts from 1 without gaps; `at` is UTC in ISO 8601; `subject` is the id of what
    the event is about; `previous` is the hash of the line before. `hash` is the SHA-256
    of the canonical JSON (RFC 8785) of all other fields.
    """

    seq: int
    at: str
    actor: str
    action: str
    subject: str
    payload: dict[str, Any]
    previous: str
    hash: str
