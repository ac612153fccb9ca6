"""Drift windows: the days, weeks or months inside one table, each held against a reference."""

from datetime import date
from typing import Final

from core.engine.windows import MOST, Windows, count_windows, cut_time
from core.measures.time_words import say_window
from core.records.data import Column, DatasetVersion, Use
from core.records.drift import Compared, Side
from core.records.predicate import And, Predicate
from core.runs.desk import Desk
from core.runs.drifting import compare_windows
from core.runs.slicing import masked_columns
from core.runs.windows import rows_between

PERIODS: Final = ("day", "week", "month")
Named = tuple[str, Predicate]


def periods_of(desk: Desk, dataset: DatasetVersion) -> tuple[str, ...]:
    """Return into which periods a table can be cut: those with 2 to 24 windows.

    None where it says no time, or one that is personal data.
    """
    time = _time(desk, dataset)
    if time is None:
        return ()
    key = ("windows by period", dataset.object, time.name)
    counted = desk.once(key, lambda: count_windows(desk.work, dataset, time))
    return tuple(period for period in PERIODS if 2 <= counted[period] <= MOST)  # noqa: PLR2004 - one window is the table


def windows_in(desk: Desk, dataset: DatasetVersion, period: str) -> tuple[Named, ...]:
    """Return the windows of a table with their rows, the earliest first."""
    time = _time(desk, dataset)
    if time is None or period not in periods_of(desk, dataset):
        return ()
    key = ("windows", dataset.object, time.name, period)
    cut: Windows = desk.hold(key, lambda: cut_time(desk.work, dataset, time, period=period))
    return tuple(
        (
            say_window(period, date.fromisoformat(start)),
            rows_between(time.name, cut.starts, at),
        )
        for at, start in enumerate(cut.starts)
    )


def compare_inside(
    desk: Desk, before: Side, after: Side, period: str
) -> tuple[tuple[Named, Compared], ...]:
    """Return each window of the second side against the first, as far as there are rows."""
    named = windows_in(desk, desk.workspace.state.dataset(after.dataset), period)
    if not named:
        return ()
    where = [And((after.where, window)) if after.where else window for _, window in named]
    found = compare_windows(desk, before, after.dataset, where)
    return tuple(
        ((title, rows), each)
        for (title, _), rows, each in zip(named, where, found, strict=True)
    )


def _time(desk: Desk, dataset: DatasetVersion) -> Column | None:
    time = dataset.used_as(Use.TIME)
    return None if time is None or time.name in masked_columns(desk, dataset) else time
