"""Metrics: which ones there are, and which of them apply."""

from core.errors import WrongInputError
from core.measures.catalogue import METRICS, SCORED, Metric
from core.records.models import Task

__all__ = ["METRICS", "SCORED", "Metric", "find_metric", "metrics_for", "slice_metrics_for"]


def find_metric(id_: str) -> Metric:
    """Return the metric of that name.

    Raises:
        WrongInputError: there is none.
    """
    every = (*METRICS, *SCORED)
    found = next((metric for metric in every if metric.id == id_), None)
    if found is None:
        names = ", ".join(metric.id for metric in every)
        raise WrongInputError(
            f"There is no metric `{id_}`.", hint=f"Choose one of {names}."
        )
    return found


def metrics_for(task: Task, *, of_class: bool) -> tuple[Metric, ...]:
    """Return the metrics of right and wrong answers that apply, most important first."""
    whole = task is Task.MULTICLASS and not of_class
    return tuple(m for m in METRICS if task in m.tasks and not (whole and m.per_class))


def slice_metrics_for(task: Task, *, of_class: bool) -> tuple[Metric, ...]:
    """Return every metric that slices can be compared by, those of the scores last."""
    scored = (m for m in SCORED if task in m.tasks and not of_class)
    return (*metrics_for(task, of_class=of_class), *scored)
