"""One rule says which slices are hidden; no two that are shown differ by a few people."""

import os
from itertools import combinations
from typing import Any, Final

import numpy as np
import pytest

from core.engine.drill import count_rows
from core.engine.where import Where
from core.errors import WrongInputError
from core.measures.all_slices import find_slice
from core.records.data import Column, ColumnType, Use
from core.records.evaluations import Evaluation
from core.records.predicate import (
    SCORE,
    And,
    Comparison,
    Not,
    Or,
    Predicate,
    both,
    from_address,
)
from core.runs.answered import layout_of
from core.runs.asking import asked_of, scores_of
from core.runs.desk import Desk
from core.runs.handing_out import card_of
from core.runs.hiding import hidden_cells, hides_slice
from core.runs.lattice import sizes_of
from core.runs.limits import edges_of, has_value, move_limits
from core.runs.rollups import codebook_of
from core.runs.worst import WorstAsked, find_worst_slices
from tests.kept import BINARY, Small, evaluated
from tests.runs.sliced import Kind, draw, keep_and_evaluate, make, planted

TABLES: Final = 60 if os.environ.get("PROVE") else 4
LIMIT: Final = 5  # of the first policy
COLUMNS: Final = (
    Column("region", ColumnType.TEXT, Use.FEATURE, group=True),
    Column("sex", ColumnType.TEXT, Use.FEATURE, sensitive=True),
    Column("age", ColumnType.INTEGER, Use.FEATURE),
    Column("visits", ColumnType.INTEGER, Use.FEATURE),
    Column("number", ColumnType.INTEGER, Use.ID),
    Column("on", ColumnType.DATE, Use.TIME),
    Column("label", ColumnType.TEXT, Use.LABEL),
    Column("score", ColumnType.NUMBER, Use.SCORE),
)


def _table(desk: Desk, seed: int, rows: int) -> Evaluation:
    """Evaluate a random table: values and ranges, gaps, an id and a time."""
    rng = np.random.default_rng(seed)
    gap = rng.random(rows) < 0.03
    days = np.datetime64("2026-01-01") + rng.integers(0, 300, rows)
    values: dict[str, list[Any]] = {
        "region": rng.choice(["N", "S", "E"], rows, p=[0.6, 0.37, 0.03]).tolist(),
        "sex": rng.choice(["f", "m"], rows).tolist(),
        "age": [
            None if g else int(a)
            for g, a in zip(gap, rng.integers(18, 80, rows), strict=True)
        ],
        "visits": rng.poisson(1.5, rows).tolist(),
        "number": rng.integers(1, 9999, rows).tolist(),
        "on": days.tolist(),
        "label": rng.choice(["yes", "no"], rows).tolist(),
        "score": rng.random(rows).round(3).tolist(),
    }
    return evaluated(desk, Small(COLUMNS, values), BINARY)


def _limits(rng: np.random.Generator, column: str) -> list[Any]:
    match column:
        case "age":
            return sorted(rng.integers(16, 82, 2).tolist())
        case "visits":
            return sorted(rng.integers(0, 6, 2).tolist())
        case "number":
            return sorted(rng.integers(1, 9999, 2).tolist())
        case "on":
            start = np.datetime64("2026-01-01")
            return sorted(str(start + day) for day in rng.integers(0, 300, 2).tolist())
        case _:
            return sorted(rng.random(2).round(3).tolist())


def _range(rng: np.random.Generator, column: str) -> Predicate | None:
    """Return a range of a column as somebody writes it: both ends, one, or none."""
    low, high = _limits(rng, column)
    ends = (
        Comparison(column, str(rng.choice([">=", ">"])), low),
        Comparison(column, str(rng.choice(["<", "<="])), high),
    )
    kind = rng.integers(0, 10)
    if kind == 0:
        return None
    if kind == 1:
        return has_value(column)
    if kind == 2:
        return Not(And(ends))
    if kind in (3, 4):
        return ends[kind - 3]
    if kind in (5, 6):
        return Comparison(column, "=" if kind == 5 else "!=", low)
    return And(ends)


