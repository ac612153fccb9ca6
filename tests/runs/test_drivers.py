"""Drivers, beeswarms and curves are those of the values, of every slice that may be shown."""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO

import numpy as np
import pyarrow.parquet as pq
import pytest
from numpy.typing import NDArray

from core.errors import WrongInputError
from core.measures.drivers import float_of
from core.records.data import Split
from core.records.explanations import Player
from core.records.models import Task
from core.records.predicate import Comparison, Not, Or
from core.runs.desk import Desk, open_desk
from core.runs.drivers import (
    Asked,
    dependence_of,
    drivers_by,
    drivers_of,
    mean_of,
    moved_of,
    rug_of,
    swarm_of,
    unit_of,
    values_file,
)
from core.runs.evaluating import evaluate
from core.runs.explaining import explain
from core.runs.one_case import picked_row
from core.runs.provenance import decide_personal
from tests.kept import Values
from tests.runs.explained import (
    READ,
    Loans,
    Open,
    draw_loans,
    keep_loans,
    open_loans,
    pushes_of,
)

NORTH = Comparison("region", "=", "North")
ATLANTIS = Comparison("region", "=", "Atlantis")


def _few(values: Values) -> None:
    """Two rows of Atlantis."""
    values["region"] = ["Atlantis", "Atlantis", *values["region"][2:]]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    """An explained table with a region of two rows; for reading only."""
    with open_desk(tmp_path_factory.mktemp("drivers") / "workspace") as desk:
        yield open_loans(desk, Loans(change=_few))


def _column(opened: Open, name: str) -> NDArray[np.object_]:
    return np.array(opened.small.values[name], object)


@pytest.mark.parametrize("where", [None, NORTH, Not(NORTH)])
def test_drivers_are_the_means_of_the_values(
    opened: Open, where: Comparison | None
) -> None:
    """Of all rows and of a slice, by numpy."""
    north = _column(opened, "region") == "North"
    inside = {None: north | True, NORTH: north}.get(where, ~north)
    values = pushes_of(opened.desk, opened.explained)[inside, 0]
    found = drivers_of(replace(opened.asked, where=where))
    assert len(found) == len(READ)
    for driver in found:
        mine = values[:, READ.index(driver.player.name)]
        assert float_of(driver.strength) == pytest.approx(np.abs(mine).mean(), abs=1e-8)
        assert float_of(driver.mean) == pytest.approx(mine.mean(), abs=1e-8)
    mean = opened.explained.facts.base[0] + values.sum(axis=1).mean()
    assert mean_of(replace(opened.asked, where=where)) == pytest.approx(mean, abs=1e-8)


def test_groups_have_drivers_of_their_own_and_small_ones_none(opened: Open) -> None:
    """Each region, in words; Atlantis is hidden, and a second one that would tell of it."""
    values = pushes_of(opened.desk, opened.explained)[:, 0]
    found = drivers_by(opened.asked, "region")
    assert "Atlantis" not in found
    assert set(found) < {"North", "South", "West"}
    for group, drivers in found.items():
        mine = np.abs(values[_column(opened, "region") == group]).mean(axis=0)
        for driver in drivers:
            assert float_of(driver.strength) == pytest.approx(mine[driver.number], abs=1e-8)


@pytest.mark.parametrize("where", [ATLANTIS, Not(ATLANTIS), Or((NORTH, ATLANTIS))])
def test_a_hidden_slice_is_refused_by_every_question(
    opened: Open, where: Comparison
) -> None:
    """Two rows, all but two, and two more than a region."""
    asked = replace(opened.asked, where=where)
    player = asked.facts.players[1]
    for question in (
        lambda: drivers_of(asked),
        lambda: drivers_by(asked, "late"),
        lambda: swarm_of(asked, [player]),
        lambda: dependence_of(asked, player),
        lambda: moved_of(opened.asked, asked),
        lambda: picked_row(opened.desk, opened.explained, "highest", where=where),
    ):
        with pytest.raises(WrongInputError, match="These rows are hidden"):
            question()


def test_a_beeswarm_holds_all_rows_of_each_column(opened: Open) -> None:
    """Amounts have levels, texts none; slices keep the span of all rows."""
    players = opened.explained.facts.players
    span, squares = swarm_of(opened.asked, players)
    assert [sum(s.rows for s in each) for each in squares] == [300] * 4
    leveled = [any(s.level is not None for s in each) for each in squares]
    assert leveled == [True, True, True, False]
    narrower, few = swarm_of(replace(opened.asked, where=NORTH), players)
    assert narrower == span
    north = (_column(opened, "region") == "North").sum()
    assert [sum(s.rows for s in each) for each in few] == [north] * 4


def test_a_dependence_holds_all_rows(opened: Open) -> None:
    """A column with its gaps, alone and told apart by another; counts by value by hand."""
    debt, late, region = opened.explained.facts.players[1:]
    found = dependence_of(opened.asked, debt)
    assert (found.n.sum(), found.steps, found.parts) == (300, (), ())
    told = dependence_of(opened.asked, late, "region")
    assert told.n.sum() == 300
    assert {"Atlantis", "North", "South", "West"} <= set(told.parts)
    named = dependence_of(opened.asked, region)
    for step, word in enumerate(named.steps):
        rows = (_column(opened, "region") == word).sum()
        assert named.n[named.x == step].sum() == rows
    income = dependence_of(opened.asked, opened.explained.facts.players[0])
    gaps = sum(value is None for value in opened.small.values["income"])
    missing = -1 if not income.steps else 0
    assert income.n[income.x == missing].sum() == gaps > 0


