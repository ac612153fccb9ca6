"""Samples: some rows and some values, the same ones each time."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core.engine.duck import Engine
from core.engine.sql import name

# A multiplier whose multiples are spread evenly over the modulus (Knuth, TAOCP 6.4).
MULTIPLIER: Final = 2_654_435_761
MODULUS: Final = 4_294_967_296
MOST_VALUES: Final = 1_000

ROWS_SQL: Final = """
select {columns} from {table}
where (file_row_number * {multiplier}) % {modulus} < {cut}
order by file_row_number
"""
VALUES_SQL: Final = """
select distinct cast({column} as varchar) as value from (
    select {column} from {table}
    where {column} is not null and (file_row_number * {multiplier}) % {modulus} < {cut}
) order by value limit {most}
"""


def sample_rows(
    engine: Engine, table: str, columns: Sequence[str], *, rows: int, size: int
) -> pa.Table:
    """Return about `size` of the `rows` rows of a table: all, where it has no more.

    A row is taken by its number alone, so that every question sees the same rows. The
    columns are called c0, c1 … in the order in which they were asked for.
    """
    parts = ", ".join(f"{name(column)} as c{k}" for k, column in enumerate(columns))
    text = ROWS_SQL.format(
        columns=parts,
        table=table,
        multiplier=MULTIPLIER,
        modulus=MODULUS,
        cut=_cut(rows, size),
    )
    return engine.table(text)


def sample_values(
    engine: Engine, table: str, column: str, *, rows: int, size: int
) -> tuple[str, ...]:
    """Return up to 1,000 distinct values of a column as text, from about `size` rows."""
    text = VALUES_SQL.format(
        column=name(column),
        table=table,
        multiplier=MULTIPLIER,
        modulus=MODULUS,
        cut=_cut(rows, size),
        most=MOST_VALUES,
    )
    return tuple(str(value) for (value,) in engine.rows(text))


def take_sample(rows: int, size: int) -> NDArray[np.int64]:
    """Return the numbers of about `size` of `rows` rows, the same that `sample_rows` takes."""
    numbers = np.arange(rows, dtype=np.int64)
    return numbers[(numbers * MULTIPLIER) % MODULUS < _cut(rows, size)]


def _cut(rows: int, size: int) -> int:
    return MODULUS if rows <= size else MODULUS * size // rows
