"""Heed: how a long search hears that it should stop, and says how far it is."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from core.errors import StoppedError


@dataclass(frozen=True, slots=True)
class Heed:
    """`stop` is asked often; `progress` is told the share done, 0 to 1, never falling.

    `cut` is told how many conditions were searched, where more would be too many slices.
    """

    stop: Callable[[], bool] = lambda: False
    progress: Callable[[float], None] = lambda _share: None
    cut: Callable[[int], None] = lambda _conditions: None

    def check(self) -> None:
        """End if somebody asked to stop.

        Raises:
            StoppedError: somebody pressed Cancel.
        """
        if self.stop():
            raise StoppedError

    def step(self, share: float) -> None:
        """Say how far it is; end if somebody asked to stop."""
        self.check()
        self.progress(share)

    def part(self, start: float, end: float) -> "Heed":
        """Return what a part of the work tells, from `start` to `end` of the whole."""
        return replace(
            self, progress=lambda share: self.progress(start + share * (end - start))
        )
