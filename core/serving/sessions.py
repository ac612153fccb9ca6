"""Sessions: who is signed in, kept in this process, revocable at once.

A browser holds a random secret in a cookie; here only its hash is kept. A session ends after
8 hours without a request, after 12 hours in any case, or when somebody ends it.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from threading import Lock
from typing import Final

IDLE: Final = timedelta(hours=8)
LONGEST: Final = timedelta(hours=12)
SECRET_BYTES: Final = 32
MOST: Final = 10_000


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who signed in, when, and when they were last seen."""

    person: str
    since: datetime
    seen: datetime


class Sessions:
    """All sessions of a running app."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._lock = Lock()
        self._open: dict[str, Session] = {}

    def start(self, person: str) -> str:
        """Sign somebody in and return the secret for their cookie, a new one each time."""
        secret = secrets.token_urlsafe(SECRET_BYTES)
        now = self._clock()
        with self._lock:
            self._sweep(now)
            self._open[key_of(secret)] = Session(person, now, now)
        return secret

    def find(self, secret: str) -> tuple[str, Session] | None:
        """Return the session of a secret and its key, and note that it was seen."""
        key, now = key_of(secret), self._clock()
        with self._lock:
            session = self._open.get(key)
            if session is None or _over(session, now):
                self._open.pop(key, None)
                return None
            self._open[key] = replace(session, seen=now)
            return key, session

    def by_key(self, key: str) -> Session | None:
        """Return the open session of a key; for a page that was drawn before."""
        session = self._open.get(key)
        return None if session is None or _over(session, self._clock()) else session

    def end(self, secret: str) -> None:
        """Sign out."""
        with self._lock:
            self._open.pop(key_of(secret), None)

    def end_all(self, person: str) -> None:
        """Sign somebody out everywhere."""
        with self._lock:
            for key in [k for k, s in self._open.items() if s.person == person]:
                del self._open[key]

    def count(self) -> int:
        """Return how many sessions are open."""
        return len(self._open)

    def _sweep(self, now: datetime) -> None:
        """Let go of what is over, and of the longest unseen where there are too many."""
        for key in [k for k, s in self._open.items() if _over(s, now)]:
            del self._open[key]
        while len(self._open) >= MOST:
            del self._open[min(self._open, key=lambda k: self._open[k].seen)]


def key_of(secret: str) -> str:
    """Return what is kept of a secret."""
    return sha256(secret.encode()).hexdigest()


def _over(session: Session, now: datetime) -> bool:
    return now - session.seen > IDLE or now - session.since > LONGEST
