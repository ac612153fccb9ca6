"""A text file as plain UTF-8: unpacked, decoded, its line ends known."""

import codecs
import gzip
import re
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Final, cast

from core.errors import RefusedFileError

CHUNK: Final = 1 << 20
GZIP: Final = b"\x1f\x8b"
BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CODECS: Final = (
    "utf-8",
    "utf-8-sig",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "windows-1252",
    "latin-1",
)
# Bytes that Windows-1252 leaves empty.
NOT_WINDOWS: Final = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
LINE_ENDS: Final = re.compile(rb"\r\n|\r|\n")
FOREIGN: Final = (
    (b"PK\x03\x04", "an Excel or ZIP file"),
    (b"PAR1", "a Parquet file"),
    (b"\xd0\xcf\x11\xe0", "an old Excel file"),
    (b"%PDF", "a PDF"),
)
ENCODING_HINT: Final = "Choose another encoding, or save the file as UTF-8."


def packed(path: Path) -> bool:
    """Return whether the file is compressed with gzip."""
    with path.open("rb") as file:
        return file.read(2) == GZIP


def chunks(path: Path, *, most: int) -> Iterator[bytes]:
    """Yield the bytes of the file, unpacked.

    Raises:
        RefusedFileError: it is damaged, or larger than `most` when unpacked.
    """
    total = 0
    with open_bytes(path) as file:
        while True:
            try:
                data = file.read(CHUNK)
            except (EOFError, OSError, zlib.error):
                raise RefusedFileError(
                    "The compressed file is damaged or cut off.",
                    hint="Compress it again, or bring it uncompressed.",
                ) from None
            if not data:
                return
            total += len(data)
            if total > most:
                raise RefusedFileError(
                    f"Unpacked, the file has more than {most / 1e6:,.0f} MB.",
                    hint="Split it, or bring it as Parquet.",
                )
            yield data


def open_bytes(path: Path) -> IO[bytes]:
    """Open the file for its unpacked bytes."""
    return cast(IO[bytes], gzip.open(path)) if packed(path) else path.open("rb")


def find_encoding(path: Path, *, most: int) -> tuple[str, str]:
    """Return the encoding of a text file and the sentence that says why.

    Raises:
        RefusedFileError: it holds no text.
    """
    first = next(chunks(path, most=most), b"")
    for start, what in FOREIGN:
        if first.startswith(start):
            raise RefusedFileError(
                f"The file holds no text: it is {what}.",
                hint="Bring it as CSV, JSON lines or Parquet, with the fitting ending.",
            )
    for mark, name in BOMS:
        if first.startswith(mark):
            return name, f"Encoding {name.upper()}: the file starts with its mark."
    if b"\0" in first:
        return _without_mark(first)
    return _whole(path, most)


def _without_mark(first: bytes) -> tuple[str, str]:
    even, odd = first[::2].count(0), first[1::2].count(0)
    most = len(first) // 4
    if max(even, odd) < most or min(even, odd) > most:
        raise RefusedFileError(
            "The file holds no text: it has bytes that no text has.",
            hint="Bring it as CSV, JSON lines or Parquet.",
        )
    name = "utf-16-le" if odd > even else "utf-16-be"
    return name, f"Encoding {name.upper()}: every second byte is empty."


def _whole(path: Path, most: int) -> tuple[str, str]:
    decoder = codecs.getincrementaldecoder("utf-8")()
    lines = 1
    windows = True
    try:
        for data in chunks(path, most=most):
            decoder.decode(data)
            lines += data.count(b"\n")
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        lines += data.count(b"\n", 0, error.start)
        wrong = data[error.start : error.start + 1].hex().upper()
        windows = not any(NOT_WINDOWS.search(part) for part in chunks(path, most=most))
        name = "windows-1252" if windows else "latin-1"
        return name, (
            f"Check: encoding {name.title()}, because a byte {wrong} near line {lines:,} "
            "is not UTF-8."
        )
    return "utf-8", "Encoding UTF-8: every byte of the file fits."


def make_plain(path: Path, encoding: str, work: Path, *, most: int) -> Path:
    """Return a UTF-8 text without mark: the file itself, or a copy of it in `work`.

    Raises:
        RefusedFileError: the bytes are not in that encoding, or too many.
    """
    if encoding not in CODECS:
        raise RefusedFileError(
            f"No such encoding: `{encoding}`.", hint=f"Choose one of {', '.join(CODECS)}."
        )
    if encoding == "utf-8" and not packed(path):
        _decoded(chunks(path, most=most), encoding, None)
        return path
    plain = work / "plain.txt"
    with plain.open("wb") as copy:
        _decoded(chunks(path, most=most), encoding, copy)
    return plain


def _decoded(parts: Iterable[bytes], encoding: str, copy: IO[bytes] | None) -> None:
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = 1
    try:
        for data in parts:
            text = decoder.decode(data)
            lines += data.count(b"\n")
            if copy:
                copy.write(text.encode())
        decoder.decode(b"", final=True)
    except UnicodeError:
        raise RefusedFileError(
            f"The file is not {encoding.upper()}; the first wrong byte stands after "
            f"line {lines - 1:,}.",
            hint=ENCODING_HINT,
        ) from None


def one_line_end(plain: Path, work: Path) -> Path:
    """Return a copy whose lines all end in a line feed."""
    copy = work / "lines.txt"
    with plain.open("rb") as file, copy.open("wb") as target:
        rest = b""
        while data := file.read(CHUNK):
            data = rest + data
            rest = b"\r" if data.endswith(b"\r") else b""
            target.write(LINE_ENDS.sub(b"\n", data.removesuffix(b"\r")))
        target.write(LINE_ENDS.sub(b"\n", rest))
    return copy


def first_text(plain: Path, size: int = CHUNK) -> str:
    """Return the first `size` bytes of a plain text."""
    with plain.open("rb") as file:
        return file.read(size).decode("utf-8", "ignore").removeprefix("\ufeff")


def first_lines(plain: Path, *, count: int = 20, width: int = 500) -> tuple[str, ...]:
    """Return the first lines as they are written, each cut at `width` characters."""
    lines = first_text(plain).split("\n")[: count + 1]
    kept = lines[:-1] if lines[-1] == "" or len(lines) > count else lines
    return tuple(line.rstrip("\r")[:width] for line in kept[:count])


def count_lines(plain: Path) -> tuple[int, int]:
    """Return how many lines the text has, and how many of them are blank."""
    lines = blank = 0
    end = b"\n"
    for data in chunks(plain, most=1 << 62):
        joined = (end + data).replace(b"\r\n", b"\n")
        lines += data.count(b"\n")
        blank += len(re.findall(rb"\n(?=\n)", joined))
        end = data[-1:] if data[-1:] != b"\r" else b""
    return lines + (end != b"\n"), blank


def line_numbers(plain: Path, offsets: list[int]) -> list[int]:
    """Return the line in which each byte offset stands; the offsets are sorted."""
    found: list[int] = []
    line, start = 1, 0
    for data in chunks(plain, most=1 << 62):
        done = 0
        while len(found) < len(offsets) and offsets[len(found)] < start + len(data):
            upto = offsets[len(found)] - start
            line += data.count(b"\n", done, upto)
            done = upto
            found.append(line)
        line += data.count(b"\n", done)
        start += len(data)
    return found + [line] * (len(offsets) - len(found))
