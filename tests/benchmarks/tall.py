"""A tall table comes in and is checked within 2 GB: `python -m tests.benchmarks.tall`.

The first argument is its number of rows, the second that of the training table beside it;
by default 10,000,000 both. Tables are written piece by piece, so that the memory that is
measured is that of the import and of the checks.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from core.records.data import DatasetVersion, Split
from core.records.estimate import Word
from core.runs.checking import make_checks
from core.runs.desk import Desk, open_desk
from core.runs.drafting import drop_draft, inbox_path, read_draft, save_draft, start_draft
from core.runs.finishing import keep_draft_table
from core.runs.watch import Watch
from tests.benchmarks.yardstick import (
    peak_gb,
    plain_scan,
    say,
    timed,
    watching_children,
)
from tests.kept import ARROW
from tests.measures.planted import COLUMNS, draw

ROWS: Final = 10_000_000
PIECE: Final = 500_000
TARGET_GB: Final = 2
USED: Final = COLUMNS[:3] + COLUMNS[5:]  # eight of all kinds


@dataclass(frozen=True)
class Tall:
    """A table to be written: what it is called, its split, its rows, its first day."""

    name: str
    split: Split
    rows: int
    day: int


def main(rows: int = ROWS, training: int = ROWS) -> None:
    """Import a training table and a tall one, check the tall one, and say what it took."""
    with TemporaryDirectory() as name, open_desk(Path(name)) as desk:
        before = peak_gb()
        with watching_children() as children:
            _import(desk, Tall("Training", Split.TRAINING, training, 0))
            tall = _import(desk, Tall("Tall", Split.VALIDATION, rows, 400))
        imported = peak_gb()
        alarms: list[str] = []
        seconds = timed(lambda: alarms.extend(_check(desk, tall)))
        scan = plain_scan(desk.workspace.objects.path(tall.object))
        say(
            f"all checks, {rows:,} x {len(tall.columns)} beside {training:,} rows of "
            f"training: {seconds:.1f} s, beside a scan of {scan:.2f} s; "
            f"{len(alarms)} alarms {', '.join(alarms)}".rstrip()
        )
        say(
            f"peak memory: {peak_gb():.2f} GB (target {TARGET_GB}; {before:.2f} before, "
            f"{imported:.2f} once imported), largest of {len(children)} children {max(children.values(), default=0):.2f} GB"
        )


def _import(desk: Desk, tall: Tall) -> DatasetVersion:
    """Bring a table as the page Import does: from the inbox, read in a child, then kept."""
    file_name = f"{tall.name.lower()}.parquet"
    _write(tall, desk.workspace.inbox / file_name)
    made: list[DatasetVersion] = []

    def work() -> None:
        with inbox_path(desk, file_name).open("rb") as file:
            draft = start_draft(desk, file_name, file)
        draft = read_draft(desk, draft.id, None, Watch())
        draft = replace(draft, columns=USED, columns_confirmed=True, split=tall.split)
        save_draft(desk, draft)
        made.append(keep_draft_table(desk, draft, actor="bench", watch=Watch()))
        drop_draft(desk, draft.id)

    seconds = timed(work)
    place = desk.workspace.inbox / file_name
    say(
        f"import of {tall.name}, {tall.rows:,} x {len(USED)}, "
        f"{place.stat().st_size / 1e6:.0f} MB: {seconds:.1f} s, beside a scan of "
        f"{plain_scan(place):.2f} s"
    )
    return made[0]


def _write(tall: Tall, into: Path) -> None:
    fields: list[Any] = [(column.name, ARROW[column.type]) for column in USED]
    schema = pa.schema(fields)
    with pq.ParquetWriter(into, schema, compression="zstd") as writer:
        for piece in _pieces(tall, schema):
            writer.write_table(piece)


def _pieces(tall: Tall, schema: pa.Schema) -> Iterator[pa.Table]:
    rng = np.random.default_rng(tall.day + 7)
    first = 10**9 if tall.day else 0
    for start in range(0, tall.rows, PIECE):
        rows = min(PIECE, tall.rows - start)
        values = draw(rng, rows, first=first + start, day=tall.day)
        arrays = [
            pa.array(values[field.name], field.type, from_pandas=True) for field in schema
        ]
        yield pa.Table.from_arrays(arrays, schema=schema)


def _check(desk: Desk, tall: DatasetVersion) -> list[str]:
    made = make_checks(desk, tall.id).made
    return sorted(check.gate.id for check in made if check.verdict.word is Word.FAIL)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