def _others(rng: np.random.Generator) -> Predicate | None:
    """Return the other conditions of a slice, or none."""
    n, f = Comparison("region", "=", "N"), Comparison("sex", "=", "f")
    few = Comparison("region", "=", "E")
    chosen: list[Predicate | None] = [
        *(None, n, f, And((n, f)), Not(few), Or((few, f)), And((f, Not(n)))),
        And((n, Comparison("visits", ">=", 1))),
    ]
    return chosen[int(rng.integers(0, len(chosen)))]


def _rows(desk: Desk, evaluation: Evaluation, where: Predicate | None) -> int:
    dataset = desk.workspace.state.dataset(evaluation.dataset)
    return count_rows(desk.count, Where(dataset, where, evaluation.scores))


def _answered(desk: Desk, evaluation: Evaluation, where: Predicate | None) -> bool:
    return where is None or not hides_slice(desk, evaluation, where)


@pytest.mark.parametrize("seed", range(TABLES))
def test_slices_that_differ_in_a_range_differ_by_nobody_or_by_enough(
    desk: Desk, seed: int
) -> None:
    """Of two shown slices with the same other conditions, one inside of the other."""
    rng = np.random.default_rng(seed)
    evaluation = _table(desk, seed, int(rng.choice([60, 200, 600])))
    compared = 0
    for column in ("age", "visits", "number", "on", SCORE):
        others = None if column == "age" else _others(rng)
        ranges = [_range(rng, column) for _ in range(8)]
        slices = {both(others, each) for each in ranges}
        moved = {s and move_limits(desk, evaluation, s) for s in slices}
        shown = [s for s in moved if _answered(desk, evaluation, s)]
        for one, other in combinations(shown, 2):
            common = _rows(desk, evaluation, both(one, other))
            for mine in (_rows(desk, evaluation, s) for s in (one, other)):
                rest = {_rows(desk, evaluation, s) for s in (one, other)} - {mine}
                inside = all(common == min(mine, each) for each in rest)
                for each in rest if inside else ():
                    compared += 1
                    assert not 0 < abs(each - mine) < LIMIT, (one, other)
    assert compared


@pytest.mark.parametrize("seed", range(TABLES))
def test_a_range_beside_a_cell_of_all_slices_differs_by_nobody_or_by_enough(
    desk: Desk, seed: int
) -> None:
    """What All slices shows is no way around: each cell against ranges that hold it."""
    rng = np.random.default_rng(100 + seed)
    evaluation = _table(desk, seed, int(rng.choice([60, 200])))
    book = codebook_of(desk, evaluation)
    ages = [column.name for column in book.columns].index("age")
    regions = [column.name for column in book.columns].index("region")
    places = tuple(sorted((ages, regions)))
    hidden = hidden_cells(desk, evaluation, places)
    edges = edges_of(desk, evaluation, "age") or ()
    for region in range(1, len(book.columns[regions].codes)):
        of_region = book.columns[regions].codes[region].predicate
        cells = [
            book.columns[ages].codes[code].predicate
            for code in range(1, len(book.columns[ages].codes))
            if not hidden[(region, code) if places == (regions, ages) else (code, region)]
        ]
        for low, high in combinations((None, *edges, None), 2):
            ends = (
                None if low is None else Comparison("age", ">=", low),
                None if high is None else Comparison("age", "<", high),
            )
            wide = both(of_region, *ends)
            if wide is None or not _answered(desk, evaluation, wide):
                continue
            whole = _rows(desk, evaluation, wide)
            for cell in cells:
                mine = _rows(desk, evaluation, And((of_region, cell)))
                if mine and _rows(desk, evaluation, And((wide, cell))) == mine:
                    assert not 0 < whole - mine < LIMIT, (wide, cell)


@pytest.mark.parametrize("seed", range(TABLES))
def test_the_page_hides_what_all_slices_hides(desk: Desk, seed: int) -> None:
    """Every slice of one and of two columns: chosen, it is hidden just where the list hides it."""
    evaluation = _table(desk, seed, 60 + 40 * seed)
    layout, book = layout_of(desk, evaluation), codebook_of(desk, evaluation)
    sizes = sizes_of(desk, evaluation)
    for number in range(layout.size):
        where = find_slice(book, *layout.slice_at(number))
        if sizes.rows[number]:
            assert hides_slice(desk, evaluation, where) == sizes.hidden[number], where


