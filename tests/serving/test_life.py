"""The house and its life from the first request to the last."""

import asyncio
import gc
from pathlib import Path

import pytest

from core.errors import BusyWorkspaceError, NotFoundError, WrongInputError
from core.runs.desk import open_desk
from core.serving.door import DEMO_ANALYST
from core.serving.house import close_house, house, open_house
from core.serving.life import make_lifespan


def test_a_house_is_open_until_it_is_closed(tmp_path: Path) -> None:
    """Pages find what was opened; afterwards there is nothing and the folder is free."""
    opened = open_house(tmp_path, runners={})
    assert house() is opened
    assert house().visitor({}) == DEMO_ANALYST
    close_house()
    with pytest.raises(NotFoundError, match="No workspace is open"):
        house()
    open_desk(tmp_path).close()


def test_opening_again_closes_the_first(tmp_path: Path) -> None:
    """A second house takes the place of the first, also on the same folder."""
    open_house(tmp_path, runners={})
    open_house(tmp_path, runners={})
    close_house()


def test_a_held_folder_is_refused(tmp_path: Path) -> None:
    """Another desk on the folder keeps the house from opening."""
    with open_desk(tmp_path), pytest.raises(BusyWorkspaceError, match="Another process"):
        open_house(tmp_path, runners={})


def test_in_the_app_nobody_comes_around_the_door(tmp_path: Path) -> None:
    """Where no visitor stands in, a page without the door's headers has nobody before it."""
    open_house(tmp_path, runners={}, stand_in=None)
    try:
        with pytest.raises(WrongInputError, match="Nobody let you in"):
            house().visitor({})
        assert house().visitor({"x-auth-user": "analyst"}).name == "analyst"
    finally:
        close_house()


def test_the_app_lives_with_a_frozen_memory(tmp_path: Path) -> None:
    """While the app runs the house is open and what was imported is never collected."""

    async def live() -> tuple[int, bool]:
        async with make_lifespan(tmp_path)(None):
            return gc.get_freeze_count(), house().desk.workspace.socket.is_socket()

    frozen, listening = asyncio.run(live())
    assert frozen > 10_000
    assert listening
    assert gc.get_freeze_count() == 0
    assert not (tmp_path / "socket").exists()
    with pytest.raises(NotFoundError):
        house()
