"""Exporting: the rows of a slice as a file, without what may not leave."""

from typing import Final

from core.engine.drill import RowsAsked, find_rows
from core.engine.sheet import write_csv, write_parquet
from core.errors import WrongInputError
from core.records.evaluations import Evaluation
from core.records.predicate import Predicate
from core.runs.desk import Desk
from core.runs.hiding import hides_slice
from core.runs.slicing import masked_columns

MOST_ROWS: Final = 100_000
EXPORTS: Final = {
    "CSV": ("csv", "text/csv"),
    "Parquet": ("parquet", "application/vnd.apache.parquet"),
}


def export_rows(
    desk: Desk,
    evaluation: Evaluation,
    where: Predicate | None,
    *,
    threshold: int,
    kind: str,
) -> bytes:
    """Return up to 100,000 rows of a slice, worst answers first, as `csv` or `parquet`.

    Columns in which a person confirmed personal data are left out.

    Raises:
        WrongInputError: the slice is hidden, for it has too few rows.
    """
    if where is not None and hides_slice(desk, evaluation, where):
        raise WrongInputError(
            "These rows are hidden: there are too few of them.",
            hint="Choose a larger slice.",
        )
    dataset = desk.workspace.state.dataset(evaluation.dataset)
    masked = masked_columns(desk, dataset)
    asked = RowsAsked(dataset, evaluation, where, threshold, 1, masked)
    table = find_rows(desk.work, asked, most=MOST_ROWS).table
    left = table.drop_columns([name for name in table.column_names if name in masked])
    return write_csv(left) if kind == "csv" else write_parquet(left)
