"""Shift codes: the bin or value of every row, stored once, so that any slice is counted at once.

A code is two bytes: of an ordered column its bin (`core.engine.shift_bins`), of a column of
names 0 for missing, else 1 and the place of the value among the counted values.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from core.engine.duck import DuckDB, Engine
from core.engine.shift_bins import CODES, Binned, bin_sql, same_column
from core.engine.shift_scales import Scale, number_sql
from core.engine.shift_values import MOST_VALUES, Valued
from core.engine.sql import Value, name
from core.engine.where import Where
from core.records.data import DatasetVersion

NAMED_CODES: Final = MOST_VALUES + 3  # missing, the values, and what is beyond them
CODES_SQL: Final = "select {codes} from {table}"
CODE_SQL: Final = "select {column} as code from {table}"
ROWS_SQL: Final = "select file_row_number as row from {table} where {condition}"
Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """Which part each row of a table belongs to: its number, -1 for none."""

    of_row: NDArray[np.int16]
    parts: int

    @property
    def nbytes(self) -> int:
        """The size in memory."""
        return self.of_row.nbytes

    @property
    def rows(self) -> tuple[int, ...]:
        """How many rows each part has."""
        counted = np.bincount(self.of_row.astype(np.int64) + 1, minlength=self.parts + 1)
        return tuple(int(rows) for rows in counted[1:])

    def without(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> "Parts":
        """Return it with some rows taken out, given by number or by a mask."""
        left = self.of_row.copy()
        left[rows] = -1
        return Parts(left, self.parts)

    def without_parts(self, parts: Sequence[int]) -> "Parts":
        """Return it with some parts empty."""
        return self.without(np.isin(self.of_row, parts)) if parts else self


def write_codes(
    engine: DuckDB,
    dataset: DatasetVersion,
    scales: Sequence[Scale],
    valued: Sequence[Valued],
    into: Path,
) -> None:
    """Write the codes of every row, in the order of the rows."""
    inner, codes = [], []
    for k, scale in enumerate(scales):
        if column := same_column(dataset, scale):
            inner.append(f"{number_sql(column)} as x{k}")
            codes.append(f"{bin_sql(scale, f'x{k}')} as b{k}")
    for k, each in enumerate(valued):
        inner.append(f"cast({name(each.column)} as varchar) as v{k}")
        codes.append(f"v{k}")
    table = f"(select {', '.join(inner)} from {engine.source(dataset.object)}) as t"
    text = CODES_SQL.format(codes=", ".join(codes), table=table)
    known = {f"v{k}": pa.array(each.values, pa.string()) for k, each in enumerate(valued)}
    schema = pa.schema([(code.split()[-1], pa.uint16()) for code in codes])
    with pq.ParquetWriter(into, schema, compression="zstd") as writer:
        for batch in engine.batches(text):
            arrays = [_code(batch[key], known.get(key)) for key in schema.names]
            writer.write_batch(pa.record_batch(arrays, schema=schema))


def part_by(
    engine: Engine, dataset: DatasetVersion, where: Sequence[Where | None]
) -> Parts:
    """Return the parts that predicates make; a row belongs to the first that it satisfies."""
    of_row = np.full(dataset.rows, -1, np.int16)
    for part, each in reversed(list(enumerate(where))):
        if each is None:
            of_row[:] = part
            continue
        condition, values = each.condition()
        of_row[_rows(engine, each.source(engine), condition, values)] = part
    return Parts(of_row, len(where))


def count_bins(
    engine: Engine, codes: str, k: int, whole: Binned, parts: Parts
) -> list[Binned]:
    """Return an ordered column in each part; `k` is the place of its scale."""
    counted = _count(engine, codes, f"b{k}", parts, CODES)
    return [Binned(whole.scale, n, None, whole.lo, whole.hi) for n in counted]


def count_values(
    engine: Engine, codes: str, k: int, whole: Valued, parts: Parts
) -> list[Valued]:
    """Return a column of names in each part; `k` is its place among the counted columns."""
    counted = _count(engine, codes, f"v{k}", parts, NAMED_CODES)
    last = len(whole.values) + 1
    return [
        Valued(
            whole.column,
            whole.values,
            tuple(int(rows) for rows in n[1:last]),
            int(n[0]),
            whole.whole,
        )
        for n in counted
    ]


def _count(engine: Engine, codes: str, column: str, parts: Parts, size: int) -> Counts:
    """Return (parts, codes) rows."""
    text = CODE_SQL.format(column=column, table=engine.source(codes))
    key = engine.table(text)["code"].to_numpy().astype(np.int32)
    key += (parts.of_row.astype(np.int32) + 1) * size
    counted = np.bincount(key, minlength=(parts.parts + 1) * size)
    return counted.reshape(parts.parts + 1, size)[1:]


def _rows(
    engine: Engine, table: str, condition: str, values: Sequence[Value]
) -> NDArray[np.int64]:
    found = engine.table(ROWS_SQL.format(table=table, condition=condition), values)
    return found["row"].to_numpy().astype(np.int64)


def _code(column: Any, known: Any | None) -> Any:  # noqa: ANN401 - Arrow arrays
    if known is None:
        return column.cast(pa.uint16())
    place = pc.index_in(column, known, skip_nulls=True).to_numpy(zero_copy_only=False)
    code = np.where(np.isnan(place.astype(float)), len(known), place).astype(np.int64) + 1
    missing = column.is_null().to_numpy(zero_copy_only=False)
    return pa.array(np.where(missing, 0, code).astype(np.uint16))
