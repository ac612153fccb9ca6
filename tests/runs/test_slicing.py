"""A column of personal data makes no slice, wherever slices are listed, counted or asked for."""

from collections.abc import Callable

import pytest

from core.errors import WrongInputError
from core.measures.metrics import metrics_for
from core.records.evaluations import Evaluation
from core.records.models import Task
from core.records.predicate import And, Comparison, Not, Predicate
from core.runs.asking import (
    asked_of,
    marked_parts,
    quality_of,
    rows_of,
    scores_of,
    slices_of,
)
from core.runs.calibrating import calibration_of
from core.runs.costs import cheapest_of
from core.runs.desk import Desk
from core.runs.exporting import export_rows
from core.runs.fairness import fairness_of, sensitive_columns
from core.runs.hiding import hides_slice
from core.runs.lattice import all_slices
from core.runs.provenance import decide_personal
from core.runs.score_rollups import Scores
from core.runs.slicing import (
    left_out_columns,
    mask_slice,
    say_left_out,
    sliced_columns,
)
from core.runs.windows import over_time
from core.runs.worst import WorstAsked, find_worst_slices, known_worst
from tests.runs.sliced import Kind, keep_and_evaluate, make, planted

METRIC = metrics_for(Task.BINARY, of_class=False)[0].id
WOMEN = Comparison("sex", "=", "f")
DEEP = And((Comparison("mobile", "=", value=True), Not(Comparison("sex", "=", "m"))))


def _say(
    desk: Desk, evaluation: Evaluation, column: str = "sex", *, personal: bool = True
) -> None:
    decide_personal(desk, evaluation.dataset, column, personal=personal, actor="ada")


def _titles(desk: Desk, evaluation: Evaluation) -> set[str]:
    found = all_slices(desk, evaluation, METRIC, asked_of(desk, evaluation))
    return {found.title(number) for number in range(found.layout.size)}


def test_a_column_leaves_the_slices_and_comes_back(desk: Desk) -> None:
    """Confirmed, it is in no slice of one or two columns; cleared, all are as before."""
    evaluation = make(desk, Kind())
    before = _titles(desk, evaluation)
    costs = cheapest_of(desk, evaluation, missed=5.0)
    assert "f" in before
    _say(desk, evaluation)
    after = _titles(desk, evaluation)
    assert after == {
        t for t in before if not {"f", "m", "sex missing"} & set(t.split(" · "))
    }
    assert "sex" not in [c.name for c in sliced_columns(desk, evaluation)]
    assert left_out_columns(desk, evaluation) == ("sex",)
    assert cheapest_of(desk, evaluation, missed=5.0) != costs
    _say(desk, evaluation, personal=False)
    assert _titles(desk, evaluation) == before
    assert cheapest_of(desk, evaluation, missed=5.0) == costs


def test_the_numbers_of_other_slices_stay(desk: Desk) -> None:
    """What is left out moves nothing else: each other slice has the rows and value it had."""
    evaluation = make(desk, Kind())
    asked = asked_of(desk, evaluation)
    before = all_slices(desk, evaluation, METRIC, asked)
    lines = {before.title(k): before.line(k).rows for k in range(before.layout.size)}
    _say(desk, evaluation)
    after = all_slices(desk, evaluation, METRIC, asked)
    for number in range(after.layout.size):
        assert after.line(number).rows == lines[after.title(number)]


def test_gates_and_fairness_do_not_look_at_it(desk: Desk) -> None:
    """It is no group of a gate and no sensitive column, also where it was one before."""
    evaluation = make(desk, Kind())
    asked = asked_of(desk, evaluation)
    fairness_of(desk, evaluation, ("sex",), asked)
    assert ("region", "sex") in marked_parts(desk, evaluation)
    _say(desk, evaluation)
    assert marked_parts(desk, evaluation) == (("region",),)
    assert sensitive_columns(desk, evaluation) == ()
    with pytest.raises(WrongInputError, match="`sex` is not cut"):
        fairness_of(desk, evaluation, ("sex",), asked)
    with pytest.raises(WrongInputError, match="`sex` is not cut"):
        slices_of(desk, evaluation, ("sex",), asked)
    with pytest.raises(Exception, match="There is no `sex`"):
        over_time(desk, evaluation, "sex", METRIC, asked)


