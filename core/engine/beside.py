"""Beside: a table held against another one, usually the training data."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from core.engine.duck import Engine
from core.engine.likeness import MOST_FIRST, Found
from core.engine.sql import name
from core.records.data import Column

UNSEEN_SQL: Final = """
select file_row_number, count(*) over () from {table}
where {column} is not null
    and {column} not in (select distinct {column} from {other} where {column} is not null)
order by file_row_number limit {most}
"""
ENDS_SQL: Final = """
select min({column}), max({column}), count({column}) from {table} where isfinite({column})
"""
OUTSIDE_SQL: Final = """
select file_row_number, count(*) over () from {table}
where {column} is not null and not ({column} between ? and ?)
order by file_row_number limit {most}
"""
EARLIER_SQL: Final = """
select file_row_number, count(*) over () from {table}
where {column} <= (select max({column}) from {other})
order by file_row_number limit {most}
"""
LATER_SQL: Final = """
select file_row_number, count(*) over () from {table} where {column} > {label_time}
order by file_row_number limit {most}
"""
GROUPS_SQL: Final = """
select count(*) as groups, min(n) as smallest,
    coalesce(sum(case when n < {least} then n end), 0) as rows
from (select count(*) as n from {table} group by {columns})
"""
MEMBERS_SQL: Final = """
select row, count(*) over () from (
    select file_row_number as row, count(*) over (partition by {columns}) as n from {table}
) where n < {least} order by row limit {most}
"""


@dataclass(frozen=True, slots=True)
class Groups:
    """How many groups columns make, the smallest, and the rows in groups that are too small."""

    groups: int
    smallest: int
    small: Found


def find_unseen(engine: Engine, table: str, other: str, column: Column) -> Found:
    """Return the rows whose value never stands in `other`."""
    return _found(engine, UNSEEN_SQL, table=table, other=other, column=column)


def find_outside(
    engine: Engine, table: str, column: Column, low: float, high: float
) -> Found:
    """Return the rows whose number lies outside of `low` to `high`, infinite ones too."""
    return _found(engine, OUTSIDE_SQL, low, high, table=table, column=column)


def find_ends(engine: Engine, table: str, column: Column) -> tuple[float, float, int]:
    """Return the least and the largest finite number of a column, and how many there are."""
    text = ENDS_SQL.format(table=table, column=name(column.name))
    ((low, high, count),) = engine.rows(text)
    if low is None:
        return 0.0, 0.0, 0
    return float(str(low)), float(str(high)), int(str(count))


def find_earlier(engine: Engine, table: str, other: str, column: Column) -> Found:
    """Return the rows that are no later than the last row of `other`."""
    return _found(engine, EARLIER_SQL, table=table, other=other, column=column)


def find_later(engine: Engine, table: str, column: Column, label_time: Column) -> Found:
    """Return the rows whose `column` lies after the moment when the outcome was known."""
    return _found(
        engine, LATER_SQL, table=table, column=column, label_time=name(label_time.name)
    )


def count_groups(
    engine: Engine, table: str, columns: Sequence[Column], *, least: int
) -> Groups:
    """Return how small the groups are that `columns` make together (k-anonymity).

    Source: Sweeney (2002), k-anonymity, section 2.
    """
    parts = {
        "columns": ", ".join(name(column.name) for column in columns),
        "least": least,
        "table": table,
        "most": MOST_FIRST,
    }
    ((groups, smallest, rows),) = engine.rows(GROUPS_SQL.format(**parts))
    if not int(str(rows)):
        return Groups(int(str(groups)), int(str(smallest or 0)), Found(0, ()))
    lines = engine.rows(MEMBERS_SQL.format(**parts))
    first = tuple(int(str(row)) for row, _ in lines)
    return Groups(int(str(groups)), int(str(smallest)), Found(int(str(rows)), first))


def _found(
    engine: Engine, text: str, *values: float, column: Column, **parts: str
) -> Found:
    filled = text.format(column=name(column.name), most=MOST_FIRST, **parts)
    lines = engine.rows(filled, list(values))
    rows = int(str(lines[0][1])) if lines else 0
    return Found(rows, tuple(int(str(row)) for row, _ in lines))
