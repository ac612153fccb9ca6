"""Margins: how many rows there are of each combination of values."""

from collections.abc import Sequence
from typing import Final

from core.engine.duck import Engine
from core.engine.sql import name
from core.records.data import Column

TOGETHER_SQL: Final = """
select {values}, count(*) as n from {table} group by {places} order by {places}
"""


def count_together(
    engine: Engine, table: str, columns: Sequence[Column]
) -> list[tuple[tuple[str | None, ...], int]]:
    """Return the rows of each combination of values, as text; a missing value is None."""
    text = TOGETHER_SQL.format(
        values=", ".join(
            f"cast({name(column.name)} as varchar) as c{k}"
            for k, column in enumerate(columns)
        ),
        places=", ".join(f"c{k}" for k in range(len(columns))),
        table=table,
    )
    return [
        (tuple(None if value is None else str(value) for value in values), int(str(n)))
        for *values, n in engine.rows(text)
    ]
