"""Care: what is done for the folder itself: look at it, mend it, copy it, bring it back."""

from collections.abc import Callable
from pathlib import Path

from core.errors import NotFoundError
from core.records.events import Event
from core.sandbox.limits import landlock_version
from core.store.backup import restore
from core.store.disk import hold
from core.store.doctor import Health, examine
from core.store.rebuild import rebuild

Say = Callable[[str], None]
SOUND, DAMAGED = 0, 1  # exit codes


def doctor(folder: Path, say: Say, events: tuple[Event, ...] | None = None) -> int:
    """Say what is damaged in the workspace in `folder`; return 0 if nothing is, else 1.

    `events` are those of the app that holds the folder.

    Raises:
        BusyWorkspaceError: another process holds it.
        NotFoundError: there is no workspace.
    """
    if not folder.is_dir():
        raise NotFoundError(f"There is no workspace {folder}.", hint="Check the path.")
    if events is not None:
        return _tell(examine(folder, events), say)
    with hold(folder):
        return _tell(examine(folder), say)


def _tell(health: Health, say: Say) -> int:
    say(f"{health.events:,} events, {health.objects:,} objects looked at.")
    for trouble in health.troubles:
        say(f"■ {trouble.what} {trouble.hint}")
    for note in health.notes:
        say(f"○ {note}")
    if not landlock_version():
        say("○ This machine has no Landlock: brought files are opened with fewer limits.")
    if health.troubles:
        return DAMAGED
    say("● Nothing is damaged.")
    return SOUND


def rebuild_here(folder: Path, say: Say) -> int:
    """Make the records again from their mirror, and say so."""
    count = rebuild(folder)
    say(f"The records hold {count:,} events again; the old file is beside them.")
    return SOUND


def restore_here(backup: Path, folder: Path, say: Say) -> int:
    """Make a new workspace from a backup, and say so."""
    events, objects = restore(backup, folder)
    say(f"{folder} holds {events:,} events and {objects:,} objects; every hash is right.")
    return SOUND
