"""Over time: each value of a column in each window of the table's time column."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.engine.answered import AnsweredRows
from core.engine.lattice import Layout, count_slices
from core.engine.windows import Windows, cut_time
from core.errors import NotFoundError
from core.measures.all_slices import NOTHING
from core.measures.lattice import Compared, compare_answers, compare_errors
from core.measures.metrics import find_metric
from core.measures.outcomes import Asked
from core.measures.privacy import hide_small
from core.measures.slices import HIDDEN
from core.measures.tallies import count_answers, count_errors
from core.records.data import Column, Use
from core.records.estimate import Measured, NotEstimable
from core.records.evaluations import Evaluation
from core.records.models import Task
from core.records.predicate import Comparison, Predicate, both
from core.runs.answered import answered_of
from core.runs.desk import Desk
from core.runs.rollups import codebook_of


@dataclass(frozen=True, slots=True)
class OverTime:
    """A metric by window and value of a column; `cells` is (values, windows).

    `words` name the values, `starts` are the first days of the windows.
    """

    column: str
    period: str
    words: tuple[str, ...]
    starts: tuple[str, ...]
    cells: tuple[tuple[Measured, ...], ...]
    slices: tuple[Predicate, ...]


def time_column(desk: Desk, evaluation: Evaluation) -> Column | None:
    """Return the time column of the table, if it has one."""
    return desk.workspace.state.dataset(evaluation.dataset).used_as(Use.TIME)


def over_time(
    desk: Desk, evaluation: Evaluation, column: str, metric_id: str, asked: Asked
) -> OverTime:
    """Return a metric of each value of a column in each window.

    Raises:
        NotFoundError: the table has no time column, or no such column is cut into values.
    """
    time = time_column(desk, evaluation)
    names = [each.name for each in codebook_of(desk, evaluation).columns]
    if time is None or column not in names:
        raise NotFoundError(
            "This table says no time." if time is None else f"There is no `{column}`.",
            hint="Say which column is the time, under Import.",
        )
    policy = desk.workspace.state.policy
    key = ("over time", evaluation.id, column, metric_id, asked, policy.object)

    def make() -> OverTime:
        place = names.index(column)
        return _count(desk, evaluation, place, metric_id, asked)

    return desk.once(key, make)


def within_window(
    desk: Desk, evaluation: Evaluation, found: OverTime, at: int
) -> Predicate:
    """Return the rows of one window, by the time column."""
    time = time_column(desk, evaluation)
    if time is None:
        raise NotFoundError("This table says no time.", hint="Choose another slice.")
    parts: list[Predicate] = [Comparison(time.name, ">=", found.starts[at])]
    if at + 1 < len(found.starts):
        parts.append(Comparison(time.name, "<", found.starts[at + 1]))
    whole = both(*parts)
    return whole if whole is not None else parts[0]


def _count(
    desk: Desk, evaluation: Evaluation, place: int, metric_id: str, asked: Asked
) -> OverTime:
    column = codebook_of(desk, evaluation).columns[place]
    windows = _windows(desk, evaluation)
    rows = _by_window(answered_of(desk, evaluation), place, windows)
    layout = Layout(rows.cards, ((0, 1),))
    metric = find_metric(metric_id)
    if evaluation.answer.task is Task.REGRESSION:
        scale = 2.0**evaluation.error_scale
        errors = count_errors(rows, layout, np.zeros(evaluation.rows))
        found = compare_errors(metric, errors, scale=scale)
    else:
        found = compare_answers(metric, count_answers(rows, layout, asked))
    one = np.zeros(evaluation.rows, dtype=np.uint8)
    n = count_slices(rows.codes, layout, one, 1)[:, 0]
    limit = desk.workspace.state.policy.policy.privacy_limit
    hidden = hide_small(n, layout, limit=limit, in_all=evaluation.rows)
    table = _Table(found, n, hidden, rows.cards[1], limit)
    kept = [code for code in range(rows.cards[0]) if any(table.rows(code))]
    return OverTime(
        column=column.name,
        period=windows.period,
        words=tuple(column.codes[code].words for code in kept),
        starts=windows.starts,
        cells=tuple(
            tuple(table.cell(code, window) for window in range(len(windows.starts)))
            for code in kept
        ),
        slices=tuple(column.codes[code].predicate for code in kept),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """Values by code and window, in one line after the other."""

    found: Compared
    n: NDArray[np.int64]
    hidden: NDArray[np.bool_]
    width: int
    limit: int

    def rows(self, code: int) -> list[int]:
        return [int(each) for each in self.n[code * self.width : (code + 1) * self.width]]

    def cell(self, code: int, window: int) -> Measured:
        at = code * self.width + window
        rows = int(self.n[at])
        if self.hidden[at]:
            return NotEstimable(HIDDEN.format(limit=self.limit), rows)
        nothing = NotEstimable(NOTHING if rows else "no rows here", rows)
        base = int(self.found.denominators[at])
        return self.found.values.estimate(at, rows=base) or nothing


def _windows(desk: Desk, evaluation: Evaluation) -> Windows:
    dataset = desk.workspace.state.dataset(evaluation.dataset)
    time = time_column(desk, evaluation)
    if time is None:
        raise NotFoundError("This table says no time.", hint="Choose another part.")
    key = ("windows", dataset.object, time.name)
    return desk.hold(key, lambda: cut_time(desk.work, dataset, time))


def _by_window(rows: AnsweredRows, place: int, windows: Windows) -> AnsweredRows:
    """Return the rows coded by one column and by window; a last one holds those without."""
    count = len(windows.starts)
    window = np.where(windows.of_row < 0, count, windows.of_row).astype(np.uint8)
    codes = np.stack([rows.codes[place], window])
    return replace(rows, codes=codes, cards=(rows.cards[place], count + 1))
