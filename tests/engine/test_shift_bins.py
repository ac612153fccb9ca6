"""Shift bins: 4,096 that keep the order, and the codes of rows that slices are counted from."""

from typing import Any, Final

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engine.shift_bins import ABOVE, BELOW, NAN, Binned, read_bins, write_bins
from core.engine.shift_codes import count_bins, count_values, part_by, write_codes
from core.engine.shift_exact import fetch_values
from core.engine.shift_scales import Scale, measure_scales
from core.engine.shift_values import read_values, write_values
from core.engine.where import Where
from core.records.data import ColumnType, DatasetVersion
from core.records.predicate import Comparison
from core.runs.desk import Desk
from tests.kept import Small, column, lay

X: Final = column("x", ColumnType.NUMBER)
K: Final = column("k", ColumnType.INTEGER)
G: Final = column("g")
NUMBERS: Final = st.lists(
    st.one_of(st.none(), st.integers(-3, 3).map(float), st.floats(allow_nan=True)),
    min_size=1,
    max_size=40,
)


def of_numbers(desk: Desk, values: list[Any]) -> DatasetVersion:
    """Lay down a table of one column."""
    return lay(desk, Small((X,), {"x": values}))


def binned(
    desk: Desk, data: DatasetVersion, scales: tuple[Scale, ...]
) -> dict[str, Binned]:
    """Count a table by its scales."""
    name = desk.workspace.objects.put(
        lambda into: write_bins(desk.work, data, scales, into)
    )
    return read_bins(desk.work, name, scales)


def test_scales_of_a_case_by_hand(desk: Desk) -> None:
    """The median, and the interquartile range over 1.349; without one, less robust ones."""
    (scale,) = measure_scales(desk.work, of_numbers(desk, [0.0, 1, 2, 3, 4, 1e300]), [X])
    assert scale.centre == 2.0
    assert scale.spread == pytest.approx(3 / 1.349)
    (same,) = measure_scales(desk.work, of_numbers(desk, [7.0] * 3), [X])
    assert (same.centre, same.spread) == (7.0, 1.0)
    assert same.ties == pytest.approx(2 / 3)
    (none,) = measure_scales(desk.work, of_numbers(desk, [None, float("nan")]), [X])
    assert (none.centre, none.spread, none.rows) == (0.0, 1.0, 0)


def test_what_is_no_finite_number_has_codes_of_its_own(desk: Desk) -> None:
    """Missing, not a number, and both infinities, beside the largest doubles."""
    values = [None, None, float("nan"), float("inf"), float("-inf"), 1.7e308, -1.7e308, 0.0]
    data = of_numbers(desk, values)
    found = binned(desk, data, (Scale("x", X.type, 0.0, 1e-9, 1, 1),))["x"]
    assert (found.n[BELOW], found.n[ABOVE], found.n[NAN], found.missing) == (1, 1, 1, 3)
    assert (found.n[2], found.lo[2], found.n[4097], found.hi[4097]) == (
        1,
        -1.7e308,
        1,
        1.7e308,
    )
    assert found.n.sum() == len(values)


@given(NUMBERS)
def test_bins_keep_the_order_and_lose_nothing(desk: Desk, values: list[Any]) -> None:
    """The highest value of a bin is below the lowest of the next; sums are those of the rows."""
    data = of_numbers(desk, values)
    scales = measure_scales(desk.work, data, [X])
    found = binned(desk, data, scales)["x"]
    known = np.array([v for v in values if v is not None and np.isfinite(v)])
    inner = np.flatnonzero(found.n[2:ABOVE]) + 2
    assert found.n[inner].sum() == len(known)
    assert found.n.sum() == len(values)
    assert (found.hi[inner][:-1] < found.lo[inner][1:]).all()
    exact = fetch_values(desk.work, data, scales[0], [int(code) for code in inner])
    assert exact.tolist() == sorted(known.tolist())


def test_sums_are_exact_to_a_billionth_of_a_spread(desk: Desk) -> None:
    """Whole numbers near the centre: their sum follows from the sums of the bins."""
    values = np.random.default_rng(1).normal(50, 3, 500)
    data = of_numbers(desk, values.tolist())
    (scale,) = measure_scales(desk.work, data, [X])
    found = binned(desk, data, (scale,))["x"]
    assert found.s is not None
    total = len(values) * scale.centre + scale.spread * float(found.s.sum()) / (1 << 30)
    assert total == pytest.approx(float(values.sum()), abs=500 * scale.spread / (1 << 30))


def test_an_outlier_changes_no_other_bin(desk: Desk) -> None:
    """One value of 10^12 more, and all bins but one are as they were."""
    values = np.random.default_rng(1).normal(size=400).tolist()
    (scale,) = measure_scales(desk.work, of_numbers(desk, values), [X])
    without = binned(desk, of_numbers(desk, values), (scale,))["x"]
    with_one = binned(desk, of_numbers(desk, [*values, 1e12]), (scale,))["x"]
    assert np.abs(with_one.n - without.n).sum() == 1


def test_slices_are_counted_from_codes(desk: Desk) -> None:
    """Each part of the rows has the counts of those rows, of numbers and of names."""
    rng = np.random.default_rng(3)
    names = [("a", "b", "c", None)[k] for k in rng.integers(0, 4, 200)]
    whole = rng.integers(0, 30, 200).tolist()
    data = lay(
        desk, Small((X, K, G), {"x": rng.normal(size=200).tolist(), "k": whole, "g": names})
    )
    scales = measure_scales(desk.work, data, [X, K])
    put = desk.workspace.objects.put
    bins = binned(desk, data, scales)
    counted = put(lambda into: write_values(desk.work, data, [G], into))
    valued = read_values(desk.work, counted, [G])
    codes = put(
        lambda into: write_codes(desk.work, data, scales, tuple(valued.values()), into)
    )
    low, high = Comparison("k", "<", 10), Comparison("k", "<", 20)
    parts = part_by(desk.work, data, [Where(data, low, ""), Where(data, high, "")])
    k = np.array(whole)
    masks = [k < 10, (k >= 10) & (k < 20)]
    assert parts.rows == tuple(int(mask.sum()) for mask in masks)
    for number, part in enumerate(count_values(desk.work, codes, 0, valued["g"], parts)):
        here = [name for name, kept in zip(names, masks[number], strict=True) if kept]
        assert dict(zip(part.values, part.rows, strict=True)) == {
            name: here.count(name) for name in part.values
        }
        assert part.missing == here.count(None)
    for number, part_bins in enumerate(count_bins(desk.work, codes, 1, bins["k"], parts)):
        seen = np.flatnonzero(part_bins.n)
        assert (
            part_bins.n[seen].tolist()
            == np.unique(k[masks[number]], return_counts=True)[1].tolist()
        )
    exact = fetch_values(
        desk.work,
        data,
        scales[1],
        [int(c) for c in np.flatnonzero(bins["k"].n)],
        parts=parts,
        part=1,
    )
    assert exact.tolist() == sorted(k[masks[1]].tolist())


def test_the_same_table_is_written_to_the_same_bytes(desk: Desk) -> None:
    """Roll-ups are named by their content, so counting twice gives one object."""
    data = of_numbers(desk, np.random.default_rng(1).normal(size=3000).tolist())
    scales = measure_scales(desk.work, data, [X])
    put = desk.workspace.objects.put
    bins = {put(lambda into: write_bins(desk.work, data, scales, into)) for _ in range(2)}
    codes = {
        put(lambda into: write_codes(desk.work, data, scales, (), into)) for _ in range(2)
    }
    assert (len(bins), len(codes)) == (1, 1)
