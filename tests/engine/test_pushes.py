"""Pushes are added up and counted as numpy would, in every slice and for every sample."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from numpy.typing import NDArray

from core.engine.pushes import (
    BINS,
    ONE,
    STEPS,
    Axis,
    DriverSums,
    Pushed,
    find_ends,
    find_pushes,
    read_dependence,
    read_drivers,
    read_swarm,
    write_dependence,
    write_drivers,
    write_swarm,
)
from core.engine.where import Where
from core.records.data import ColumnType
from core.records.predicate import And, Comparison
from core.runs.desk import Desk
from tests.kept import Small, column, lay

SOUTH = Comparison("region", "=", "South")


@dataclass(frozen=True)
class Laid:
    """Values (rows, targets) of some rows, with the codes and the column beside them."""

    pushed: Pushed
    numbers: NDArray[np.int64]
    values: NDArray[np.float64]
    codes: NDArray[np.int64]
    x: NDArray[np.float64]
    south: NDArray[np.bool_]

    def inside(self, where: object = None) -> NDArray[np.bool_]:
        """Return which explained rows count."""
        return self.south if where else np.ones(len(self.numbers), np.bool_)


def _lay(
    desk: Desk, values: NDArray[Any], *, whole: bool = True, unit: float = 1.0
) -> Laid:
    """Put values among the objects; without `whole`, only every third row has some."""
    rng = np.random.default_rng(8)
    rows = len(values) if whole else 3 * len(values)
    numbers = np.arange(rows)[:: 1 if whole else 3]
    x = rng.normal(50, 10, rows).round(2)
    x[rng.random(rows) < 0.1] = np.nan
    region = np.where(rng.random(rows) < 0.6, "South", "North")
    codes = rng.integers(0, 4, rows)
    dataset = lay(
        desk,
        Small(
            (column("x", ColumnType.NUMBER), column("region")),
            {"x": [None if np.isnan(v) else v for v in x], "region": region.tolist()},
        ),
    )
    frame = _put(desk, {"row": np.arange(rows), "c0": codes, "label": np.zeros(rows, int)})
    given_ = values.astype(np.float32)
    columns = {f"v{k}": given_[:, k] for k in range(values.shape[1])}
    name = _put(desk, {"row": numbers, **columns})
    targets = tuple(range(values.shape[1]))
    pushed = Pushed(name, frame, dataset.object, targets, unit, whole)
    south = (region == "South")[numbers]
    return Laid(
        replace(pushed, where=Where(dataset, SOUTH, "")),
        numbers,
        given_.astype(np.float64),
        codes[numbers],
        x[numbers],
        south,
    )


def _put(desk: Desk, columns: dict[str, Any]) -> str:
    table = pa.table({name: pa.array(values) for name, values in columns.items()})
    return desk.workspace.objects.put(lambda into: pq.write_table(table, into))


def _drivers(desk: Desk, pushed: Pushed, code: int | None = None) -> DriverSums:
    name = desk.workspace.objects.put(
        lambda into: write_drivers(desk.work, pushed, into, code=code)
    )
    return read_drivers(desk.count, name, pushed)


def _asked(laid: Laid, *, sliced: bool) -> Pushed:
    return laid.pushed if sliced else replace(laid.pushed, where=None)


def _random(rows: int = 200, targets: int = 4, spread: float = 0.3) -> NDArray[np.float64]:
    return np.random.default_rng(1).normal(0, spread, (rows, targets))


def test_three_rows_by_hand(desk: Desk) -> None:
    """Pushes 1, -2 and 4 of one player, 0.5, 3 and 0 of another, in units of 4."""
    laid = _lay(desk, np.array([[1, 0.5], [-2, 3], [4, 0]]), unit=4.0)
    found = _drivers(desk, _asked(laid, sliced=False))
    assert (found.part.tolist(), found.n.tolist()) == ([0], [3])
    assert found.absolute.tolist() == [[7 * ONE // 4, 7 * ONE // 8]]
    assert found.plain.tolist() == [[3 * ONE // 4, 7 * ONE // 8]]
    assert found.squares.tolist() == [[21 * ONE // 16, 37 * ONE // 64]]
    assert found.top.tolist() == [[2, 1]]


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("sliced", [True, False])
@pytest.mark.parametrize("code", [None, 0])
def test_sums_are_those_of_numpy(
    desk: Desk,
    whole: bool,  # noqa: FBT001 - a case
    sliced: bool,  # noqa: FBT001 - a case
    code: int | None,
) -> None:
    """Of all rows or a sample, all or a slice, together or by the codes of a column."""
    laid = _lay(desk, 5 * _random(), whole=whole, unit=8.0)
    found = _drivers(desk, _asked(laid, sliced=sliced), code)
    inside = laid.inside(sliced)
    groups = [0] if code is None else sorted(set(laid.codes[inside].tolist()))
    assert found.part.tolist() == groups
    scaled = laid.values / 8
    for at, group in enumerate(groups):
        mine = inside & ((laid.codes == group) if code is not None else True)
        assert found.n[at] == mine.sum()
        fixed = np.floor(scaled[mine] * ONE + 0.5)
        squares = np.floor(scaled[mine] ** 2 * ONE + 0.5)
        assert [int(v) for v in found.plain[at]] == [int(v) for v in fixed.sum(axis=0)]
        assert [int(v) for v in found.absolute[at]] == np.abs(fixed).sum(axis=0).tolist()
        assert [int(v) for v in found.squares[at]] == squares.sum(axis=0).tolist()
        best = np.bincount(np.abs(laid.values[mine]).argmax(axis=1), minlength=4)
        assert found.top[at].tolist() == best.tolist()


def test_where_two_push_alike_both_are_strongest_and_nobody_where_none_does(
    desk: Desk,
) -> None:
    """A tie counts for both; a row without pushes counts for none."""
    laid = _lay(desk, np.array([[1.0, -1.0], [0.0, 0.0], [0.25, 0.5]]))
    found = _drivers(desk, _asked(laid, sliced=False))
    assert found.top.tolist() == [[1, 2]]


def test_one_player_is_strongest_in_all_rows_that_it_pushes(desk: Desk) -> None:
    """Nobody to be compared with."""
    laid = _lay(desk, np.array([[1.0], [0.0], [-0.5]]))
    assert _drivers(desk, _asked(laid, sliced=False)).top.tolist() == [[2]]


@pytest.mark.parametrize("power", [-30, 0, 20])
def test_sums_are_the_same_in_any_order_of_rows(desk: Desk, power: int) -> None:
    """Fixed point, whatever the size of the values."""
    rng, unit = np.random.default_rng(2), float(2.0**power)
    values = unit * rng.uniform(-1, 1, (500, 2))
    one, other = (
        _lay(desk, each, unit=unit) for each in (values, values[rng.permutation(500)])
    )
    sums = [_drivers(desk, _asked(laid, sliced=False)) for laid in (one, other)]
    for letter in ("absolute", "plain", "squares", "top"):
        first, second = (getattr(each, letter).tolist() for each in sums)
        assert first == second


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("sliced", [True, False])
def test_a_beeswarm_holds_every_row_once_per_player(
    desk: Desk,
    whole: bool,  # noqa: FBT001 - a case
    sliced: bool,  # noqa: FBT001 - a case
) -> None:
    """In the bin of its push, the outermost taking all beyond; codes from 1 have a level."""
    laid = _lay(desk, _random(), whole=whole)
    pushed, span = _asked(laid, sliced=sliced), 0.4
    name = desk.workspace.objects.put(
        lambda into: write_swarm(
            desk.work, pushed, into, codes=[0, None, 0, None], span=span
        )
    )
    found = read_swarm(desk.count, name)
    inside = laid.inside(sliced)
    level = laid.codes[inside] - 1
    for place in range(4):
        mine = found.place == place
        assert found.n[mine].sum() == inside.sum()
        bins = np.floor((laid.values[inside, place] / span + 1) * BINS / 2)
        bins = np.clip(bins, 0, BINS - 1).astype(int)
        assert found.bin[mine].tolist() == sorted(set(bins.tolist()))
        for bin_, n, known, total in zip(
            found.bin[mine],
            found.n[mine],
            found.known[mine],
            found.level[mine],
            strict=True,
        ):
            here = bins == bin_
            assert n == here.sum()
            ordered = here & (level >= 0) & (place in (0, 2))
            assert (known, total) == (ordered.sum(), level[ordered].sum())


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("sliced", [True, False])
@pytest.mark.parametrize("second", [None, 0])
def test_a_dependence_holds_every_row_once(
    desk: Desk,
    whole: bool,  # noqa: FBT001 - a case
    sliced: bool,  # noqa: FBT001 - a case
    second: int | None,
) -> None:
    """By the step of its value (missing: -1), that of its push, and the code of a column."""
    laid = _lay(desk, _random(), whole=whole)
    pushed = replace(_asked(laid, sliced=sliced), targets=(2,))
    axis = Axis("x", 0.4, 30.0, 70.0)
    name = desk.workspace.objects.put(
        lambda into: write_dependence(desk.work, pushed, into, axis=axis, second=second)
    )
    found = read_dependence(desk.count, name)
    inside = laid.inside(sliced)
    push, x = laid.values[inside, 2], laid.x[inside]
    step = np.clip(np.floor((np.nan_to_num(x) - 30) / 40 * STEPS), 0, STEPS - 1)
    step = np.where(np.isnan(x), -1, step).astype(int)
    place = np.clip(np.floor((push / 0.4 + 1) * STEPS / 2), 0, STEPS - 1).astype(int)
    part = laid.codes[inside] if second is not None else np.zeros(inside.sum(), int)
    assert found.n.sum() == inside.sum()
    assert found.n[found.x == -1].sum() == np.isnan(x).sum() > 0
    for k in range(len(found.n)):
        mine = (step == found.x[k]) & (place == found.y[k]) & (part == found.part[k])
        assert found.n[k] == mine.sum()
        assert int(found.s[k]) == np.floor(push[mine] * ONE + 0.5).sum()
        assert int(found.q[k]) == np.floor(push[mine] ** 2 * ONE + 0.5).sum()


def test_a_coded_column_is_laid_out_by_its_codes(desk: Desk) -> None:
    """Its own order, no steps between."""
    laid = _lay(desk, _random())
    pushed = replace(_asked(laid, sliced=False), targets=(1,))
    name = desk.workspace.objects.put(
        lambda into: write_dependence(
            desk.work, pushed, into, axis=Axis("region", 1.0, code=0)
        )
    )
    found = read_dependence(desk.count, name)
    rows = [int(found.n[found.x == code].sum()) for code in range(4)]
    assert rows == np.bincount(laid.codes, minlength=4).tolist()


def test_the_ends_of_a_column_leave_a_hundredth_out(desk: Desk) -> None:
    """Half at either side, so that one odd value bends no figure; nothing where all miss."""
    x = [*np.arange(1000.0), 1e9, float("nan"), float("inf"), None]
    nothing: list[Any] = [None] * len(x)
    small = Small(
        (column("x", ColumnType.NUMBER), column("y", ColumnType.NUMBER)),
        {"x": x, "y": nothing},
    )
    table = lay(desk, small).object
    low, high = find_ends(desk.count, table, "x")
    assert (low, high) == pytest.approx((5, 995), abs=1)
    assert find_ends(desk.count, table, "y") == (0.0, 0.0)


def test_values_of_one_row_are_found_by_its_number(desk: Desk) -> None:
    """Row 3 of a sample of every third; row 4 was not explained."""
    laid = _lay(desk, _random(), whole=False)
    found = find_pushes(desk.count, laid.pushed.values, [3])
    assert found.column_names == ["row", "v0", "v1", "v2", "v3"]
    assert [found[f"v{k}"][0].as_py() for k in range(4)] == laid.values[1].tolist()
    assert find_pushes(desk.count, laid.pushed.values, [4]).num_rows == 0
    both = find_pushes(desk.count, laid.pushed.values, [9, 4, 0])
    assert both["row"].to_pylist() == [0, 9]


def test_conditions_about_several_columns_hold_together(desk: Desk) -> None:
    """South and x at least 50, against numpy."""
    laid = _lay(desk, _random())
    where = laid.pushed.where
    assert where is not None
    both = And((SOUTH, Comparison("x", ">=", 50.0)))
    pushed = replace(laid.pushed, where=replace(where, predicate=both))
    mine = laid.south & (laid.x >= 50)
    assert _drivers(desk, pushed).n.tolist() == [mine.sum()]
