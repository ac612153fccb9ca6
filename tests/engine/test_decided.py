"""Rows that one condition decides about are those that move when it is turned."""

import numpy as np
import pytest

from core.engine.decided import Decided, count_codes, count_decided
from core.engine.where import Where
from core.records.predicate import And, Comparison, Not, Or, Predicate
from core.runs.desk import Desk
from core.runs.rollups import codebook_of
from tests.runs.sliced import Kind, make

F, N = Comparison("sex", "=", "f"), Comparison("region", "=", "North")
YOUNG = Comparison("age", "<", 40)


@pytest.mark.parametrize(
    ("always", "never", "among"),
    [
        pytest.param(F, And((F, Not(F))), ("sex", "f"), id="and"),
        pytest.param(Or((F, Not(F))), Not(N), ("region", "North"), id="or"),
    ],
)
def test_rows_are_counted_by_group_where_the_condition_decides(
    desk: Desk, always: Predicate, never: Predicate, among: tuple[str, str]
) -> None:
    """Held against the same rows counted with numpy."""
    evaluation = make(desk, Kind())
    dataset = desk.workspace.state.dataset(evaluation.dataset)
    source = desk.count.source(dataset.object)
    table = desk.count.table(f"select sex, region, age from {source}").to_pydict()
    decided = np.array(table[among[0]]) == among[1]
    age = np.array([np.nan if a is None else a for a in table["age"]])
    group = np.where(np.isnan(age), 0, 1 + (age >= 30) + (age >= 50))
    expected: dict[tuple[bool, int], int] = {}
    for inside, at in zip((age < 40)[decided], group[decided], strict=True):
        key = bool(inside), int(at)
        expected[key] = expected.get(key, 0) + 1
    found = count_decided(
        desk.count,
        Decided("age", YOUNG, always, never),
        Where(dataset, None, evaluation.scores),
        edges=(30, 50),
    )
    assert found == expected


def test_codes_are_counted_by_one_or_two_columns(desk: Desk) -> None:
    """Sums of the table of two columns are the table of one."""
    evaluation = make(desk, Kind())
    cards = [len(column.codes) for column in codebook_of(desk, evaluation).columns]
    both = count_codes(desk.count, evaluation.frame, (0, 1), cards[:2])
    assert both.shape == tuple(cards[:2])
    assert both.sum() == evaluation.rows
    one = count_codes(desk.count, evaluation.frame, (1,), cards[1:2])
    assert one.tolist() == both.sum(axis=0).tolist()