def test_columns_that_are_pushed_together_have_no_curve(opened: Open) -> None:
    """No one of them has a push of its own."""
    with pytest.raises(WrongInputError, match="pushed together"):
        dependence_of(opened.asked, Player(("income", "debt"), "MatMul"))


def test_what_cannot_be_grouped_by_or_is_no_class_is_refused(opened: Open) -> None:
    """An id has a value per row; a yes/no model explains one output."""
    with pytest.raises(WrongInputError, match="cannot be grouped by `person`"):
        drivers_by(opened.asked, "person")
    with pytest.raises(WrongInputError, match="knows no class `maybe`"):
        drivers_of(replace(opened.asked, output="maybe"))


@pytest.mark.parametrize(
    ("largest", "unit"), [(0.0, 1.0), (0.3, 0.5), (0.5, 0.5), (5.0, 8.0), (1e-9, 2.0**-29)]
)
def test_the_unit_is_the_power_of_two_above(largest: float, unit: float) -> None:
    """So that no value exceeds it and dividing by it is exact."""
    assert unit_of(largest) == unit


def test_the_rug_is_seen_in_the_reference_rows(opened: Open) -> None:
    """Numbers of the column; none for a text."""
    _, debt, _, region = opened.explained.facts.players
    rug = rug_of(opened.asked, debt)
    assert set(rug) <= set(opened.small.values["debt"])
    assert 30 < len(rug) <= 41
    assert rug_of(opened.asked, region) == ()


def test_values_can_be_taken_away(opened: Open) -> None:
    """As Parquet with the names of the columns."""
    table = pq.read_table(BytesIO(values_file(opened.desk, opened.explained)))
    assert table.column_names == ["row", *READ]
    assert table["row"].to_pylist() == list(range(300))
    values = pushes_of(opened.desk, opened.explained)[:, 0]
    assert np.array_equal(np.array([table[name].to_numpy() for name in READ]).T, values)


def test_every_class_has_drivers_of_its_own(desk: Desk) -> None:
    """And columns of its own in the file."""
    opened = open_loans(desk, Loans(Task.MULTICLASS))
    values = pushes_of(desk, opened.explained)
    for place, output in enumerate("abc"):
        first = drivers_of(replace(opened.asked, output=output))[0]
        assert float_of(first.strength) == pytest.approx(
            np.abs(values[:, place]).mean(axis=0).max(), abs=1e-8
        )
    table = pq.read_table(BytesIO(values_file(desk, opened.explained)))
    assert table.column_names[:5] == ["row", *(f"a · {name}" for name in READ)]
    assert table["c · late"].to_numpy().tolist() == values[:, 2, 2].tolist()


def test_personal_columns_keep_their_push_and_lose_their_values(desk: Desk) -> None:
    """Neither curve nor level nor file nor group; the strength of the push is no secret."""
    opened = open_loans(desk)
    late = opened.explained.facts.players[2]
    decide_personal(desk, opened.evaluation.dataset, "late", personal=True, actor="ada")
    assert "late" in [driver.player.name for driver in drivers_of(opened.asked)]
    _, (squares,) = swarm_of(opened.asked, [late])
    assert all(square.level is None for square in squares)
    with pytest.raises(WrongInputError, match="late is personal data"):
        dependence_of(opened.asked, late)
    with pytest.raises(WrongInputError, match="cannot be grouped by `late`"):
        drivers_by(opened.asked, "late")
    with pytest.raises(WrongInputError, match="asks for `late`"):
        drivers_of(replace(opened.asked, where=Comparison("late", "=", 0)))
    table = pq.read_table(BytesIO(values_file(desk, opened.explained)))
    assert table.column_names == ["row", "income", "debt", "region"]


@pytest.mark.parametrize("where", [None, NORTH])
def test_what_moved_the_mean_adds_up(desk: Desk, where: Comparison | None) -> None:
    """To 1e-6 of what the trained model says of both tables, also within a slice."""
    keep_loans(desk, draw_loans(Loans(seed=40)), Split.REFERENCE, "Reference")
    march = open_loans(desk, Loans(rows=400))
    later = keep_loans(desk, draw_loans(Loans(rows=500, seed=9, poorer=6)), name="April")
    april = evaluate(desk, march.evaluation.model, later.id, actor="test")
    before = replace(march.asked, where=where)
    after = Asked(desk, explain(desk, april), "", where)
    moved = moved_of(before, after)
    means = [
        (asked.facts.base[0] + values.sum(axis=(1, 2)))[north | (where is None)].mean()
        for asked, values, north in (
            (a, pushes_of(desk, a.explained), np.array(s.values["region"]) == "North")
            for a, s in (
                (before, march.small),
                (after, draw_loans(Loans(rows=500, seed=9, poorer=6))),
            )
        )
    ]
    total = sum(each.change.value for each in moved)
    assert total == pytest.approx(means[1] - means[0], abs=1e-6)
    assert mean_of(before) + total == pytest.approx(mean_of(after), abs=1e-6)
    assert moved[0].player.name == "income"
    assert moved[0].change.low > 0


def test_two_explanations_with_different_bases_are_not_compared(desk: Desk) -> None:
    """Each against its own rows: nobody could say what moved."""
    march = open_loans(desk)
    later = keep_loans(desk, draw_loans(Loans(seed=9, poorer=6)), name="April")
    april = evaluate(desk, march.evaluation.model, later.id, actor="test")
    with pytest.raises(WrongInputError, match="do not start from the same mean"):
        moved_of(march.asked, Asked(desk, explain(desk, april)))
