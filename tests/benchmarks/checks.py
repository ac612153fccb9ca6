"""How long all checks take: `python -m tests.benchmarks.checks`."""

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from core.engine.duck import DuckDB
from core.engine.profile import profile_table
from core.measures.checks.look import Look
from core.records.data import Column, ColumnType, DatasetVersion, ReadAs, Split, Use
from core.records.estimate import Word
from core.runs.checking import STEPS
from core.store.objects import Objects
from core.store.workspace import utc_now
from tests.kept import ARROW
from tests.measures.planted import COLUMNS, clean, plant

ROWS: Final = 1_000_000
PLANTED: Final = 4  # columns that come with the faults
TARGETS: Final = {8: 3.0, 30: 10.0}  # columns: seconds


def main() -> None:
    """Check a clean and a faulty table of 8 and of 30 columns, and say how long it took."""
    for width, target in TARGETS.items():
        for faulty in (False, True):
            with TemporaryDirectory() as folder:
                _measure(Objects(Path(folder)), width, target, faulty=faulty)


def _measure(objects: Objects, width: int, target: float, *, faulty: bool) -> None:
    rng = np.random.default_rng(20260704)
    training, checked = clean(rng, ROWS)
    columns = COLUMNS[:3] + COLUMNS[5:] if width < len(COLUMNS) else COLUMNS
    extra = tuple(
        Column(f"x{k}", ColumnType.NUMBER, Use.FEATURE)
        for k in range(max(0, width - len(columns) - PLANTED))
    )
    for column in extra:
        for table in (training, checked):
            table[column.name] = np.round(rng.normal(size=ROWS), 4)
    more = plant(rng, training, checked) if faulty and width >= len(COLUMNS) else ()
    other = _keep(objects, (*columns, *extra), training, Split.TRAINING)
    version = _keep(objects, (*columns, *more, *extra), checked, Split.VALIDATION)
    engine = DuckDB(objects, seconds=600)
    scan = _timed(lambda: engine.rows(_scan(engine, version)))
    began = time.perf_counter()
    look = Look(engine, version, profile_table(engine, version), other)
    found = [step(look) for _, step in STEPS]
    seconds = time.perf_counter() - began
    alarms = sorted(c.gate.id for c in found if c.verdict.word is Word.FAIL)
    engine.close()
    sys.stdout.write(
        f"all checks, {ROWS:,} x {len(version.columns)}, {'faulty' if faulty else 'clean'}: "
        f"{seconds:.2f} s (target {target:g}), beside a scan of {scan:.3f} s; "
        f"{len(alarms)} alarms {', '.join(alarms)}\n"
    )


def _keep(
    objects: Objects, columns: tuple[Column, ...], values: dict[str, Any], split: Split
) -> DatasetVersion:
    arrays = [pa.array(values[c.name], ARROW[c.type], from_pandas=True) for c in columns]
    table = pa.Table.from_arrays(arrays, names=[c.name for c in columns])
    name = objects.put(lambda into: pq.write_table(table, into, compression="zstd"))
    return DatasetVersion(
        id=name,
        name=str(split),
        number=1,
        object=name,
        rows=table.num_rows,
        bytes=0,
        columns=columns,
        split=split,
        window=None,
        read_as=ReadAs("parquet"),
        rejected=0,
        file_name="drawn.parquet",
        file_sha256="f" * 64,
        hashes=(),
        declared=(),
        at=utc_now(),
        actor="bench",
    )


def _scan(engine: DuckDB, version: DatasetVersion) -> str:
    counts = ", ".join(f'count("{c.name}")' for c in version.columns)
    return f"select {counts} from {engine.source(version.object)}"


def _timed(ask: Any) -> float:
    began = time.perf_counter()
    ask()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
