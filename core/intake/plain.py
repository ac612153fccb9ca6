"""A file as plain text: unpacked, UTF-8, every line ended by LF, and bounded."""

import codecs
import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, cast

from core.intake.bounds import IntakeLimits, refuse

GZIP: Final = b"\x1f\x8b"
PIECE: Final = 1 << 20
# Looked up here, before the limits of the process close the files of Python.
CODECS: Final = {
    "utf-8": codecs.lookup("utf-8-sig"),  # drops the mark at the start, if there is one
    "utf-16": codecs.lookup("utf-16"),  # reads the mark
    "utf-16-le": codecs.lookup("utf-16-le"),
    "utf-16-be": codecs.lookup("utf-16-be"),
    "latin-1": codecs.lookup("latin-1"),
    "windows-1252": codecs.lookup("cp1252"),
}
Progress = Callable[[float], None]


@dataclass(slots=True)
class Text:
    """What was counted of the plain text while it was written."""

    lines: int = 0
    quotes: int = 0
    bytes: int = 0
    _since: int = 0  # characters after the last line end

    def add(self, text: str, quote: str, limits: IntakeLimits) -> None:
        """Count one piece."""
        zero = text.find("\0")
        if zero >= 0:
            raise hold_zero(self.lines + text.count("\n", 0, zero) + 1)
        first = text.find("\n")
        reach = len(text) if first < 0 else first
        if limits.line_bytes and self._since + reach > limits.line_bytes:
            raise refuse(
                f"Line {self.lines + 1:,} has more than {limits.line_bytes / 1e6:,.0f} MB.",
                "Check that the file is a table with one row per line.",
            )
        self._since = self._since + reach if first < 0 else len(text) - text.rfind("\n") - 1
        self.lines += text.count("\n")
        self.quotes += text.count(quote) if quote else 0

    def end(self) -> None:
        """Count the last line where nothing ends it."""
        self.lines += self._since > 0


def hold_zero(line: int) -> Exception:
    """Give the refusal of a text with a zero byte."""
    return refuse(
        f"Line {line:,} holds a zero byte; the file is not a table as text.",
        "Save it as CSV, JSON lines or Parquet.",
    )


def is_packed(path: Path) -> bool:
    """Tell whether the first bytes of a file are those of gzip."""
    with path.open("rb") as file:
        return file.read(2) == GZIP


def read_start(path: Path, size: int) -> bytes:
    """Give the first `size` bytes of a file, unpacked."""
    with path.open("rb") as raw:
        file = _unpacked(raw, packed=is_packed(path))
        try:
            return file.read(size)
        except (EOFError, OSError, zlib.error):
            raise _broken() from None


def make_decoder(encoding: str, errors: str = "strict") -> io.IncrementalNewlineDecoder:
    """Give a decoder that ends every line with LF, also where CR and LF come apart."""
    decode = CODECS[encoding].incrementaldecoder
    if decode is None:  # pragma: no cover - all of ours have one
        raise LookupError(encoding)
    return io.IncrementalNewlineDecoder(decode(errors), translate=True)


def write_plain(  # noqa: PLR0913 - a file, what to do with it, and who is told
    source: Path,
    into: Path,
    *,
    encoding: str,
    quote: str,
    limits: IntakeLimits,
    progress: Progress,
) -> Text:
    """Write the plain text of `source` and give what was counted of it.

    Raises:
        RefusedFileError: bytes that are no text in `encoding`, or a bound is passed.
    """
    counted = Text()
    with into.open("wb") as out:
        for text, share in _pieces(source, encoding, counted):
            counted.add(text, quote, limits)
            plain = text.encode()
            counted.bytes += len(plain)
            _check(counted, limits)
            out.write(plain)
            progress(share)
    counted.end()
    return counted


def _check(counted: Text, limits: IntakeLimits) -> None:
    if counted.bytes > limits.plain_bytes:
        raise refuse(
            f"The file unpacks to more than {limits.plain_bytes / 1e6:,.0f} MB.",
            "Split it, or keep only the columns you need.",
        )
    if counted.lines > limits.rows + 1:
        raise refuse(
            f"The file has more than {limits.rows:,} rows.", "Split it, or draw a sample."
        )


def _pieces(source: Path, encoding: str, counted: Text) -> Iterator[tuple[str, float]]:
    if encoding not in CODECS:
        raise refuse(
            f"The encoding `{encoding}` is not known.",
            f"Choose one of {', '.join(CODECS)}.",
        )
    decoder = make_decoder(encoding)
    size = max(source.stat().st_size, 1)
    with source.open("rb") as raw:
        file = _unpacked(raw, packed=is_packed(source))
        while True:
            try:
                piece = file.read(PIECE)
                text = decoder.decode(piece, final=not piece)
            except UnicodeDecodeError as error:
                raise _undecoded(error, encoding, counted) from None
            except (EOFError, OSError, zlib.error):
                raise _broken() from None
            yield text, min(raw.tell() / size, 1.0)
            if not piece:
                return


def _unpacked(raw: IO[bytes], *, packed: bool) -> IO[bytes]:
    return cast(IO[bytes], gzip.GzipFile(fileobj=raw)) if packed else raw


def _undecoded(error: UnicodeDecodeError, encoding: str, counted: Text) -> Exception:
    line = counted.lines + bytes(error.object[: error.start]).count(b"\n") + 1
    return refuse(
        f"Line {line:,} is not {encoding} text.",
        "Choose another encoding: files from Windows are often windows-1252.",
    )


def _broken() -> Exception:
    return refuse("The packed file is cut short or damaged.", "Pack it again with gzip.")
