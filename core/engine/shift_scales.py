"""Shift scales: where the values of each ordered column lie, so that bins can be cut.

Centre and spread come from a fixed share of the rows, chosen by a hash of their number, so
that the same table always has the same scales. Both sides of a comparison are cut by the
scales of the first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.engine.duck import Engine
from core.engine.sql import name
from core.records.data import Column, ColumnType, DatasetVersion

ENOUGH: Final = 20_000  # rows of a sample
SHARE: Final = 0.02
HASHES: Final = 1 << 32
SPREAD: Final = 1.349  # the interquartile range of a normal value, in standard deviations
ORDERED: Final = (ColumnType.INTEGER, ColumnType.NUMBER, ColumnType.DATE, ColumnType.TIME)

SAMPLE_SQL: Final = """
select {columns} from {table} where file_row_number * 2654435761 % 4294967296 < {most}
"""


@dataclass(frozen=True, slots=True)
class Scale:
    """How one ordered column is cut: by the distance from `centre` in units of `spread`.

    `distinct` values among the `rows` of the sample that have one.
    """

    column: str
    type: ColumnType
    centre: float
    spread: float
    distinct: int
    rows: int

    @property
    def ties(self) -> float:
        """The share of rows whose value another row has as well, about."""
        return 1 - self.distinct / self.rows if self.rows else 0.0


def measure_scales(
    engine: Engine, dataset: DatasetVersion, columns: Sequence[Column]
) -> tuple[Scale, ...]:
    """Return the scale of each ordered column."""
    ordered = [column for column in columns if column.type in ORDERED]
    if not ordered:
        return ()
    share = max(SHARE, ENOUGH / max(dataset.rows, ENOUGH))
    listed = ", ".join(f"{number_sql(column)} as c{k}" for k, column in enumerate(ordered))
    text = SAMPLE_SQL.format(
        columns=listed, table=engine.source(dataset.object), most=int(share * HASHES)
    )
    sample = engine.table(text)
    return tuple(
        _measure(column, sample[f"c{k}"].drop_null().to_numpy())
        for k, column in enumerate(ordered)
    )


def number_sql(column: Column) -> str:
    """Return the SQL of a value as a double; of a date, its seconds since 1970."""
    identifier = name(column.name)
    if column.type in (ColumnType.DATE, ColumnType.TIME):
        return f"epoch({identifier}) * 1e0"
    return identifier if column.type is ColumnType.NUMBER else f"{identifier} * 1e0"


def _measure(column: Column, sample: NDArray[np.float64]) -> Scale:
    known = sample[np.isfinite(sample)]
    if not len(known):
        return Scale(column.name, column.type, 0.0, 1.0, 0, 0)
    low, centre, high = np.quantile(known, (0.25, 0.5, 0.75), method="inverted_cdf")
    with np.errstate(over="ignore"):
        spreads = ((high - low) / SPREAD, np.abs(known - centre).mean(), 1.0)
        spread = next(s for s in spreads if 0 < s < np.inf and 0 < 1 / s < np.inf)
    distinct = len(np.unique(known))
    return Scale(
        column.name, column.type, float(centre), float(spread), distinct, len(known)
    )
