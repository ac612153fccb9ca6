"""Limits: where a range of a slice may begin and end.

If anybody could ask for `age < 30` and for `age < 31`, the difference would be the people
of one age. So a limit stands only where the column is cut for everybody: at the ends of the
ranges or at the values of the codebook, at the starts of the windows of a time, at each
twentieth of a score; another column of numbers is cut into six. A limit that stands
elsewhere is moved to the nearest of these edges, whatever the rows are, so that any two
ranges of a column differ by whole groups.
"""

from bisect import bisect_right
from collections import defaultdict
from datetime import UTC, datetime
from math import isfinite
from typing import Final

from core.engine.codes import cut_numbers
from core.engine.decided import Edge
from core.engine.where import Where
from core.engine.windows import cut_time
from core.records.codes import CodedColumn
from core.records.data import ColumnType
from core.records.evaluations import Evaluation
from core.records.models import Task
from core.records.predicate import (
    SCORE,
    And,
    Comparison,
    Not,
    Or,
    Predicate,
    from_address,
    to_address,
)
from core.runs.desk import Desk
from core.runs.rollups import codebook_of

LOWS: Final = (">=", ">")
HIGHS: Final = ("<", "<=")
SCORE_STEPS: Final = 20


def edges_of(desk: Desk, evaluation: Evaluation, column: str) -> tuple[Edge, ...] | None:
    """Return where ranges of a column may begin and end; None where values have no order."""
    dataset = desk.workspace.state.dataset(evaluation.dataset)
    known = dataset.column(column)
    if known is None:
        return _score_edges(desk, evaluation) if column == SCORE else None
    if known.type in (ColumnType.DATE, ColumnType.TIME):
        key = ("windows", dataset.object, column)
        return desk.hold(key, lambda: cut_time(desk.work, dataset, known)).starts
    if not known.type.is_number:
        return None
    if coded := codebook_of(desk, evaluation).column(column):
        return _coded_edges(coded)
    table = desk.count.source(dataset.object)
    return desk.once(
        ("cut", dataset.object, column),
        lambda: tuple(map(_plain, cut_numbers(desk.count, table, column))),
    )


def move_limits(desk: Desk, evaluation: Evaluation, where: Predicate) -> Predicate:
    """Return the slice with every limit at an edge of its column.

    A limit beyond the last edge leaves the rows that have a value. A range that would
    become empty becomes the group in which its middle lies.
    """
    return normal(_moved(desk, evaluation, normal(where)))


def normal(where: Predicate) -> Predicate:
    """Return the predicate as its address says it: flat, sorted, nothing twice."""
    return from_address(to_address(where))


def has_value(column: str) -> Predicate:
    """Return the rows in which a column is there."""
    return Not(Comparison(column, "missing"))


def _coded_edges(column: CodedColumn) -> tuple[Edge, ...]:
    if column.edges:
        return tuple(map(_plain, column.edges))
    type_ = int if column.type is ColumnType.INTEGER else float
    values = (type_(value) for value in column.values)
    return tuple(sorted(value for value in values if isfinite(value)))


def _score_edges(desk: Desk, evaluation: Evaluation) -> tuple[Edge, ...]:
    if evaluation.answer.task is Task.BINARY:
        return tuple(k / SCORE_STEPS for k in range(1, SCORE_STEPS))
    dataset = desk.workspace.state.dataset(evaluation.dataset)
    scored = Where(dataset, Comparison(SCORE, "missing"), evaluation.scores)
    table = scored.source(desk.count)
    return desk.once(
        ("cut", evaluation.scores, SCORE),
        lambda: tuple(map(_plain, cut_numbers(desk.count, table, SCORE))),
    )


def _moved(desk: Desk, evaluation: Evaluation, where: Predicate) -> Predicate:
    match where:
        case Not(part):
            return Not(_moved(desk, evaluation, part))
        case Or(parts):
            return Or(tuple(_moved(desk, evaluation, part) for part in parts))
        case And(parts):
            return _moved_all(desk, evaluation, parts)
        case Comparison(column, operator) if operator in (*LOWS, *HIGHS):
            edges = edges_of(desk, evaluation, column)
            return where if edges is None else _move(where, edges)
        case _:
            return where


def _moved_all(desk: Desk, evaluation: Evaluation, parts: tuple[Predicate, ...]) -> And:
    """Move the limits of parts that all hold; both ends of a range together."""
    ends: dict[str, list[Comparison]] = defaultdict(list)
    for part in parts:
        if isinstance(part, Comparison) and part.operator in (*LOWS, *HIGHS):
            ends[part.column].append(part)
    ranges: set[Comparison] = set()
    found: list[Predicate] = []
    for column, pair in ends.items():
        edges = edges_of(desk, evaluation, column)
        if edges and (group := _one_group(pair, edges)):
            ranges.update(pair)
            found += group
    rest = (part for part in parts if part not in ranges)
    return And((*found, *(_moved(desk, evaluation, part) for part in rest)))


def _one_group(pair: list[Comparison], edges: tuple[Edge, ...]) -> list[Predicate]:
    """Return the group of the middle of a range whose ends would meet; else nothing."""
    low = [part for part in pair if part.operator in LOWS]
    high = [part for part in pair if part.operator in HIGHS]
    if len(low) != 1 or len(high) != 1:
        return []
    ends = [_place(part.value, edges) for part in (low[0], high[0])]
    if ends[0] is None or ends[1] is None or ends[0] >= ends[1]:
        return []
    if _nearest(ends[0], edges) < _nearest(ends[1], edges):
        return []
    places = [_order(edge) for edge in edges]
    group = bisect_right(places, (ends[0] + ends[1]) / 2)
    column = low[0].column
    above = [Comparison(column, ">=", edges[group - 1])] if group else []
    under = [Comparison(column, "<", edges[group])] if group < len(edges) else []
    return [*above, *under]


def _move(part: Comparison, edges: tuple[Edge, ...]) -> Predicate:
    place = _place(part.value, edges)
    if place is None:
        return part  # whoever counts says that the value does not suit
    low = part.operator in LOWS
    at = _nearest(place, edges) if edges else 0
    if not edges or at == (0 if low else len(edges) + 1):
        return has_value(part.column)
    edge = edges[min(max(at, 1), len(edges)) - 1]
    return Comparison(part.column, ">=" if low else "<", edge)


def _nearest(place: float, edges: tuple[Edge, ...]) -> int:
    """Return the number of the nearest edge, from 1; 0 lies before all, the last after them.

    Before and after all begins one group farther out.
    """
    places = [_order(edge) for edge in edges]
    if len(places) == 1:
        return 1
    before, after = 2 * places[0] - places[1], 2 * places[-1] - places[-2]
    place = min(max(place, before), after)
    far = [abs(place - each) for each in (before, *places, after)]
    return far.index(min(far))


def _place(value: object, edges: tuple[Edge, ...]) -> float | None:
    """Return a value as a number that can be held against the edges; None where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    dated = bool(edges) and isinstance(edges[0], str)
    try:
        if dated != isinstance(value, str):
            return float(value) if not dated else None
        return _order(value)
    except (ValueError, OverflowError):
        return None


def _order(value: Edge) -> float:
    if isinstance(value, str):
        return datetime.fromisoformat(value).replace(tzinfo=UTC).timestamp()
    return float(value)


def _plain(edge: float) -> Edge:
    return int(edge) if edge == int(edge) else edge
