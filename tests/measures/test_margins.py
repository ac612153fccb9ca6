"""Margins are read strictly, and a table is held against them as the books say."""

from dataclasses import replace
from math import log
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ncx2

from core.engine.profile import profile_table
from core.errors import WrongInputError
from core.measures.checks.look import Look
from core.measures.checks.people import check_margins
from core.measures.margins import (
    Margins,
    hold_against,
    measure_psi,
    rake,
    read_margins,
)
from core.records.data import ColumnType
from core.records.estimate import Estimate, NotEstimable, Word
from core.runs.desk import Desk
from tests.kept import Small, column, lay

HALVES: Margins = (("sex", (("f", 0.5), ("m", 0.5))),)
NORTH = "column,value,share\nregion,North,0.25\nregion,South,0.75\n"


def test_margins_are_read() -> None:
    """Two columns, one in shares and one in percent, in quotes and with blank lines."""
    text = '\ufeffColumn, value ,share\n\nsex,f,50\nsex,m,50.5\n"a, b","say ""x""",1\n'
    assert read_margins(text) == (
        ("sex", (("f", 50 / 100.5), ("m", 50.5 / 100.5))),
        ("a, b", (('say "x"', 1.0),)),
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Line 1 is not the header"),
        ("region,North,1\n", "Line 1 is not the header"),
        ("column,value,share\n", "no line below the header, line 1"),
        (f"{NORTH}region,South,0.1\n", "Line 4 gives a second share for `South`"),
        (f"{NORTH}region,East\n", "Line 4 has 2 parts"),
        (f"{NORTH}region,,0.1\n", "Line 4 lacks a column or a value"),
        (f"{NORTH}region,East,-0.1\n", "Line 4: `-0.1` is not a share"),
        (f"{NORTH}region,East,nan\n", "Line 4: `nan` is not a share"),
        (f"{NORTH}region,East,many\n", "Line 4: `many` is not a share"),
        (f"{NORTH}region,East,0.02\n", "add up to 1.02 at line 4, not to 1 or 100"),
        (f"{NORTH}sex,f,49\n", "`sex` add up to 49 at line 4"),
        (f'{NORTH}region,"East', "Line 4 is not CSV"),
        (NORTH + "\n" * 2_000 + "region,East,1\n", "line 2,001 is not read"),
    ],
)
def test_wrong_margins_are_refused(text: str, said: str) -> None:
    """Each refusal names the line."""
    with pytest.raises(WrongInputError, match=said) as error:
        read_margins(text)
    assert error.value.hint


def test_a_hundredth_is_forgiven() -> None:
    """Rounded shares such as three times 0.33 add up to 0.99."""
    text = "column,value,share\n" + "".join(f"g,{k},0.33\n" for k in range(3))
    ((_, shares),) = read_margins(text)
    assert [share for _, share in shares] == pytest.approx([1 / 3] * 3)


def test_one_column_by_hand() -> None:
    """80 and 20 against halves: PSI 0.3 ln 1.6 + 0.3 ln 2.5, worth 64 rows.

    The weights are 5/8 and 5/2, so n = 100^2 / (80 * 25/64 + 20 * 25/4) = 64.
    """
    found = hold_against([(("f",), 80), (("m",), 20), ((None,), 7)], HALVES)
    (held,) = found.columns
    assert isinstance(held.psi, Estimate)
    assert held.psi.value == pytest.approx(0.3 * log(1.6) + 0.3 * log(2.5))
    assert held.psi.low < held.psi.value < held.psi.high
    assert (held.value, held.rows) == ("f", 100)
    assert held.gap == pytest.approx(0.3)
    assert found.rows == 107
    assert found.effective_rows == pytest.approx(64)
    assert found.reason == ""


def test_a_value_without_rows_cannot_be_raked() -> None:
    """No weight makes something of nothing; half a row stands in for none in the PSI."""
    found = hold_against([(("f",), 10), (("x",), 10)], HALVES)
    assert found.effective_rows is None
    assert found.reason == "`m` of `sex` has no rows that could be weighted"
    (held,) = found.columns
    assert isinstance(held.psi, Estimate)
    expected = (0.025 - 0.5) * log(0.025 / 0.5) * 2  # m: 0 of 20 rows, x: none wanted
    assert held.psi.value == pytest.approx(expected)


def test_columns_that_contradict_each_other_cannot_be_raked() -> None:
    """All men live in the north, so their shares cannot differ."""
    margins: Margins = (*HALVES, ("region", (("N", 0.2), ("S", 0.8))))
    found = hold_against([(("m", "N"), 5), (("f", "S"), 5)], margins)
    assert found.effective_rows is None
    assert found.reason == "no weights fit all columns together"


def test_nothing_in_nothing_out() -> None:
    """Without a value there is no index."""
    found = hold_against([((None,), 3)], HALVES)
    assert found.columns[0].psi == NotEstimable("no row has a value", 0)
    assert found.effective_rows is None


SHARES = st.lists(st.floats(0.05, 1), min_size=2, max_size=4)


