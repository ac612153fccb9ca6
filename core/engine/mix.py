"""Mix: rows and errors of one table, counted by the codes of another table's columns.

Two tables are compared slice by slice only if both are cut alike. So the columns of one
side (with the values that only the other has) cut both.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.engine.codes import code_sql
from core.engine.duck import DuckDB, Engine
from core.engine.score_cube import Integers, integers, whole_numbers
from core.engine.sql import Value
from core.records.codes import CodedColumn
from core.records.models import Task

ONE: Final = 1 << 40

MIX_SQL: Final = """
select {part} as part, {one} as one, {two} as two, count(*) as n,
    cast(sum(w) as decimal(38, 0)) as w, cast(sum(w * w) as decimal(38, 0)) as w2,
    cast(sum(w * e) as decimal(38, 0)) as e, cast(sum(w * e2) as decimal(38, 0)) as e2
from coded group by one, two
"""
CODED_SQL: Final = """
with coded as (
    select f.w as w, {error} as e, {square} as e2{codes}
    from {table} as t positional join {frame} as f
    where f.label >= 0
)
select * from ({pieces}) as counted order by part, one, two
"""
WRONG: Final = {
    Task.BINARY: "cast((f.bucket >= {edge}) <> (f.label = 1) as int)",
    Task.MULTICLASS: "cast(f.predicted <> f.label as int)",
}
MISSED: Final = "cast(floor(least(abs(f.x), 1024) * {one} + 0.5) as decimal(38, 0))"
MISSED2: Final = "cast(floor(least(f.x * f.x, 1048576) * {one} + 0.5) as decimal(38, 0))"


@dataclass(frozen=True, slots=True, eq=False)
class Mix:
    """Rows and errors by part (a column, or two) and code; `two` is 0 for one column.

    `n` rows, `w` and `w2` their weights and squared weights, `e` and `e2` the weighted
    errors and their squares, as whole numbers in units of `unit` / `scale` (squares: `unit`^2 / `scale`).
    """

    part: NDArray[np.int64]
    one: NDArray[np.int64]
    two: NDArray[np.int64]
    n: NDArray[np.int64]
    w: Integers
    w2: Integers
    e: Integers
    e2: Integers
    scale: int
    unit: float


@dataclass(frozen=True, slots=True)
class Cut:
    """How rows are cut: by columns, and parts that name one of them or two by number."""

    columns: tuple[CodedColumn, ...]
    parts: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of a model to a table: its frame, its rows, and the decision threshold."""

    frame: str
    table: str
    task: Task
    threshold: int


def write_mix(engine: DuckDB, answers: Answers, cut: Cut, into: Path) -> None:
    """Count labelled rows and errors for each part.

    An error is a wrong answer, or the absolute error of a regression in units of the
    error scale (at most 1,024 of them).
    """
    codes: list[str] = []
    bound: list[Value] = []
    for number, column in enumerate(cut.columns):
        text, values = code_sql(column)
        codes.append(f", {text} as k{number}")
        bound += values
    pieces = [
        MIX_SQL.format(
            part=number,
            one=f"k{part[0]}",
            two=f"k{part[1]}" if len(part) > 1 else "0",
        )
        for number, part in enumerate(cut.parts)
    ]
    if answers.task is Task.REGRESSION:
        error, square = MISSED.format(one=ONE), MISSED2.format(one=ONE)
    else:
        error = square = WRONG[answers.task].format(edge=answers.threshold * 64)
    text = CODED_SQL.format(
        error=error,
        square=square,
        codes="".join(codes),
        table=engine.source(answers.table),
        frame=engine.source(answers.frame),
        pieces=" union all ".join(pieces),
    )
    engine.write(text, into, bound)


def read_mix(engine: Engine, name: str, task: Task, *, unit: float) -> Mix:
    """Return the roll-up of that name; `unit` is what one unit of error is worth."""
    table = engine.table(f"select * from {engine.source(name)} order by part, one, two")
    part, one, two, n = (whole_numbers(table, key) for key in ("part", "one", "two", "n"))
    w, w2, e, e2 = (integers(table, key) for key in ("w", "w2", "e", "e2"))
    return Mix(part, one, two, n, w, w2, e, e2, ONE if task is Task.REGRESSION else 1, unit)
