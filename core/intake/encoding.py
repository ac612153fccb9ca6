"""In which encoding the bytes of a file are text, or what else they are."""

import codecs
import re
from typing import Final

from core.intake.bounds import refuse
from core.intake.plain import hold_zero
from core.intake.sniff import Sniffed

AS_TABLE: Final = "Bring the table itself, as CSV or Parquet."
SHEET: Final = (
    "a zip file or a spreadsheet, not a table as text",
    "Save the sheet as CSV.",
)
PICTURE: Final = ("a picture, not a table as text", AS_TABLE)
DATABASE: Final = ("a database, not a table as text", "Export the table as CSV or Parquet.")
PACKED: Final = ("packed in a way that is not read", "Unpack it, or pack it with gzip.")
UTF_7: Final = ("written in UTF-7, which is not read", "Save it as UTF-8.")
UTF_32: Final = ("written in UTF-32, which is not read", "Save it as UTF-8.")
NOT_READ: Final = {
    b"PK\x03\x04": SHEET,
    b"PK\x05\x06": SHEET,
    b"\xd0\xcf\x11\xe0": (
        "an old spreadsheet, not a table as text",
        "Save the sheet as CSV.",
    ),
    b"\x1f\x8b": ("packed twice", "Unpack it once."),
    b"BZh91AY&SY": PACKED,
    b"\xfd7zXZ\0": PACKED,
    b"\x28\xb5\x2f\xfd": PACKED,
    b"7z\xbc\xaf\x27\x1c": PACKED,
    b"%PDF": ("a PDF, not a table as text", AS_TABLE),
    b"SQLite format 3": DATABASE,
    b"\x89PNG": PICTURE,
    b"\xff\xd8\xff": PICTURE,
    b"ARROW1\0\0": ("an Arrow file", "Write it as Parquet."),
    b"PARE": ("an encrypted Parquet file", "Write it without encryption."),
    codecs.BOM_UTF32_LE: UTF_32,
    codecs.BOM_UTF32_BE: UTF_32,
    b"+/v8": UTF_7,
    b"+/v9": UTF_7,
    b"+/v+": UTF_7,
    b"+/v/": UTF_7,
}
DUCKDB: Final = slice(8, 12)  # where a DuckDB file says what it is
MARKUP: Final = re.compile(r"\s*<(!doctype\s+html|html\b|\?xml\b)", re.IGNORECASE)
WINDOWS_ONLY: Final = frozenset(range(0x80, 0xA0))  # control characters in latin-1
WINDOWS: Final = "windows-1252"
FEW: Final = 0.1
CONTROL: Final = bytes(set(range(1, 32)) - set(b"\t\n\v\f\r\x1a\x1b"))
MOST_CONTROL: Final = 0.02  # in noise there are five times as many


def find_encoding(start: bytes) -> Sniffed:
    """Tell how the bytes are text.

    Raises:
        RefusedFileError: they are no text at all, or text that is not read.
    """
    _check_kind(start)
    if start.startswith(codecs.BOM_UTF8):
        return Sniffed("utf-8", "Encoding UTF-8: a byte order mark says so.")
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Sniffed("utf-16", "Encoding UTF-16: a byte order mark says so.")
    if b"\0" in start:
        return _zeros(start)
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start)
    except UnicodeDecodeError:
        return _old(start)
    if start.isascii():
        return Sniffed("utf-8", "Encoding UTF-8: the start is plain ASCII.")
    return Sniffed("utf-8", "Encoding UTF-8: every byte of the start fits it.")


def check_markup(text: str) -> None:
    """Refuse a web page, which often comes in the place of a file that is not there."""
    if MARKUP.match(text):
        raise refuse("The file is a web page or XML, not a table.", AS_TABLE)


def _check_kind(start: bytes) -> None:
    for magic, (what, hint) in NOT_READ.items():
        if start.startswith(magic):
            raise refuse(f"The file is {what}.", hint)
    if start[DUCKDB] == b"DUCK":
        raise refuse(f"The file is {DATABASE[0]}.", DATABASE[1])


def _zeros(start: bytes) -> Sniffed:
    """Tell UTF-16 by one zero in each pair of bytes; in UTF-32 there are more."""
    even, odd = (half.count(0) / max(len(half), 1) for half in (start[::2], start[1::2]))
    for mine, other, name in ((odd, even, "utf-16-le"), (even, odd, "utf-16-be")):
        if mine > 1 / 2 and other < FEW:
            return Sniffed(name, f"Encoding {name.upper()}: every second byte is zero.")
    lines = re.split(rb"\r\n|\r|\n", start[: start.index(b"\0")])
    raise hold_zero(len(lines))


def _old(start: bytes) -> Sniffed:
    letters = len(start.translate(None, CONTROL))
    if len(start) - letters > MOST_CONTROL * len(start):
        raise refuse(
            "The file is not text: many of its bytes stand for no letter.", AS_TABLE
        )
    if not WINDOWS_ONLY.isdisjoint(start):
        return Sniffed(WINDOWS, "Encoding windows-1252: the bytes are not UTF-8.")
    return Sniffed("latin-1", "Encoding latin-1: the bytes are not UTF-8.")
