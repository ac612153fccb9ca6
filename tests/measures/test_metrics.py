"""Every metric is the one that scikit-learn computes, weights and missing labels included."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as sk

from core.errors import WrongInputError
from core.measures.metrics import METRICS, find_metric, metrics_for
from core.measures.outcomes import (
    Asked,
    Confusion,
    Errors,
    Outcome,
    Sums,
    count_scores,
    outcome,
)
from core.measures.quality import measure_quality
from core.records.data import ColumnType, Use
from core.records.estimate import Estimate, Measured, NotEstimable
from core.records.models import Answer, Task
from core.runs.desk import Desk
from tests.kept import AMOUNT, BINARY, THREE, Small, column, count, lay_frame

SEEDS = st.integers(0, 10**6)
THRESHOLDS = st.sampled_from([0, 300, 500, 700, 1000]) | st.integers(0, 1000)
NUMBER = ColumnType.NUMBER


def _measure(metric: str, found: Outcome) -> Measured:
    formula = find_metric(metric).formula
    assert formula is not None
    return formula(found)


def _measured(  # noqa: PLR0913, PLR0917 - a question has these parts
    desk: Desk,
    labels: list[Any],
    scores: Any,
    weights: Any,
    answer: Answer,
    of_class: str = "",
    threshold: int = 500,
) -> dict[str, Measured]:
    type_ = NUMBER if answer.task is Task.REGRESSION else ColumnType.TEXT
    columns = (column("y", type_, Use.LABEL), column("w", NUMBER, Use.WEIGHT))
    small = Small(columns, {"y": labels, "w": list(weights)})
    framed = lay_frame(desk, small, answer, scores)
    asked = Asked(answer, threshold, of_class, framed.facts.error_scale)
    quality = measure_quality(count(desk, framed), None, asked)
    assert quality.rows == len(labels)
    assert quality.labelled == sum(label is not None for label in labels)
    return {headline.id: headline.measured for headline in quality.headlines}


def _holes(rng: np.random.Generator, labels: Any) -> tuple[list[Any], Any]:
    known = rng.random(len(labels)) < 0.8
    return [
        value if kept else None for value, kept in zip(labels.tolist(), known, strict=True)
    ], known


def _agrees(found: Measured, expected: float, **near: Any) -> None:
    """A number equals sklearn's; where sklearn has none, there is a reason."""
    if np.isnan(expected):
        assert isinstance(found, NotEstimable)
        assert found.reason
        return
    assert isinstance(found, Estimate)
    assert found.value == pytest.approx(expected, **near)
    assert found.low <= found.value <= found.high


def _expected(y: Any, said: Any, w: Any) -> dict[str, float]:
    """Return the binary metrics with NaN where there is nothing to divide by."""
    how: dict[str, Any] = {"sample_weight": w, "zero_division": np.nan}
    some = {"sample_weight": w}
    negatives = sk.recall_score(~y, said, **how) if (~y).any() else np.nan
    return {
        "accuracy": sk.accuracy_score(y, said, **some) if len(y) else np.nan,
        "error_rate": sk.zero_one_loss(y, said, **some) if len(y) else np.nan,
        "precision": sk.precision_score(y, said, **how) if said.any() else np.nan,
        "recall": sk.recall_score(y, said, **how) if y.any() else np.nan,
        "false_positive_rate": negatives,
        "f1": sk.f1_score(y, said, **how) if (y | said).any() else np.nan,
        "prevalence": np.average(y, weights=w) if len(y) else np.nan,
    }


@given(SEEDS, st.sampled_from([1, 5, 80]), THRESHOLDS, st.booleans())
def test_binary_metrics_are_those_of_sklearn(
    desk: Desk,
    seed: int,
    rows: int,
    threshold: int,
    weighed: bool,  # noqa: FBT001 - drawn
) -> None:
    """At any threshold; rows without a label count for the selection rate only."""
    rng = np.random.default_rng(seed)
    truth = rng.random(rows) < 0.3
    scores = np.round(rng.random(rows), rng.integers(1, 4))  # some on the threshold
    weights = rng.integers(1, 9, rows) / 2 if weighed else np.ones(rows)
    labels, known = _holes(rng, np.where(truth, "yes", "no"))
    found = _measured(desk, labels, scores, weights, BINARY, threshold=threshold)
    said = scores >= threshold / 1000
    for name, value in _expected(truth[known], said[known], weights[known]).items():
        _agrees(found[name], value, abs=1e-9)
    _agrees(found["selection_rate"], float(np.average(said, weights=weights)), abs=1e-9)


@given(SEEDS, st.sampled_from([1, 60]), st.sampled_from(["", "a", "b", "c"]))
def test_multiclass_metrics_are_those_of_sklearn(
    desk: Desk, seed: int, rows: int, of_class: str
) -> None:
    """All classes together, or one against the rest."""
    rng = np.random.default_rng(seed)
    truth, said = rng.integers(0, 3, rows), rng.integers(0, 3, rows)
    weights = rng.integers(1, 9, rows) / 2
    labels, known = _holes(rng, np.array(["a", "b", "c"])[truth])
    found = _measured(desk, labels, said, weights, THREE, of_class)
    y, z, w = truth[known], said[known], weights[known]
    if of_class:
        k = "abc".index(of_class)
        for name, value in _expected(y == k, z == k, w).items():
            _agrees(found[name], value, abs=1e-9)
        return
    assert set(found) == {"error_rate", "accuracy"}
    right = sk.accuracy_score(y, z, sample_weight=w) if len(y) else np.nan
    _agrees(found["accuracy"], right, abs=1e-9)
    _agrees(found["error_rate"], 1 - right, abs=1e-9)


