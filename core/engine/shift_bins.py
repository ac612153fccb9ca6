"""Shift bins: the values of every ordered column counted by 4,096 bins that keep their order.

A value lies z = (x - centre) / spread from the middle and falls into the bin at
z / (1 + |z|), which rises with x and squeezes far values together: no outlier can spoil the
bins of the others. Of each bin the roll-up holds `n` rows, `s` the sum of z in units of
2^-30 (used where no |z| passes 4,096), and its lowest and highest value, `lo` and `hi`. Missing values,
infinite ones and those that are no number have codes of their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core.engine.duck import DuckDB, Engine
from core.engine.score_cube import Integers, integers, whole_numbers
from core.engine.shift_scales import Scale, number_sql
from core.records.data import Column, DatasetVersion

MISSING: Final = 0
BELOW: Final = 1  # minus infinity
ABOVE: Final = 4098  # infinity
NAN: Final = 4099
CODES: Final = 4100
UNIT: Final = 1 << 30
FARTHEST: Final = 4096  # spreads from the centre, up to which sums are exact

BINS_SQL: Final = """
select {k} as c, {bin} as b, count(*) as n,
    sum(try_cast(floor({z} * 1073741824e0 + 5e-1) as bigint)) as s, min(x) as lo, max(x) as hi
from (select {value} as x from {table}) as t
group by {bin}
"""
# The first line is null where a value is missing or no finite number. Then texts are compared:
# Parquet statistics pass over NaN, so isnan() or a comparison may be folded to false.
BIN_SQL: Final = (
    "coalesce(try_cast(floor({finer}e0 * (2050e0 + 20479e-1 * ({z} / (1e0 + abs({z}))))) as int), "
    "case when {x} is null then 0 when cast({x} as varchar) in ('nan', '-nan') then 4099 "
    "when cast({x} as varchar) = '-inf' then 1 when cast({x} as varchar) = 'inf' then 4098 "
    "when {x} < {centre} then 2 * {finer} else 4097 * {finer} end)"
)
READ_SQL: Final = "select c, b, n, s, lo, hi from {table}"  # as it was ordered
NOTHING_SQL: Final = "select 0 as c, 0 as b, 0 as n, 0 as s, 0e0 as lo, 0e0 as hi limit 0"


@dataclass(frozen=True, slots=True, eq=False)
class Binned:
    """One column by code (4,100 of them): rows, sums in spreads, lowest and highest value.

    `s` is None where only rows were counted, as in a slice; `lo` and `hi` are then those of
    the whole table, NaN where it has no such row.
    """

    scale: Scale
    n: NDArray[np.int64]
    s: Integers | None
    lo: NDArray[np.float64]
    hi: NDArray[np.float64]

    @property
    def nbytes(self) -> int:
        """The size in memory."""
        return 4 * self.n.nbytes

    @property
    def missing(self) -> int:
        """Rows without a value, or with what is no number."""
        return int(self.n[MISSING] + self.n[NAN])


def bin_sql(scale: Scale, x: str = "x", *, finer: int = 1) -> str:
    """Return the SQL of the code of a value that stands in a column `x`.

    `finer`, a power of two, cuts each bin into so many: code // finer is the bin itself.
    """
    centre = f"({_double(scale.centre)})"
    return BIN_SQL.format(x=x, z=_z(scale, x), centre=centre, finer=finer)


def write_bins(
    engine: DuckDB, dataset: DatasetVersion, scales: Sequence[Scale], into: Path
) -> None:
    """Count each column that the table has in common with `scales`, and write the roll-up."""
    parts = [
        BINS_SQL.format(
            k=k,
            bin=bin_sql(scale),
            z=_z(scale),
            value=number_sql(column),
            table=engine.source(dataset.object),
        )
        for k, scale in enumerate(scales)
        if (column := same_column(dataset, scale))
    ]
    text = " union all ".join(parts or [NOTHING_SQL])
    engine.write(f"select * from ({text}) as counted order by c, b", into)


def read_bins(engine: Engine, object_: str, scales: Sequence[Scale]) -> dict[str, Binned]:
    """Return the counted columns of a roll-up by name."""
    table = engine.table(READ_SQL.format(table=engine.source(object_)))
    which = whole_numbers(table, "c")
    ends = np.searchsorted(which, np.arange(len(scales) + 1))
    return {
        scale.column: _spread_out(scale, table.slice(start, end - start))
        for scale, start, end in zip(scales, ends[:-1], ends[1:], strict=True)
        if end > start
    }


def same_column(dataset: DatasetVersion, scale: Scale) -> Column | None:
    """Return the column that can be cut by a scale, if the table has it."""
    column = dataset.column(scale.column)
    if column is None:
        return None
    numbers = column.type.is_number and scale.type.is_number
    return column if numbers or column.type is scale.type else None


def _z(scale: Scale, x: str = "x") -> str:
    return f"(({x} - ({_double(scale.centre)})) * {_double(1 / scale.spread)})"


def _double(number: float) -> str:
    """Return a number as SQL reads a double: with an exponent."""
    text = repr(float(number))
    return text if "e" in text else f"{text}e0"


def _spread_out(scale: Scale, lines: pa.Table) -> Binned:
    at = whole_numbers(lines, "b")
    sums = integers(lines, "s")
    n = np.zeros(CODES, np.int64)
    s: Integers = np.zeros(CODES, np.int64)
    if sums.dtype == object:
        s = np.zeros(CODES, object)
    lo, hi = np.full(CODES, np.nan), np.full(CODES, np.nan)
    n[at], s[at] = whole_numbers(lines, "n"), sums
    lo[at], hi[at] = (lines[end].to_numpy().astype(np.float64) for end in ("lo", "hi"))
    return Binned(scale, n, s, lo, hi)
