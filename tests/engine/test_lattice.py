"""All slices are counted at once as each is alone: by its rows, in pandas, in SQL."""

from itertools import combinations
from math import prod
from typing import Final

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from core.engine.lattice import (
    Layout,
    count_slices,
    cover,
    cube_bytes,
    lay_out,
    make_cube,
    sum_slices,
)
from core.records.data import Use
from core.runs.desk import Desk
from tests.kept import BINARY, Small, Values, column, count, lay_frame
from tests.measures.answered_tables import each_slice, make_codes, members

SEEDS = st.integers(0, 10**6)
Counts = dict[tuple[int, int], int]
CARDS: Final = st.sampled_from(
    [(2,), (1,), (256,), (3, 1, 2), (1, 1), (256, 2, 3), (5, 4, 3, 2), (256, 256), (2,) * 9]
)
ROWS: Final = st.sampled_from([0, 1, 300])


def _grouped(codes: NDArray[np.uint8], layout: Layout, kind: NDArray[np.uint8]) -> Counts:
    """Return the rows by place in the layout and kind, as pandas groups them."""
    found: Counts = {}
    for part, start in zip(layout.parts, layout.starts, strict=False):
        frame = pd.DataFrame({c: codes[c].astype(int) for c in part} | {"kind": kind})
        sizes = [layout.cards[c] for c in part]
        for line in frame.value_counts().reset_index().to_numpy().tolist():
            *place, k, rows = line
            found[start + int(np.ravel_multi_index(place, sizes)), k] = rows
    return found


@example(seed=1, cards=(256, 256), rows=300, paired=True, kinds=6)
@given(SEEDS, CARDS, ROWS, st.booleans(), st.sampled_from([1, 2, 6]))
def test_every_slice_is_counted_as_pandas_groups_it(
    seed: int,
    cards: tuple[int, ...],
    rows: int,
    paired: bool,  # noqa: FBT001 - drawn
    kinds: int,
) -> None:
    """Columns of 1 and of 256 codes, one column, no pairs, no rows; empty slices are 0."""
    rng = np.random.default_rng(seed)
    codes = make_codes(rng, rows, cards)
    layout = lay_out(cards, paired=range(len(cards)) if paired else ())
    kind = rng.integers(0, kinds, rows).astype(np.uint8)
    found = count_slices(codes, layout, kind, kinds)
    assert found.shape == (layout.size, kinds)
    places = {(int(at), int(k)): int(found[at, k]) for at, k in np.argwhere(found)}
    assert places == _grouped(codes, layout, kind)
    assert found.sum() == rows * len(layout.parts)


@given(SEEDS, st.sampled_from([(3, 4, 2), (1, 7), (6,)]))
def test_sums_are_those_of_the_rows_of_each_slice(
    seed: int, cards: tuple[int, ...]
) -> None:
    """Whole numbers exactly, others as numpy adds them; a slice without rows sums to 0."""
    rng = np.random.default_rng(seed)
    codes = make_codes(rng, 200, cards)
    layout = lay_out(cards, paired=range(len(cards)))
    whole = rng.integers(0, 2**40, 200).astype(np.float64)
    other = rng.normal(size=200)
    found = sum_slices(codes, layout, [whole, other])
    for line, has in zip(found, members(codes, layout), strict=True):
        assert line[0] == whole[has].sum()
        assert line[1] == pytest.approx(other[has].sum(), abs=1e-12)


@given(SEEDS, st.sampled_from([(3, 4, 2, 5), (1, 6, 2)]))
def test_slices_of_one_column_are_sums_of_those_of_two(
    seed: int, cards: tuple[int, ...]
) -> None:
    """Along either side of each table; and each part adds up to all rows."""
    rng = np.random.default_rng(seed)
    codes = make_codes(rng, 250, cards)
    layout = lay_out(cards, paired=range(len(cards)))
    kind = rng.integers(0, 4, 250).astype(np.uint8)
    found = count_slices(codes, layout, kind, 4)
    tables = {
        part: found[start : start + size].reshape(*(cards[c] for c in part), 4)
        for part, start, size in zip(
            layout.parts, layout.starts, layout.sizes, strict=False
        )
    }
    for first, second in combinations(range(len(cards)), 2):
        table = tables[first, second]
        assert (table.sum(axis=1) == tables[first,]).all()
        assert (table.sum(axis=0) == tables[second,]).all()
    for table in tables.values():
        assert (table.reshape(-1, 4).sum(axis=0) == np.bincount(kind, minlength=4)).all()


