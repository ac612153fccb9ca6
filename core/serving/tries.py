"""Tries: who fails to sign in waits, longer each time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

FREE: Final = 3  # tries before anybody waits
LONGEST: Final = timedelta(minutes=15)
FORGOTTEN: Final = timedelta(hours=1)
MOST: Final = 50_000  # names that are remembered


@dataclass(frozen=True, slots=True)
class Failed:
    """How often somebody failed, and when last."""

    times: int
    last: datetime


class Tries:
    """Failures by name, whether anybody bears it or not.

    Not by address: the app answers on this computer only, where all share one.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._lock = Lock()
        self._failed: dict[str, Failed] = {}

    def wait(self, name: str) -> timedelta:
        """Return how long has to be waited before the next try: 2, 4, 8 ... seconds."""
        failed = self._failed.get(name)
        if failed is None or failed.times < FREE:
            return timedelta(0)
        pause = min(LONGEST, timedelta(seconds=2 ** min(failed.times - FREE + 1, 30)))
        return max(timedelta(0), failed.last + pause - self._clock())

    def fail(self, name: str) -> None:
        """Write down a failure."""
        now = self._clock()
        with self._lock:
            if len(self._failed) >= MOST:
                self._failed = {n: f for n, f in self._failed.items() if fresh(f, now)}
            known = self._failed.get(name)
            times = known.times if known and fresh(known, now) else 0
            self._failed[name] = Failed(times + 1, now)

    def succeed(self, name: str) -> None:
        """Forget the failures of a name."""
        with self._lock:
            self._failed.pop(name, None)


def fresh(failed: Failed, now: datetime) -> bool:
    """Return whether a failure still counts."""
    return now - failed.last <= FORGOTTEN
