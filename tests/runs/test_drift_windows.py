"""Windows inside one table, labels by age, and the version before on the same rows."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from core.engine.label_ages import NEVER, count_label_ages
from core.records.data import Use
from core.records.drift import Side
from core.records.estimate import Word
from core.records.models import Task
from core.records.predicate import Comparison
from core.runs.arriving import labels_of
from core.runs.desk import Desk
from core.runs.drift_windows import compare_inside, periods_of, windows_in
from core.runs.drifting import compare
from core.runs.fallback import fallback_of
from tests.drifted import Values, World, bring


def two_months(k: int, values: Values) -> None:
    """Let a window last two months, the second of which has twice the income."""
    if not k:
        return
    n = len(values["income"])
    values["on"] = [date(2026, 3, 1) + timedelta(days=row * 61 // n) for row in range(n)]
    later = [day >= date(2026, 4, 1) for day in values["on"]]
    values["income"] = [
        2 * income if late else income
        for income, late in zip(values["income"], later, strict=True)
    ]


MONTHS = World(rows=1200, moved=(False,), change=two_months)


def test_a_table_is_cut_into_the_periods_that_fit(desk: Desk) -> None:
    """Sixty-one days are too many windows; weeks and months fit."""
    reference, last = (desk.workspace.state.dataset(e.dataset) for e in bring(desk, MONTHS))
    assert periods_of(desk, last) == ("week", "month")
    assert periods_of(desk, reference) == ("week",)
    titles = [title for title, _ in windows_in(desk, last, "month")]
    assert titles == ["Mar 2026", "Apr 2026"]
    assert windows_in(desk, last, "day") == ()


def test_each_window_is_compared_as_its_slice(desk: Desk) -> None:
    """Only April moved; the rows of a cell are those that a click on it chooses."""
    reference, last = bring(desk, MONTHS)
    sides = Side(reference.dataset), Side(last.dataset)
    (march, first), (april, second) = compare_inside(desk, *sides, "month")
    words = [
        next(s.word for s in each.shifts if s.column == "income")
        for each in (first, second)
    ]
    assert words == [Word.INSUFFICIENT, Word.FAIL]  # 600 rows rule nothing out
    for (_, rows), each in ((march, first), (april, second)):
        alone = compare(desk, sides[0], Side(last.dataset, rows))
        assert alone.rows == each.rows
        assert [s.moved for s in alone.shifts] == pytest.approx(
            [s.moved for s in each.shifts]
        )


def test_the_chosen_slice_holds_in_each_window(desk: Desk) -> None:
    """Northern rows of March and of April are fewer than all, and together all northern ones."""
    reference, last = bring(desk, MONTHS)
    north = Comparison("region", "=", "North")
    found = compare_inside(
        desk, Side(reference.dataset, north), Side(last.dataset, north), "month"
    )
    whole = compare(desk, Side(reference.dataset, north), Side(last.dataset, north))
    assert sum(each.rows[1] for _, each in found) == whole.rows[1] < 1200


def test_without_a_time_there_are_no_windows(desk: Desk) -> None:
    """Nothing is cut."""
    reference, last = bring(desk, replace(MONTHS, dated=False, change=lambda _, __: None))
    assert periods_of(desk, desk.workspace.state.dataset(last.dataset)) == ()
    sides = Side(reference.dataset), Side(last.dataset)
    assert compare_inside(desk, *sides, "month") == ()


def some_late(k: int, values: Values) -> None:
    """Leave out the labels of every third row, and of every yes."""
    if k:
        values["label"] = [
            None if row % 3 == 0 or score >= 0.5 else label
            for row, (label, score) in enumerate(
                zip(values["label"], values["score"], strict=True)
            )
        ]


def test_labels_by_age_are_those_of_the_rows(desk: Desk) -> None:
    """By brute force: age on the day of the last label, delay of each."""
    kept: list[Values] = []

    def change(k: int, values: Values) -> None:
        some_late(k, values)
        kept.append(values)

    _, last = bring(desk, World(rows=400, moved=(False,), change=change))
    dataset = desk.workspace.state.dataset(last.dataset)
    time, came = dataset.used_as(Use.TIME), dataset.used_as(Use.LABEL_TIME)
    assert time is not None
    assert came is not None
    found = count_label_ages(desk.count, dataset, last.frame, (time, came))
    rows = list(zip(kept[1]["on"], kept[1]["came"], kept[1]["label"], strict=True))
    end = max(arrived for _, arrived, label in rows if label)
    expected: dict[tuple[int, int], int] = {}
    for begun, arrived, label in rows:
        key = ((end - begun).days, (arrived - begun).days if label else NEVER)
        expected[key] = expected.get(key, 0) + 1
    keys = zip(found.age.tolist(), found.delay.tolist(), strict=True)
    assert dict(zip(keys, found.n.tolist(), strict=True)) == expected


def test_labels_for_one_answer_only_are_noticed(desk: Desk) -> None:
    """No yes has one: the metric is about no answers."""
    _, last = bring(desk, World(rows=400, moved=(False,), change=some_late))
    found = labels_of(desk, last)
    assert found is not None
    assert found.among == "no"
    assert "never about all rows" in found.sentence
    assert found.by_age


@pytest.mark.parametrize("task", [Task.MULTICLASS, Task.REGRESSION])
def test_only_yes_and_no_are_told_apart(desk: Desk, task: Task) -> None:
    """Other answers have no two sides."""
    _, last = bring(desk, World(task=task, rows=100, moved=(False,)))
    assert labels_of(desk, last) is None


def test_the_version_before_may_do_better(desk: Desk) -> None:
    """It is wrong in 5 % of rows, the one in force in 14 %: about 10 points, paired."""
    kept: list[Values] = []
    world = World(
        rows=2000, moved=(True,), rival=True, change=lambda _, values: kept.append(values)
    )
    _, last = bring(desk, world)
    found = fallback_of(desk, last)
    assert found is not None
    yes = np.array(kept[1]["label"]) == "yes"
    right = [((np.array(kept[1][n]) >= 0.5) == yes).mean() for n in ("before", "score")]
    assert found.difference.value == pytest.approx(right[0] - right[1])
    assert found.better
    assert found.sentence.startswith("Churn v1 does better on this window by 10")


def test_the_first_version_has_none_before_it(desk: Desk) -> None:
    """Nothing to go back to, neither without labels."""
    _, last = bring(desk, World(rows=100, moved=(False,)))
    assert fallback_of(desk, last) is None
    _, bare = bring(desk, World(rows=90, moved=(False,), labels=False, rival=True))
    assert fallback_of(desk, bare) is None
