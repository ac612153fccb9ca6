"""The workspace: one folder that holds the log, the objects, the inbox and the drafts."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Any, Self

from cattrs.errors import BaseValidationError

from core.errors import BrokenWorkspaceError
from core.records.canonical import to_plain
from core.records.data import DatasetVersion
from core.records.evaluations import Evaluation
from core.records.events import Event
from core.records.models import ModelVersion
from core.store.disk import hold, saying
from core.store.log import Log
from core.store.objects import Objects
from core.store.state import State


def utc_now() -> datetime:
    """Return the time; the one place that looks at the clock for the log."""
    return datetime.now(UTC)  # noqa: TID251 - every other place is given the time


Stamped = DatasetVersion | ModelVersion | Evaluation


class Workspace:
    """An open workspace; one process at a time holds it.

    `state` is folded from the log in memory and follows every event.

    Raises:
        BusyWorkspaceError: another process holds the folder.
        BrokenWorkspaceError: the log is not what was written.
        StorageError: the folder cannot be written, or the disk is full.
    """

    def __init__(self, folder: Path, *, clock: Callable[[], datetime] = utc_now) -> None:
        self.now = clock
        self.folder = folder.resolve()
        with saying(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = hold(self.folder)
        try:
            with saying(self.folder):
                for part in (self.inbox, self.drafts):
                    part.mkdir(exist_ok=True)
                self._sweep()
                self.state = State()
                self.objects = Objects(self.folder / "objects", self.state.erased)
            self._log = Log(self.folder, clock)
        except BaseException:
            self._lock.close()
            raise
        self._writing = RLock()
        self._followed = 0
        self._follow()
        self.remove_erased()
        if not self._log.events:
            self.record("countersign", "workspace.created", "", {"format": 1})

    def _sweep(self) -> None:
        """Remove what a killed process left of files that it was reading."""
        for left in (*self.drafts.glob("tmp*"), *self.drafts.glob("*/.intake-*")):
            shutil.rmtree(left, ignore_errors=True)

    def _follow(self) -> None:
        for event in self._log.events[self._followed :]:
            try:
                self.state.follow(event)
            except (BaseValidationError, KeyError, TypeError, ValueError):
                self.close()
                raise BrokenWorkspaceError(
                    f"Event {event.seq:,} was written by another version of Countersign.",
                    hint="Open the workspace with that version, or start a new one.",
                ) from None
            self._followed += 1

    @property
    def inbox(self) -> Path:
        """Where files can be laid to be imported without an upload."""
        return self.folder / "inbox"

    @property
    def drafts(self) -> Path:
        """Where unfinished imports wait."""
        return self.folder / "drafts"

    @property
    def socket(self) -> Path:
        """Where a running app listens for the command line."""
        return self.folder / "socket"

    @property
    def events(self) -> tuple[Event, ...]:
        """All lines of the log, oldest first."""
        return self._log.events

    def record(
        self, actor: str, action: str, subject: str, payload: dict[str, Any]
    ) -> Event:
        """Write one event and let the state follow it.

        Raises:
            StorageError: the disk is full or fails.
        """
        with self._writing:  # the state follows in the order of the log
            event = self._log.append(actor, action, subject, payload)
            self._follow()
            return event

    def keep(self, actor: str, action: str, record: Stamped) -> Event:
        """Write the event that a record came to be; its time and actor are the event's."""
        payload = to_plain(record)
        del payload["at"], payload["actor"]
        return self.record(actor, action, record.id, payload)

    def remove_erased(self) -> None:
        """Remove the objects that an event says are erased, if they are still there."""
        for name in self.state.erased:
            self.objects.remove(name)

    def close(self) -> None:
        """Let go of the folder."""
        self._log.close()
        self._lock.close()

    def __enter__(self) -> Self:
        """Enter the block that closes the workspace."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the workspace."""
        self.close()
