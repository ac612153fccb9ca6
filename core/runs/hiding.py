"""Hiding: which slices may not be shown, for few people could be told from their numbers.

One rule for all pages, cards and downloads. A slice of one value or range, or of two of
different columns, is a cell of the tables that `All slices` shows, and hidden where it is
hidden there (`core.measures.privacy`). Of any other slice, each condition must decide about
no row or about enough of them, on both sides (`core.measures.conditions`); its limits stand
at the edges of groups (`core.runs.limits`), and the nearest groups on each side of a limit
are empty or large enough. So two slices that differ in one condition differ by no row or by
as many as the privacy limit says.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.engine.decided import Decided, count_codes, count_decided
from core.engine.drill import count_rows
from core.engine.lattice import Layout
from core.engine.where import Where
from core.errors import WrongInputError
from core.measures.conditions import Parted, tells_by_range, tells_by_value
from core.measures.privacy import hide_small, is_few
from core.records.evaluations import Evaluation
from core.records.predicate import (
    And,
    Comparison,
    Not,
    Or,
    Predicate,
    columns_of,
    to_address,
)
from core.runs.desk import Desk
from core.runs.limits import HIGHS, LOWS, edges_of, has_value, move_limits, normal
from core.runs.rollups import codebook_of
from core.runs.slicing import check_slice

PAIR: Final = 2
Rebuild = Callable[[Predicate], Predicate]


@dataclass(frozen=True, slots=True)
class _Condition:
    """A condition, the slice with another in its place, and whether a `not` is around it."""

    part: Predicate
    rebuild: Rebuild
    negated: bool

    @property
    def decided(self) -> Decided:
        """The condition, and the slice with it turned."""
        (column,) = columns_of(self.part)
        always = Or((Comparison(column, "missing"), has_value(column)))
        turned = self.rebuild(always), self.rebuild(Not(always))
        return Decided(column, self.part, *turned)


def hides_slice(desk: Desk, evaluation: Evaluation, where: Predicate) -> bool:
    """Return whether a slice must be hidden.

    Raises:
        WrongInputError: it names personal data or no column of the table, or asks for a
            range of values that have no order.
    """
    dataset = desk.workspace.state.dataset(evaluation.dataset)
    check_slice(desk, dataset, where)
    limit = desk.workspace.state.policy.policy.privacy_limit
    scores, book = evaluation.scores, evaluation.codebook
    key = ("hides", dataset.object, scores, book, to_address(where), limit)
    return desk.once(key, lambda: _hides(desk, evaluation, normal(where), limit))


def shown_where(
    desk: Desk, evaluation: Evaluation, where: Predicate | None
) -> Where | None:
    """Return the rows of a slice that may be shown; None stands for all rows.

    Raises:
        WrongInputError: the slice must be hidden, or names personal data.
    """
    if where is None:
        return None
    if hides_slice(desk, evaluation, where):
        raise WrongInputError(
            "These rows are hidden: there are too few of them, or of those beside them.",
            hint="Choose a larger slice.",
        )
    dataset = desk.workspace.state.dataset(evaluation.dataset)
    return Where(dataset, where, evaluation.scores)


def hidden_cells(
    desk: Desk, evaluation: Evaluation, places: tuple[int, ...]
) -> NDArray[np.bool_]:
    """Return which cells of one table are hidden, as All slices hides them.

    `places` are those of its one or two columns in the codebook, in order; each is an axis.
    """
    limit = desk.workspace.state.policy.policy.privacy_limit
    columns = codebook_of(desk, evaluation).columns
    cards = tuple(len(columns[place].codes) for place in places)

    def make() -> NDArray[np.bool_]:
        table = count_codes(desk.count, evaluation.frame, places, cards)
        if len(places) == 1:
            layout, rows = Layout(cards, ((0,),)), table
        else:
            layout = Layout(cards, ((0,), (1,), (0, 1)))
            sums = table.sum(axis=1), table.sum(axis=0)
            rows = np.concatenate([*sums, table.reshape(-1)])
        hidden = hide_small(rows, layout, limit=limit, in_all=evaluation.rows)
        return hidden[-table.size :].reshape(cards)

    key = ("hidden cells", evaluation.frame, evaluation.codebook, places, limit)
    return desk.once(key, make)


def _hides(desk: Desk, evaluation: Evaluation, where: Predicate, limit: int) -> bool:
    dataset = desk.workspace.state.dataset(evaluation.dataset)
    rows = count_rows(desk.count, Where(dataset, where, evaluation.scores))
    _check_order(desk, evaluation, where)
    if is_few(rows, limit) or is_few(evaluation.rows - rows, limit):
        return True
    if to_address(move_limits(desk, evaluation, where)) != to_address(where):
        return True
    if cell := _cell(desk, evaluation, where):
        places, codes = cell
        return bool(hidden_cells(desk, evaluation, places)[codes])
    conditions = _conditions(where, lambda part: part, negated=False)
    return any(_tells(desk, evaluation, each, limit) for each in conditions)


def _check_order(desk: Desk, evaluation: Evaluation, where: Predicate) -> None:
    """Refuse a range of texts: one letter more would be one person more."""
    match where:
        case Comparison(column, operator) if operator in (*LOWS, *HIGHS):
            if edges_of(desk, evaluation, column) is None:
                raise WrongInputError(
                    f"`{column}` has values without an order, so no slice is a range of it.",
                    hint="Ask for one of its values.",
                )
        case Not(part):
            _check_order(desk, evaluation, part)
        case And(parts) | Or(parts):
            for part in parts:
                _check_order(desk, evaluation, part)


def _cell(
    desk: Desk, evaluation: Evaluation, where: Predicate
) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    """Return columns and codes of a slice that is a cell of All slices; else None."""
    known = _cells(desk, evaluation)
    parts = _grouped(where.parts) if isinstance(where, And) else [where]
    found = [known.get(to_address(part)) for part in parts]
    if len(found) > PAIR or None in found:
        return None
    cells = sorted(cell for cell in found if cell)
    places = tuple(place for place, _ in cells)
    if len(set(places)) < len(places):
        return None
    return places, tuple(code for _, code in cells)


def _cells(desk: Desk, evaluation: Evaluation) -> dict[str, tuple[int, int]]:
    """Return column and code of each value and range of the codebook, by its address."""

    def make() -> dict[str, tuple[int, int]]:
        columns = codebook_of(desk, evaluation).columns
        return {
            to_address(code.predicate): (place, number)
            for place, column in enumerate(columns)
            for number, code in enumerate(column.codes)
        }

    return desk.once(("cells by address", evaluation.codebook), make)


def _conditions(
    where: Predicate, rebuild: Rebuild, *, negated: bool
) -> Iterator[_Condition]:
    """Yield each condition, however deep; both ends of a range are one."""
    match where:
        case Not(part) if not isinstance(part, Comparison) or part.operator != "missing":
            yield from _conditions(part, lambda new: rebuild(Not(new)), negated=not negated)
        case And(parts) if not _is_range(where):
            grouped = _grouped(parts)
            for k, part in enumerate(grouped):
                yield from _conditions(
                    part, _into(And, grouped, k, rebuild), negated=negated
                )
        case Or(parts):
            for k, part in enumerate(parts):
                yield from _conditions(part, _into(Or, parts, k, rebuild), negated=negated)
        case _:
            yield _Condition(where, rebuild, negated)


def _into(
    kind: type[And] | type[Or], parts: Sequence[Predicate], k: int, rebuild: Rebuild
) -> Rebuild:
    others = (*parts[:k], *parts[k + 1 :])
    return lambda new: rebuild(kind((*others, new)))


def _grouped(parts: Sequence[Predicate]) -> list[Predicate]:
    """Return the parts with the limits of one column as one part."""
    ranges: dict[str, list[Predicate]] = {}
    found: list[Predicate] = []
    for part in parts:
        if _is_limit(part):
            (column,) = columns_of(part)
            ranges.setdefault(column, []).append(part)
        else:
            found.append(part)
    return found + [
        And(tuple(limits)) if len(limits) > 1 else limits[0] for limits in ranges.values()
    ]


def _is_range(where: Predicate) -> bool:
    parts = where.parts if isinstance(where, And) else (where,)
    return all(map(_is_limit, parts)) and len(columns_of(where)) == 1


def _is_limit(part: Predicate) -> bool:
    if isinstance(part, Not):
        return isinstance(part.part, Comparison) and part.part.operator == "missing"
    return isinstance(part, Comparison) and part.operator in (*LOWS, *HIGHS)


def _tells(desk: Desk, evaluation: Evaluation, each: _Condition, limit: int) -> bool:
    decided = each.decided
    dataset = desk.workspace.state.dataset(evaluation.dataset)
    edges = edges_of(desk, evaluation, decided.column) or ()
    rows = count_decided(
        desk.count,
        decided,
        Where(dataset, None, evaluation.scores),
        edges=edges,
        coded=codebook_of(desk, evaluation).column(decided.column),
    )
    parted = Parted(rows, lets_in=not each.negated)
    if edges:
        return tells_by_range(parted, len(edges) + 1, limit=limit)
    return tells_by_value(parted, limit=limit)
