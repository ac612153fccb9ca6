"""Arriving: for which rows of a window labels have come."""

from core.engine.label_ages import LabelAges, count_label_ages
from core.measures.arrival import arrival_of
from core.records.changes import Arrival
from core.records.data import ColumnType, Use
from core.records.evaluations import Evaluation
from core.records.models import Task
from core.runs.desk import Desk
from core.runs.performance import counts_of
from core.runs.slicing import masked_columns

DATED = (ColumnType.DATE, ColumnType.TIME)


def labels_of(desk: Desk, evaluation: Evaluation) -> Arrival | None:
    """Return for which rows labels have come, by answer and by age; None but for yes and no."""
    if evaluation.answer.task is not Task.BINARY:
        return None
    edge = desk.workspace.state.threshold(evaluation.model) * 64
    return arrival_of(counts_of(desk, evaluation), edge, _ages(desk, evaluation))


def _ages(desk: Desk, evaluation: Evaluation) -> LabelAges | None:
    dataset = desk.workspace.state.dataset(evaluation.dataset)
    time, came = dataset.used_as(Use.TIME), dataset.used_as(Use.LABEL_TIME)
    if time is None or came is None:
        return None
    masked = masked_columns(desk, dataset)
    if {time.name, came.name} & masked or not {time.type, came.type} <= set(DATED):
        return None
    frame = evaluation.frame
    key = ("label ages", dataset.object, frame, time.name, came.name)
    return desk.once(
        key, lambda: count_label_ages(desk.count, dataset, frame, (time, came))
    )