@given(SHARES, SHARES, st.data())
def test_raking_makes_the_shares_right(
    first: list[float], second: list[float], data: st.DataObject
) -> None:
    """Both margins, to 1e-9, from any full table; weights are a product of two factors."""
    margins: Margins = tuple(
        (name, tuple((str(k), share / sum(shares)) for k, share in enumerate(shares)))
        for name, shares in (("a", first), ("b", second))
    )
    size = len(first) * len(second)
    n = data.draw(st.lists(st.integers(1, 500), min_size=size, max_size=size))
    cells = [(str(i), str(j)) for i in range(len(first)) for j in range(len(second))]
    weights, rows = rake(list(zip(cells, n, strict=True)), margins)
    table = (weights * rows).reshape(len(first), len(second)) / sum(n)
    for axis, shares in ((1, first), (0, second)):
        assert table.sum(axis=axis) == pytest.approx(
            np.array(shares) / sum(shares), abs=1e-9
        )
    alone = weights.reshape(len(first), len(second))
    product = np.outer(alone[:, 0], alone[0]) / alone[0, 0]
    assert alone == pytest.approx(product, rel=1e-6)
    found = hold_against(list(zip(cells, n, strict=True)), margins)
    expanded = np.repeat(weights, n)
    assert found.effective_rows == pytest.approx(expanded.sum() ** 2 / (expanded**2).sum())


@given(st.lists(st.integers(1, 2_000), min_size=2, max_size=8), st.data())
def test_psi_is_the_sum_of_two_divergences(seen: list[int], data: st.DataObject) -> None:
    """KL(q, p) + KL(p, q), each as a loop."""
    weights = data.draw(st.lists(st.floats(0.1, 1), min_size=len(seen), max_size=len(seen)))
    wanted = [weight / sum(weights) for weight in weights]
    least = 0.5 / sum(seen)
    q = [max(n / sum(seen), least) for n in seen]
    p = [max(share, least) for share in wanted]
    there = sum(a * log(a / b) for a, b in zip(q, p, strict=True))
    back = sum(b * log(b / a) for a, b in zip(q, p, strict=True))
    found = measure_psi(seen, wanted)
    assert found.value == pytest.approx(there + back, abs=1e-12)
    assert 0 <= found.low <= found.value <= found.high


@pytest.mark.parametrize("shift", [0.0, 0.05, 0.15])
def test_the_interval_of_the_index_holds(shift: float) -> None:
    """Of 400 samples of 2,000 rows, at least nine in ten intervals hold the true index."""
    rng = np.random.default_rng(11)
    wanted = [0.25, 0.25, 0.25, 0.25]
    truth = np.array([0.25 + shift, 0.25 - shift, 0.25, 0.25])
    index = float(np.sum((truth - wanted) * np.log(truth / wanted)))
    found = [
        measure_psi(rng.multinomial(2_000, truth).tolist(), wanted) for _ in range(400)
    ]
    held = sum(each.low <= index <= each.high for each in found)
    assert held >= 360


def test_the_ends_of_the_interval_are_those_of_scipy() -> None:
    """At each end the statistic is as rare as it may be."""
    found = measure_psi([300, 200, 100], [1 / 3] * 3)
    statistic = 600 * found.value
    assert ncx2.sf(statistic, 2, 600 * found.low) == pytest.approx(0.025)
    assert ncx2.cdf(statistic, 2, 600 * found.high) == pytest.approx(0.025)


def _look(desk: Desk, margins: Margins, **values: list[Any]) -> Look:
    columns = tuple(column(name) for name in values)
    dataset = lay(desk, Small(columns, values))
    return Look(desk.count, dataset, profile_table(desk.count, dataset), margins=margins)


def test_without_margins_nobody_can_say(desk: Desk) -> None:
    """Neither pass nor fail."""
    found = check_margins(_look(desk, (), sex=["f"]))
    assert found.verdict.word is Word.NOT_MEASURED
    assert found.sentence == (
        "No reference margins were given, so nobody can say whom this data represents."
    )
    other = check_margins(_look(desk, HALVES, region=["f"]))
    assert other.sentence == "No column of the reference margins is in this table."
    empty = check_margins(_look(desk, HALVES, sex=[None, None]))
    assert empty.verdict.word is Word.NOT_MEASURED


def test_the_worst_column_is_named(desk: Desk) -> None:
    """Sex is as it should be, region is not; a column that is not there is said."""
    margins = (*HALVES, ("region", (("N", 0.5), ("S", 0.5))), ("age", (("18", 1.0),)))
    values = {"sex": ["f", "m"] * 500, "region": ["N"] * 800 + ["S"] * 200}
    found = check_margins(_look(desk, margins, **values))
    assert found.verdict.word is Word.FAIL
    assert found.columns == ("region",)
    assert isinstance(found.measured, Estimate)
    assert found.measured.value == pytest.approx(0.3 * log(1.6) + 0.3 * log(2.5))
    assert (
        "`N` has 80.0\u00a0% of the rows by `region`, the reference says 50.0"
        in found.sentence
    )
    assert "1,000 rows count like 640 rows." in found.sentence
    assert "The margins of `age` were not used" in found.sentence


def test_a_fair_sample_passes(desk: Desk) -> None:
    """Drawn as the margins say, numbers as well as texts."""
    rng = np.random.default_rng(3)
    margins: Margins = (("size", (("1", 0.3), ("2", 0.7))),)
    sizes = rng.choice([1, 2], 2_000, p=[0.3, 0.7]).tolist()
    small = Small((column("size", ColumnType.INTEGER),), {"size": sizes})
    dataset = replace(lay(desk, small), name="fair")
    look = Look(desk.count, dataset, profile_table(desk.count, dataset), margins=margins)
    assert check_margins(look).verdict.word is Word.PASS
    nobody = replace(look, margins=(("size", (("1", 0.3), ("3", 0.7))),))
    assert "cannot be weighted" in check_margins(nobody).sentence
