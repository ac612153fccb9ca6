"""From any file to one Parquet file of texts and plain values, in the file's order."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

import duckdb

from core.engine.sql import name as quoted
from core.intake.bounds import IntakeLimits, refuse
from core.intake.names import clean_names, show_name
from core.records.data import ColumnType, ReadAs, RejectedLine

TEXT: Final = "VARCHAR"
INTEGERS: Final = {
    "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER",
}  # fmt: skip
TIMES: Final = {"TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"}
ZONED: Final = {"TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ_NS"}
DATES: Final = {"DATE"} | TIMES | ZONED
BYTES: Final = {"BLOB", "BIT", "GEOMETRY"}
CELLS_PER_GROUP: Final = 4_000_000
WHOLE: Final = re.compile(r"DECIMAL\((\d+),0\)")
MOST_DIGITS: Final = 15  # a longer whole number is an identifier more often than a count
AT_ONCE: Final = 20
SMALLEST_GROUP: Final = 2_048
LARGEST_GROUP: Final = 122_880

DESCRIBE_PARQUET: Final = """
select column_name, column_type from (describe select * from read_parquet($source))
"""
NAMES_PARQUET: Final = "select name from parquet_schema($source) offset 1"
BEYOND: Final = "bool_or(not isfinite({key}) or year({key}) not between 1 and 9999)"
TOO_LONG: Final = f"bool_or(abs({{key}}) >= 1e{MOST_DIGITS})"
COUNT: Final = "select count(*) from read_parquet($source)"


@dataclass(frozen=True, slots=True)
class Origin:
    """A staged column: its SQL and type there, and the name it gets."""

    key: str
    type: str
    name: str
    may_be: tuple[ColumnType, ...] = ()  # what its texts may turn out to be


@dataclass(frozen=True, slots=True)
class Staged:
    """A file that the engine can read again, with what was lost on the way."""

    path: str
    rows: int
    origins: tuple[Origin, ...]
    rejected: tuple[RejectedLine, ...] = ()
    rejected_count: int = 0


def group_rows(columns: int) -> int:
    """Give the rows of a Parquet row group, so that a wide table fits into memory."""
    fitting = CELLS_PER_GROUP // max(columns, 1)
    return max(SMALLEST_GROUP, min(LARGEST_GROUP, fitting))


def stage_parquet(
    base: duckdb.DuckDBPyConnection, source: str, read_as: ReadAs, limits: IntakeLimits
) -> Staged:
    """Give the columns of a Parquet file as they are; it is read where it lies."""
    described, written = describe_parquet(base, source)
    names, _ = clean_names(written, limits)
    dates = {
        key: f"{quoted(key)}::timestamptz" if kind in ZONED else quoted(key)
        for key, kind in described
        if kind in DATES
    }
    named = dict(zip((key for key, _ in described), names, strict=True))
    for key in _found(base, source, BEYOND, dates):
        raise refuse(
            f"Column `{show_name(named[key])}` holds a day or time outside the years 1 to 9999.",
            "Write it as missing, or as text.",
        )
    wide = {key: quoted(key) for key, kind in described if _is_wide(kind)}
    long = _found(base, source, TOO_LONG, wide)
    origins = tuple(
        _as_text(key, name)
        if key in long
        else Origin(present(key, kind, read_as), kind, name)
        for (key, kind), name in zip(described, names, strict=True)
    )
    return Staged(source, count_rows(base, source), origins)


def describe_parquet(
    base: duckdb.DuckDBPyConnection, source: str
) -> tuple[list[tuple[str, str]], list[str]]:
    """Give the columns as the engine calls them, with types, and the names in the file.

    The engine numbers names that stand twice; the names in the file are mended by us, and
    it is said.
    """
    described = base.execute(DESCRIBE_PARQUET, {"source": source}).fetchall()
    check_nested(described)
    names = [
        str(name) for (name,) in base.execute(NAMES_PARQUET, {"source": source}).fetchall()
    ]
    keys = [key for key, _ in described]
    return described, names if len(names) == len(keys) else keys


def _found(
    base: duckdb.DuckDBPyConnection, source: str, test: str, keys: Mapping[str, str]
) -> list[str]:
    """Give the columns of which `test` is true in some row."""
    found: list[str] = []
    for some in batched(keys, AT_ONCE):
        tests = ", ".join(test.format(key=keys[key]) for key in some)
        sql = f"select {tests} from read_parquet($source)"
        line = base.execute(sql, {"source": source}).fetchone() or ()
        found += [key for key, true in zip(some, line, strict=False) if true]
    return found


def _is_wide(kind: str) -> bool:
    whole = WHOLE.fullmatch(kind)
    return whole is not None and int(whole[1]) > MOST_DIGITS


def _as_text(key: str, name: str) -> Origin:
    return Origin(f"{quoted(key)}::varchar", TEXT, name)


def check_nested(described: Sequence[tuple[str, str]]) -> None:
    """Refuse columns of lists, objects or bytes, by name."""
    for key, kind in described:
        column = f"Column `{show_name(key)}`"
        if kind.endswith("]"):
            raise refuse(f"{column} holds lists.", "Flatten it first.")
        if kind.startswith(("STRUCT", "MAP", "UNION", "VARIANT")):
            raise refuse(f"{column} holds objects.", "Flatten it first.")
        if kind.split("(")[0] in BYTES:
            raise refuse(f"{column} holds bytes.", "Leave it out, or write it as text.")


def present(key: str, kind: str, read_as: ReadAs) -> str:
    """Give the SQL of a column whose missing words are NULL."""
    if kind != TEXT or not read_as.missing:
        return quoted(key)
    words = literals(read_as.missing)
    return f"(case when {quoted(key)} not in ({words}) then {quoted(key)} end)"


def literals(texts: Sequence[str]) -> str:
    """Give texts as SQL writes a list of them."""
    return ", ".join(literal(text) for text in texts)


def count_rows(base: duckdb.DuckDBPyConnection, path: str) -> int:
    """Give the rows of a Parquet file."""
    found = base.execute(COUNT, {"source": path}).fetchone()
    return int(found[0]) if found else 0


def literal(text: str) -> str:
    """Give a text as SQL writes it, where it cannot be bound."""
    return "'" + text.replace("'", "''") + "'"


def batched(items: Iterable[str], size: int) -> Iterator[list[str]]:
    """Give the items in lists of at most `size`."""
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some
