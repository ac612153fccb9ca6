"""Each value of a column in each window of time, counted as from the rows."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from core.errors import NotFoundError
from core.measures.time_words import say_over_time
from core.records.data import Column, ColumnType, Use
from core.records.estimate import Estimate, NotEstimable
from core.records.models import Task
from core.records.predicate import And
from core.runs.asking import asked_of, quality_of
from core.runs.desk import Desk
from core.runs.windows import over_time, time_column, within_window
from tests.kept import BINARY, Small, binary, evaluated
from tests.runs.sliced import Kind, draw, keep_and_evaluate, known

MONDAY, FRIDAY = date(2026, 1, 5), date(2026, 1, 9)
# of each day and region: how many are right, and how many wrong
CELLS = (
    (MONDAY, "N", 8, 2),
    (FRIDAY, "N", 5, 5),
    (MONDAY, "S", 30, 0),
    (FRIDAY, "S", 16, 4),
)


def _table(cells: Any = CELLS, type_: ColumnType = ColumnType.DATE) -> Small:
    days, rows = [], []
    for day, region, right, wrong in cells:
        rows += [("yes", 0.9, region)] * right + [("yes", 0.1, region)] * wrong
        days += [day] * (right + wrong)
    small = binary(rows)
    columns = (*small.columns, Column("on", type_, Use.TIME))
    return Small(columns, small.values | {"on": days})


def test_each_cell_is_its_share(desk: Desk) -> None:
    """By hand: 2 of 10 and 5 of 10 wrong in the north, 0 of 30 and 4 of 20 in the south."""
    evaluation = evaluated(desk, _table(), BINARY)
    found = over_time(desk, evaluation, "region", "error_rate", asked_of(desk, evaluation))
    assert (found.column, found.period) == ("region", "day")
    assert found.starts == ("2026-01-05", "2026-01-09")
    assert found.words == ("S", "N")  # the more frequent value first
    cells = [[(known(c).value, known(c).rows) for c in line] for line in found.cells]
    assert cells == [[(0.0, 30), (0.2, 20)], [(0.2, 10), (0.5, 10)]]


def test_cells_of_few_rows_or_few_to_divide_by_are_marked(desk: Desk) -> None:
    """Of 30, 20, 10 and 10 rows only the first is enough; recall has 9 positives of 40 rows."""
    evaluation = evaluated(desk, _table(), BINARY)
    asked = asked_of(desk, evaluation)
    found = over_time(desk, evaluation, "region", "error_rate", asked)
    assert found.few == ((False, True), (True, True))
    small = binary([("yes", 0.9, "N")] * 9 + [("no", 0.1, "N")] * 31)
    columns = (*small.columns, Column("on", ColumnType.DATE, Use.TIME))
    small = Small(columns, small.values | {"on": [MONDAY] * 40})
    other = evaluated(desk, small, BINARY)
    for metric, few in (("recall", True), ("specificity", False)):
        assert over_time(desk, other, "region", metric, asked).few == ((few,),)


def test_the_worst_cell_is_told(desk: Desk) -> None:
    """300 rows in the north on Friday are wrong every second time, all others 1 of 30 times."""
    cells = tuple(
        (day, region, *((150, 150) if (day, region) == (FRIDAY, "N") else (290, 10)))
        for day in (MONDAY, FRIDAY)
        for region in "NS"
    )
    evaluation = evaluated(desk, _table(cells), BINARY)
    found = over_time(desk, evaluation, "region", "error_rate", asked_of(desk, evaluation))
    light, rule, sentence = say_over_time(found.judged, found.column, found.period)
    assert light == "▲ Attention"
    assert rule == "error rate is worse than everybody else's in some day"
    assert sentence.startswith("N · 9 Jan 2026: error rate 50")
    assert sentence.endswith("300 rows, 83\xa0% of all errors.")
    worst = found.judged.line(int(found.judged.order[0]))
    assert worst.predicate == And(
        (found.slices[0], within_window(desk, evaluation, found, 1))
    )


@pytest.mark.parametrize("moment", [False, True])
def test_a_cell_has_the_number_of_its_rows(desk: Desk, *, moment: bool) -> None:
    """Whoever chooses a cell sees a slice with the same number, by day or by moment."""
    small = draw(Kind(rows=600))
    if moment:
        times = [datetime(d.year, d.month, d.day, 13, 5) for d in small.values["on"]]  # noqa: DTZ001 - tables hold no zone
        columns = tuple(
            replace(c, type=ColumnType.TIME) if c.name == "on" else c for c in small.columns
        )
        small = Small(columns, small.values | {"on": times})
    evaluation = keep_and_evaluate(desk, small)
    asked = asked_of(desk, evaluation, threshold=300)
    found = over_time(desk, evaluation, "region", "recall", asked)
    assert found.period == "week"
    for line, where in zip(found.cells, found.slices, strict=True):
        for at in (0, 5, len(found.starts) - 1):
            window = within_window(desk, evaluation, found, at)
            rows = And((where, window))
            headline = quality_of(desk, evaluation, asked, where=rows).headline("recall")
            cell = line[at]
            if isinstance(cell, Estimate):
                assert headline is not None
                other = known(headline.measured)
                assert cell.value == pytest.approx(other.value)
                assert cell.rows == other.rows


@pytest.mark.parametrize("task", [Task.MULTICLASS, Task.REGRESSION])
@pytest.mark.parametrize("weights", [False, True])
def test_other_tasks_have_their_own_metrics(
    desk: Desk, task: Task, *, weights: bool
) -> None:
    """Against numpy: the weighted mean error of each region in each week."""
    small = draw(Kind(task, rows=500, weights=weights))
    evaluation = keep_and_evaluate(desk, small, task)
    metric = "mae" if task is Task.REGRESSION else "error_rate"
    found = over_time(desk, evaluation, "region", metric, asked_of(desk, evaluation))
    week = np.array([str(d - timedelta(days=d.weekday())) for d in small.values["on"]])
    assert found.starts == tuple(sorted(set(week)))
    label = small.values["label"]
    has = np.array([value is not None for value in label])
    if task is Task.REGRESSION:
        pairs = zip(small.values["score"], label, strict=True)
        error = np.array([abs(s - v) if v is not None else 0.0 for s, v in pairs])
    else:
        raw = np.column_stack([small.values[f"score_{k}"] for k in range(3)])
        error = (np.array(list("abc"))[raw.argmax(axis=1)] != label).astype(np.float64)
    mass = np.array(small.values.get("weight", [1.0] * 500))
    for word, line in zip(found.words, found.cells, strict=True):
        for start, cell in zip(found.starts, line, strict=True):
            rows = has & (np.array(small.values["region"]) == word) & (week == start)
            if isinstance(cell, Estimate):
                wanted = np.average(error[rows], weights=mass[rows])
                assert cell.value == pytest.approx(wanted, rel=1e-6)
                assert cell.rows == rows.sum()


def test_a_small_cell_is_hidden_and_none_gives_it_away(desk: Desk) -> None:
    """Three rows on Monday: hidden, and so is a neighbour of its line and of its day."""
    cells = ((MONDAY, "N", 3, 0), *CELLS[1:], (MONDAY, "W", 9, 9), (FRIDAY, "W", 9, 9))
    evaluation = evaluated(desk, _table(cells), BINARY)
    found = over_time(desk, evaluation, "region", "accuracy", asked_of(desk, evaluation))
    hidden = {
        (word, start)
        for word, line in zip(found.words, found.cells, strict=True)
        for start, cell in zip(found.starts, line, strict=True)
        if isinstance(cell, NotEstimable) and cell.reason == "hidden, fewer than 5 rows"
    }
    assert ("N", "2026-01-05") in hidden
    assert len({w for w, _ in hidden}) > 1
    assert len({s for _, s in hidden}) > 1


def test_rows_without_a_time_are_in_no_window(desk: Desk) -> None:
    """They count for nothing here."""
    small = _table()
    small.values["on"] = [None if d == FRIDAY else d for d in small.values["on"]]
    evaluation = evaluated(desk, small, BINARY)
    found = over_time(desk, evaluation, "region", "accuracy", asked_of(desk, evaluation))
    assert found.starts == ("2026-01-05",)
    assert [[known(c).rows for c in line] for line in found.cells] == [[30], [10]]


def test_an_empty_cell_says_so(desk: Desk) -> None:
    """Nobody in the north on Friday, and nobody with a label in the south on Monday."""
    small = _table((CELLS[0], *CELLS[2:]))
    pairs = zip(small.values["on"], small.values["region"], strict=True)
    monday_south = [pair == (MONDAY, "S") for pair in pairs]
    labels = zip(small.values["label"], monday_south, strict=True)
    small.values["label"] = [None if out else label for label, out in labels]
    evaluation = evaluated(desk, small, BINARY)
    found = over_time(desk, evaluation, "region", "accuracy", asked_of(desk, evaluation))
    (monday, _), (_, friday) = found.cells
    assert friday == NotEstimable("no rows here", 0)
    assert monday == NotEstimable("nothing to divide by here", 30)


def test_a_table_without_time_is_refused(desk: Desk) -> None:
    """With what to do about it."""
    evaluation = evaluated(desk, binary([("yes", 0.9, "N"), ("no", 0.1, "S")]), BINARY)
    assert time_column(desk, evaluation) is None
    with pytest.raises(NotFoundError, match="This table says no time") as refused:
        over_time(desk, evaluation, "region", "accuracy", asked_of(desk, evaluation))
    assert "under Import" in refused.value.hint


def test_an_unknown_column_is_refused(desk: Desk) -> None:
    """It is named."""
    evaluation = evaluated(desk, _table(), BINARY)
    with pytest.raises(NotFoundError, match="There is no `regoin`"):
        over_time(desk, evaluation, "regoin", "accuracy", asked_of(desk, evaluation))
