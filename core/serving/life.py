"""Life: what happens before the app answers its first request, and after its last."""

import gc
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import Final, NoReturn

from core.errors import CountersignError
from core.serving.headers import hide_server_name
from core.serving.house import House, close_house, open_house
from core.serving.line import Line

CANNOT_OPEN: Final = 2  # exit code
WARMED: Final = ("pandas", "plotly.graph_objects", "plotly.io", "matplotlib.figure")
Lifespan = Callable[[object], AbstractAsyncContextManager[None]]


def make_lifespan(folder: Path) -> Lifespan:
    """Return the lifespan of an app that works on the workspace in `folder`.

    It opens the house, imports what the first page would otherwise wait for, and freezes what
    is in memory: Streamlit collects all garbage after every run, which takes 120 ms for the
    modules alone and nothing once they are frozen. A workspace that cannot be opened ends
    the process with one sentence.
    """

    @asynccontextmanager
    async def live(_: object) -> AsyncIterator[None]:
        hide_server_name()
        house = _open_or_leave(folder)
        async with Line(house.desk).listening():
            warm_up()
            try:
                yield
            finally:
                gc.unfreeze()
        close_house()

    return live


def warm_up() -> None:
    """Import what pages need, then tell the collector that it all stays."""
    for name in WARMED:
        import_module(name)
    gc.collect()
    gc.freeze()


def _open_or_leave(folder: Path) -> House:
    try:
        return open_house(folder, stand_in=None)
    except CountersignError as error:
        _leave(f"{error} {error.hint}")


def _leave(sentence: str) -> NoReturn:
    """End the process at once: an exception here would be printed with its whole trace."""
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()
    os._exit(CANNOT_OPEN)
