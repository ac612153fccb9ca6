"""Cells: rows counted by code, label and answer; everything about slices follows from them.

A line of the roll-up: `part` (which set of columns), `a` and `b` (codes of its first and
second column, -1 where there is none), `label`, `said` (binary: step of the score grid, 0
to 1000; multiclass: predicted class; regression: 0), `n` rows, `w` and `w2` sums of the
weight and of its square. Regression adds fixed-point sums of the weighted error `e1`, its
absolute value `e0`, square `e2` and fourth power `e4`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core.engine.duck import DuckDB, Engine
from core.engine.where import Where, rows_where
from core.errors import WrongInputError
from core.records.codes import Codebook
from core.records.models import Task

UNIT: Final = 1 << 40
SAID: Final = {Task.BINARY: "step", Task.MULTICLASS: "predicted", Task.REGRESSION: "0"}

CELLS_SQL: Final = """
select {part} as part, {a} as a, {b} as b, label, {said} as said,
    count(*) as n, cast(sum(w) as bigint) as w, cast(sum(w * w) as decimal(38, 0)) as w2{sums}
from {frame}
where {where}
group by {keys}label{said_key}
"""
SUMS_SQL: Final = """,
    cast(sum(w * cast(floor(abs(x) * 1099511627776 + 0.5) as decimal(38, 0))) as decimal(38, 0)) as e0,
    cast(sum(w * cast(floor(x * 1099511627776 + 0.5) as decimal(38, 0))) as decimal(38, 0)) as e1,
    cast(sum(w * cast(floor(x * x * 1099511627776 + 0.5) as decimal(38, 0))) as decimal(38, 0)) as e2,
    cast(sum(w * cast(floor(x * x * x * x * 1099511627776 + 0.5) as decimal(38, 0))) as decimal(38, 0)) as e4"""


@dataclass(frozen=True, slots=True)
class Cells:
    """The lines of the roll-up, column by column; sums that need more than 64 bits are Python integers."""

    part: NDArray[np.int64]
    a: NDArray[np.int64]
    b: NDArray[np.int64]
    label: NDArray[np.int64]
    said: NDArray[np.int64]
    n: NDArray[np.int64]
    w: NDArray[np.int64]
    w2: NDArray[np.int64] | NDArray[np.object_]
    errors: tuple[
        NDArray[np.int64] | NDArray[np.object_], ...
    ]  # e0, e1, e2, e4; regression only
    object: str

    def select(self, keep: NDArray[np.bool_]) -> "Cells":
        """Return only some lines."""
        kept = {key: getattr(self, key)[keep] for key in KEYS}
        return replace(self, **kept, errors=tuple(column[keep] for column in self.errors))


KEYS: Final = ("part", "a", "b", "label", "said", "n", "w", "w2")
ERRORS: Final = ("e0", "e1", "e2", "e4")
Part = tuple[str, ...]  # the columns that a part is counted by: none, one or two


def write_cells(  # noqa: PLR0913 - the question has six coordinates
    engine: DuckDB,
    *,
    frame: str,
    task: Task,
    codebook: Codebook,
    parts: Sequence[Part],
    where: Where | None,
    threshold: int | None,
    into: Path,
) -> None:
    """Count the frame by each part and write the roll-up.

    With a `threshold` (thousandths) a binary answer is kept as 1000 (yes) or 0 (no) only,
    which holds many parts small; without, as the step of the score grid.
    """
    rows, values = rows_where(engine, where)
    if not parts:
        parts, rows, values = ((),), "false", []
    texts = [
        _part_sql(number, part, codebook, _said(task, threshold)).format(
            frame=engine.source(frame), where=rows
        )
        for number, part in enumerate(parts)
    ]
    union = "\nunion all\n".join(texts) + "\norder by part, a, b, label, said"
    engine.write(union, into, values * len(parts))


def read_cells(engine: Engine, name: str) -> Cells:
    """Return the roll-up of that name."""
    table = engine.table(f"select * exclude (file_row_number) from {engine.source(name)}")
    plain = {key: table[key].to_numpy() for key in KEYS if key != "w2"}
    present = [key for key in ERRORS if key in table.column_names]
    return Cells(
        **{key: column.astype(np.int64) for key, column in plain.items()},
        w2=_integers(table, "w2"),
        errors=tuple(_integers(table, key) for key in present),
        object=name,
    )


def _integers(table: pa.Table, key: str) -> NDArray[np.int64] | NDArray[np.object_]:
    """Return a column as 64-bit integers where they fit, else as Python integers."""
    try:
        return table[key].cast(pa.int64()).fill_null(pa.scalar(0, pa.int64())).to_numpy()
    except pa.ArrowInvalid:
        pass
    numbers = [0 if number is None else int(number) for number in table[key].to_pylist()]
    return np.array(numbers, dtype=object)


def _said(task: Task, threshold: int | None) -> str:
    if task is Task.BINARY and threshold is not None:
        return f"case when step >= {int(threshold)} then 1000 else 0 end"
    return SAID[task]


def _part_sql(number: int, part: Part, codebook: Codebook, said: str) -> str:
    names = [column.name for column in codebook.columns]
    unknown = [column for column in part if column not in names]
    if unknown:
        raise WrongInputError(
            f"`{unknown[0]}` is not cut into values or ranges.",
            hint="Choose a feature, group or sensitive column.",
        )
    keys = [f"c{names.index(column)}" for column in part]
    a, b = (*keys, "-1", "-1")[:2]
    summed = said == SAID[Task.REGRESSION]
    return CELLS_SQL.format(
        part=number,
        a=a,
        b=b,
        said=said,
        said_key="" if summed else f", {said}",
        sums=SUMS_SQL if summed else "",
        keys="".join(f"{key}, " for key in keys),
        frame="{frame}",
        where="{where}",
    )
