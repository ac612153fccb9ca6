"""The house: what one process works on, open from its start to its end.

A page has no caller that could hand it the desk; so the open house is kept here, once. The
lifespan of the app opens it, a test opens its own.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from core.errors import NotFoundError, WrongInputError
from core.runs.desk import Desk, open_desk
from core.runs.jobs import Jobs, Runner
from core.runs.kinds import RUNNERS
from core.serving.door import DEMO_ANALYST, Visitor, visitor_in

_OPEN: Final[list["House"]] = []


@dataclass(frozen=True, slots=True)
class House:
    """An open desk and its jobs.

    `stand_in` is who is there when no door was passed: a test's visitor, nobody in the app.
    `lives` says whether the session behind a page is still open.
    """

    desk: Desk
    jobs: Jobs
    stand_in: Visitor | None = None
    lives: Callable[[str], bool] = lambda _: True

    def visitor(self, headers: Mapping[str, str]) -> Visitor:
        """Return who sits before a page, from the headers of its connection.

        Raises:
            WrongInputError: the connection came around the door.
        """
        visitor = visitor_in(headers) or self.stand_in
        if visitor is None:
            raise WrongInputError("Nobody let you in.", hint="Load the page again.")
        if visitor.session and not self.lives(visitor.session):
            raise WrongInputError(
                "You were signed out. Your place is kept.", hint="Sign in again."
            )
        return visitor


def open_house(
    folder: Path,
    *,
    runners: Mapping[str, Runner] = RUNNERS,
    stand_in: Visitor | None = DEMO_ANALYST,
    lives: Callable[[str], bool] = lambda _: True,
) -> House:
    """Open the workspace in `folder` for this process; the house that was open is closed.

    Raises:
        BusyWorkspaceError: another process holds the folder.
        BrokenWorkspaceError: the log is not what was written.
    """
    close_house()
    desk = open_desk(folder)
    _OPEN.append(House(desk, Jobs(desk, runners), stand_in, lives))
    return _OPEN[0]


def house() -> House:
    """Return the open house.

    Raises:
        NotFoundError: nothing opened one; `streamlit run app.py` does.
    """
    if not _OPEN:
        raise NotFoundError(
            "No workspace is open.", hint="Start with `streamlit run app.py`."
        )
    return _OPEN[0]


def close_house() -> None:
    """Stop the jobs and let go of the workspace; nothing happens when none is open."""
    while _OPEN:
        closing = _OPEN.pop()
        closing.jobs.close()
        closing.desk.close()