@given(SEEDS, st.sampled_from([12, 60]), st.sampled_from([1e-6, 1.0, 1e9]))
def test_regression_errors_are_those_of_sklearn(
    desk: Desk, seed: int, rows: int, size: float
) -> None:
    """In units of the label, whatever its size."""
    rng = np.random.default_rng(seed)
    truth, said = rng.normal(size=rows) * size, rng.normal(size=rows) * size
    weights = rng.integers(1, 9, rows) / 2
    labels, known = _holes(rng, truth)
    known[:12], labels[:12] = True, truth[:12].tolist()
    found = _measured(desk, labels, said, weights, AMOUNT)
    y, z, w = truth[known], said[known], weights[known]
    near = {"rel": 1e-8, "abs": 1e-9 * size}
    _agrees(found["mae"], sk.mean_absolute_error(y, z, sample_weight=w), **near)
    _agrees(found["rmse"], sk.root_mean_squared_error(y, z, sample_weight=w), **near)
    _agrees(found["bias"], float(np.average(z - y, weights=w)), **near)


@pytest.mark.parametrize("answer", [BINARY, THREE, AMOUNT])
def test_without_labels_nothing_is_estimated(desk: Desk, answer: Answer) -> None:
    """Each number that needs a label has a reason, and none of them is 0."""
    scores = np.array([0, 1]) if answer is THREE else np.array([0.2, 0.8])
    found = _measured(desk, [None, None], scores, [1.0, 1.0], answer)
    needs = {name: m for name, m in found.items() if name != "selection_rate"}
    assert needs
    for measured in needs.values():
        assert isinstance(measured, NotEstimable)
        assert measured.rows == 0
        assert measured.reason


def test_reasons_name_what_is_missing() -> None:
    """By hand: no yes, no positive, no negative."""
    one = Sums(1, 1, 1)
    never = Confusion(fn=one)
    assert _measure("precision", never) == NotEstimable("the model never says yes here", 0)
    assert _measure("false_positive_rate", never) == NotEstimable("no negatives here", 0)
    assert _measure("recall", Confusion(fp=one)) == NotEstimable("no positives here", 0)
    nobody = _measure("selection_rate", Confusion())
    assert nobody == NotEstimable("no rows here", 0)


def test_weights_of_zero_are_no_denominator() -> None:
    """Rows that weigh nothing are no evidence."""
    found = _measure("accuracy", Confusion(tp=Sums(3, 0, 0)))
    assert found == NotEstimable("no row here has a label", 3)


def test_metrics_refuse_the_other_kind_of_model() -> None:
    """Classes have no distance, amounts no classes; an unknown name lists the known."""
    with pytest.raises(WrongInputError, match="Classes have no distance"):
        _measure("mae", Confusion())
    with pytest.raises(WrongInputError, match="A regression has no classes"):
        _measure("recall", Errors(Sums(), Sums(), 0, 0, 0, 0, 1.0))
    with pytest.raises(WrongInputError, match="There is no metric `acuracy`"):
        find_metric("acuracy")


def test_metrics_for_each_task() -> None:
    """A multiclass model on the whole is right or wrong; about a class it has rates."""
    assert [m.id for m in metrics_for(Task.MULTICLASS, of_class=False)] == [
        "error_rate",
        "accuracy",
    ]
    assert len(metrics_for(Task.MULTICLASS, of_class=True)) == 13
    assert [m.id for m in metrics_for(Task.REGRESSION, of_class=False)] == [
        "mae",
        "bias",
        "rmse",
    ]
    assert len({m.id for m in METRICS}) == len(METRICS)


def test_scores_are_counted_in_steps(desk: Desk) -> None:
    """By hand: 20 steps; 1 falls into the last, 0.05 into the second; empty series go."""
    small = Small((column("y", use=Use.LABEL),), {"y": ["yes", "no", "no", "yes"]})
    framed = lay_frame(desk, small, BINARY, np.array([1.0, 0.049, 0.05, 0.96]))
    series = count_scores(count(desk, framed), ((0, "no"), (1, "yes"), (-1, "none")))
    assert series == (("no", (1, 1, *[0] * 18)), ("yes", (*[0] * 19, 2)))
    quarters = count_scores(count(desk, framed), ((1, "yes"),), steps=4)
    assert quarters == (("yes", (0, 0, 0, 2)),)


def test_an_outcome_counts_unlabelled_rows_by_what_was_said(desk: Desk) -> None:
    """By hand: one right yes, one missed, one unlabelled yes, one unlabelled no."""
    small = Small((column("y", use=Use.LABEL),), {"y": ["yes", "yes", None, None]})
    framed = lay_frame(desk, small, BINARY, np.array([0.9, 0.1, 0.9, 0.1]))
    found = outcome(count(desk, framed), Asked(BINARY))
    one = Sums(1, 1, 1)
    assert found == Confusion(tp=one, fn=one, chosen=one, passed=one)
    assert found.rows == 4
