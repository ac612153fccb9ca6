"""How a file is probably to be read: its format and, for text, how it is written."""

from dataclasses import replace
from pathlib import Path
from typing import Final

import duckdb

from core.intake.bounds import IntakeLimits, refuse
from core.intake.names import clean_names
from core.intake.plain import is_packed, make_decoder, read_start
from core.intake.sniff import (
    find_dates,
    find_decimal,
    find_delimiter,
    find_encoding,
    find_header,
    find_quote,
    split_records,
)
from core.intake.staging import DESCRIBE_PARQUET, check_nested
from core.records.data import ReadAs

START: Final = 1 << 20
PARQUET: Final = b"PAR1"
TEXT_FORMATS: Final = (".csv", ".tsv", ".txt")
LINES: Final = 20
MOST_LINE: Final = 500
Found = tuple[ReadAs, tuple[str, ...], tuple[str, ...]]  # with reasons and first lines


def look_at(base: duckdb.DuckDBPyConnection, source: Path, limits: IntakeLimits) -> Found:
    """Give how a file is to be read, a reason for each choice, and its first lines.

    Raises:
        RefusedFileError: it is no table that can be read.
    """
    start = read_start(source, START)
    if not start.strip():
        raise refuse("The file is empty.", "Bring a file with a header and rows.")
    if start.startswith(PARQUET):
        return _parquet(base, source, limits)
    if source.suffix == ".parquet":
        raise refuse(
            "The file does not begin as Parquet does.", "Check that it is the right file."
        )
    encoding = find_encoding(start)
    text = decode_start(start, encoding.value)
    as_written = tuple(line[:MOST_LINE] for line in text.split("\n")[:LINES])
    packed = ("Packed with gzip: its first bytes say so.",) if is_packed(source) else ()
    suffix = Path(source.name.removesuffix(".gz")).suffix.lower()
    if text.lstrip()[:1] in ("{", "[") and suffix not in TEXT_FORMATS:
        read_as = ReadAs("jsonl", encoding=encoding.value, missing=())
        why = "JSON: the file begins with a bracket."
        return read_as, (*packed, why, encoding.why), as_written
    if suffix in (".json", ".jsonl", ".ndjson"):
        raise refuse(
            "The file does not hold JSON objects, one per line.",
            'Write each row as {"name": value, …} on a line of its own.',
        )
    whole = len(start) < START
    read_as, reasons = _csv(_whole_lines(text, whole=whole), suffix, limits)
    read_as = replace(read_as, encoding=encoding.value)
    return read_as, (*packed, *reasons, encoding.why), as_written


def decode_start(start: bytes, encoding: str) -> str:
    """Give the text of the first bytes; a letter cut in two at the end is left out."""
    return str(make_decoder(encoding, "replace").decode(start))


def _whole_lines(text: str, *, whole: bool) -> str:
    """Leave out the last line, which is cut where the start of the file ends."""
    return text if whole or "\n" not in text else text[: text.rfind("\n") + 1]


def _csv(text: str, suffix: str, limits: IntakeLimits) -> tuple[ReadAs, tuple[str, ...]]:
    quote = find_quote(text)
    delimiter = find_delimiter(text, quote.value, suffix)
    records = split_records(text, delimiter.value, quote.value)
    header, why_header = find_header(records)
    names = clean_names(records[0] if header else [""] * len(records[0]), limits)
    below = records[1:] if header else records
    decimal, dates = find_decimal(below), find_dates(below)
    read_as = ReadAs(
        "csv",
        delimiter=delimiter.value,
        quote=quote.value,
        header=header,
        decimal=decimal.value,
        dates=dates.value,
    )
    found = (delimiter.why, quote.why, why_header, decimal.why, dates.why)
    return read_as, found + (names[1] if header else ())


def _parquet(base: duckdb.DuckDBPyConnection, source: Path, limits: IntakeLimits) -> Found:
    check_whole(source)
    described = base.execute(DESCRIBE_PARQUET, {"source": str(source)}).fetchall()
    check_nested(described)
    _, said = clean_names([key for key, _ in described], limits)
    why = "Parquet: the file says itself which types its columns have."
    return ReadAs("parquet", missing=()), (why, *said), ()


def check_whole(source: Path) -> None:
    """Refuse a Parquet file whose end is missing."""
    with source.open("rb") as file:
        file.seek(max(source.stat().st_size - len(PARQUET), 0))
        if file.read() != PARQUET:
            raise refuse(
                "The Parquet file is cut short: its end is missing.", "Bring it again."
            )
