"""Slicing: which columns may be slices, and which slices may not be shown for what they name.

A column in which a person confirmed personal data is no column of slices: its values would
stand in their names. Whoever lists, counts or shows slices asks here.
"""

from core.errors import WrongInputError
from core.records.codes import CodedColumn
from core.records.data import DatasetVersion
from core.records.evaluations import Evaluation
from core.records.predicate import Predicate, columns_of
from core.runs.desk import Desk
from core.runs.rollups import codebook_of


def masked_columns(desk: Desk, dataset: DatasetVersion) -> frozenset[str]:
    """Return the columns in which a person confirmed personal data."""
    said = desk.workspace.state.personal
    return frozenset(c for (id_, c), yes in said.items() if yes and id_ == dataset.id)


def sliced_columns(desk: Desk, evaluation: Evaluation) -> tuple[CodedColumn, ...]:
    """Return the columns that may be slices, in the order of the codebook."""
    left = _masked_of(desk, evaluation)
    return tuple(c for c in codebook_of(desk, evaluation).columns if c.name not in left)


def sliced_places(desk: Desk, evaluation: Evaluation) -> tuple[int, ...]:
    """Return the places in the codebook of the columns that may be slices."""
    left = _masked_of(desk, evaluation)
    columns = codebook_of(desk, evaluation).columns
    return tuple(k for k, column in enumerate(columns) if column.name not in left)


def left_out_columns(desk: Desk, evaluation: Evaluation) -> tuple[str, ...]:
    """Return the columns that would be slices if they held no personal data."""
    left = _masked_of(desk, evaluation)
    return tuple(c.name for c in codebook_of(desk, evaluation).columns if c.name in left)


def say_left_out(desk: Desk, evaluation: Evaluation) -> str:
    """Return the line under a list of slices that leaves columns out, or nothing.

    `email is personal data and is left out here.`
    """
    names = left_out_columns(desk, evaluation)
    if not names:
        return ""
    listed = " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)
    verb = "is" if len(names) == 1 else "are"
    return f"{listed} {verb} personal data and {verb} left out here."


def check_slice(desk: Desk, dataset: DatasetVersion, where: Predicate | None) -> None:
    """Refuse a slice that names a column of personal data.

    Raises:
        WrongInputError: it names one; the sentence holds none of its values.
    """
    if names := sorted(columns_of(where) & masked_columns(desk, dataset)):
        raise WrongInputError(
            f"This slice asks for `{names[0]}`, which is personal data and is not shown.",
            hint='Choose another slice, or say "not personal" under Provenance.',
        )


def check_column(desk: Desk, dataset: DatasetVersion, column: str) -> None:
    """Refuse to show the values of a column of personal data.

    Raises:
        WrongInputError: it is one.
    """
    if column in masked_columns(desk, dataset):
        raise WrongInputError(
            f"{column} is personal data; its values are not shown.",
            hint='Choose another column, or say "not personal" under Provenance.',
        )


def mask_slice(desk: Desk, dataset: DatasetVersion | None, where: Predicate) -> str:
    """Return what is said in place of a slice that names personal data, else nothing.

    `email: masked`; for lists of slices, which may come from another table: a column that
    was confirmed in any of them is masked unless somebody cleared it in this one.
    """
    said = desk.workspace.state.personal
    id_ = dataset.id if dataset else ""
    names = columns_of(where) & {c for (_, c), yes in said.items() if yes}
    shown = sorted(name for name in names if said.get((id_, name), True))
    return " and ".join(f"{name}: masked" for name in shown)


def _masked_of(desk: Desk, evaluation: Evaluation) -> frozenset[str]:
    return masked_columns(desk, desk.workspace.state.dataset(evaluation.dataset))
