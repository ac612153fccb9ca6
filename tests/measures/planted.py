"""A table with planted faults and its clean twin, drawn without looking at the checks."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.records.data import Column, ColumnType, Split, Use
from tests.kept import Small
from tests.measures.people import DECOYS, PERSONAL, Draw

LABEL = "repaid"
COLUMNS = (
    Column("case", ColumnType.INTEGER, Use.ID),
    Column("on", ColumnType.DATE, Use.TIME),
    Column("known_on", ColumnType.DATE, Use.LABEL_TIME),
    Column("income", ColumnType.NUMBER, Use.FEATURE),
    Column("debt", ColumnType.NUMBER, Use.FEATURE),
    Column("age", ColumnType.INTEGER, Use.FEATURE),
    Column("region", ColumnType.TEXT, Use.FEATURE, group=True),
    Column("visited", ColumnType.DATE, Use.FEATURE),
    Column("score_of_bureau", ColumnType.NUMBER, Use.FEATURE),
    Column(LABEL, ColumnType.TEXT, Use.LABEL),
)
DAY = np.datetime64("2024-01-01", "D")
REGIONS = ("North", "South", "East", "West")
MARGINS = "column,value,share\n" + "".join(f"region,{name},0.25\n" for name in REGIONS)
# Ten kinds that are drawn without any rule or list that the detectors know.
PEOPLE = (
    *("reach", "line", "settled_by", "paid_with", "reference"),
    *("seen_from", "device", "delivered_to", "dateOfBirth", "where"),
)
ALIKE = (
    *("order_id", "serial", "account_key", "part", "article"),
    *("version", "day", "clock", "product", "uuid"),
)
FAULTS = frozenset({
    *("duplicates", "near_duplicates", "row_overlap", "entity_overlap", "label_conflicts"),
    *("time_order", "late_feature", "constant", "id_like", "target_name", "leak"),
    *("missing_outcome", "unseen", "range", "margins", "personal"),
})  # fmt: skip


@dataclass(frozen=True)
class Pair:
    """A training table and the table that is checked."""

    training: Small
    checked: Small


def draw(rng: np.random.Generator, rows: int, *, first: int, day: int) -> dict[str, Any]:
    """Draw cases: numbered from `first`, from `day` on within 180 days."""
    on = DAY + day + rng.integers(0, 180, rows)
    bad = rng.random(rows) < 0.15
    bureau = np.round(rng.normal(600.0, 50.0, rows) - 25 * bad, 1).astype(np.float64)
    return {
        "case": first + np.arange(rows),
        "on": on,
        "known_on": on + rng.integers(200, 400, rows),
        "income": np.round(np.exp(rng.normal(10.2, 0.5, rows)), 2),
        "debt": np.round(np.exp(rng.normal(8.0, 0.8, rows)), 2),
        "age": rng.integers(18, 80, rows),
        "region": rng.choice(REGIONS, rows),
        "visited": on - rng.integers(1, 30, rows),
        "score_of_bureau": _with_gaps(bureau, rng.random(rows) < 0.1),
        LABEL: np.where(bad, "no", "yes"),
    }


def clean(rng: np.random.Generator, rows: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Draw training data and, from the time after it, the data that is checked."""
    return (
        draw(rng, rows, first=0, day=0),
        draw(rng, rows, first=10**9, day=400),
    )


def plant(
    rng: np.random.Generator, training: dict[str, Any], checked: dict[str, Any]
) -> tuple[Column, ...]:
    """Plant a fault of each kind into `checked`; return the columns that came with them.

    The drifted margin is that of the regions: half of the South moved to the North.
    """
    rows = len(checked["case"])
    moved = (checked["region"] == "South") & (rng.random(rows) < 0.5)
    checked["region"] = np.where(moved, "North", checked["region"])
    few = max(rows // 200, 20)
    bad = checked[LABEL] == "no"
    checked["score_of_bureau"] = _with_gaps(
        np.array(checked["score_of_bureau"], dtype=np.float64),
        rng.random(rows) < np.where(bad, 0.4, 0.05),
    )
    checked["region"] = checked["region"].astype("U8")
    more = {
        "reminders": np.where(bad, 3.0, 0.0) + rng.random(rows),
        "branch": np.full(rows, "main"),
        "contract": np.char.add("K-", np.arange(rows).astype(str)),
        "repaid_flag": rng.integers(0, 2, rows),
    }
    checked |= more
    people = hold(rng, checked, PEOPLE)
    for name, values in checked.items():
        if name in training:  # rows, ids and times overlap
            values[:few] = training[name][:few]
        for k in (1, 3, 6):  # copies: exact ones, and two kinds that are changed below
            values[k * few : (k + 1) * few] = values[(k + 1) * few : (k + 2) * few]
    near, conflict = slice(3 * few, 4 * few), slice(6 * few, 7 * few)
    checked["case"][near] += 5 * 10**8
    checked["income"][near] *= 1 + 1e-9
    checked["case"][conflict] += 6 * 10**8
    flipped = np.where(checked[LABEL][conflict] == "yes", "no", "yes")
    checked[LABEL][conflict] = flipped
    late = slice(8 * few, 9 * few)
    checked["visited"][late] = checked["known_on"][late] + 9
    checked["region"][9 * few : 10 * few] = "Overseas"
    checked["debt"][10 * few : 11 * few] = 1e9
    early = slice(12 * few, 15 * few)
    for name in ("on", "known_on", "visited"):
        checked[name][early] -= 400
    kinds = (ColumnType.NUMBER, ColumnType.TEXT, ColumnType.TEXT, ColumnType.INTEGER)
    found = (
        Column(name, kind, Use.FEATURE) for name, kind in zip(more, kinds, strict=True)
    )
    return (*found, *people)


def hold(
    rng: np.random.Generator, values: dict[str, Any], names: tuple[str, ...]
) -> tuple[Column, ...]:
    """Add columns of personal data, or such as only look alike; no model reads them."""
    draws: dict[str, Draw] = {name: draw for name, (_, draw) in PERSONAL.items()} | DECOYS
    rows = len(values["case"])
    for name in names:
        some = [draws[name](rng) for _ in range(max(1_000, rows // 20))]
        values[name] = np.array(some, dtype=object)[rng.integers(0, len(some), rows)]
    return tuple(Column(name, ColumnType.TEXT, Use.IGNORE) for name in names)


def small(columns: tuple[Column, ...], values: dict[str, Any], name: str) -> Small:
    """Return the drawn values as a table."""
    cells = {column.name: _cells(values[column.name]) for column in columns}
    return Small(columns, cells, name)


SPLITS = {"Training": Split.TRAINING, "Checked": Split.VALIDATION}


def _with_gaps(values: NDArray[np.float64], gaps: NDArray[np.bool_]) -> NDArray[np.float64]:
    return np.where(gaps, np.nan, values)


def _cells(values: NDArray[Any]) -> list[Any]:
    cells: list[Any] = values.tolist()
    return [None if cell != cell else cell for cell in cells]  # noqa: PLR0124 - NaN alone differs from itself
