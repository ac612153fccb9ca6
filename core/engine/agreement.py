"""Agreement: how many of a table's own predictions does the model file repeat?"""

from typing import Final

from core.engine.duck import Engine
from core.engine.frame import FramePlan, label_sql
from core.engine.sql import Value, name
from core.records.data import Use
from core.records.evaluations import Agreement
from core.records.models import Task

NEAR: Final = 1e-5  # float32 against the decimals somebody wrote into a file

AGREE_SQL: Final = """
select count(*) filter (where same), count(same)
from (select {same} as same from {table} as t positional join {scores} as s)
"""


def count_agreement(engine: Engine, plan: FramePlan, threshold: int) -> Agreement | None:
    """Return how many rows agree, or None where the table holds no predictions.

    A score agrees within 0.00001 (for regression: of its size), a predicted class exactly,
    at the decision threshold for a binary model.
    """
    same, values = _same(plan, threshold)
    if not same:
        return None
    table, scores = engine.source(plan.dataset.object), engine.source(plan.scores)
    ((agreeing, rows),) = engine.rows(
        AGREE_SQL.format(same=same, table=table, scores=scores), values
    )
    return Agreement(int(str(agreeing)), int(str(rows)))


def _same(plan: FramePlan, threshold: int) -> tuple[str, list[Value]]:
    score = plan.dataset.used_as(Use.SCORE)
    if score and score.type.is_number and plan.answer.task is not Task.MULTICLASS:
        near = f"abs(t.{name(score.name)} - s.score)"
        size = "" if plan.answer.task is Task.BINARY else " * greatest(1, abs(s.score))"
        return f"{near} <= {NEAR!r}{size}", []
    prediction = plan.dataset.used_as(Use.PREDICTION)
    if not prediction or plan.answer.task is Task.REGRESSION:
        return "", []
    said = label_sql(plan.dataset, prediction.name)
    if plan.answer.task is Task.BINARY:
        return f"({said} = ?) = (s.bucket >= {threshold * 64})", [plan.answer.positive]
    cases = "".join(f" when ? then {k}" for k in range(len(plan.answer.classes)))
    return f"case {said}{cases} end = s.predicted", list(plan.answer.classes)
