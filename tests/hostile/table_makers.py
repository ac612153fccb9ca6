"""How hostile tables are made: packed, boxed, nested, wide, endless; bytes from a seed."""

import gzip
import sqlite3
import struct
import zipfile
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.random import Generator

Make = Callable[[Generator], bytes]
FOOT: Final = 8  # of a Parquet file: the length of its footer, and PAR1
LATE: Final = 120_000  # rows; beyond the first megabyte, and beyond the first row group


def written(text: str | bytes, *, encoding: str = "utf-8") -> Make:
    """Make the text as it stands."""
    return lambda _rng: text if isinstance(text, bytes) else text.encode(encoding)


def lines(*first: str, rows: int, last: Sequence[str | bytes] = ()) -> Make:
    """Make lines: the first ones, rows of a number, a word and a day, then the last ones."""

    def make(rng: Generator) -> bytes:
        numbers, days = rng.integers(1_000, size=rows), rng.integers(1, 29, size=rows)
        body = [f"{n},w{n % 7},2026-01-{d:02d}" for n, d in zip(numbers, days, strict=True)]
        ends = [end if isinstance(end, bytes) else end.encode() for end in last]
        return b"\n".join(["\n".join([*first, *body]).encode(), *ends, b""])

    return make


def repeated(first: str, piece: str, times: int, last: str = "") -> Make:
    """Make a piece many times, between a beginning and an end."""
    return written(first + piece * times + last)


def noise(size: int, *, without: bytes = b"", start: bytes = b"") -> Make:
    """Make bytes by chance; those of `without` are left out."""
    return lambda rng: start + rng.bytes(size).translate(None, without)


def packed(make: Make, *, cut: int = 0, times: int = 1, after: bytes = b"") -> Make:
    """Make it packed by gzip, over and over, without its end or with more after it."""

    def make_packed(rng: Generator) -> bytes:
        data = make(rng)
        for _ in range(times):
            data = gzip.compress(data, mtime=0)
        return data[: len(data) - cut] + after

    return make_packed


def bomb(piece: bytes, times: int) -> Make:
    """Make a header and a piece that is packed once and unpacked many times."""
    return lambda _rng: (
        gzip.compress(b"a,b\n", mtime=0) + gzip.compress(piece, mtime=0) * times
    )


def boxed(_rng: Generator) -> bytes:
    """Make a zip file that holds a table."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as box:
        box.writestr(zipfile.ZipInfo("xl/worksheets/sheet1.xml"), "<row/>")
    return out.getvalue()


def sqlite_file(_rng: Generator) -> bytes:
    """Make a SQLite database."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "base"
        base = sqlite3.connect(path)
        base.execute("create table t (a)")
        base.commit()
        base.close()
        return path.read_bytes()


def duckdb_file(_rng: Generator) -> bytes:
    """Make a DuckDB database."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "base"
        with duckdb.connect(str(path)) as base:
            base.execute("create table t as select 1 as a")
        return path.read_bytes()


def parquet(columns: Sequence[tuple[str, Any]], **options: Any) -> Make:
    """Make a Parquet file of arrays, or of what is one."""

    def make(_rng: Generator) -> bytes:
        arrays = [v if isinstance(v, pa.Array) else pa.array(v) for _, v in columns]
        table = pa.Table.from_arrays(arrays, names=[name for name, _ in columns])
        out = BytesIO()
        pq.write_table(table, out, store_schema=False, **options)
        return out.getvalue()

    return make


def plain_parquet(rng: Generator) -> bytes:
    """Make an ordinary Parquet file with numbers and texts."""
    numbers = rng.integers(1_000, size=2_000)
    return parquet([("a", numbers), ("t", [f"w{n}" for n in numbers])])(rng)


def changed(change: Callable[[bytes], bytes]) -> Make:
    """Make an ordinary Parquet file and change its bytes."""
    return lambda rng: change(plain_parquet(rng))


def with_foot(length: Callable[[int], int]) -> Make:
    """Make a Parquet file whose footer says another length of itself."""

    def change(data: bytes) -> bytes:
        (true,) = struct.unpack("<I", data[-FOOT:-4])
        return data[:-FOOT] + struct.pack("<I", length(true)) + data[-4:]

    return changed(change)


def same(text: str, rows: int) -> Any:
    """Give a column that stands for one text in every row, in a few bytes."""
    places = pa.array(np.zeros(rows, np.int32), pa.int32())
    return pa.DictionaryArray.from_arrays(places, pa.array([text]))


def moments(numbers: Sequence[int | None], unit: str, zone: str | None = None) -> Any:
    """Give times by their number of units since 1970."""
    return pa.array(numbers, pa.int64()).cast(pa.timestamp(unit, zone))


def days(numbers: Sequence[int]) -> Any:
    """Give dates by their number of days since 1970."""
    return pa.array(numbers, pa.int32()).cast(pa.date32())
