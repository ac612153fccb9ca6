"""How a file is probably to be read: its format and, for text, how it is written."""

from dataclasses import replace
from pathlib import Path
from typing import Final

import duckdb

from core.intake.bounds import IntakeLimits, refuse
from core.intake.encoding import check_markup, find_encoding
from core.intake.json_faults import EACH, first_names
from core.intake.names import clean_names
from core.intake.plain import is_packed, make_decoder, read_start
from core.intake.sniff import (
    find_dates,
    find_decimal,
    find_delimiter,
    find_header,
    find_quote,
    split_records,
)
from core.intake.staging import describe_parquet
from core.records.data import ReadAs

START: Final = 1 << 20
PARQUET, ENCRYPTED = b"PAR1", b"PARE"
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
    suffix = Path(source.name.lower().removesuffix(".gz")).suffix
    if start and (start.startswith(PARQUET) or suffix == ".parquet"):
        return _parquet(base, source, limits)
    encoding = find_encoding(start)
    text = decode_start(start, encoding.value)
    if not text.strip():
        raise refuse("The file is empty.", "Bring a file with a header and rows.")
    check_markup(text)
    as_written = tuple(line[:MOST_LINE] for line in text.split("\n")[:LINES])
    packed = ("Packed with gzip: its first bytes say so.",) if is_packed(source) else ()
    names = first_names(text)
    if names or (text.lstrip()[:1] in ("{", "[") and suffix not in TEXT_FORMATS):
        read_as = ReadAs("jsonl", encoding=encoding.value, missing=())
        _, said = clean_names(names, limits)
        why = "JSON: the file begins with a bracket."
        return read_as, (*packed, why, encoding.why, *said), as_written
    if suffix in (".json", ".jsonl", ".ndjson"):
        raise refuse("The file does not hold JSON objects, one per line.", EACH)
    text = text if len(start) < START else _whole_lines(text)
    read_as, reasons = _csv(text, suffix, limits)
    read_as = replace(read_as, encoding=encoding.value)
    return read_as, (*packed, *reasons, encoding.why), as_written


def decode_start(start: bytes, encoding: str) -> str:
    """Give the text of the first bytes; a letter cut in two at the end is left out."""
    return str(make_decoder(encoding, "replace").decode(start))


def _whole_lines(text: str) -> str:
    """Leave out the last line, which is cut where the start of the file ends."""
    whole = text[: text.rfind("\n") + 1]
    if not whole.strip():
        raise refuse(
            f"Line {text.count(chr(10)) + 1:,} has more than {START / 1e6:,.0f} MB.",
            "Check that the file is a table with one row per line.",
        )
    return whole


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
    _, names = describe_parquet(base, str(source))
    _, said = clean_names(names, limits)
    why = "Parquet: the file says itself which types its columns have."
    return ReadAs("parquet", missing=()), (why, *said), ()


def check_whole(source: Path) -> None:
    """Refuse a file that does not begin and end as Parquet does."""
    with source.open("rb") as file:
        start = file.read(len(PARQUET))
        file.seek(max(source.stat().st_size - len(PARQUET), 0))
        end = file.read()
    if is_packed(source):
        raise refuse("The Parquet file is packed with gzip.", "Unpack it first.")
    if ENCRYPTED in (start, end):
        raise refuse("The Parquet file is encrypted.", "Write it without encryption.")
    if start != PARQUET:
        raise refuse(
            "The file does not begin as Parquet does.", "Check that it is the right file."
        )
    if end != PARQUET:
        raise refuse(
            "The Parquet file is cut short: its end is missing.", "Bring it again."
        )
