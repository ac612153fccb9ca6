"""Shift values: how many rows have each value of a column of names or of yes and no."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from core.engine.duck import DuckDB, Engine
from core.engine.sql import name
from core.records.data import Column, ColumnType, DatasetVersion

NAMES: Final = (ColumnType.TEXT, ColumnType.BOOLEAN)
MOST_VALUES: Final = 20_000

VALUES_SQL: Final = """
(
    select {k} as c, v, count(*) as n
    from (select cast({column} as varchar) as v from {table}) as t
    group by v order by n desc, v limit {most}
)
"""
READ_SQL: Final = "select c, v, n from {table}"  # as it was ordered
NOTHING_SQL: Final = "select 0 as c, cast(null as varchar) as v, 0 as n limit 0"


@dataclass(frozen=True, slots=True)
class Valued:
    """The rows of each value of a column, the commonest first, and those without one.

    `whole` is whether all values are listed; a column with more than 20,000 is not compared.
    """

    column: str
    values: tuple[str, ...]
    rows: tuple[int, ...]
    missing: int
    whole: bool


def write_values(
    engine: DuckDB, dataset: DatasetVersion, columns: Sequence[Column], into: Path
) -> None:
    """Count the values of each column of names and write the roll-up."""
    parts = [
        VALUES_SQL.format(
            k=k,
            column=name(column.name),
            table=engine.source(dataset.object),
            most=MOST_VALUES + 2,
        )
        for k, column in enumerate(columns)
    ]
    text = " union all ".join(parts or [NOTHING_SQL])
    engine.write(f"select * from ({text}) as counted order by c, n desc, v", into)


def read_values(
    engine: Engine, object_: str, columns: Sequence[Column]
) -> dict[str, Valued]:
    """Return the counted columns of a roll-up by name."""
    table = engine.table(READ_SQL.format(table=engine.source(object_)))
    found: list[dict[str | None, int]] = [{} for _ in columns]
    lines = (table[key].to_pylist() for key in ("c", "v", "n"))
    for which, value, rows in zip(*lines, strict=True):
        found[which][value] = rows
    return {
        column.name: _valued(column.name, counted)
        for column, counted in zip(columns, found, strict=True)
    }


def _valued(column: str, counted: dict[str | None, int]) -> Valued:
    missing = counted.pop(None, 0)
    whole = len(counted) <= MOST_VALUES
    return Valued(
        column,
        tuple(str(value) for value in counted),
        tuple(counted.values()),
        missing,
        whole,
    )
