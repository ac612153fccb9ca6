"""A slice keeps exactly the rows that satisfy it, whatever columns and values are called."""

import operator
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engine.duck import DuckDB
from core.engine.sql import condition, name
from core.errors import WrongInputError
from core.records.data import ColumnType
from core.records.predicate import And, Comparison, Not, Or, Predicate
from core.store.objects import Objects
from tests.kept import ARROW

HOSTILE: Final = {
    "plain": ColumnType.INTEGER,
    'a "b" c': ColumnType.NUMBER,
    "x'; drop table t; --": ColumnType.TEXT,
    "größe 日本 🦊": ColumnType.BOOLEAN,
    "select": ColumnType.DATE,
    "?$1": ColumnType.TIME,
}
WORDS: Final = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=3)
BIG: Final = st.sampled_from([2**53, 2**53 + 1, -(2**63), 2**63 - 1])
INTEGERS: Final = st.integers(-3, 3) | BIG
MOMENTS: Final = st.datetimes(datetime(1990, 1, 1), datetime(2030, 1, 1))  # noqa: DTZ001 - UTC
VALUES: Final[dict[ColumnType, st.SearchStrategy[Any]]] = {
    ColumnType.INTEGER: INTEGERS,
    # No NaN: a clean table has none (Parquet statistics pass over it, and so filters do).
    ColumnType.NUMBER: st.sampled_from([-1.5, -0.0, 0.0, 0.1, 2.0, 1e300, float("inf")]),
    ColumnType.TEXT: st.sampled_from(["", "'", '"', ";", "ä", "🦊", "%"]) | WORDS,
    ColumnType.BOOLEAN: st.booleans(),
    ColumnType.DATE: st.dates(date(1990, 1, 1), date(1990, 1, 9)),
    ColumnType.TIME: MOMENTS,
}
COMPARE: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _asked(type_: ColumnType) -> st.SearchStrategy[Any]:
    values = VALUES[type_]
    if type_ in (ColumnType.DATE, ColumnType.TIME):
        return values.map(lambda value: value.isoformat())
    if type_ is ColumnType.INTEGER:
        return values | st.sampled_from([0.5, 2.0, 2**70, -(10**30)])
    return values


def _comparison(column: str) -> st.SearchStrategy[Predicate]:
    operators = st.sampled_from([*COMPARE, "!="])
    some = st.builds(Comparison, st.just(column), operators, _asked(HOSTILE[column]))
    return some | st.just(Comparison(column, "missing"))


def _deep(depth: int) -> st.SearchStrategy[Predicate]:
    simple = st.sampled_from(list(HOSTILE)).flatmap(_comparison)
    if depth == 0:
        return simple
    inner = _deep(depth - 1)
    some = st.lists(inner, min_size=1, max_size=3).map(tuple)
    return simple | st.builds(And, some) | st.builds(Or, some) | st.builds(Not, inner)


TABLES: Final = st.lists(
    st.fixed_dictionaries({c: st.none() | VALUES[t] for c, t in HOSTILE.items()}),
    min_size=1,
    max_size=8,
)


def _holds(predicate: Predicate, row: dict[str, Any]) -> bool:
    match predicate:
        case Comparison():
            return _compares(predicate, row[predicate.column])
        case Not(part):
            return not _holds(part, row)
        case And(parts):
            return all(_holds(part, row) for part in parts)
        case Or(parts):
            return any(_holds(part, row) for part in parts)


def _compares(comparison: Comparison, found: Any) -> bool:
    if comparison.operator == "missing":
        return found is None
    asked: Any = comparison.value
    if HOSTILE[comparison.column] is ColumnType.DATE:
        asked = date.fromisoformat(asked)
    if HOSTILE[comparison.column] is ColumnType.TIME:
        asked = datetime.fromisoformat(asked)
    if comparison.operator == "!=":
        return found is None or found != asked
    return found is not None and COMPARE[comparison.operator](found, asked)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DuckDB]:
    """An engine over one folder of objects."""
    opened = DuckDB(Objects(tmp_path))
    yield opened
    opened.close()


