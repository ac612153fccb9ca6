"""Decided rows: those that one condition of a slice lets in or keeps out, by group."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.engine.codes import code_sql
from core.engine.duck import Engine
from core.engine.sql import Value, condition, name
from core.engine.where import Where
from core.records.codes import CodedColumn
from core.records.data import ColumnType
from core.records.predicate import SCORE, And, Comparison, Predicate

Edge = int | float | str
DECIDED_SQL: Final = """
select cast({inside} as int), {group}, count(*)
from {table} as t
where ({let_in}) <> ({kept_out})
group by all
"""
CODES_SQL: Final = "select {codes}, count(*) from {frame} group by all"


@dataclass(frozen=True, slots=True)
class Decided:
    """A condition of a slice, and the slice with it always true, and never.

    The rows that only the first of the two holds are those that the condition decides about.
    """

    column: str
    condition: Predicate
    always: Predicate
    never: Predicate


def count_decided(
    engine: Engine,
    decided: Decided,
    rows: Where,
    *,
    edges: Sequence[Edge] = (),
    coded: CodedColumn | None = None,
) -> dict[tuple[bool, int], int]:
    """Return how many rows a condition decides about: by whether it is true, and by group.

    `rows` names the table and the scores beside it. Groups are the ranges between `edges`
    (0 is missing, 1 lies under the first), else the codes of `coded`, else all are 0.
    """
    every = And((decided.condition, decided.always))
    table = Where(rows.dataset, every, rows.scores)
    types = {column.name: column.type for column in rows.dataset.columns}
    if table.by_score:
        types[SCORE] = ColumnType.NUMBER
    inside, values = condition(decided.condition, types)
    group, bound = _group(decided.column, types, edges, coded)
    let_in, ins = condition(decided.always, types)
    kept_out, outs = condition(decided.never, types)
    text = DECIDED_SQL.format(
        inside=inside,
        group=group,
        table=table.source(engine),
        let_in=let_in,
        kept_out=kept_out,
    )
    found = engine.rows(text, [*values, *bound, *ins, *outs])
    return {(bool(a), int(str(b))): int(str(n)) for a, b, n in found}


def count_codes(
    engine: Engine, frame: str, places: Sequence[int], cards: Sequence[int]
) -> NDArray[np.int64]:
    """Return the rows of a frame by the codes of one or two columns, an axis for each."""
    codes = ", ".join(f"c{place}" for place in places)
    counted = np.zeros(tuple(cards), dtype=np.int64)
    text = CODES_SQL.format(codes=codes, frame=engine.source(frame))
    for *at, n in engine.rows(text):
        counted[tuple(int(str(code)) for code in at)] = int(str(n))
    return counted


def _group(
    column: str,
    types: dict[str, ColumnType],
    edges: Sequence[Edge],
    coded: CodedColumn | None,
) -> tuple[str, list[Value]]:
    if edges:
        steps = [condition(Comparison(column, ">=", edge), types) for edge in edges]
        above = "".join(f" + cast({text} as int)" for text, _ in steps)
        text = f"case when {name(column)} is null then 0 else 1{above} end"
        return text, [value for _, values in steps for value in values]
    if coded:
        text, texts = code_sql(coded)
        return text, list(texts)
    return "0", []
