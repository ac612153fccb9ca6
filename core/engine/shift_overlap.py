"""Shift overlap: the rows of a table that stand in another one as well.

Only where values tell rows apart: two customers may well be alike in three columns, and are
not the same customer. Tables are held against each other if at most one row in a hundred of
the first repeats another in all common columns.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.engine.duck import DuckDB, Engine
from core.engine.sql import name
from core.records.data import Column, DatasetVersion

TELLING: Final = 0.99

MARKS_SQL: Final = "select file_row_number as row, hash({columns}) as mark from {table}"
SHARED_SQL: Final = """
select row from ({here}) as here where mark in (select mark from ({there}) as there)
order by row
"""
TELLS_SQL: Final = """
select count(distinct mark) >= {telling} * count(*) from ({there}) as there
"""
NONE_SQL: Final = "select row from ({here}) as here where false"


def write_shared(
    engine: DuckDB,
    table: DatasetVersion,
    other: DatasetVersion,
    columns: tuple[Sequence[Column], Sequence[Column]],
    into: Path,
) -> None:
    """Write the numbers of the rows of `table` that equal a row of `other` in all columns.

    `columns` are a few with many values, looked at first, and all of them.
    """
    found = [_texts(engine, table, other, some) for some in columns]
    here, there = found[-1]
    shared = [SHARED_SQL.format(here=left, there=right) for left, right in found]
    some_shared = all(engine.rows(f"{text} limit 1") for text in shared)
    if some_shared and _tells(engine, there):
        engine.write(shared[-1], into)
    else:
        engine.write(NONE_SQL.format(here=here), into)


def read_shared(engine: Engine, object_: str) -> NDArray[np.int64]:
    """Return the row numbers of a roll-up."""
    found = engine.table(f"select row from {engine.source(object_)} order by row")
    return found["row"].to_numpy().astype(np.int64)


def _texts(
    engine: Engine, table: DatasetVersion, other: DatasetVersion, columns: Sequence[Column]
) -> tuple[str, str]:
    """Return the SQL that marks the rows of either table."""
    listed = ", ".join(name(column.name) for column in columns)
    here, there = (
        MARKS_SQL.format(columns=listed, table=engine.source(each.object))
        for each in (table, other)
    )
    return here, there


def _tells(engine: Engine, there: str) -> bool:
    ((tells,),) = engine.rows(TELLS_SQL.format(there=there, telling=f"{TELLING}e0"))
    return bool(tells)
