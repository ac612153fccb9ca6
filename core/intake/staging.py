"""From any file to one Parquet file of texts and plain values, in the file's order."""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb

from core.engine.sql import name as quoted
from core.intake.bounds import IntakeLimits, refuse
from core.intake.names import check_count, clean_names
from core.intake.plain import Text
from core.intake.sniff import split_records
from core.records.data import ReadAs, RejectedLine

TEXT: Final = "VARCHAR"
INTEGERS: Final = {
    "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER",
}  # fmt: skip
TIMES: Final = {"TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"}
ZONED: Final = {"TIMESTAMP WITH TIME ZONE", "TIMESTAMP_TZ_NS"}
WIDE: Final = {"HUGEINT", "UBIGINT", "UHUGEINT", "BIGNUM"}
BYTES: Final = {"BLOB", "BIT", "GEOMETRY"}
CELLS_PER_GROUP: Final = 4_000_000
SMALLEST_GROUP: Final = 2_048
LARGEST_GROUP: Final = 122_880
MOST_REJECTED: Final = 100
MOST_TEXT: Final = 200
WIDEST_LINE: Final = 16 << 20  # of the header; longer lines were refused before

STAGE_CSV: Final = """
copy (
    select * from read_csv(
        $source, delim = $delimiter, quote = $quote, escape = $quote, header = $header,
        columns = {columns}, auto_detect = false, strict_mode = true, encoding = 'utf-8',
        new_line = '\\n', nullstr = {missing}, store_rejects = true, rejects_limit = $most,
        max_line_size = $longest, buffer_size = $buffer
    )
) to $into (format parquet, compression lz4, use_tmp_file false, row_group_size {group})
"""
REJECTS: Final = """
select line_byte_position, any_value(csv_line)[:$most], arg_min(error_type, byte_position),
    arg_min(error_message, byte_position), arg_min(coalesce(column_name, ''), byte_position)
from reject_errors group by line_byte_position order by line_byte_position
"""
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
    """A staged column: its identifier and type there, and the name it gets."""

    key: str
    type: str
    name: str
    found: bool  # a text whose type is still to be found


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


def read_header(plain: Path, read_as: ReadAs, limits: IntakeLimits) -> tuple[str, ...]:
    """Give the clean names of the columns of a plain CSV file."""
    fields = first_record(plain, read_as)
    check_count(len(fields), limits)
    if not read_as.header:
        return tuple(f"column_{number}" for number in range(1, len(fields) + 1))
    return clean_names(fields, limits)[0]


def first_record(plain: Path, read_as: ReadAs) -> list[str]:
    """Give the fields of the first line that is not empty."""
    with plain.open(encoding="utf-8", newline="") as file:
        text = ""
        for line in itertools.islice(file, 1_000):
            text += line
            open_quote = bool(read_as.quote) and text.count(read_as.quote) % 2
            if len(text) > WIDEST_LINE or (text.strip() and not open_quote):
                break
    records = split_records(text, read_as.delimiter, read_as.quote)
    if not records:
        raise refuse("The file is empty.", "Bring a file with a header and rows.")
    return records[0]


def stage_csv(
    base: duckdb.DuckDBPyConnection,
    plain: Path,
    read_as: ReadAs,
    counted: Text,
    limits: IntakeLimits,
) -> Staged:
    """Write all fields as texts; lines that are not like the first are set aside."""
    names = read_header(plain, read_as, limits)
    into = str(plain.with_suffix(".staged"))
    columns = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(len(names)))
    sql = STAGE_CSV.format(
        columns=f"{{{columns}}}",
        missing="[" + ", ".join(_literal(word) for word in read_as.missing) + "]",
        group=group_rows(len(names)),
    )
    most = limits.rejected_lines
    values = {
        "source": str(plain), "into": into, "delimiter": read_as.delimiter,
        "quote": read_as.quote, "header": read_as.header, "most": most + 1,
        "longest": limits.line_bytes * 2, "buffer": limits.line_bytes * 4,
    }  # fmt: skip
    base.execute(sql, values)
    rows = _count(base, into)
    bad = base.execute(REJECTS, {"most": MOST_TEXT}).fetchall()
    rejected = _explain(plain, bad, len(names))
    _check_rejected(rejected, rows, counted, limits)
    origins = tuple(
        Origin(f"c{place}", TEXT, name, found=True) for place, name in enumerate(names)
    )
    return Staged(into, rows, origins, rejected, len(rejected))


def _explain(plain: Path, bad: list[tuple[int, str, str, str, str]], width: int) -> tuple[RejectedLine, ...]:
    lines = _lines_at(plain, [at for at, *_ in bad])
    found = []
    for (_, text, kind, message, column), line in zip(bad, lines, strict=True):
        place = re.fullmatch(r"c(\d+)", column)
        found.append(
            RejectedLine(
                line=line,
                column=f"column {int(place[1]) + 1}" if place else "",
                text=(text or "").rstrip("\n"),
                why=_why(line, kind, message, width),
            )
        )
    return tuple(found)


