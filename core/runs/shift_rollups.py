"""Shift roll-ups: what is counted once per table, so that two tables are compared at once."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.engine import (
    shift_bins,
    shift_codes,
    shift_overlap,
    shift_scales,
    shift_values,
)
from core.engine.duck import DuckDB
from core.engine.shift_bins import Binned, read_bins, write_bins
from core.engine.shift_codes import Parts, count_bins, count_values, write_codes
from core.engine.shift_overlap import read_shared, write_shared
from core.engine.shift_scales import Scale, measure_scales
from core.engine.shift_values import NAMES, Valued, read_values, write_values
from core.records.canonical import canonical, from_plain, to_plain
from core.records.data import Column, DatasetVersion
from core.runs.desk import Desk
from core.runs.rollups import Kind, fill_in

SCALES: Final = Kind("shift scales", 1, (shift_scales,))
BINS: Final = Kind("shift bins", 1, (shift_scales, shift_bins))
VALUES: Final = Kind("shift values", 1, (shift_values,))
CODES: Final = Kind("shift codes", 1, (shift_scales, shift_bins, shift_values, shift_codes))
FIRST: Final = 3  # columns that are looked at before all are
SHARED: Final = Kind("shift overlap", 1, (shift_overlap,))


@dataclass(frozen=True, slots=True)
class Ruler:
    """How the columns of both sides are cut; `object` names it."""

    object: str
    scales: tuple[Scale, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """One side, counted: its rows, and each column by its name."""

    rows: int
    bins: dict[str, Binned]
    values: dict[str, Valued]


@dataclass(frozen=True, slots=True, eq=False)
class _Bins:
    """The ordered columns of a table, which are large."""

    columns: dict[str, Binned]

    @property
    def nbytes(self) -> int:
        """The size in memory."""
        return sum(each.nbytes for each in self.columns.values())


def ruler_of(desk: Desk, dataset: DatasetVersion, columns: Sequence[Column]) -> Ruler:
    """Return the scales of some columns of a table."""

    def fill(engine: DuckDB, into: Path) -> None:
        scales = measure_scales(engine, dataset, columns)
        into.write_bytes(canonical(to_plain(scales)))

    inputs = {"rows": dataset.object, "columns": _listed(columns)}
    name = fill_in(desk, dataset.id, SCALES, inputs, fill)

    def read() -> Ruler:
        plain = json.loads(desk.workspace.objects.read(name))
        return Ruler(name, from_plain(plain, tuple[Scale, ...]))

    return desk.once(("shift ruler", name), read)


def count_whole(
    desk: Desk, dataset: DatasetVersion, ruler: Ruler, columns: Sequence[Column]
) -> Counted:
    """Return all rows of a table, counted."""
    named = _named(dataset, columns)
    return Counted(dataset.rows, _bins(desk, dataset, ruler), _values(desk, dataset, named))


def count_parts(
    desk: Desk,
    dataset: DatasetVersion,
    ruler: Ruler,
    columns: Sequence[Column],
    parts: Parts,
) -> list[Counted]:
    """Return each part of a table, counted from the stored codes of its rows."""
    whole = count_whole(desk, dataset, ruler, columns)
    codes = _codes(desk, dataset, ruler, whole)
    found = [Counted(rows, {}, {}) for rows in parts.rows]
    for k, scale in enumerate(ruler.scales):
        if binned := whole.bins.get(scale.column):
            each = count_bins(desk.work, codes, k, binned, parts)
            for part, counted in zip(found, each, strict=True):
                part.bins[scale.column] = counted
    for k, valued in enumerate(whole.values.values()):
        every = count_values(desk.work, codes, k, valued, parts)
        for part, of_names in zip(found, every, strict=True):
            part.values[valued.column] = of_names
    return found


def shared_rows(
    desk: Desk,
    table: DatasetVersion,
    other: DatasetVersion,
    columns: Sequence[Column],
    ruler: Ruler,
) -> NDArray[np.int64]:
    """Return the rows of `table` that stand in `other` as well, where that can be told."""
    first = sorted(ruler.scales, key=lambda scale: scale.ties)[:FIRST]
    telling = {scale.column for scale in first}
    few = [column for column in columns if column.name in telling] or columns

    def fill(engine: DuckDB, into: Path) -> None:
        write_shared(engine, table, other, (few, columns), into)

    inputs = {"rows": table.object, "other": other.object, "columns": _listed(columns)}
    name = fill_in(desk, table.id, SHARED, inputs, fill)
    return desk.once(("shift overlap", name), lambda: read_shared(desk.count, name))


def _bins(desk: Desk, dataset: DatasetVersion, ruler: Ruler) -> dict[str, Binned]:
    def fill(engine: DuckDB, into: Path) -> None:
        write_bins(engine, dataset, ruler.scales, into)

    inputs = {"rows": dataset.object, "scales": ruler.object}
    name = fill_in(desk, dataset.id, BINS, inputs, fill)
    key = ("shift bins", name, ruler.object)
    held = desk.hold(key, lambda: _Bins(read_bins(desk.count, name, ruler.scales)))
    return held.columns


def _values(
    desk: Desk, dataset: DatasetVersion, named: Sequence[Column]
) -> dict[str, Valued]:
    def fill(engine: DuckDB, into: Path) -> None:
        write_values(engine, dataset, named, into)

    listed = _listed(named)
    name = fill_in(
        desk, dataset.id, VALUES, {"rows": dataset.object, "columns": listed}, fill
    )
    key = ("shift values", name, *(column for column, _ in listed))
    return desk.once(key, lambda: read_values(desk.count, name, named))


def _codes(desk: Desk, dataset: DatasetVersion, ruler: Ruler, whole: Counted) -> str:
    def fill(engine: DuckDB, into: Path) -> None:
        write_codes(engine, dataset, ruler.scales, tuple(whole.values.values()), into)

    inputs = {
        "rows": dataset.object,
        "scales": ruler.object,
        "columns": list(whole.values),
    }
    return fill_in(desk, dataset.id, CODES, inputs, fill)


def _named(dataset: DatasetVersion, columns: Sequence[Column]) -> tuple[Column, ...]:
    own = (dataset.column(column.name) for column in columns)
    return tuple(column for column in own if column and column.type in NAMES)


def _listed(columns: Sequence[Column]) -> list[tuple[str, str]]:
    return [(column.name, column.type.value) for column in columns]
