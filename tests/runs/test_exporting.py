"""Rows leave the app without what may not leave, worst first, and run nothing."""

import csv
from io import BytesIO, StringIO
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.errors import WrongInputError
from core.records.data import Column, ColumnType, Use
from core.records.evaluations import Evaluation
from core.records.models import Task
from core.records.predicate import And, Comparison, Not, Or, Predicate
from core.runs import exporting
from core.runs.asking import rows_of
from core.runs.desk import Desk
from core.runs.exporting import EXPORTS, export_rows
from core.runs.provenance import decide_personal
from tests.kept import Small
from tests.runs.sliced import Kind, draw, keep_and_evaluate, make

NORTH = Comparison("region", "=", "North")


def _csv(
    desk: Desk, evaluation: Evaluation, where: Predicate | None = None
) -> list[dict[str, Any]]:
    data = export_rows(desk, evaluation, where, threshold=500, kind="csv")
    return list(csv.DictReader(StringIO(data.decode())))


def _parquet(
    desk: Desk, evaluation: Evaluation, where: Predicate | None = None
) -> pa.Table:
    data = export_rows(desk, evaluation, where, threshold=500, kind="parquet")
    return pq.read_table(BytesIO(data))


@pytest.mark.parametrize("task", list(Task))
def test_the_file_holds_the_rows_of_the_slice(desk: Desk, task: Task) -> None:
    """All of them, as the page lists them, in the same order; CSV and Parquet alike."""
    evaluation = make(desk, Kind(task))
    pages = [
        row
        for number in range(1, 6)
        for row in rows_of(
            desk, evaluation, NORTH, threshold=500, page=number
        ).table.to_pylist()
    ]
    table = _parquet(desk, evaluation, NORTH)
    assert table.to_pylist() == pages
    assert len(pages) == draw(Kind(task)).values["region"].count("North")
    lines = _csv(desk, evaluation, NORTH)
    assert [line["email"] for line in lines] == [row["email"] for row in pages]


def test_without_a_slice_all_rows_leave(desk: Desk) -> None:
    """Wrong answers first, with the score and whether it is wrong."""
    rows = _parquet(desk, make(desk, Kind())).to_pylist()
    assert len(rows) == 400
    wrong = [row["wrong"] for row in rows if row["wrong"] is not None]
    assert wrong == sorted(wrong, reverse=True)
    assert {"says", "wrong", "label"} <= set(rows[0])


def test_personal_data_stays_here(desk: Desk) -> None:
    """A confirmed column is in neither file; one that was cleared is."""
    evaluation = make(desk, Kind())
    for name, personal in (("email", True), ("region", False)):
        decide_personal(desk, evaluation.dataset, name, personal=personal, actor="ada")
    table = _parquet(desk, evaluation)
    assert "email" not in table.column_names
    assert "region" in table.column_names
    data = export_rows(desk, evaluation, None, threshold=500, kind="csv")
    assert b"example.org" not in data
    assert "•••" not in data.decode()


def test_no_cell_is_a_formula(desk: Desk) -> None:
    """Values and names that a spreadsheet would run begin with an apostrophe, in CSV only."""
    small = draw(Kind(rows=60))
    evil = ["=cmd|' /C calc'!A0", "+1", "-1+2", "@sum(A1)", "\tx", "plain"]
    column = Column("=1+1", ColumnType.TEXT, Use.FEATURE)
    values = small.values | {"=1+1": evil * 10}
    evaluation = keep_and_evaluate(desk, Small((*small.columns, column), values))
    lines = _csv(desk, evaluation)
    assert {line["'=1+1"] for line in lines} == {*(f"'{e}" for e in evil[:5]), "plain"}
    assert set(_parquet(desk, evaluation)["=1+1"].to_pylist()) == set(evil)


def test_numbers_below_zero_stay_numbers(desk: Desk) -> None:
    """The guard is for text; an error of -3.5 is no formula."""
    lines = _csv(desk, make(desk, Kind(Task.REGRESSION)))
    assert any(float(line["off by"]) < 0 for line in lines if line["off by"])


def test_no_more_rows_leave_than_are_allowed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worst ones are those that do."""
    monkeypatch.setattr(exporting, "MOST_ROWS", 7)
    evaluation = make(desk, Kind())
    page = rows_of(desk, evaluation, None, threshold=500, page=1).table
    assert _parquet(desk, evaluation).to_pylist() == page.to_pylist()[:7]


def _few(desk: Desk, tiny: int = 3) -> Evaluation:
    """Evaluate a table with three rows of a place called Tiny, or so many."""
    small = draw(Kind(rows=200))
    regions = ["Tiny"] * tiny + ["North"] * 100 + ["South"] * (100 - tiny)
    return keep_and_evaluate(desk, Small(small.columns, small.values | {"region": regions}))


TINY = Comparison("region", "=", "Tiny")


@pytest.mark.parametrize("kind", ["csv", "parquet"])
@pytest.mark.parametrize(
    "where", [TINY, Not(TINY), Or((NORTH, TINY))], ids=["few", "all but few", "with few"]
)
def test_a_hidden_slice_does_not_leave(desk: Desk, where: Predicate, kind: str) -> None:
    """Three rows, all but three rows, and a hundred with the three."""
    evaluation = _few(desk)
    with pytest.raises(WrongInputError, match="These rows are hidden"):
        export_rows(desk, evaluation, where, threshold=500, kind=kind)


def test_a_slice_that_tells_nobody_leaves(desk: Desk) -> None:
    """A hundred rows, of which no larger slice has just a few more."""
    evaluation = _few(desk, tiny=0)
    assert len(_csv(desk, evaluation, NORTH)) == 100
    half = And((NORTH, Comparison("sex", "=", "f")))
    assert 5 <= len(_csv(desk, evaluation, half)) <= 95


def test_each_kind_of_file_has_its_ending_and_type() -> None:
    """What the page offers is what can be asked for."""
    assert {suffix for suffix, _ in EXPORTS.values()} == {"csv", "parquet"}
