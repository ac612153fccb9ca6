"""The desk: an open workspace and the engine that counts for it."""

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

from core.engine.duck import DuckDB
from core.records.canonical import to_plain
from core.reviews.policy import FIRST_POLICY, read_policy
from core.store.workspace import Workspace

Result = TypeVar("Result")
KEPT = 512
HELD = 256 * 2**20  # bytes


class Large(Protocol):
    """Something in memory that knows its size in bytes."""

    @property
    def nbytes(self) -> int:
        """The size in memory."""


Big = TypeVar("Big", bound=Large)


class Desk:
    """What every run works on. `count` asks with a page's patience, `work` with a job's.

    `once` keeps answers in memory by keys that are content hashes and scalars, `hold` does
    so for what is large.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.count = DuckDB(workspace.objects)
        self.work = self.count.for_jobs()
        self._kept: OrderedDict[tuple[object, ...], Any] = OrderedDict()
        self._held: OrderedDict[tuple[object, ...], Large] = OrderedDict()
        self._lock = Lock()
        if not workspace.state.policies:
            freeze_policy(workspace, FIRST_POLICY, actor="countersign")

    def once(self, key: tuple[object, ...], make: Callable[[], Result]) -> Result:
        """Return what `make` gives, made once per key; the least used is let go."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                kept: Result = self._kept[key]
                return kept
        made = make()
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return made

    def hold(self, key: tuple[object, ...], make: Callable[[], Big]) -> Big:
        """Return what `make` gives, made once per key; 256 MB of such things are kept."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                held: Big = self._held[key]  # type: ignore[assignment]  # one kind per key
                return held
        made = make()
        with self._lock:
            self._held[key] = made
            while len(self._held) > 1 and sum(b.nbytes for b in self._held.values()) > HELD:
                self._held.popitem(last=False)
        return made

    def holds(self, key: tuple[object, ...]) -> bool:
        """Return whether an answer is kept in memory under that key."""
        return key in self._held or key in self._kept

    def forget(self) -> None:
        """Let go of all answers that are kept in memory."""
        with self._lock:
            self._kept.clear()
            self._held.clear()

    def close(self) -> None:
        """Let go of the engine and of the workspace."""
        self.count.close()
        self.work.close()
        self.workspace.close()

    def __enter__(self) -> Self:
        """Enter the block that closes the desk."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the desk."""
        self.close()


def open_desk(folder: Path) -> Desk:
    """Open the workspace in `folder`, making it if it is new."""
    return Desk(Workspace(folder))


def freeze_policy(workspace: Workspace, text: str, *, actor: str) -> None:
    """Put a policy in force: its YAML becomes an object, its content an event."""
    policy = read_policy(text)
    name = workspace.objects.put_bytes(text.encode())
    payload = {"policy": to_plain(policy), "object": name}
    workspace.record(actor, "policy.frozen", str(policy.number), payload)
