"""One row of a table: found, read, and beside what other rows hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from core.engine.duck import Engine
from core.engine.sql import name
from core.engine.where import Where, rows_where

STEPS: Final = 40
ROW_SQL: Final = "select {columns} from {table} where file_row_number = ?"
SAMPLE_SQL: Final = """
select * from (
    select file_row_number as row, {columns} from {table}
    order by (file_row_number * 2654435761) % 4294967296, file_row_number limit ?
) as few order by row
"""
FIND_SQL: Final = """
select file_row_number from {table} where cast({column} as varchar) = ? order by 1 limit 2
"""
RANGE_SQL: Final = "select quantile_disc({column}, {shares}) from {table} where {known}"
FIRST_SQL: Final = """
select {column} as value, count(*) as n from {table} where {column} is not null
group by value order by n desc, value limit {most}
"""
PICK_SQL: Final = """
select row from (
    select f.row as row, {what} as what
    from {frame} as f join {scores} as s on s.file_row_number = f.row
) as picked
where what is not null and {where} and {among}
order by what desc, row limit 1
"""
PICKS: Final = {
    "highest": "s.{score}",
    "lowest": "- s.{score}",
    "wrong and sure": "case when f.label >= 0 and (s.bucket >= {edge}) <> (f.label = 1)"
    " then abs(s.score - {edge} / 64000.0) end",
}


def read_row(engine: Engine, table: str, columns: Sequence[str], row: int) -> pa.Table:
    """Return some columns of one row; no line where there is no such row."""
    named = ", ".join(name(column) for column in columns)
    return engine.table(ROW_SQL.format(columns=named, table=engine.source(table)), [row])


def read_sample(engine: Engine, table: str, columns: Sequence[str], rows: int) -> pa.Table:
    """Return `row` and some columns of rows chosen by a hash of their number."""
    named = ", ".join(name(column) for column in columns)
    text = SAMPLE_SQL.format(columns=named, table=engine.source(table))
    return engine.table(text, [rows])


def find_row(engine: Engine, table: str, column: str, value: str) -> tuple[int, ...]:
    """Return the numbers of the first two rows in which a column holds a value, as text."""
    text = FIND_SQL.format(table=engine.source(table), column=name(column))
    return tuple(int(str(row)) for (row,) in engine.rows(text, [value]))


@dataclass(frozen=True, slots=True)
class Pick:
    """Which row is wanted: `kind` is a key of PICKS, `score` names the column of scores.

    `edge` is the bucket of the decision threshold; with `among`, only rows that stand in
    the `row` of that object are picked.
    """

    kind: str
    scores: str
    frame: str
    score: str = "score"
    edge: int = 0
    where: Where | None = None
    among: str = ""


def pick_row(engine: Engine, pick: Pick) -> int | None:
    """Return the number of the row that is the most of something; None where none is."""
    rows, bound = rows_where(engine, pick.where)
    among = (
        f"row in (select row from {engine.source(pick.among)})" if pick.among else "true"
    )
    text = PICK_SQL.format(
        what=PICKS[pick.kind].format(score=pick.score, edge=pick.edge),
        frame=engine.source(pick.frame),
        scores=engine.source(pick.scores),
        where=rows,
        among=among,
    )
    found = engine.rows(text, bound)
    return int(str(found[0][0])) if found else None


def seen_numbers(engine: Engine, table: str, column: str) -> tuple[float, ...]:
    """Return up to 41 numbers of a column, evenly through its rows, lowest first."""
    identifier = name(column)
    shares = [k / STEPS for k in range(STEPS + 1)]
    text = RANGE_SQL.format(
        column=identifier,
        shares=shares,
        table=engine.source(table),
        known=f"isfinite(cast({identifier} as double))",
    )
    ((found,),) = engine.rows(text)
    return tuple(sorted({float(str(value)) for value in (found or ())}))  # type: ignore[attr-defined]


def seen_values(engine: Engine, table: str, column: str) -> tuple[object, ...]:
    """Return the 40 most frequent values of a column, the most frequent first."""
    text = FIRST_SQL.format(column=name(column), table=engine.source(table), most=STEPS)
    return tuple(value for value, _ in engine.rows(text))
