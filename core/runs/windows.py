"""Over time: each value of a column in each window of the table's time column."""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from core.engine.answered import AnsweredRows
from core.engine.lattice import Layout, count_slices
from core.engine.windows import Windows, cut_time
from core.errors import NotFoundError
from core.measures.all_slices import NOTHING, AllSlices, Sizes, judge_all
from core.measures.lattice import compare_answers, compare_errors
from core.measures.metrics import find_metric
from core.measures.outcomes import FN, FP, Asked
from core.measures.privacy import hide_small
from core.measures.slices import HIDDEN
from core.measures.tallies import count_answers, count_errors, divide
from core.measures.time_words import say_window
from core.records.codes import Code, Codebook, CodedColumn
from core.records.data import Column, ColumnType, Use
from core.records.estimate import Measured, NotEstimable
from core.records.evaluations import Evaluation
from core.records.models import Task
from core.records.predicate import And, Comparison, Predicate, to_address
from core.runs.answered import answered_of
from core.runs.desk import Desk
from core.runs.rollups import codebook_of
from core.runs.slicing import masked_columns, sliced_columns


@dataclass(frozen=True, slots=True)
class OverTime:
    """A metric by window and value of a column; `cells` is (values, windows).

    `words` name the values, `starts` are the first days of the windows. `few` says which
    cells have too few rows, in all or in the denominator; `judged` holds each cell against
    everybody else.
    """

    column: str
    period: str
    words: tuple[str, ...]
    starts: tuple[str, ...]
    cells: tuple[tuple[Measured, ...], ...]
    few: tuple[tuple[bool, ...], ...]
    slices: tuple[Predicate, ...]
    judged: AllSlices


def time_column(desk: Desk, evaluation: Evaluation) -> Column | None:
    """Return the time column of the table, if it has one that is no personal data."""
    dataset = desk.workspace.state.dataset(evaluation.dataset)
    time = dataset.used_as(Use.TIME)
    return None if time and time.name in masked_columns(desk, dataset) else time


def over_time(
    desk: Desk, evaluation: Evaluation, column: str, metric_id: str, asked: Asked
) -> OverTime:
    """Return a metric of each value of a column in each window.

    Raises:
        NotFoundError: the table has no time column, or no such column is cut into values.
    """
    time = time_column(desk, evaluation)
    names = [each.name for each in codebook_of(desk, evaluation).columns]
    sliced = {each.name for each in sliced_columns(desk, evaluation)}
    if time is None or column not in sliced:
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
    return rows_between(_time(desk, evaluation).name, found.starts, at)


def rows_between(time: str, starts: tuple[str, ...], at: int) -> Predicate:
    """Return the rows of one window: from its first day to before that of the next."""
    parts: list[Predicate] = [Comparison(time, ">=", starts[at])]
    if at + 1 < len(starts):
        parts.append(Comparison(time, "<", starts[at + 1]))
    return And(tuple(parts)) if len(parts) > 1 else parts[0]


def _time(desk: Desk, evaluation: Evaluation) -> Column:
    time = time_column(desk, evaluation)
    if time is None:
        raise NotFoundError("This table says no time.", hint="Choose another part.")
    return time


def _count(
    desk: Desk, evaluation: Evaluation, place: int, metric_id: str, asked: Asked
) -> OverTime:
    column = codebook_of(desk, evaluation).columns[place]
    windows = _windows(desk, evaluation)
    rows = _by_window(answered_of(desk, evaluation), place, windows)
    layout = Layout(rows.cards, ((0, 1),))
    metric = find_metric(metric_id)
    if evaluation.answer.task is Task.REGRESSION:
        errors = count_errors(rows, layout, np.zeros(evaluation.rows))
        found = compare_errors(metric, errors, scale=2.0**evaluation.error_scale)
        wrong = divide(errors.sums["e0"], np.asarray(errors.whole["e0"]))
    else:
        answers = count_answers(rows, layout, asked)
        found = compare_answers(metric, answers)
        wrong = divide(answers.weight((FP, FN)), answers.whole[1][[FP, FN]].sum())
    policy = desk.workspace.state.policy.policy
    book = Codebook((column, _name_windows(desk, evaluation, windows)))
    sizes = _sizes(rows, layout, policy.privacy_limit)
    judged = judge_all(metric, layout, book, found, sizes, wrong, policy)
    table = [numbers[1:] for numbers in judged.pair(0, 1)]  # the first is without a time
    kept = [code for code, line in enumerate(table) if sizes.rows[list(line)].any()]
    return OverTime(
        column=column.name,
        period=windows.period,
        words=tuple(column.codes[code].words for code in kept),
        starts=windows.starts,
        cells=tuple(tuple(_cell(judged, number) for number in table[k]) for k in kept),
        few=tuple(tuple(bool(judged.too_few[n]) for n in table[k]) for k in kept),
        slices=tuple(column.codes[code].predicate for code in kept),
        judged=judged,
    )


def _sizes(rows: AnsweredRows, layout: Layout, limit: int) -> Sizes:
    """Return the rows of each cell; those without a time are none of them, and no gate looks."""
    one = np.zeros(rows.codes.shape[1], dtype=np.uint8)
    n = count_slices(rows.codes, layout, one, 1)[:, 0]
    hidden = hide_small(n, layout, limit=limit, in_all=rows.codes.shape[1])
    timed = np.arange(len(n)) % rows.cards[1] > 0
    return Sizes(np.where(timed, n, 0), hidden & timed, np.zeros(len(n), np.bool_))


def _cell(judged: AllSlices, number: int) -> Measured:
    """Return the value of a cell, or why there is none."""
    rows = int(judged.rows[number])
    if judged.hidden[number]:
        return NotEstimable(HIDDEN.format(limit=judged.limit), rows)
    base = int(judged.compared.denominators[number])
    nothing = NotEstimable(NOTHING if rows else "no rows here", rows)
    return judged.compared.values.estimate(number, rows=base) or nothing


def _name_windows(desk: Desk, evaluation: Evaluation, windows: Windows) -> CodedColumn:
    """Return the time as a coded column; its first code are the rows without."""
    time = _time(desk, evaluation).name
    codes = [Code("missing", to_address(Comparison(time, "missing")))]
    for at, start in enumerate(windows.starts):
        words = say_window(windows.period, date.fromisoformat(start))
        codes.append(Code(words, to_address(rows_between(time, windows.starts, at))))
    values = tuple(code.words for code in codes[1:])
    return CodedColumn(time, ColumnType.TEXT, tuple(codes), values)


def _windows(desk: Desk, evaluation: Evaluation) -> Windows:
    dataset = desk.workspace.state.dataset(evaluation.dataset)
    time = _time(desk, evaluation)
    key = ("windows", dataset.object, time.name)
    return desk.hold(key, lambda: cut_time(desk.work, dataset, time))


def _by_window(rows: AnsweredRows, place: int, windows: Windows) -> AnsweredRows:
    """Return the rows coded by one column and by window, 0 being without one."""
    window = (windows.of_row + 1).astype(np.uint8)
    codes = np.stack([rows.codes[place], window])
    cards = (rows.cards[place], len(windows.starts) + 1)
    return replace(rows, codes=codes, cards=cards)
