"""How a run hears that it should stop, and says how far it is."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from core.errors import StoppedError

Stop = Callable[[], bool]
Progress = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class Watch:
    """`stop` is asked often; `progress` is told the share done (0 to 1) and of what."""

    stop: Stop = lambda: False
    progress: Progress = lambda _share, _text: None

    def step(self, share: float, text: str) -> None:
        """Say how far it is; end if somebody asked to stop.

        Raises:
            StoppedError: somebody pressed Cancel.
        """
        if self.stop():
            raise StoppedError
        self.progress(share, text)

    def part(self, start: float, end: float) -> "Watch":
        """Return a watch for a part of the work, from `start` to `end` of the whole."""
        return replace(
            self,
            progress=lambda share, text: self.progress(start + share * (end - start), text),
        )
