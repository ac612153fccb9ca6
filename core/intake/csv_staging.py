"""From a plain CSV file to one Parquet file of texts; lines that do not fit are set aside."""

import itertools
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import duckdb

from core.intake.bounds import IntakeLimits, refuse
from core.intake.kinds import FOUND
from core.intake.names import check_count, clean_names
from core.intake.plain import Text
from core.intake.sniff import split_records
from core.intake.staging import TEXT, Origin, Staged, count_rows, group_rows, literals
from core.records.data import ReadAs, RejectedLine

MOST_TEXT: Final = 200
RAGGED: Final = ("MISSING COLUMNS", "TOO MANY COLUMNS")
WIDEST_LINE: Final = 16 << 20  # of the header; longer lines were refused before

STAGE_CSV: Final = """
copy (
    select * from read_csv(
        $source, delim = $delimiter, quote = $quote, escape = $quote, header = $header,
        columns = {columns}, auto_detect = false, strict_mode = true, encoding = 'utf-8',
        new_line = '\\n', skip = $skip, nullstr = {missing}, store_rejects = true, rejects_limit = $most,
        max_line_size = $longest, buffer_size = $buffer
    )
) to $into (format parquet, compression lz4, use_tmp_file false, row_group_size {group})
"""
REJECTS: Final = """
select line_byte_position, any_value(csv_line)[:$most], arg_min(error_type, byte_position),
    arg_max(error_message, column_idx), arg_min(coalesce(column_name, ''), byte_position)
from reject_errors group by line_byte_position order by line_byte_position
"""


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
        text, open_quote = "", False
        for line in itertools.islice(file, 1_000):
            text += line
            open_quote = bool(read_as.quote) and text.count(read_as.quote) % 2 == 1
            if len(text) > WIDEST_LINE or (text.strip() and not open_quote):
                break
    records = split_records(text, read_as.delimiter, read_as.quote)
    if not records:
        raise refuse("The file is empty.", "Bring a file with a header and rows.")
    if open_quote and any("\n" in field for field in records[0]):
        raise refuse(
            f"Line {_blank_lines(plain) + 1:,} opens a quote that is never closed.",
            "Close the quote in that line, or choose another quote sign.",
        )
    return records[0]


def stage_csv(
    base: duckdb.DuckDBPyConnection,
    plain: Path,
    read_as: ReadAs,
    counted: Text,
    limits: IntakeLimits,
) -> Staged:
    """Write all fields as texts; lines that are not like the first are set aside."""
    _check_signs(read_as)
    names = read_header(plain, read_as, limits)
    into = str(plain.with_suffix(".staged"))
    columns = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(len(names)))
    sql = STAGE_CSV.format(
        columns=f"{{{columns}}}",
        missing=f"[{literals(read_as.missing)}]",
        group=group_rows(len(names)),
    )
    most = limits.rejected_lines
    values = {
        "source": str(plain), "into": into, "delimiter": read_as.delimiter,
        "quote": read_as.quote, "header": read_as.header, "most": most + 1, "skip": _blank_lines(plain),
        "longest": limits.line_bytes * 2, "buffer": limits.line_bytes * 4,
    }  # fmt: skip
    base.execute(sql, values)
    rows = count_rows(base, into)
    bad = base.execute(REJECTS, {"most": MOST_TEXT}).fetchall()
    rejected = _explain(plain, bad, names, "header" if read_as.header else "first line")
    _check_rejected(rejected, rows, counted, limits)
    origins = tuple(
        Origin(f"c{place}", TEXT, name, FOUND) for place, name in enumerate(names)
    )
    return Staged(into, rows, origins, rejected, len(rejected))


def _check_signs(read_as: ReadAs) -> None:
    for what, sign in (("delimiter", read_as.delimiter), ("quote", read_as.quote or '"')):
        if len(sign) != 1 or sign in "\r\n":
            raise refuse(
                f"The {what} `{sign}` is not one character.", f"Choose one {what}."
            )


def _blank_lines(plain: Path) -> int:
    """Give the empty lines before the first one that is not."""
    with plain.open("rb") as file:
        return sum(1 for _ in itertools.takewhile(lambda line: not line.strip(), file))


def _explain(
    plain: Path, bad: list[tuple[int, str, str, str, str]], names: Sequence[str], first: str
) -> tuple[RejectedLine, ...]:
    lines = _lines_at(plain, [at for at, *_ in bad])
    found = []
    for (_, text, kind, message, column), line in zip(bad, lines, strict=True):
        place = None if kind in RAGGED else re.fullmatch(r"c(\d+)", column)
        found.append(
            RejectedLine(
                line=line,
                column=names[int(place[1])] if place else "",
                text=(text or "").rstrip("\n"),
                why=_why(line, kind, message, f"the {first} has {len(names):,}"),
            )
        )
    return tuple(found)


def _why(line: int, kind: str, message: str, expected: str) -> str:
    if kind in RAGGED:
        has = re.search(r"Found: (\d+)", message)
        fields = f"{int(has[1]):,}" if has else "other"
        return f"Line {line:,} has {fields} fields, {expected}."
    if kind == "UNQUOTED VALUE":
        return f"Line {line:,} opens a quote that is not closed where the field ends."
    if kind == "LINE SIZE OVER MAXIMUM":
        return f"Line {line:,} is too long."
    return f"Line {line:,} cannot be split into fields."


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
