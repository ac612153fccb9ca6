"""Shift classes: how many rows a model gives each answer, and how many have each label."""

from typing import Final

from core.engine.duck import Engine
from core.records.models import Answer, Task

STEPS: Final = 64  # buckets of a thousandth
UNKNOWN: Final = -1

CLASSES_SQL: Final = """
select {what} as class, count(*) as n from {table} group by {what}
"""


def count_predictions(
    engine: Engine, scores: str, answer: Answer, threshold: int
) -> dict[str, int]:
    """Return the rows of each predicted class; of a binary model at a threshold."""
    if answer.task is Task.BINARY:
        what = f"case when bucket >= {threshold * STEPS} then 1 else 0 end"
    else:
        what = "predicted"
    return _count(engine, scores, answer, what)


def count_labels(engine: Engine, frame: str, answer: Answer) -> dict[str, int]:
    """Return the rows of each label; those without one do not count."""
    return _count(engine, frame, answer, "label")


def _count(engine: Engine, object_: str, answer: Answer, what: str) -> dict[str, int]:
    text = CLASSES_SQL.format(what=what, table=engine.source(object_))
    names = _names(answer)
    counted = {int(str(number)): int(str(n)) for number, n in engine.rows(text)}
    return {names[k]: n for k, n in sorted(counted.items()) if k != UNKNOWN}


def _names(answer: Answer) -> tuple[str, ...]:
    """Return the classes by their number; of a binary model the positive one is 1."""
    if answer.task is Task.MULTICLASS:
        return answer.classes
    other = next(name for name in answer.classes if name != answer.positive)
    return other, answer.positive
