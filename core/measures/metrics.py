"""Metrics: the formulas behind every rate and error, each with its interval."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from core.engine.cells import UNIT
from core.errors import WrongInputError
from core.estimates.intervals import (
    estimate_f1,
    estimate_mean,
    estimate_root,
    estimate_share,
)
from core.measures.outcomes import Confusion, Errors, Outcome, Sums
from core.records.estimate import Measured, NotEstimable
from core.records.models import Task

Formula = Callable[[Outcome], Measured]
CLASSES: Final = (Task.BINARY, Task.MULTICLASS)
NO_LABEL: Final = "no row here has a label"


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric: its field name, its words, and whether more of it is worse.

    `kind` is `share` (0 to 1) or `amount` (in units of the label). `per_class` metrics of
    a multiclass model are asked about one class against the rest.
    """

    id: str
    title: str
    meaning: str
    tasks: tuple[Task, ...]
    worse: str  # "high" or "low"
    formula: Formula
    kind: str = "share"
    per_class: bool = False


def find_metric(id_: str) -> Metric:
    """Return the metric of that name.

    Raises:
        WrongInputError: there is none.
    """
    found = next((metric for metric in METRICS if metric.id == id_), None)
    if found is None:
        names = ", ".join(metric.id for metric in METRICS)
        raise WrongInputError(
            f"There is no metric `{id_}`.", hint=f"Choose one of {names}."
        )
    return found


def metrics_for(task: Task, *, of_class: bool) -> tuple[Metric, ...]:
    """Return the metrics that apply, most important first."""
    whole = task is Task.MULTICLASS and not of_class
    return tuple(m for m in METRICS if task in m.tasks and not (whole and m.per_class))


def _rate(
    top: Callable[[Confusion], Sums], bottom: Callable[[Confusion], Sums], nothing: str
) -> Formula:
    """Return the formula top / bottom, or `nothing` as the reason when bottom is empty."""

    def formula(found: Outcome) -> Measured:
        o = _confusion(found)
        hits, total = top(o), bottom(o)
        rows, effective = total.n, total.effective
        return estimate_share(
            hits.w, total.w, rows=rows, effective_rows=effective, nothing=nothing
        )

    return formula


def _f1(found: Outcome) -> Measured:
    o = _confusion(found)
    wrong, all_ = o.fp + o.fn, o.tp + o.fp + o.fn
    return estimate_f1(o.tp.w, wrong.w, rows=all_.n, effective_rows=all_.effective)


def _mae(found: Outcome) -> Measured:
    o = _errors(found)
    return _mean(o, o.e0)


def _bias(found: Outcome) -> Measured:
    o = _errors(found)
    return _mean(o, o.e1)


def _rmse(found: Outcome) -> Measured:
    o = _errors(found)
    if not o.labelled.w:
        return NotEstimable(NO_LABEL, o.labelled.n)
    total, rows = o.labelled.w * UNIT, o.labelled.n
    square = o.e2 / total * o.scale**2
    fourth = o.e4 / total * o.scale**4
    return estimate_root(square, fourth, rows=rows, effective_rows=o.labelled.effective)


def _mean(o: Errors, total_error: int) -> Measured:
    if not o.labelled.w:
        return NotEstimable(NO_LABEL, o.labelled.n)
    total = o.labelled.w * UNIT
    return estimate_mean(
        total_error / total * o.scale,
        o.e2 / total * o.scale**2,
        rows=o.labelled.n,
        effective_rows=o.labelled.effective,
    )


def _confusion(found: Outcome) -> Confusion:
    if not isinstance(found, Confusion):
        raise WrongInputError(
            "A regression has no classes.", hint="Choose MAE, bias or RMSE."
        )
    return found


def _errors(found: Outcome) -> Errors:
    if not isinstance(found, Errors):
        raise WrongInputError("Classes have no distance.", hint="Choose a rate.")
    return found


METRICS: Final = (
    Metric(
        "error_rate",
        "Error rate",
        "Share of labelled rows that the model gets wrong.",
        CLASSES,
        "high",
        _rate(lambda o: o.fp + o.fn, lambda o: o.labelled, NO_LABEL),
    ),
    Metric(
        "accuracy",
        "Accuracy",
        "Share of labelled rows that the model gets right.",
        CLASSES,
        "low",
        _rate(lambda o: o.tp + o.tn, lambda o: o.labelled, NO_LABEL),
    ),
    Metric(
        "precision",
        "Precision",
        "Of the rows where the model says yes, the share where it is right.",
        CLASSES,
        "low",
        _rate(lambda o: o.tp, lambda o: o.tp + o.fp, "the model never says yes here"),
        per_class=True,
    ),
    Metric(
        "recall",
        "Recall",
        "Of the rows that are positive, the share that the model finds.",
        CLASSES,
        "low",
        _rate(lambda o: o.tp, lambda o: o.tp + o.fn, "no positives here"),
        per_class=True,
    ),
    Metric(
        "false_positive_rate",
        "False positive rate",
        "Of the rows that are negative, the share that the model wrongly calls positive.",
        CLASSES,
        "high",
        _rate(lambda o: o.fp, lambda o: o.fp + o.tn, "no negatives here"),
        per_class=True,
    ),
    Metric(
        "selection_rate",
        "Selection rate",
        "Share of all rows where the model says yes; needs no labels.",
        CLASSES,
        "high",
        _rate(
            lambda o: o.tp + o.fp + o.chosen,
            lambda o: o.labelled + o.chosen + o.passed,
            "no rows here",
        ),
        per_class=True,
    ),
    Metric(
        "prevalence",
        "Prevalence",
        "Share of labelled rows that are positive.",
        CLASSES,
        "high",
        _rate(lambda o: o.tp + o.fn, lambda o: o.labelled, NO_LABEL),
        per_class=True,
    ),
    Metric(
        "f1",
        "F1",
        "Harmonic mean of precision and recall.",
        CLASSES,
        "low",
        _f1,
        per_class=True,
    ),
    Metric(
        "mae",
        "Mean absolute error",
        "How far the prediction lies from the label on average, in units of the label.",
        (Task.REGRESSION,),
        "high",
        _mae,
        kind="amount",
    ),
    Metric(
        "bias",
        "Bias",
        "Prediction minus label on average; above 0 the model predicts too much.",
        (Task.REGRESSION,),
        "high",
        _bias,
        kind="amount",
    ),
    Metric(
        "rmse",
        "Root mean squared error",
        "Like the mean absolute error, but large errors weigh more.",
        (Task.REGRESSION,),
        "high",
        _rmse,
        kind="amount",
    ),
)