@given(SEEDS)
def test_numpy_counts_what_sql_counts(desk: Desk, seed: int) -> None:
    """Against the roll-up that DuckDB counts from the same frame, labels as kinds."""
    rng = np.random.default_rng(seed)
    columns = (column("y", use=Use.LABEL), column("a", group=True), column("b"))
    values: Values = {
        "y": [("yes", "no", None)[k] for k in rng.integers(0, 3, 80)],
        "a": [(None, "f", "m")[k] for k in rng.integers(0, 3, 80)],
        "b": [f"v{k}" for k in rng.integers(0, 5, 80)],
    }
    framed = lay_frame(desk, Small(columns, values), BINARY, np.full(80, 0.5))
    source = desk.work.source(framed.frame)
    frame = desk.work.table(f"select label, c0, c1 from {source} order by row")
    codes = np.array([frame[name].to_numpy() for name in ("c0", "c1")], np.uint8)
    cards = tuple(len(coded.codes) for coded in framed.codebook.columns)
    layout = lay_out(cards, paired=(0, 1))
    kind = (frame["label"].to_numpy() + 1).astype(np.uint8)
    found = count_slices(codes, layout, kind, 3)
    names = [coded.name for coded in framed.codebook.columns]
    parts = [tuple(names[c] for c in part) for part in layout.parts]
    cells = count(desk, framed, parts)
    expected = np.zeros_like(found)
    for part, a, b, label, n in zip(
        cells.part, cells.a, cells.b, cells.label, cells.n, strict=True
    ):
        place = int(a) * cards[1] + int(b) if b >= 0 else int(a)
        expected[layout.starts[part] + place, label + 1] += n
    assert (found == expected).all()


@given(SEEDS, st.sampled_from([(3, 2), (1,), (4, 1, 3)]), st.sampled_from([0, 1, 200]))
def test_a_cube_counts_each_step_of_the_score(
    seed: int, cards: tuple[int, ...], rows: int
) -> None:
    """By kind and step, slice by slice, against the rows."""
    rng = np.random.default_rng(seed)
    codes = make_codes(rng, rows, cards)
    layout = lay_out(cards, paired=range(len(cards)))
    kind = rng.integers(0, 2, rows).astype(np.uint8)
    step = rng.integers(0, 7, rows)
    cube = make_cube(codes, layout, kind, step, shape=(2, 7))
    assert cube.shape == (2, 7, layout.size)
    for number, has in enumerate(members(codes, layout)):
        for k in range(2):
            expected = np.bincount(step[has & (kind == k)], minlength=7)
            assert (cube[k, :, number] == expected).all()


def test_the_size_of_a_cube_by_hand() -> None:
    """2 + 3 + 6 slices of two columns, 2 kinds, 10 steps, 4 bytes each."""
    layout = lay_out((2, 3), paired=(0, 1))
    assert cube_bytes(layout, 2, 10) == 11 * 2 * 10 * 4


@given(st.lists(st.integers(1, 40), min_size=1, max_size=12), st.integers(1, 40_000))
def test_joint_histograms_hold_every_part(cards: list[int], most: int) -> None:
    """Each is as small as asked for, unless one part alone is larger."""
    layout = lay_out(cards, paired=range(len(cards)))
    blocks = cover(layout.cards, layout.parts, most)
    for part in layout.parts:
        assert any(set(part) <= set(block) for block in blocks)
    for block in blocks:
        assert block == tuple(sorted(set(block)))
        cells = prod(cards[c] for c in block)
        assert cells <= most or block in layout.parts


def test_few_histograms_do_for_many_pairs() -> None:
    """66 pairs of 12 columns in 22 tables of at most 8,000 cells, as the survey found."""
    cards = (3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 18, 20)
    layout = lay_out(cards, paired=range(12))
    assert (len(layout.parts), layout.size) == (78, 6_878)
    assert len(cover(cards, layout.parts, 8_000)) <= 22


def test_where_slices_stand_by_hand() -> None:
    """Columns of 2 and 3 codes: 0 to 1, 2 to 4, then the table in row-major order."""
    layout = lay_out((2, 3), paired=(1, 0))
    assert layout.parts == ((0,), (1,), (0, 1))
    assert (layout.sizes, layout.starts, layout.size) == ((2, 3, 6), (0, 2, 5, 11), 11)
    assert layout.slice_at(1) == ((0,), (1,))
    assert layout.slice_at(2) == ((1,), (0,))
    assert layout.slice_at(9) == ((0, 1), (1, 1))
    everybody = Layout((2, 3), ((),))
    assert (everybody.size, everybody.slice_at(0)) == (1, ((), ()))


@given(st.lists(st.integers(1, 6), min_size=1, max_size=5))
def test_a_number_names_its_slice(cards: list[int]) -> None:
    """Every number of the layout gives the columns and codes that stand there."""
    layout = lay_out(cards, paired=range(len(cards)))
    found = [layout.slice_at(number) for number in range(layout.size)]
    assert found == list(each_slice(layout))


def test_everybody_is_a_slice_without_columns() -> None:
    """A layout of the empty part counts all rows, alone or beside others."""
    codes = np.array([[0, 1, 1], [0, 0, 2]], np.uint8)
    kind = np.array([0, 1, 1], np.uint8)
    alone = count_slices(codes, Layout((2, 3), ((),)), kind, 2)
    assert alone.tolist() == [[1, 2]]
    beside = count_slices(codes, Layout((2, 3), ((), (0, 1))), kind, 2)
    assert beside[0].tolist() == [1, 2]
    cube = make_cube(codes, Layout((2, 3), ((),)), kind, np.array([4, 0, 4]), shape=(2, 5))
    assert cube[:, 4, 0].tolist() == [1, 1]
