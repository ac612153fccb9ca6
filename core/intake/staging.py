"""From any file to one Parquet file of texts and plain values, in the file's order."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb

from core.engine.sql import name as quoted
from core.intake.bounds import IntakeLimits, refuse
from core.intake.names import check_count, clean_names
from core.records.data import ColumnType, ReadAs, RejectedLine

TEXT: Final = "VARCHAR"
INTEGERS: Final = {
    "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER",
}  # fmt: skip
TIMES: Final = {"TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"}
ZONED: Final = {"TIMESTAMP WITH TIME ZONE", "TIMESTAMP_TZ_NS"}
WIDE: Final = {"HUGEINT", "UBIGINT", "UHUGEINT", "BIGNUM"}
BYTES: Final = {"BLOB", "BIT", "GEOMETRY"}
CELLS_PER_GROUP: Final = 4_000_000
TWIN: Final = re.compile(r".+_\d+", re.DOTALL)
SMALLEST_GROUP: Final = 2_048
LARGEST_GROUP: Final = 122_880

DESCRIBE_JSON: Final = """
select column_name, column_type from (describe select * from read_json(
    $source, format = $layout, sample_size = -1, maximum_object_size = $longest,
    convert_strings_to_integers = false, map_inference_threshold = -1
))
"""
STAGE_JSON: Final = """
copy (
    select * from read_json(
        $source, format = $layout, columns = {columns}, maximum_object_size = $longest
    )
) to $into (format parquet, compression lz4, use_tmp_file false, row_group_size {group})
"""
DESCRIBE_PARQUET: Final = """
select column_name, column_type from (describe select * from read_parquet($source))
"""
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


def stage_json(
    base: duckdb.DuckDBPyConnection, plain: Path, read_as: ReadAs, limits: IntakeLimits
) -> Staged:
    """Write one column per key; numbers and true/false stay what they are."""
    with plain.open("rb") as file:
        start = file.read(1 << 16).lstrip()[:1]
    if start not in (b"[", b"{"):
        raise refuse(
            "The file does not hold JSON objects, one per line.",
            'Write each row as {"name": value, …} on a line of its own.',
        )
    asked = {
        "source": str(plain),
        "layout": "array" if start == b"[" else "newline_delimited",
        "longest": limits.line_bytes,
    }
    described = base.execute(DESCRIBE_JSON, asked).fetchall()
    if described == [("json", "JSON")]:
        raise refuse(
            "A line is not a JSON object, or has a key without a name.",
            'Write each row as {"name": value, …} on a line of its own.',
        )
    check_nested(described)
    names, _ = clean_names([key for key, _ in described], limits)
    kept = [
        (key, kind if kind in ("BIGINT", "DOUBLE", "BOOLEAN") else TEXT)
        for key, kind in described
    ]
    columns = ", ".join(f"{literal(key)}: '{kind}'" for key, kind in kept)
    into = str(plain.with_suffix(".staged"))
    sql = STAGE_JSON.format(columns=f"{{{columns}}}", group=group_rows(len(names)))
    base.execute(sql, asked | {"into": into})
    for key, kind in described:
        if kind == "JSON":
            _check_mixed(base, into, key)
        elif kind != '"NULL"' and TWIN.fullmatch(key):
            _check_twin(base, into, key)
    origins = tuple(
        Origin(_present(key, kind, read_as), kind, name, (ColumnType.DATE, ColumnType.TIME))
        for (key, kind), name in zip(kept, names, strict=True)
    )
    return Staged(into, count_rows(base, into), origins)


def _check_mixed(base: duckdb.DuckDBPyConnection, staged: str, key: str) -> None:
    sql = (
        f"select count(*) from read_parquet($source) "
        f"where left({quoted(key)}, 1) in ('{{', '[')"
    )
    found = base.execute(sql, {"source": staged}).fetchone()
    if found and found[0]:
        raise refuse(f"Column `{key}` holds lists or objects.", "Flatten it first.")


def _check_twin(base: duckdb.DuckDBPyConnection, staged: str, key: str) -> None:
    """Refuse keys that differ only in case: DuckDB numbers them, then finds none so named."""
    sql = f"select count({quoted(key)}) from read_parquet($source)"
    if base.execute(sql, {"source": staged}).fetchone() == (0,):
        name = key.rpartition("_")[0]
        raise refuse(
            f"Two keys differ from `{name}` only in upper and lower case.",
            "Give them different names.",
        )


def stage_parquet(
    base: duckdb.DuckDBPyConnection, source: str, read_as: ReadAs, limits: IntakeLimits
) -> Staged:
    """Give the columns of a Parquet file as they are; it is read where it lies."""
    described = base.execute(DESCRIBE_PARQUET, {"source": source}).fetchall()
    check_count(len(described), limits)
    check_nested(described)
    names, _ = clean_names([key for key, _ in described], limits)
    origins = tuple(
        Origin(_present(key, kind, read_as), kind, name)
        for (key, kind), name in zip(described, names, strict=True)
    )
    return Staged(source, count_rows(base, source), origins)


def check_nested(described: Sequence[tuple[str, str]]) -> None:
    """Refuse columns of lists, objects or bytes, by name."""
    for key, kind in described:
        if kind.endswith("]"):
            raise refuse(f"Column `{key}` holds lists.", "Flatten it first.")
        if kind.startswith(("STRUCT", "MAP", "UNION", "VARIANT")):
            raise refuse(f"Column `{key}` holds objects.", "Flatten it first.")
        if kind.split("(")[0] in BYTES:
            raise refuse(
                f"Column `{key}` holds bytes.", "Leave it out, or write it as text."
            )


def _present(key: str, kind: str, read_as: ReadAs) -> str:
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