def test_the_search_is_made_again_without_it(desk: Desk) -> None:
    """What a search found among women is not shown once the sex is personal data."""
    evaluation = keep_and_evaluate(desk, planted())
    wanted = WorstAsked("error_rate", asked_of(desk, evaluation))
    before = find_worst_slices(desk, evaluation, wanted)
    assert any("f" in each.title.split(" · ") for each in before.slices)
    _say(desk, evaluation)
    assert known_worst(desk, evaluation, wanted) is None
    after = find_worst_slices(desk, evaluation, wanted)
    assert "sex" not in after.columns
    _say(desk, evaluation, personal=False)
    assert known_worst(desk, evaluation, wanted) == before


ASKED: list[Callable[[Desk, Evaluation, Predicate], object]] = [
    hides_slice,
    lambda d, e, w: quality_of(d, e, asked_of(d, e), where=w),
    lambda d, e, w: slices_of(d, e, ("region",), asked_of(d, e), where=w),
    lambda d, e, w: scores_of(d, e, where=w),
    lambda d, e, w: rows_of(d, e, w, threshold=500, page=1),
    lambda d, e, w: export_rows(d, e, w, threshold=500, kind="csv"),
    lambda d, e, w: calibration_of(Scores(d, e, where=w)),
]


@pytest.mark.parametrize("ask", ASKED)
def test_a_slice_that_names_it_is_refused_without_its_value(
    desk: Desk, ask: Callable[[Desk, Evaluation, Predicate], object]
) -> None:
    """However deep it is named, and also where the answer is in memory already."""
    evaluation = make(desk, Kind())
    ask(desk, evaluation, DEEP)
    _say(desk, evaluation)
    with pytest.raises(WrongInputError, match="`sex`, which is personal data") as refused:
        ask(desk, evaluation, DEEP)
    assert "= m" not in f"{refused.value} {refused.value.hint}"


def test_a_time_of_personal_data_has_no_windows(desk: Desk) -> None:
    """A day may tell who it was."""
    evaluation = make(desk, Kind())
    asked = asked_of(desk, evaluation)
    assert over_time(desk, evaluation, "region", METRIC, asked).starts
    _say(desk, evaluation, "on")
    with pytest.raises(Exception, match="This table says no time"):
        over_time(desk, evaluation, "region", METRIC, asked)


def test_what_is_left_out_is_said_once(desk: Desk) -> None:
    """In one line, with every name; columns that make no slices anyway are not in it."""
    evaluation = make(desk, Kind())
    assert not say_left_out(desk, evaluation)
    _say(desk, evaluation)
    _say(desk, evaluation, "email")
    said = say_left_out(desk, evaluation)
    assert said == "sex is personal data and is left out here."
    _say(desk, evaluation, "age")
    assert say_left_out(desk, evaluation).startswith("sex and age are personal data")


def test_a_slice_of_another_table_is_masked_until_it_is_cleared_here(desk: Desk) -> None:
    """The same column of another version is masked in lists, unless somebody said no."""
    one, other = make(desk, Kind()), make(desk, Kind(seed=6))
    state = desk.workspace.state
    here, there = state.dataset(one.dataset), state.dataset(other.dataset)
    assert not mask_slice(desk, here, WOMEN)
    _say(desk, one)
    assert mask_slice(desk, here, DEEP) == "sex: masked"
    assert mask_slice(desk, there, DEEP) == "sex: masked"
    _say(desk, other, personal=False)
    assert not mask_slice(desk, there, DEEP)