def _rows(engine: DuckDB, folder: Path, rows: list[dict[str, Any]]) -> str:
    arrays = [pa.array([row[c] for row in rows], ARROW[t]) for c, t in HOSTILE.items()]
    table = pa.Table.from_arrays(arrays, names=list(HOSTILE))
    return engine.source(Objects(folder).put(lambda into: pq.write_table(table, into)))


@given(TABLES, _deep(2))
def test_a_condition_keeps_the_rows_that_satisfy_it(
    engine: DuckDB, tmp_path: Path, rows: list[dict[str, Any]], predicate: Predicate
) -> None:
    """Brute force row by row; NULL is never NULL in an answer, and not is the rest."""
    table = _rows(engine, tmp_path, rows)
    expected = [k for k, row in enumerate(rows) if _holds(predicate, row)]
    for asked, wanted in (
        (predicate, expected),
        (Not(predicate), [k for k in range(len(rows)) if k not in expected]),
    ):
        text, values = condition(asked, HOSTILE)
        found = engine.rows(
            f"select file_row_number from {table} where {text} order by 1", values
        )
        assert [row[0] for row in found] == wanted
        nulls = f"select count(*) from {table} where ({text}) is null"
        assert engine.rows(nulls, values) == [(0,)]


@pytest.mark.parametrize(
    ("word", "kept"),
    [("=", [0]), ("!=", [1, 2]), ("<", []), ("<=", [0]), (">", [1]), (">=", [0, 1])],
)
def test_a_missing_value_compares_with_nothing(
    engine: DuckDB, tmp_path: Path, word: str, kept: list[int]
) -> None:
    """By hand: 1, 2 and a missing value against 1; it is not 1, and no more is known."""
    empty = dict.fromkeys(HOSTILE)
    table = _rows(engine, tmp_path, [empty | {"plain": n} for n in (1, 2, None)])
    text, values = condition(Comparison("plain", word, 1), HOSTILE)
    found = engine.rows(f"select file_row_number from {table} where {text}", values)
    assert [row[0] for row in found] == kept


def test_no_condition_is_all_rows() -> None:
    """None stands for every row."""
    assert condition(None, {}) == ("true", [])


def test_an_unknown_column_is_named_with_the_nearest() -> None:
    """A link to a renamed column says which one was probably meant."""
    types = {"region": ColumnType.TEXT, "age": ColumnType.INTEGER}
    with pytest.raises(WrongInputError, match=r"not here: `regoin`\. Nearest: `region`"):
        condition(Comparison("regoin", "=", "North"), types)
    with pytest.raises(WrongInputError, match=r"not here: `zzz`\.$"):
        condition(Not(Comparison("zzz", "missing")), types)


@pytest.mark.parametrize(
    ("type_", "value", "word"),
    [
        (ColumnType.INTEGER, "many", "integer"),
        (ColumnType.INTEGER, True, "integer"),
        (ColumnType.NUMBER, "0x", "number"),
        (ColumnType.BOOLEAN, 1, "yes/no"),
        (ColumnType.TEXT, 1, "text"),
        (ColumnType.DATE, "yesterday", "date"),
        (ColumnType.DATE, 20260131, "date"),
        (ColumnType.TIME, "noon", "time"),
    ],
)
def test_a_value_of_another_type_is_refused(
    type_: ColumnType, value: str | float, word: str
) -> None:
    """`age = many` is no question."""
    with pytest.raises(WrongInputError, match=f"`c` holds {word} values"):
        condition(Comparison("c", "=", value), {"c": type_})


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1))
def test_a_name_is_an_identifier_whatever_it_holds(engine: DuckDB, column: str) -> None:
    """DuckDB reads the quoted name back as it was."""
    table = engine.table(f"select 1 as {name(column)}")
    assert table.column_names == [column]
