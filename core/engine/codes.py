"""Codes: cut each column that can be sliced by into a few values or ranges."""

from collections.abc import Sequence
from math import floor, isfinite, log10
from typing import Final, cast

from core.engine.duck import Engine
from core.engine.sql import name
from core.records.codes import Code, Codebook, CodedColumn
from core.records.data import Column, ColumnType, DatasetVersion, Use
from core.records.predicate import And, Comparison, Not, Or, Predicate, to_address

MOST_VALUES: Final = 254  # with missing and a rest they fit into one byte
FIRST_VALUES: Final = 24  # of a column that has more
FEW_NUMBERS: Final = 12
MOST_COLUMNS: Final = 60
SHARES: Final = (1 / 6, 2 / 6, 3 / 6, 4 / 6, 5 / 6)

VALUES_SQL: Final = """
select {text} as value, count(*) as n
from {table} as t
where {column} is not null
group by {text}
order by n desc, value
limit {most}
"""
FEW_SQL: Final = """
select count(distinct {column}) from (select {column} from {table} limit 20000)
"""
EDGES_SQL: Final = """
select quantile_disc({column}, {shares}) from {table} where isfinite(cast({column} as double))
"""
SLICED: Final = (ColumnType.TEXT, ColumnType.BOOLEAN, ColumnType.INTEGER, ColumnType.NUMBER)


def make_codebook(engine: Engine, dataset: DatasetVersion) -> Codebook:
    """Return the codes of every feature, group and sensitive column."""
    table = engine.source(dataset.object)
    wanted = [column for column in dataset.columns if _is_sliced(column)]
    marked_first = sorted(wanted, key=lambda c: not (c.group or c.sensitive))
    coded = (_code_column(engine, table, column) for column in marked_first[:MOST_COLUMNS])
    return Codebook(tuple(column for column in coded if len(column.codes) > 1))


def code_sql(column: CodedColumn) -> tuple[str, list[str]]:
    """Return the SQL that gives the code of each row of `t`, and the values to bind."""
    identifier = f"t.{name(column.name)}"
    if column.edges:
        whole = column.type is ColumnType.INTEGER  # compared without rounding to a double
        edges = [_plain(edge) if whole else edge for edge in column.edges]
        steps = "".join(f" + cast({identifier} >= {edge!r} as int)" for edge in edges)
        return f"coalesce(1{steps}, 0)", []
    cases = "".join(f" when ? then {code}" for code in range(1, len(column.values) + 1))
    rest = len(column.values) + 1
    text = f"case {_text_sql(column.name, column.type)}{cases} else {rest} end"
    return f"case when {identifier} is null then 0 else {text} end", list(column.values)


def _text_sql(column: str, type_: ColumnType) -> str:
    """Return the SQL of a value as text; both zeros are the same number."""
    identifier = f"t.{name(column)}"
    if type_ is ColumnType.NUMBER:
        return (
            f"case when {identifier} = 0 then '0.0' else cast({identifier} as varchar) end"
        )
    return f"cast({identifier} as varchar)"


def rest_of(column: str, codes: Sequence[Code]) -> Code:
    """Return the code of every value of a column that is none of `codes` nor missing."""
    known = (Comparison(column, "missing"), *(code.predicate for code in codes))
    return Code("other values", to_address(Not(Or(known))))


def _is_sliced(column: Column) -> bool:
    marked = column.group or column.sensitive or column.use is Use.FEATURE
    return marked and column.type in SLICED


def _code_column(engine: Engine, table: str, column: Column) -> CodedColumn:
    missing = Code("missing", to_address(Comparison(column.name, "missing")))
    if column.type.is_number and _has_many_values(engine, table, column):
        edges = cut_numbers(engine, table, column.name)
        codes = (missing, *_ranges(column.name, edges))
        return CodedColumn(column.name, column.type, codes, edges=edges)
    found = VALUES_SQL.format(
        text=_text_sql(column.name, column.type),
        column=f"t.{name(column.name)}",
        table=table,
        most=MOST_VALUES + 1,
    )
    values = [str(value) for value, _ in engine.rows(found)]
    kept = values if len(values) <= MOST_VALUES else values[:FIRST_VALUES]
    if column.type.is_number:
        kept = sorted(kept, key=float)
    same = [Comparison(column.name, "=", _typed(column.type, value)) for value in kept]
    codes = (missing, *(Code(_say(c.value), to_address(c)) for c in same))
    if len(values) > MOST_VALUES:
        codes = (*codes, rest_of(column.name, codes[1:]))
    return CodedColumn(column.name, column.type, codes, values=tuple(kept))


def _has_many_values(engine: Engine, table: str, column: Column) -> bool:
    text = FEW_SQL.format(column=name(column.name), table=table)
    return int(str(engine.rows(text)[0][0])) > FEW_NUMBERS


def cut_numbers(engine: Engine, table: str, column: str) -> tuple[float, ...]:
    """Return the ends of six ranges with about as many rows, rounded to be readable."""
    shares = list(SHARES)
    text = EDGES_SQL.format(column=name(column), table=table, shares=shares)
    exact = cast(list[float] | None, engine.rows(text)[0][0])
    return tuple(sorted({_round(float(edge)) for edge in exact or ()}))


def _round(edge: float) -> float:
    """Keep two digits: 18,734 becomes 19,000."""
    if edge == 0:
        return 0.0
    return round(edge, 1 - floor(log10(abs(edge))))


def _ranges(column: str, edges: tuple[float, ...]) -> list[Code]:
    lows = (None, *edges)
    highs = (*edges, None)
    return [_range(column, low, high) for low, high in zip(lows, highs, strict=True)]


def _range(column: str, low: float | None, high: float | None) -> Code:
    parts: list[Predicate] = []
    if low is not None:
        parts.append(Comparison(column, ">=", _plain(low)))
    if high is not None:
        parts.append(Comparison(column, "<", _plain(high)))
    predicate = parts[0] if len(parts) == 1 else And(tuple(parts))
    if low is None:
        words = f"under {_say(high)}"
    elif high is None:
        words = f"{_say(low)} or more"
    else:
        words = f"{_say(low)} to under {_say(high)}"
    return Code(words, to_address(predicate))


def _plain(number: float) -> int | float:
    return int(number) if number == int(number) else number


def _say(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float | int):
        return f"{_plain(value):,}"
    return str(value)


def _typed(type_: ColumnType, value: str) -> str | int | float | bool:
    match type_:
        case ColumnType.BOOLEAN:
            return value == "true"
        case ColumnType.INTEGER:
            return int(value)
        case ColumnType.NUMBER:
            return float(value) if isfinite(float(value)) else value
        case _:
            return value
