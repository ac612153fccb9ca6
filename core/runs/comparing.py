"""Compare: what changed from one dataset version to another."""

from dataclasses import dataclass

from core.engine.likeness import find_shared
from core.records.data import Column, DatasetVersion
from core.runs.desk import Desk


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed between two versions.

    `same`, `changed`, `added` and `removed` are names of columns; a column is the same if its
    hash is. `kept` rows stand in both, in all columns that both have; the others were
    `gone` or are `new`.
    """

    same: tuple[str, ...]
    changed: tuple[str, ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]
    kept: int
    new: int
    gone: int


def changes_between(desk: Desk, before: DatasetVersion, after: DatasetVersion) -> Changes:
    """Return what changed from `before` to `after`: columns by their hashes, rows by content."""
    old, new = dict(before.hashes), dict(after.hashes)
    both = [column for column in after.columns if _is_in(column, before)]
    names = [column.name for column in both]
    kept, back = _shared(desk, after, before, both)
    return Changes(
        same=tuple(n for n in names if old.get(n) == new.get(n)),
        changed=tuple(n for n in names if old.get(n) != new.get(n)),
        added=tuple(c.name for c in after.columns if c not in both),
        removed=tuple(c.name for c in before.columns if not _is_in(c, after)),
        kept=kept,
        new=after.rows - kept,
        gone=before.rows - back,
    )


def _shared(
    desk: Desk, after: DatasetVersion, before: DatasetVersion, both: list[Column]
) -> tuple[int, int]:
    """Return how many rows of each version stand in the other one."""
    if not both:
        return 0, 0

    def count() -> tuple[int, int]:
        here, there = (desk.work.source(version.object) for version in (after, before))
        kept = find_shared(desk.work, here, there, both).rows
        return kept, find_shared(desk.work, there, here, both).rows

    return desk.once(("shared", after.object, before.object, tuple(both)), count)


def _is_in(column: Column, version: DatasetVersion) -> bool:
    known = version.column(column.name)
    return known is not None and known.type is column.type
