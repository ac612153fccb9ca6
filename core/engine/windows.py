"""Windows: the time of each row, cut into days, weeks, months, quarters or years."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.engine.duck import Engine
from core.engine.sql import name
from core.records.data import Column, DatasetVersion

MOST: Final = 24
PERIODS: Final = ("day", "week", "month", "quarter", "year")
SPAN_SQL: Final = """
select count(distinct date_trunc('{period}', {column})) from {table} where {column} is not null
"""
WINDOW_SQL: Final = """
select cast(date_trunc('{period}', {column}) as date) as start
from {table} order by file_row_number
"""


@dataclass(frozen=True, slots=True)
class Windows:
    """Which window each row falls into: its number, -1 where the time is missing.

    `starts` are the first days of the windows in their order, `period` how long they are.
    """

    period: str
    starts: tuple[str, ...]
    of_row: NDArray[np.int16]

    @property
    def nbytes(self) -> int:
        """The size in memory."""
        return self.of_row.nbytes


def count_windows(
    engine: Engine, dataset: DatasetVersion, column: Column
) -> dict[str, int]:
    """Return how many windows of each period have rows, the shortest period first."""
    parts = {"column": name(column.name), "table": engine.source(dataset.object)}
    counted = (engine.rows(SPAN_SQL.format(period=each, **parts)) for each in PERIODS)
    return {
        period: int(str(rows[0][0])) for period, rows in zip(PERIODS, counted, strict=True)
    }


def cut_time(
    engine: Engine, dataset: DatasetVersion, column: Column, *, period: str = ""
) -> Windows:
    """Return the windows of a time column, of the shortest period with at most 24 of them.

    Another period can be asked for. Where windows are more, the last 24 count and earlier
    rows have none.
    """
    if not period:
        counted = count_windows(engine, dataset, column)
        period = next((p for p, n in counted.items() if n <= MOST), PERIODS[-1])
    parts = {"column": name(column.name), "table": engine.source(dataset.object)}
    found = engine.table(WINDOW_SQL.format(period=period, **parts))["start"]
    days = found.to_numpy().astype("datetime64[D]")
    known = np.unique(days[~np.isnat(days)])[-MOST:]
    place = np.searchsorted(known, days).clip(0, max(len(known) - 1, 0))
    of_row = np.where(np.isin(days, known), place, -1).astype(np.int16)
    starts = tuple(str(day) for day in known)
    return Windows(period, starts, of_row)