def test_what_the_search_found_can_be_chosen(desk: Desk) -> None:
    """No slice under Worst found is hidden when somebody opens it."""
    evaluation = keep_and_evaluate(desk, planted())
    found = find_worst_slices(
        desk, evaluation, WorstAsked("error_rate", asked_of(desk, evaluation))
    )
    assert found.slices
    for each in found.slices:
        assert not hides_slice(desk, evaluation, from_address(each.address))


@pytest.mark.parametrize(
    ("where", "moved"),
    [
        (Comparison("age", "<", 31), Comparison("age", "<", 29)),
        (Comparison("age", "<=", 29), Comparison("age", "<", 29)),
        (Comparison("age", ">", 1000), Comparison("age", ">=", 60)),
        (Comparison("age", "<", 1000), has_value("age")),
        (
            And((Comparison("age", ">=", 32), Comparison("age", "<", 33))),
            And((Comparison("age", "<", 39), Comparison("age", ">=", 29))),
        ),
        (Comparison(SCORE, ">=", 0.32), Comparison(SCORE, ">=", 0.3)),
        (Not(Comparison("age", ">=", 44)), Not(Comparison("age", ">=", 39))),
        (Comparison("region", "=", "N"), Comparison("region", "=", "N")),
    ],
)
def test_a_limit_moves_to_the_nearest_edge(
    desk: Desk, where: Predicate, moved: Predicate
) -> None:
    """By hand, where ages are cut at 19, 29, 39, 49 and 60."""
    ages = [age for age in range(10, 70) for _ in range(3)]
    small = Small(
        tuple(c for c in COLUMNS if c.name in ("region", "age", "label", "score")),
        {
            "region": ["N", "S"] * 90,
            "age": ages,
            "label": ["yes", "no"] * 90,
            "score": [0.5] * 180,
        },
    )
    evaluation = evaluated(desk, small, BINARY)
    assert edges_of(desk, evaluation, "age") == (19, 29, 39, 49, 60)
    assert move_limits(desk, evaluation, where) == moved
    assert move_limits(desk, evaluation, moved) == moved


def test_a_limit_elsewhere_is_hidden(desk: Desk) -> None:
    """Whoever writes an address by hand gets nothing from a limit between two edges."""
    evaluation = make(desk, Kind())
    off = Comparison("age", "<", 41)
    assert move_limits(desk, evaluation, off) != off
    assert hides_slice(desk, evaluation, off)
    assert not hides_slice(desk, evaluation, move_limits(desk, evaluation, off))


def test_texts_have_no_ranges(desk: Desk) -> None:
    """One letter more would be one person more."""
    evaluation = make(desk, Kind())
    with pytest.raises(WrongInputError, match="`email` has values without an order"):
        hides_slice(desk, evaluation, Not(Comparison("email", "<", "p2")))


@pytest.mark.parametrize("seed", range(TABLES))
def test_no_bar_of_a_slice_holds_a_few(desk: Desk, seed: int) -> None:
    """Each bar of its scores is empty, or holds as many rows as the privacy limit says."""
    evaluation = _table(desk, seed, 300 + 200 * seed)
    where = Comparison("sex", "=", "f")
    series = scores_of(desk, evaluation, where=where)
    counts = [n for _, bars in series for n in bars]
    assert 0.9 * _rows(desk, evaluation, where) <= sum(counts)
    assert all(n == 0 or n >= LIMIT for n in counts)


def test_a_card_hides_what_would_give_a_few_away(desk: Desk) -> None:
    """Three people of Tiny: the smaller of the other two places is hidden with them."""
    small = draw(Kind(rows=200))
    regions = ["Tiny"] * 3 + ["North"] * 107 + ["South"] * 90
    values = small.values | {"region": regions}
    evaluation = keep_and_evaluate(desk, Small(small.columns, values))
    table = next(
        t for t in card_of(desk, evaluation.id).card.slices if t.column == "region"
    )
    assert {line.name: line.rows for line in table.lines} == {
        "North": 107,
        "South": None,
        "Tiny": None,
    }
