"""Where: the rows of a predicate, by the columns of a table and the scores beside it."""

from dataclasses import dataclass
from typing import Final

from core.engine.duck import Engine
from core.engine.sql import Value, condition, name
from core.errors import WrongInputError
from core.records.data import ColumnType, DatasetVersion
from core.records.predicate import SCORE, Predicate, columns_of

ROWS_SQL: Final = "row in (select file_row_number from {table} where {condition})"
NOTHING_SQL: Final = "select * from {scores} limit 0"
SCORED_SQL: Final = """(
    select t.*, s.score as {score}
    from {table} as t join {scores} as s on s.file_row_number = t.file_row_number
)"""


@dataclass(frozen=True, slots=True)
class Where:
    """The rows of `dataset` that satisfy `predicate`; `scores` is the object beside it.

    The predicate may look at the score as at a column of its own, unless the table has one
    of that name.
    """

    dataset: DatasetVersion
    predicate: Predicate | None
    scores: str

    @property
    def by_score(self) -> bool:
        """Whether the predicate looks at the score of the model."""
        named = SCORE in columns_of(self.predicate)
        return named and self.dataset.column(SCORE) is None

    def source(self, engine: Engine) -> str:
        """Return the text that stands after FROM.

        Raises:
            WrongInputError: the predicate looks at the score, but each class has its own.
        """
        table = engine.source(self.dataset.object)
        if not self.by_score:
            return table
        scores = engine.source(self.scores)
        if "score" not in engine.table(NOTHING_SQL.format(scores=scores)).column_names:
            raise WrongInputError(
                "This slice asks for the score, and this model gives each class its own.",
                hint="Choose another slice, or a model of yes and no.",
            )
        return SCORED_SQL.format(table=table, scores=scores, score=name(SCORE))

    def condition(self) -> tuple[str, list[Value]]:
        """Return the SQL of the predicate and the values to bind."""
        types = {column.name: column.type for column in self.dataset.columns}
        if self.by_score:
            types[SCORE] = ColumnType.NUMBER
        return condition(self.predicate, types)


def rows_where(engine: Engine, where: Where | None) -> tuple[str, list[Value]]:
    """Return the SQL that keeps the frame's rows of a predicate, and the values to bind."""
    if where is None:
        return "true", []
    text, values = where.condition()
    return ROWS_SQL.format(table=where.source(engine), condition=text), values
