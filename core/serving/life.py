"""Life: what happens before the app answers its first request, and after its last."""

import gc
import os
from collections.abc import AsyncIterator, Callable
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    suppress,
)
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import Final

from core.errors import CountersignError
from core.runs.desk import Desk
from core.runs.standing import standings
from core.serving.house import close_house, open_house
from core.serving.leaving import leave
from core.serving.line import Line
from core.serving.post import Postman, channels_in
from core.serving.server import hide_server_name, send_at_once

WARMED: Final = ("pandas", "plotly.graph_objects", "plotly.io", "matplotlib.figure")
Lifespan = Callable[[object], AbstractAsyncContextManager[None]]


def make_lifespan(
    folder: Path, *, demo: bool = False, lives: Callable[[str], bool] = lambda _: True
) -> Lifespan:
    """Return the lifespan of an app that works on the workspace in `folder`.

    It opens the house, imports what the first page would otherwise wait for, and freezes what
    is in memory; with `demo`, an empty workspace is filled with the demo. Streamlit collects all garbage after every run, which takes 120 ms for the
    modules alone and nothing once they are frozen. A workspace that cannot be opened ends
    the process with one sentence.
    """

    @asynccontextmanager
    async def live(_: object) -> AsyncIterator[None]:
        hide_server_name()
        send_at_once()
        async with AsyncExitStack() as open_things:
            try:
                house = open_house(folder, stand_in=None, lives=lives)
                open_things.callback(close_house)
                await open_things.enter_async_context(Line(house.desk).listening())
                channels = channels_in(os.environ)
            except CountersignError as error:
                leave(f"{error} {error.hint}")
            warm_up()
            if demo and house.desk.workspace.state.empty:
                house.jobs.start("demo", {}, actor="countersign")
            else:
                ahead = Thread(target=count_ahead, args=(house.desk,))
                ahead.start()
                open_things.callback(ahead.join)
            if channels:
                open_things.callback(Postman(house.desk, channels).start())
            open_things.callback(gc.unfreeze)
            yield

    return live


def warm_up() -> None:
    """Import what pages need, then tell the collector that it all stays."""
    for name in WARMED:
        import_module(name)
    gc.collect()
    gc.freeze()


def count_ahead(desk: Desk) -> None:
    """Ask what the overview will ask, so that its first visitor does not wait."""
    with suppress(CountersignError):
        standings(desk)
