"""Shift sides: which rows stand on either side of a comparison, and whether they may be seen."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.engine.shift_codes import Parts, part_by
from core.engine.where import Where
from core.errors import WrongInputError
from core.measures.privacy import is_few
from core.records.data import Column, DatasetVersion
from core.records.drift import Side
from core.records.predicate import SCORE, columns_of, to_address
from core.runs.desk import Desk
from core.runs.shift_rollups import Ruler, shared_rows
from core.runs.slicing import check_slice


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """The rows of one table that are compared: all of them, or those of some parts."""

    dataset: DatasetVersion
    parts: Parts | None = None

    @property
    def rows(self) -> tuple[int, ...]:
        """How many rows each part has."""
        return self.parts.rows if self.parts else (self.dataset.rows,)


def find_rows(desk: Desk, sides: Sequence[Side]) -> Rows:
    """Return the rows of some sides of one table.

    Of several, those that have or leave out so few rows that these could be told apart are
    empty; one alone is refused.

    Raises:
        WrongInputError: a side asks for personal data or for the score of a model, or it is
            the only one and too small.
    """
    dataset = desk.workspace.state.dataset(sides[0].dataset)
    if len(sides) == 1 and sides[0].where is None:
        return Rows(dataset)
    where = [_where(desk, dataset, side) for side in sides]
    addresses = [to_address(s.where) if s.where else "" for s in sides]
    key = ("shift parts", dataset.object, *addresses)
    parts = desk.hold(key, lambda: part_by(desk.work, dataset, where))
    limit = desk.workspace.state.policy.policy.privacy_limit
    every = dataset.rows
    hidden = [
        part
        for part, rows in enumerate(parts.rows)
        if is_few(rows, limit) or is_few(every - rows, limit)
    ]
    if hidden and len(sides) == 1:
        raise WrongInputError(
            f"Fewer than {limit} rows stand in this slice of {dataset.title}, "
            "or outside of it, so it is hidden.",
            hint="Choose a larger slice.",
        )
    return Rows(dataset, parts.without_parts(hidden))


def leave_out_shared(
    desk: Desk, before: Rows, after: Rows, columns: Sequence[Column], ruler: Ruler
) -> tuple[Rows, int]:
    """Return the rows after without those that also stand before, and how many these were.

    Where so few are left that they could be told apart, none are.
    """
    if before.dataset.object == after.dataset.object:
        there = (
            before.parts.of_row >= 0 if before.parts else np.ones(before.dataset.rows, bool)
        )
        shared = np.flatnonzero(there)
    else:
        shared = shared_rows(desk, after.dataset, before.dataset, columns, ruler)
    if not len(shared):
        return after, 0
    parts = after.parts or Parts(np.zeros(after.dataset.rows, np.int16), 1)
    left = parts.without(shared)
    overlap = sum(parts.rows) - sum(left.rows)
    limit = desk.workspace.state.policy.policy.privacy_limit
    few = [part for part, rows in enumerate(left.rows) if is_few(rows, limit)]
    return Rows(after.dataset, left.without_parts(few)), overlap


def _where(desk: Desk, dataset: DatasetVersion, side: Side) -> Where | None:
    if side.where is None:
        return None
    check_slice(desk, dataset, side.where)
    if SCORE in columns_of(side.where) and dataset.column(SCORE) is None:
        raise WrongInputError(
            "This slice asks for the score of a model; columns are compared without one.",
            hint="Choose another slice.",
        )
    return Where(dataset, side.where, "")
