"""What the checks find, and how long they take: `python -m tests.benchmarks.checks`.

A table of 8 columns and two of 30 are checked beside training data: a clean one with
columns that look like personal data but are none, and one in which a fault of each kind is
planted. Reference margins are given for all.
"""

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
from core.measures.checks.people import find_personal
from core.measures.margins import read_margins
from core.records.data import Column, ColumnType, DatasetVersion, ReadAs, Split, Use
from core.records.estimate import Word
from core.runs.checking import STEPS
from core.store.objects import Objects
from core.store.workspace import utc_now
from tests.benchmarks.yardstick import plain_scan, say
from tests.kept import ARROW
from tests.measures.people import PERSONAL
from tests.measures.planted import (
    ALIKE,
    COLUMNS,
    FAULTS,
    MARGINS,
    PEOPLE,
    clean,
    hold,
    plant,
)

ROWS: Final = 1_000_000
PLANTED: Final = 4  # columns that come with the faults, beside those with personal data
TARGETS: Final = {8: 3.0, 30: 10.0}  # columns: seconds
NARROW: Final = COLUMNS[:3] + COLUMNS[5:]


def main() -> None:
    """Check a clean table of 8 columns, a clean and a faulty one of 30."""
    for width, faulty in ((8, False), (30, False), (30, True)):
        with TemporaryDirectory() as folder:
            _measure(Objects(Path(folder)), width, faulty=faulty)


def _measure(objects: Objects, width: int, *, faulty: bool) -> None:
    rng = np.random.default_rng(20260704)
    training, checked = clean(rng, ROWS)
    columns = NARROW if width == len(NARROW) else COLUMNS
    alike = () if faulty or columns is NARROW else ALIKE
    came = len(PEOPLE) + PLANTED if faulty else len(alike)
    numbers = tuple(
        Column(f"x{k}", ColumnType.NUMBER, Use.FEATURE)
        for k in range(width - len(columns) - came)
    )
    for column in numbers:
        for table in (training, checked):
            table[column.name] = np.round(rng.normal(size=ROWS), 4)
    more = plant(rng, training, checked) if faulty else hold(rng, checked, alike)
    other = _keep(objects, (*columns, *numbers), training, Split.TRAINING)
    version = _keep(objects, (*columns, *more, *numbers), checked, Split.VALIDATION)
    del training, checked
    _check(objects, version, other)


def _check(objects: Objects, version: DatasetVersion, other: DatasetVersion) -> None:
    engine = DuckDB(objects, seconds=600)
    scan = plain_scan(objects.path(version.object))
    began = time.perf_counter()
    profile = profile_table(engine, version)
    look = Look(engine, version, profile, other, read_margins(MARGINS))
    found = [step(look) for _, step in STEPS]
    seconds = time.perf_counter() - began
    alarms = {check.gate.id for check in found if check.verdict.word is Word.FAIL}
    faulty = version.column(PEOPLE[0]) is not None
    told = f"found {len(alarms & FAULTS)} of {len(FAULTS)} planted" if faulty else "clean"
    wrong = sorted(alarms - FAULTS if faulty else alarms)
    if faulty:
        kinds = {(each.column, each.kind) for each in find_personal(look)}
        planted = {(name, PERSONAL[name][0]) for name in PEOPLE}
        told += f", {len(kinds & planted)} of {len(planted)} kinds of personal data"
    width = len(version.columns)
    say(
        f"all checks, {version.rows:,} x {width}: {seconds:.2f} s (target "
        f"{TARGETS[width]:g}), beside a scan of {scan:.3f} s; {told}; "
        f"{len(wrong)} false alarms {', '.join(wrong)}".rstrip()
    )
    engine.close()


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


if __name__ == "__main__":
    main()
