"""Labels and weights that cannot be counted are named, not guessed at."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engine.frame import WEIGHT_UNIT
from core.errors import WrongInputError
from core.records.data import ColumnType, Use
from core.records.models import Answer, Task
from core.runs.desk import Desk
from tests.kept import AMOUNT, BINARY, Small, column, lay_frame

NUMBER = ColumnType.NUMBER


def _weighted(weights: list[Any], type_: ColumnType = NUMBER) -> Small:
    columns = (column("y", use=Use.LABEL), column("w", type_, Use.WEIGHT))
    return Small(columns, {"y": ["yes"] * len(weights), "w": weights})


@pytest.mark.parametrize("weight", [None, -0.5, float("inf"), float("nan")])
def test_a_weight_that_is_none_is_refused(desk: Desk, weight: float | None) -> None:
    """Missing, negative and endless weights are counted and named."""
    with pytest.raises(
        WrongInputError, match="`w` is missing, negative or no number in 1 r"
    ):
        lay_frame(desk, _weighted([1.0, weight]), BINARY, np.array([0.1, 0.2]))


def test_weights_that_are_all_zero_are_refused(desk: Desk) -> None:
    """Somebody must weigh something."""
    with pytest.raises(WrongInputError, match="`w` is 0 in every row"):
        lay_frame(desk, _weighted([0.0, 0.0]), BINARY, np.array([0.1, 0.2]))


def test_labels_the_model_does_not_know_are_named(desk: Desk) -> None:
    """Beside a column called `value`, which the query must not take for the label."""
    columns = (column("y", use=Use.LABEL), column("value"))
    small = Small(columns, {"y": ["yes", "maybe", None, "huh"], "value": ["no"] * 4})
    with pytest.raises(WrongInputError, match="`y` holds huh, maybe, which the model"):
        lay_frame(desk, small, BINARY, np.zeros(4))
    known = Small(columns, {"y": ["yes", "no"], "value": ["huh", None]})
    assert lay_frame(desk, known, BINARY, np.zeros(2)).facts.labelled == 2


def test_whole_numbers_and_booleans_are_classes(desk: Desk) -> None:
    """1.0, 1 and true are the classes `1`, `1` and `true`."""
    for type_, values, classes in (
        (NUMBER, [1.0, 0.0, None], ("0", "1")),
        (ColumnType.INTEGER, [1, 0, None], ("0", "1")),
        (ColumnType.BOOLEAN, [True, False, None], ("false", "true")),
    ):
        small = Small((column("y", type_, Use.LABEL),), {"y": values})
        answer = Answer(Task.BINARY, classes=classes, positive=classes[1])
        framed = lay_frame(desk, small, answer, np.zeros(3))
        text = f"select label from {desk.count.source(framed.frame)} order by row"
        assert desk.count.rows(text) == [(1,), (0,), (-1,)]


@pytest.mark.parametrize("stray", [float("nan"), float("inf"), 1e300])
def test_a_label_that_is_no_class_is_named(desk: Desk, stray: float) -> None:
    """Even where it is no number at all."""
    small = Small((column("y", NUMBER, Use.LABEL),), {"y": [1.0, 0.0, stray]})
    answer = Answer(Task.BINARY, classes=("0", "1"), positive="1")
    with pytest.raises(WrongInputError, match=r"`y` holds (nan|inf|1e\+300), which"):
        lay_frame(desk, small, answer, np.zeros(3))


def test_a_regression_needs_finite_numbers(desk: Desk) -> None:
    """An endless or textual label is no amount."""
    endless = Small((column("y", NUMBER, Use.LABEL),), {"y": [1.0, float("inf")]})
    with pytest.raises(WrongInputError, match="`y` is no finite number in 1 rows"):
        lay_frame(desk, endless, AMOUNT, np.zeros(2))
    words = Small((column("y", use=Use.LABEL),), {"y": ["1", "2"]})
    with pytest.raises(WrongInputError, match="`y` holds no numbers"):
        lay_frame(desk, words, AMOUNT, np.zeros(2))


@given(st.lists(st.floats(0, 1e12), min_size=1, max_size=30).filter(any))
def test_weights_keep_their_ratios(desk: Desk, weights: list[float]) -> None:
    """Fixed point loses at most half a unit, and a unit is small beside a typical weight."""
    framed = lay_frame(desk, _weighted(weights), BINARY, np.zeros(len(weights)))
    text = f"select w from {desk.count.source(framed.frame)} order by row"
    kept = np.array([int(str(row[0])) for row in desk.count.rows(text)])
    exact = np.array(weights) * (WEIGHT_UNIT / 2.0**framed.facts.weight_scale)
    assert np.abs(kept - exact).max() <= 0.5 + exact.max() * 2**-50
    assert kept.max() < 2**53


@given(st.lists(st.floats(-1e15, 1e15), min_size=1, max_size=20))
def test_no_error_passes_a_thousand_times_its_scale(
    desk: Desk, labels: list[float]
) -> None:
    """So that fourth powers fit, whatever the outliers."""
    small = Small((column("y", NUMBER, Use.LABEL),), {"y": labels})
    framed = lay_frame(desk, small, AMOUNT, np.zeros(len(labels)))
    text = f"select max(abs(x)) from {desk.count.source(framed.frame)}"
    assert float(str(desk.count.rows(text)[0][0])) <= 2**10
