"""Scored rows: what the model said of each row, beside what happened, ready to be counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from core.engine.duck import Engine
from core.engine.grid import BUCKETS
from core.engine.sql import Value
from core.engine.where import Where, rows_where
from core.errors import WrongInputError
from core.records.models import Answer, Task

# The only text here that a warehouse must say in its own way: both objects hold one line
# per row of the table, in its order.
BESIDE: Final = """(
    select f.row, f.w, {bucket} as bucket, {score} as score, {label} as label{codes}
    from {frame} as f positional join {scores} as s
    where {where}
)"""


@dataclass(frozen=True, slots=True)
class Scored:
    """The rows of a frame with their scores, for one output of the model.

    `label` becomes 1 where it happened, 0 where not, -1 where nobody knows. Of a multiclass
    model `of_class` is the class whose score counts; empty means the top label: the highest
    score, and whether its class was right.
    """

    frame: str
    scores: str
    answer: Answer
    of_class: str = ""
    where: Where | None = None

    def source(
        self, engine: Engine, *, codes: Sequence[int] = ()
    ) -> tuple[str, list[Value]]:
        """Return the text that stands after FROM, and the values to bind.

        With the coded columns of these numbers beside the rest.
        """
        rows, values = rows_where(engine, self.where)
        score, label = self._score(), self._label()
        binary = self.answer.task is Task.BINARY
        text = BESIDE.format(
            bucket="f.bucket" if binary else f"cast(floor({score} * {BUCKETS}) as int)",
            score=score,
            label=f"case when f.label < 0 then -1 when {label} then 1 else 0 end",
            codes="".join(f", f.c{number}" for number in codes),
            frame=engine.source(self.frame),
            scores=engine.source(self.scores),
            where=rows,
        )
        return text, values

    def _score(self) -> str:
        match self.answer.task:
            case Task.BINARY:
                return "s.score"
            case Task.MULTICLASS if self.of_class:
                return f"s.score_{self._class()}"
            case Task.MULTICLASS:
                names = (f"s.score_{k}" for k in range(len(self.answer.classes)))
                return f"greatest({', '.join(names)})"
            case Task.REGRESSION:
                raise WrongInputError(
                    "A regression gives amounts, not chances.",
                    hint="Ask for its errors by predicted value.",
                )

    def _label(self) -> str:
        match self.answer.task:
            case Task.MULTICLASS if self.of_class:
                return f"f.label = {self._class()}"
            case Task.MULTICLASS:
                return "f.label = f.predicted"
            case _:
                return "f.label = 1"

    def _class(self) -> int:
        if self.of_class not in self.answer.classes:
            raise WrongInputError(
                f"The model knows no class `{self.of_class}`.",
                hint=f"Choose one of {', '.join(self.answer.classes)}.",
            )
        return self.answer.classes.index(self.of_class)