def _why(line: int, kind: str, message: str, width: int) -> str:
    if kind in ("MISSING COLUMNS", "TOO MANY COLUMNS"):
        has = re.search(r"Found: (\d+)", message)
        fields = f"{int(has[1]):,}" if has else "other"
        return f"Line {line:,} has {fields} fields, the header has {width:,}."
    if kind == "UNQUOTED VALUE":
        return f"Line {line:,} opens a quote that is not closed where the field ends."
    if kind == "LINE SIZE OVER MAXIMUM":
        return f"Line {line:,} is too long."
    return f"Line {line:,}: {' '.join(message.split())[:MOST_TEXT]}"


def _lines_at(plain: Path, positions: Sequence[int]) -> list[int]:
    """Give the line number at each byte position; positions rise."""
    lines: list[int] = []
    line, where = 1, 0
    with plain.open("rb") as file:
        for position in positions:
            while where < position:
                piece = file.read(min(1 << 20, position - where))
                line += piece.count(b"\n")
                where += len(piece) or position
            lines.append(line)
    return lines


def _check_rejected(
    rejected: Sequence[RejectedLine], rows: int, counted: Text, limits: IntakeLimits
) -> None:
    if not rejected:
        return
    swallowed = counted.lines - rows - len(rejected) - 1
    quote = next((bad for bad in rejected if "quote" in bad.why), None)
    if quote is not None and swallowed > counted.lines * limits.rejected_share:
        raise refuse(
            f"Line {quote.line:,} opens a quote that is never closed. Nothing was imported.",
            "Close the quote in that line, or choose another quote sign.",
        )
    share = len(rejected) / (rows + len(rejected))
    if len(rejected) > limits.rejected_lines or share > limits.rejected_share:
        raise refuse(
            f"{rejected[0].why} Nothing was imported.",
            "Mend the lines, or check delimiter and quote: "
            f"{share:.0%} of the lines do not fit.",
        )


def stage_json(
    base: duckdb.DuckDBPyConnection, plain: Path, limits: IntakeLimits
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
    check_nested(described)
    names, _ = clean_names([key for key, _ in described], limits)
    kept = [(key, kind if kind in ("BIGINT", "DOUBLE", "BOOLEAN") else TEXT) for key, kind in described]
    columns = ", ".join(f"{_literal(key)}: '{kind}'" for key, kind in kept)
    into = str(plain.with_suffix(".staged"))
    sql = STAGE_JSON.format(columns=f"{{{columns}}}", group=group_rows(len(names)))
    base.execute(sql, asked | {"into": into})
    for key, kind in described:
        if kind == "JSON":
            _check_mixed(base, into, key)
    origins = tuple(
        Origin(quoted(key), kind, name, found=False)
        for (key, kind), name in zip(kept, names, strict=True)
    )
    return Staged(into, _count(base, into), origins)


def _check_mixed(base: duckdb.DuckDBPyConnection, staged: str, key: str) -> None:
    sql = (
        f"select count(*) from read_parquet($source) "  # noqa: S608 - quoted
        f"where left({quoted(key)}, 1) in ('{{', '[')"
    )
    found = base.execute(sql, {"source": staged}).fetchone()
    if found and found[0]:
        raise refuse(f"Column `{key}` holds lists or objects.", "Flatten it first.")


def stage_parquet(
    base: duckdb.DuckDBPyConnection, source: str, limits: IntakeLimits
) -> Staged:
    """Give the columns of a Parquet file as they are; it is read where it lies."""
    described = base.execute(DESCRIBE_PARQUET, {"source": source}).fetchall()
    check_count(len(described), limits)
    check_nested(described)
    names, _ = clean_names([key for key, _ in described], limits)
    origins = tuple(
        Origin(quoted(key), kind, name, found=False)
        for (key, kind), name in zip(described, names, strict=True)
    )
    return Staged(source, _count(base, source), origins)


def check_nested(described: Sequence[tuple[str, str]]) -> None:
    """Refuse columns of lists, objects or bytes, by name."""
    for key, kind in described:
        if kind.endswith("]"):
            raise refuse(f"Column `{key}` holds lists.", "Flatten it first.")
        if kind.startswith(("STRUCT", "MAP", "UNION", "VARIANT")):
            raise refuse(f"Column `{key}` holds objects.", "Flatten it first.")
        if kind.split("(")[0] in BYTES:
            raise refuse(f"Column `{key}` holds bytes.", "Leave it out, or write it as text.")


def _count(base: duckdb.DuckDBPyConnection, path: str) -> int:
    found = base.execute(COUNT, {"source": path}).fetchone()
    return int(found[0]) if found else 0


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
