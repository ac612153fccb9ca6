"""Likeness: rows that stand twice, nearly twice, in two tables, or with two outcomes.

Rows are first compared by a hash of their columns; only rows whose hash occurs twice are
then compared value by value, so that the counts are exact and large tables stay cheap.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from core.engine.duck import Engine
from core.engine.sql import name
from core.records.data import Column, ColumnType

MOST_FIRST: Final = 1_000  # rows whose numbers are kept

TWICE: Final = """
with marks as (
    select file_row_number as row, hash({hashed}) as mark from {table} where {counted}
), suspects as (
    select row from marks
    where mark in (select mark from marks group by mark having count(*) > 1)
), twice as (
    select {keys}, file_row_number as row from {table}
    where file_row_number in (select row from suspects)
)"""
REPEATED_SQL: Final = (
    TWICE
    + """, numbered as (
    select row, row_number() over (partition by {names} order by row) as place from twice
)
select row, count(*) over () from numbered where place > 1 order by row limit {most}
"""
)
NEARLY_SQL: Final = (
    TWICE
    + """, numbered as (
    select row, row_number() over (partition by {names} order by row) as place,
        row_number() over (partition by {wholes} order by row) as same
    from twice
)
select row, count(*) over () from numbered where place > 1 and same = 1
order by row limit {most}
"""
)
CONFLICT_SQL: Final = (
    TWICE
    + """, spread as (
    select row, min(label) over (partition by {names}) as low,
        max(label) over (partition by {names}) as high
    from twice
)
select row, count(*) over () from spread where low <> high order by row limit {most}
"""
)
SHARED_SQL: Final = """
with here as (
    select file_row_number as row, hash({hashed}) as mark from {table}
), there as (
    select file_row_number as row, hash({hashed}) as mark from {other}
), candidates as (
    select {keys}, file_row_number as row from {table} where file_row_number in (
        select row from here where mark in (select mark from there)
    )
), matches as (
    select distinct {keys} from {other} where file_row_number in (
        select row from there where mark in (select mark from here)
    )
)
select c.row, count(*) over () from candidates as c
where exists (select 1 from matches as m where {same})
order by c.row limit {most}
"""


@dataclass(frozen=True, slots=True)
class Found:
    """How many rows were found, and the numbers of the first of them."""

    rows: int
    first: tuple[int, ...]


def find_repeated(engine: Engine, table: str, columns: Sequence[Column]) -> Found:
    """Return the rows that repeat an earlier row in all of `columns`; missing equals missing."""
    values = [name(column.name) for column in columns]
    return _found(engine, REPEATED_SQL, _parts(table, values))


def find_nearly_repeated(
    engine: Engine, table: str, columns: Sequence[Column], telling: Sequence[Column]
) -> Found:
    """Return the rows that repeat an earlier one but for spelling or the last digits.

    Texts count without case, blanks and punctuation, numbers to three significant digits;
    rows that repeat another exactly are left out. `telling` are some of `columns`, those
    with many values: rows that differ there are not looked at any further.
    """
    keys = [_near(column) for column in columns]
    wholes = {f"w{k}": name(column.name) for k, column in enumerate(columns)}
    parts = _parts(table, keys, hashed=[_near(column) for column in telling])
    parts["keys"] += "".join(f", {value} as {key}" for key, value in wholes.items())
    return _found(engine, NEARLY_SQL, parts | {"wholes": ", ".join(wholes)})


def find_conflicts(
    engine: Engine, table: str, columns: Sequence[Column], label: Column
) -> Found:
    """Return the rows that equal another in `columns` but not in the label."""
    values = [name(column.name) for column in columns]
    parts = _parts(table, values, counted=f"{name(label.name)} is not null")
    parts["keys"] += f", {name(label.name)} as label"
    return _found(engine, CONFLICT_SQL, parts)


def find_shared(engine: Engine, table: str, other: str, columns: Sequence[Column]) -> Found:
    """Return the rows of `table` that stand in `other` as well, in all of `columns`."""
    same = " and ".join(f"m.c{k} is not distinct from c.c{k}" for k in range(len(columns)))
    parts = _parts(table, [name(column.name) for column in columns])
    return _found(engine, SHARED_SQL, parts | {"other": other, "same": same})


def _parts(
    table: str,
    values: Sequence[str],
    *,
    hashed: Sequence[str] = (),
    counted: str = "true",
) -> dict[str, str]:
    """Return what fills the queries: columns get names of ours, whatever theirs are."""
    return {
        "table": table,
        "keys": ", ".join(f"{value} as c{k}" for k, value in enumerate(values)),
        "names": ", ".join(f"c{k}" for k in range(len(values))),
        "hashed": ", ".join(hashed or values),
        "counted": counted,
        "most": str(MOST_FIRST),
    }


def _near(column: Column) -> str:
    value = name(column.name)
    match column.type:
        case ColumnType.TEXT:
            return f"lower(regexp_replace({value}, '[^\\pL\\pN]+', '', 'g'))"
        case ColumnType.NUMBER:
            digits = f"2 - cast(floor(log10(abs({value}))) as int)"
            return (
                f"case when {value} = 0 or isinf({value}) then {value} "
                f"else round({value}, {digits}) end"
            )
        case _:
            return value


def _found(engine: Engine, text: str, parts: dict[str, str]) -> Found:
    lines = engine.rows(text.format(**parts))
    rows = int(str(lines[0][1])) if lines else 0
    return Found(rows, tuple(int(str(row)) for row, _ in lines))
