"""The split of a change closes, is that of the rows, and names what was planted."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from typing import Final

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from core.engine.codes import rest_of
from core.engine.mix import ONE, Cut, Mix
from core.measures.mix_split import split_change
from core.records.changes import Change, ColumnSplit
from core.records.codes import Code, CodedColumn
from core.records.data import ColumnType
from core.records.estimate import Estimate
from core.records.predicate import Comparison, to_address

REGIONS: Final = ("N", "S", "W")
JOBS: Final = ("x", "y")
Row = tuple[int, int, int, float]  # codes of region and job, weight, error


def coded(name: str, values: Sequence[str]) -> CodedColumn:
    """Return a column of names."""
    missing = Code("missing", to_address(Comparison(name, "missing")))
    codes = [Code(v, to_address(Comparison(name, "=", v))) for v in values]
    every = (missing, *codes, rest_of(name, codes))
    return CodedColumn(name, ColumnType.TEXT, every, tuple(values))


CUT: Final = Cut((coded("region", REGIONS), coded("job", JOBS)), ((0,), (1,), (0, 1)))


def mix_of(rows: Sequence[Row], *, scale: int = 1) -> Mix:
    """Count rows as the engine does, one at a time."""
    cells: dict[tuple[int, int, int], list[int]] = {}
    for one, two, weight, error in rows:
        whole, square = round(error * scale), round(error * error * scale)
        for key in ((0, one, 0), (1, two, 0), (2, one, two)):
            cell = cells.setdefault(key, [0] * 5)
            for k, add in enumerate(
                (1, weight, weight**2, weight * whole, weight * square)
            ):
                cell[k] += add
    keys = np.array(sorted(cells), np.int64).reshape(-1, 3)
    sums = np.array([cells[key] for key in sorted(cells)], object).reshape(-1, 5)
    n = sums[:, 0].astype(np.int64)
    w, w2, e, e2 = (sums[:, k] for k in range(1, 5))
    part, first, second = keys.T
    return Mix(part, first, second, n, w, w2, e, e2, scale, 1.0)


def split(before: Sequence[Row], after: Sequence[Row], *, limit: int = 0) -> Change:
    """Return the change between two sets of rows that both have some."""
    found = split_change(mix_of(before), mix_of(after), CUT, privacy_limit=limit)
    assert found is not None
    return found


def by_rows(
    before: Sequence[Row], after: Sequence[Row], place: int
) -> tuple[Fraction, Fraction]:
    """Return mix and inside of a column from its rows, in fractions (Kitagawa, 1955)."""
    sides = []
    for rows in (before, after):
        whole = Fraction(sum(row[2] for row in rows))
        shares, rates = {}, {}
        for code in {row[place] for row in rows}:
            mine = [row for row in rows if row[place] == code]
            weight = Fraction(sum(row[2] for row in mine))
            shares[code] = weight / whole
            rates[code] = sum(row[2] * Fraction(row[3]) for row in mine) / weight
        sides.append((shares, rates))
    (w0, r0), (w1, r1) = sides
    mix = inside = Fraction(0)
    for code in w0.keys() | w1.keys():
        first, last = r0.get(code, r1.get(code)), r1.get(code, r0.get(code))
        assert first is not None
        assert last is not None
        a, b = w0.get(code, Fraction(0)), w1.get(code, Fraction(0))
        mix += (b - a) * (first + last) / 2
        inside += (a + b) / 2 * (last - first)
    return mix, inside


def rows(errors: "st.SearchStrategy[float]") -> "st.SearchStrategy[list[Row]]":
    """Draw rows: some slices may be lacking."""
    codes = st.integers(0, 3), st.integers(0, 2)
    return st.lists(st.tuples(*codes, st.integers(1, 5), errors), min_size=1, max_size=25)


@given(rows(st.sampled_from([0.0, 1.0])), rows(st.sampled_from([0.0, 1.0])))
def test_the_split_closes_and_is_that_of_the_rows(
    before: list[Row], after: list[Row]
) -> None:
    """With weights and slices that one side lacks: equal to fractions, closing to 1e-12."""
    _same(split(before, after), before, after)


@given(
    rows(st.integers(0, 64).map(lambda k: k / 8)),
    rows(st.integers(0, 64).map(lambda k: k / 8)),
)
def test_amounts_are_split_alike(before: list[Row], after: list[Row]) -> None:
    """Errors of a regression, counted in units: the same to 1e-12."""
    one, other = (mix_of(side, scale=ONE) for side in (before, after))
    found = split_change(one, other, CUT, privacy_limit=0, amounts=True)
    assert found is not None
    _same(found, before, after)


def _same(found: Change, before: Sequence[Row], after: Sequence[Row]) -> None:
    for each in found.splits:
        whole = each.mix.value + each.inside.value
        assert whole == pytest.approx(found.difference.value, abs=1e-12)
        parts = sum(part.both.value for part in each.slices)
        assert parts == pytest.approx(found.difference.value, abs=1e-12)
        if len(each.columns) == 1:
            place = ("region", "job").index(each.columns[0])
            mix, inside = by_rows(before, after, place)
            assert each.mix.value == pytest.approx(float(mix), abs=1e-12)
            assert each.inside.value == pytest.approx(float(inside), abs=1e-12)


def test_by_hand() -> None:
    """N grew from 1/2 to 3/4 and errs in all rows, S in none: 25 points, all of it mix."""
    before = [(1, 0, 1, 1.0)] * 50 + [(2, 0, 1, 0.0)] * 50
    after = [(1, 0, 1, 1.0)] * 75 + [(2, 0, 1, 0.0)] * 25
    found = split(before, after)
    by = named(found, "region")
    assert (by.mix.value, by.inside.value) == pytest.approx((0.25, 0.0))
    # From the mean of all before, 1/2: N adds 1/4 x 1/2, S -1/4 x -1/2.
    assert [each.mix.value for each in by.slices] == pytest.approx([0.125, 0.125])
    assert by.slices[0].share in ((0.5, 0.75), (0.5, 0.25))


def named(found: Change, *columns: str) -> ColumnSplit:
    """Return the split by some columns."""
    return next(each for each in found.splits if each.columns == columns)


def drawn(
    rng: np.random.Generator,
    n: int,
    shares: Sequence[float],
    rates: dict[tuple[int, int], float],
) -> list[Row]:
    """Draw rows; a pair of codes errs at its own rate, all others in a tenth."""
    one = rng.choice([1, 2, 3], n, p=shares)
    two = rng.choice([1, 2], n)
    chance = np.array([rates.get(pair, 0.1) for pair in zip(one, two, strict=True)])
    wrong: NDArray[np.bool_] = rng.random(n) < chance
    return [(int(a), int(b), 1, float(w)) for a, b, w in zip(one, two, wrong, strict=True)]


def test_a_slice_that_got_worse_is_named() -> None:
    """Of six pairs one errs more than before: it is the worst, and all of it is inside."""
    rng = np.random.default_rng(1)
    shares = (0.4, 0.3, 0.3)
    found = split(drawn(rng, 4000, shares, {}), drawn(rng, 4000, shares, {(2, 1): 0.4}))
    assert found.worst is not None
    assert found.worst.words == "S, x"
    assert found.worst.inside.low > 0
    assert found.worst.mix.low < 0 < found.worst.mix.high
    assert "come from S, x, who are as many as before" in found.sentence


def test_a_slice_that_is_new_is_named() -> None:
    """W was not there: what it adds is mix, and the sentence says that it is new."""
    rng = np.random.default_rng(2)
    rates = {(3, job): 0.5 for job in (1, 2)}
    before = drawn(rng, 4000, (0.5, 0.5, 0.0), rates)
    found = split(before, drawn(rng, 4000, (0.45, 0.45, 0.1), rates))
    assert found.worst is not None
    assert found.worst.rate[0] is None
    assert found.worst.inside.value == 0.0
    assert "who were not there before" in found.sentence


def test_nothing_is_named_where_nothing_changed() -> None:
    """Of 40 pairs of like tables at most 4 name a slice (5 % are expected)."""
    rng = np.random.default_rng(3)
    shares = (0.4, 0.3, 0.3)
    told = [
        split(drawn(rng, 1000, shares, {}), drawn(rng, 1000, shares, {})) for _ in range(40)
    ]
    assert sum("no more than chance" not in each.sentence for each in told) <= 4


def test_intervals_are_as_wide_as_rows_drawn_again() -> None:
    """Standard errors of every part are those of 400 bootstraps, to 12 %."""
    rng = np.random.default_rng(4)
    shares = {"before": (0.5, 0.3, 0.2), "after": (0.2, 0.3, 0.5)}
    before = drawn(rng, 1500, shares["before"], {(1, 1): 0.4})
    after = drawn(rng, 1500, shares["after"], {(1, 1): 0.5, (3, 2): 0.3})
    again = np.array(
        [
            values(
                split(*([side[k] for k in rng.integers(0, 1500, 1500)] for side in both))
            )
            for both in [(before, after)] * 400
        ]
    )
    for spread, part in zip(again.std(axis=0), parts(split(before, after)), strict=True):
        assert (part.high - part.low) / 2 / 1.959964 == pytest.approx(spread, rel=0.12)


def parts(found: Change) -> list[Estimate]:
    """Return the difference, the sums of the regions, and the parts of each region."""
    by = named(found, "region")
    slices = sorted(by.slices, key=lambda each: each.words)
    each = [part for s in slices for part in (s.mix, s.inside, s.both)]
    return [found.difference, by.mix, by.inside, *each]


def values(found: Change) -> list[float]:
    """Return the values of the parts."""
    return [part.value for part in parts(found)]


def test_few_rows_are_no_line() -> None:
    """A slice of three rows is not shown, and the sums still close."""
    before = [(1, 1, 1, 0.0)] * 60 + [(2, 1, 1, 1.0)] * 3
    found = split(before, [(1, 1, 1, 1.0)] * 60, limit=5)
    by = named(found, "region")
    assert [each.words for each in by.slices] == ["N"]
    assert by.mix.value + by.inside.value == pytest.approx(
        found.difference.value, abs=1e-12
    )


def test_no_labels_no_split() -> None:
    """A side without labelled rows has nothing to compare."""
    assert split_change(mix_of([]), mix_of([(1, 1, 1, 1.0)]), CUT, privacy_limit=0) is None


def test_every_slice_can_be_asked_for_again() -> None:
    """Its address holds both columns of a pair."""
    every = [(a, b, 1, 1.0) for a, b in product((1, 2), (1, 2)) for _ in range(9)]
    pair = named(split(every, every), "region", "job")
    assert all("region" in s.address and "job" in s.address for s in pair.slices)
