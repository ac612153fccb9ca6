"""From a plain JSON file to one Parquet file: a column per name, numbers as they were written."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import duckdb

from core.engine.sql import name as quoted
from core.intake.bounds import IntakeLimits, refuse
from core.intake.json_faults import EACH, check_rows
from core.intake.names import clean_names, show_name
from core.intake.staging import (
    TEXT,
    Origin,
    Staged,
    check_nested,
    count_rows,
    group_rows,
    literal,
    present,
)
from core.records.data import ColumnType, ReadAs

KEPT: Final = ("BIGINT", "BOOLEAN")  # what the engine reads as it is written
NUMBER: Final = "DOUBLE"  # staged as text, so that nothing is lost unseen
NAMELESS: Final = "json"  # the column that the engine makes of what has no names
TWIN: Final = re.compile(r".+_\d+", re.DOTALL)

DESCRIBE: Final = """
select column_name, column_type from (describe select * from read_json(
    $source, format = $layout, sample_size = -1, maximum_object_size = $longest,
    convert_strings_to_integers = false, map_inference_threshold = -1
))
"""
STAGE: Final = """
copy (
    select * from read_json(
        $source, format = $layout, columns = {columns}, maximum_object_size = $longest
    )
) to $into (format parquet, compression lz4, use_tmp_file false, row_group_size {group})
"""
# More than 15 digits, as in CSV, or beyond what a number can be.
INEXACT: Final = """
count(*) filter (where regexp_full_match({key}, '-?[0-9]{{16,}}')
    or isinf(coalesce(try_cast({key} as double), 'inf'::double)) and {key} is not null)
"""
Described = Sequence[tuple[str, str]]


def stage_json(
    base: duckdb.DuckDBPyConnection, plain: Path, read_as: ReadAs, limits: IntakeLimits
) -> Staged:
    """Write one column per name; numbers and true/false stay what they are."""
    array = _is_array(plain)
    into = str(plain.with_suffix(".staged"))
    asked = {
        "source": str(plain),
        "layout": "array" if array else "newline_delimited",
        "longest": limits.line_bytes,
    }
    try:
        described = base.execute(DESCRIBE, asked).fetchall()
        if [name for name, _ in described] == [NAMELESS]:
            check_rows(plain, array=array, limits=limits)
        check_nested(described)
        names, _ = clean_names([key for key, _ in described], limits)
        columns = ", ".join(f"{literal(key)}: '{_staged(kind)}'" for key, kind in described)
        sql = STAGE.format(columns=f"{{{columns}}}", group=group_rows(len(names)))
        base.execute(sql, asked | {"into": into})
    except duckdb.InvalidInputException:
        check_rows(plain, array=array, limits=limits)
        raise
    _check_staged(base, into, described)
    inexact = _inexact(base, into, [key for key, kind in described if kind == NUMBER])
    origins = tuple(
        _origin(key, TEXT if key in inexact else kind, name, read_as)
        for (key, kind), name in zip(described, names, strict=True)
    )
    return Staged(into, count_rows(base, into), origins)


def _is_array(plain: Path) -> bool:
    with plain.open("rb") as file:
        start = file.read(1 << 16).lstrip()[:1]
    if start not in (b"[", b"{"):
        raise refuse("The file does not hold JSON objects, one per line.", EACH)
    return start == b"["


def _staged(kind: str) -> str:
    return kind if kind in KEPT else TEXT


def _origin(key: str, kind: str, name: str, read_as: ReadAs) -> Origin:
    if kind == NUMBER:
        return Origin(f"try_cast({quoted(key)} as double)", NUMBER, name)
    kind = _staged(kind)
    return Origin(
        present(key, kind, read_as), kind, name, (ColumnType.DATE, ColumnType.TIME)
    )


def _inexact(
    base: duckdb.DuckDBPyConnection, staged: str, numbers: Sequence[str]
) -> frozenset[str]:
    """Give the columns of numbers that would not stay what they are: they are read as text."""
    if not numbers:
        return frozenset()
    counts = ", ".join(INEXACT.format(key=quoted(key)) for key in numbers)
    found = base.execute(f"select {counts} from read_parquet($source)", {"source": staged})
    lost = found.fetchone() or ()
    return frozenset(key for key, some in zip(numbers, lost, strict=False) if some)


def _check_staged(
    base: duckdb.DuckDBPyConnection, staged: str, described: Described
) -> None:
    for key, kind in described:
        if kind == "JSON":
            _check_mixed(base, staged, key)
        elif kind != '"NULL"' and TWIN.fullmatch(key):
            _check_twin(base, staged, key)


def _check_mixed(base: duckdb.DuckDBPyConnection, staged: str, key: str) -> None:
    sql = (
        f"select count(*) from read_parquet($source) "
        f"where left({quoted(key)}, 1) in ('{{', '[')"
    )
    found = base.execute(sql, {"source": staged}).fetchone()
    if found and found[0]:
        raise refuse(
            f"Column `{show_name(key)}` holds lists or objects.", "Flatten it first."
        )


def _check_twin(base: duckdb.DuckDBPyConnection, staged: str, key: str) -> None:
    """Refuse keys that differ only in case: DuckDB numbers them, then finds none so named."""
    sql = f"select count({quoted(key)}) from read_parquet($source)"
    if base.execute(sql, {"source": staged}).fetchone() == (0,):
        name = show_name(key.rpartition("_")[0])
        raise refuse(
            f"Two keys differ from `{name}` only in upper and lower case.",
            "Give them different names.",
        )
