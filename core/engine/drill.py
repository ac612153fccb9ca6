"""Drill-down: the rows behind a slice, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from core.engine.duck import Engine
from core.engine.sql import name
from core.engine.where import Where
from core.records.data import DatasetVersion, Use
from core.records.evaluations import Evaluation
from core.records.models import Task
from core.records.predicate import Predicate

PAGE_ROWS: Final = 50
DOTS: Final = "•••"

ROWS_SQL: Final = """
select {columns}, {said}, t.file_row_number
from (select * from {table} where {where}) as t
join {scores} as s on s.file_row_number = t.file_row_number
join (select row, label from {frame}) as f on f.row = t.file_row_number
order by {order} desc nulls last, t.file_row_number
limit ? offset ?
"""
NUMBERED_SQL: Final = """
select {columns} from {table} as t where t.file_row_number in ({numbers})
order by t.file_row_number
"""
COUNT_SQL: Final = "select count(*) from {table} where {where}"
WORST: Final = {
    Task.BINARY: "case when f.label >= 0 then cast((s.bucket >= {edge}) <> (f.label = 1) as int)"
    " * (1 + abs(s.score - {edge} / 64000.0)) end",
    Task.MULTICLASS: "case when f.label >= 0 then cast(s.predicted <> f.label as int) end",
    Task.REGRESSION: "abs(s.score - t.{label})",
}


@dataclass(frozen=True, slots=True)
class RowsAsked:
    """Which rows are asked for; `threshold` counts thousandths, pages count from 1."""

    dataset: DatasetVersion
    evaluation: Evaluation
    where: Predicate | None
    threshold: int
    page: int = 1
    masked: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class RowsFound:
    """One page of rows, their numbers from 0, and how many there are in all."""

    table: pa.Table
    numbers: tuple[int, ...]
    rows: int


def find_rows(engine: Engine, asked: RowsAsked, *, most: int = PAGE_ROWS) -> RowsFound:
    """Return a page of the rows of a slice, worst answers first; a page has `most` rows.

    Columns whose use is `ignore` and that carry no mark stay out of it.
    """
    rows_of = Where(asked.dataset, asked.where, asked.evaluation.scores)
    where, values = rows_of.condition()
    table = rows_of.source(engine)
    taken = {column.name for column in asked.dataset.columns}
    answer = asked.evaluation.answer
    label = name(asked.evaluation.label) if asked.evaluation.label else "null"
    if answer.task is Task.REGRESSION and not asked.evaluation.label:
        order = "cast(null as double)"
    else:
        order = WORST[answer.task].format(edge=asked.threshold * 64, label=label)
    text = ROWS_SQL.format(
        columns=", ".join(_shown(asked.dataset, asked.masked)),
        said=_said(asked, taken),
        table=table,
        where=where,
        scores=engine.source(asked.evaluation.scores),
        frame=engine.source(asked.evaluation.frame),
        order=order,
    )
    found = engine.table(text, [*values, most, (asked.page - 1) * most])
    last = found.num_columns - 1
    numbers = tuple(int(n) for n in found.column(last).to_numpy())
    return RowsFound(found.remove_column(last), numbers, count_rows(engine, rows_of))


def count_rows(engine: Engine, where: Where) -> int:
    """Return how many rows satisfy a predicate."""
    text, values = where.condition()
    sql = COUNT_SQL.format(table=where.source(engine), where=text)
    ((rows,),) = engine.rows(sql, values)
    return int(str(rows))


def find_numbered(
    engine: Engine,
    dataset: DatasetVersion,
    numbers: Sequence[int],
    masked: frozenset[str],
) -> pa.Table:
    """Return the rows of those numbers (from 0), all columns, masked ones as dots."""
    columns = [_plain(column.name, masked) for column in dataset.columns]
    text = NUMBERED_SQL.format(
        columns=", ".join(columns),
        table=engine.source(dataset.object),
        numbers=", ".join(map(str, numbers)) or "null",
    )
    return engine.table(text)


def _shown(dataset: DatasetVersion, masked: frozenset[str]) -> list[str]:
    kept = [c for c in dataset.columns if c.use is not Use.IGNORE or c.group or c.sensitive]
    return [_plain(column.name, masked) for column in kept] or ["t.file_row_number"]


def _plain(column: str, masked: frozenset[str]) -> str:
    """Return the SQL of a column as it is shown: personal data as dots."""
    value = f"t.{name(column)}"
    if column not in masked:
        return value
    return f"case when {value} is not null then '{DOTS}' end as {name(column)}"


def _said(asked: RowsAsked, taken: set[str]) -> str:
    """Return the answer columns under names that the table does not use itself."""

    def free(word: str) -> str:
        return name(word if word not in taken else f"model {word}")

    answer = asked.evaluation.answer
    match answer.task:
        case Task.BINARY:
            edge = asked.threshold * 64
            wrong = f"case when f.label >= 0 then (s.bucket >= {edge}) <> (f.label = 1) end"
            return f"s.score as {free('says')}, {wrong} as {free('wrong')}"
        case Task.MULTICLASS:
            classes = ", ".join("'" + c.replace("'", "''") + "'" for c in answer.classes)
            said = f"([{classes}])[s.predicted + 1]"
            wrong = "case when f.label >= 0 then s.predicted <> f.label end"
            return f"{said} as {free('says')}, {wrong} as {free('wrong')}"
        case Task.REGRESSION if asked.evaluation.label:
            error = f"s.score - t.{name(asked.evaluation.label)}"
            return f"s.score as {free('says')}, {error} as {free('off by')}"
        case _:
            return f"s.score as {free('says')}"
