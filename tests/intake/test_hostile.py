"""Files that mean harm, or are only too large: one sentence, and nothing left behind."""

import gzip
import time
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import RefusedFileError, StoppedError
from core.intake.bounds import IntakeLimits
from core.intake.read import look, read
from core.records.data import ReadAs
from tests.intake.bench import Bench

CSV = ReadAs("csv")
SMALL = IntakeLimits(
    memory=2 << 30,
    engine_memory=512 << 20,
    cpu_seconds=10,
    wall_seconds=10,
    rows=10_000_000,
)


def write_bomb(path: Path, pieces: int) -> Path:
    """Pack a million short rows, many times over."""
    piece = gzip.compress(b"1,2\n" * 1_000_000)
    path.write_bytes(gzip.compress(b"a,b\n") + piece * pieces)
    return path


def test_a_bomb_is_stopped_by_its_rows(bench: Bench) -> None:
    """50 million rows in half a megabyte are refused while they are unpacked."""
    path = write_bomb(bench.folder / "bomb.csv.gz", 50)
    assert path.stat().st_size < 1_000_000
    began = time.monotonic()
    with pytest.raises(RefusedFileError, match="more than 10,000,000 rows"):
        read(path, CSV, bench.into, limits=SMALL)
    assert time.monotonic() - began < 10
    assert bench.left_behind() == []


def test_a_bomb_is_stopped_by_its_size(bench: Bench) -> None:
    """What a file unpacks to is bounded as well."""
    path = write_bomb(bench.folder / "bomb.csv.gz", 50)
    with pytest.raises(RefusedFileError, match="unpacks to more than 9 MB"):
        read(path, CSV, bench.into, limits=replace(SMALL, plain_bytes=9_000_000))
    assert bench.left_behind() == []


def test_time_is_bounded(bench: Bench) -> None:
    """A reading that takes longer than it may is stopped, and says so."""
    path = write_bomb(bench.folder / "bomb.csv.gz", 50)
    limits = replace(SMALL, rows=100_000_000, wall_seconds=1, seconds_per_megabyte=0)
    with pytest.raises(RefusedFileError, match="took too long"):
        read(path, CSV, bench.into, limits=limits)
    assert bench.left_behind() == []


def test_a_line_of_30_megabytes_is_refused(bench: Bench) -> None:
    """The line is named; its size never reaches this process."""
    path = bench.file(b"a,b\n1,2\n1," + b"x" * 30_000_000 + b"\n")
    with pytest.raises(RefusedFileError, match="Line 3 has more than 10 MB"):
        read(path, CSV, bench.into)
    assert bench.left_behind() == []


def test_a_cell_of_two_megabytes_is_refused(bench: Bench) -> None:
    """The column is named."""
    path = bench.file(b"a,b\n1,2\n1," + b"x" * 2_000_000 + b"\n")
    with pytest.raises(RefusedFileError, match=r"Column `b` holds a text of 2\.0 MB"):
        read(path, CSV, bench.into)
    assert bench.left_behind() == []


def test_a_hundred_thousand_columns_are_refused(bench: Bench) -> None:
    """Neither looking nor reading tries to hold them."""
    names = ",".join(f"c{i}" for i in range(100_000))
    path = bench.file(f"{names}\n" + ",".join(["1"] * 100_000) + "\n")
    for ask in (lambda: look(path), lambda: read(path, CSV, bench.into)):
        with pytest.raises(
            RefusedFileError, match="has 100,000 columns; a table may have 2,000"
        ):
            ask()
    assert bench.left_behind() == []


def test_a_wide_table_is_read(bench: Bench) -> None:
    """300 columns come in; row groups are made small enough for memory."""
    names = ",".join(f"c{i}" for i in range(300))
    path = bench.file(f"{names}\n" + (",".join(["1.5"] * 300) + "\n") * 200)
    assert read(path, look(path).read_as, bench.into).rows == 200
    assert set(bench.types().values()) == {"DOUBLE"}


def test_a_long_name_is_refused(bench: Bench) -> None:
    """201 letters are no name."""
    with pytest.raises(RefusedFileError, match="The name of column 2 has 201 characters"):
        bench.look("a," + "b" * 201 + "\n1,2\n")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "The file is empty"),
        (b"a,b\n", "holds no rows"),
        (b"PK\x03\x04" + bytes(100), "a zip file or a spreadsheet"),
        (b"%PDF-1.7\n", "a PDF"),
        (bytes(range(256)) * 50, "Line 1 holds a zero byte"),
        (gzip.compress(b"a,b\n" * 1000)[:-20], "cut short or damaged"),
    ],
)
def test_what_is_no_table_is_refused(bench: Bench, data: bytes, message: str) -> None:
    """Spreadsheets, PDFs, emptiness and noise are named as what they are."""
    with pytest.raises(RefusedFileError, match=message) as caught:
        bench.read(data)
    assert caught.value.hint
    assert bench.left_behind() == []


def test_a_file_that_is_too_large_is_not_opened(bench: Bench) -> None:
    """The size is looked at first."""
    path = bench.file("a\n1\n")
    with pytest.raises(RefusedFileError, match="a file may have 0 MB"):
        read(path, CSV, bench.into, limits=IntakeLimits(file_bytes=3))
    assert bench.left_behind() == []


def test_what_stood_there_is_gone_when_a_reading_fails(bench: Bench) -> None:
    """An older result does not survive a failed reading."""
    bench.into.write_bytes(b"old")
    with pytest.raises(RefusedFileError):
        bench.read("a,b\n")
    assert bench.left_behind() == []


def test_cancel_kills_within_a_second(bench: Bench) -> None:
    """Stop is asked while the child works; the child is gone and the folder empty."""
    path = bench.file(b"a,b,c\n" + b"1.5,text,2026-01-01\n" * 3_000_000)
    asked: list[float] = []

    def stop() -> bool:
        return bool(asked) and time.monotonic() > asked[0] + 0.2

    def progress(_share: float, _text: str) -> None:
        asked.append(time.monotonic())

    with pytest.raises(StoppedError):
        read(path, CSV, bench.into, stop=stop, progress=progress)
    assert time.monotonic() - asked[0] < 1.2
    assert bench.left_behind() == []


def test_progress_rises_to_the_end(bench: Bench) -> None:
    """Shares rise from 0 to 1, each with a few words."""
    told: list[tuple[float, str]] = []
    path = bench.file("a\n1\n2\n")
    read(path, CSV, bench.into, progress=lambda share, text: told.append((share, text)))
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert 0 <= shares[0] < shares[-1] <= 1
    assert all(text for _, text in told)
