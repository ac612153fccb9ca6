"""Changing: why a model's error differs between two tables."""

from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Final

from core.engine import mix as mix_module
from core.engine.codes import rest_of
from core.engine.duck import DuckDB
from core.engine.mix import Answers, Cut, Mix, read_mix, write_mix
from core.errors import WrongInputError
from core.measures.mix_split import split_change
from core.records.canonical import digest, to_plain
from core.records.changes import Change
from core.records.codes import CodedColumn
from core.records.evaluations import Evaluation
from core.records.models import Task
from core.runs.desk import Desk
from core.runs.rollups import Kind, fill_in
from core.runs.slicing import sliced_columns

MIX: Final = Kind("mix", 1, (mix_module,))
PAIRED: Final = 6  # columns whose pairs are looked at
MOST_VALUES: Final = 60  # of a column that is paired


def change_of(desk: Desk, before: Evaluation, after: Evaluation) -> Change | None:
    """Return why the error of one model differs between two tables; None without labels.

    Every column that may be sliced is looked at by itself, then the pairs of the six whose
    slices add most beyond their size.

    Raises:
        WrongInputError: the two are not of one model version.
    """
    if before.model != after.model or before.answer != after.answer:
        raise WrongInputError(
            "These two are not of the same model version.",
            hint="Choose two tables of one model version.",
        )
    if not before.labelled or not after.labelled:
        return None
    columns = _joined(desk, before, after)
    if not columns:
        return None
    singles = tuple((k,) for k in range(len(columns)))
    found = _split(desk, before, after, Cut(columns, singles))
    if found is None:
        return None
    names = [column.name for column in columns]
    strongest = [names.index(split.columns[0]) for split in found.splits]
    few = [k for k in strongest if len(columns[k].codes) <= MOST_VALUES][:PAIRED]
    pairs = tuple(tuple(sorted(pair)) for pair in combinations(few, 2))
    return _split(desk, before, after, Cut(columns, singles + pairs))


def _split(desk: Desk, before: Evaluation, after: Evaluation, cut: Cut) -> Change | None:
    limit = desk.workspace.state.policy.policy.privacy_limit
    amounts = before.answer.task is Task.REGRESSION
    mixes = [_mix_of(desk, each, cut) for each in (before, after)]
    key = ("change", *(name for name, _ in mixes), limit)
    return desk.once(
        key,
        lambda: split_change(
            mixes[0][1], mixes[1][1], cut, privacy_limit=limit, amounts=amounts
        ),
    )


def _mix_of(desk: Desk, evaluation: Evaluation, cut: Cut) -> tuple[str, Mix]:
    threshold = desk.workspace.state.threshold(evaluation.model)
    table = desk.workspace.state.dataset(evaluation.dataset).object
    answers = Answers(evaluation.frame, table, evaluation.answer.task, threshold)
    regression = answers.task is Task.REGRESSION
    unit = 2.0**evaluation.error_scale if regression else 1.0

    def fill(engine: DuckDB, into: Path) -> None:
        write_mix(engine, answers, cut, into)

    inputs = {
        "frame": evaluation.frame,
        "table": table,
        "columns": digest([to_plain(column) for column in cut.columns]),
        "parts": [list(part) for part in cut.parts],
        "threshold": threshold,
    }
    name = fill_in(desk, evaluation.id, MIX, inputs, fill)
    key = ("mix", name, unit)
    return name, desk.once(key, lambda: read_mix(desk.count, name, answers.task, unit=unit))


def _joined(desk: Desk, before: Evaluation, after: Evaluation) -> tuple[CodedColumn, ...]:
    """Return the columns of the first side, with the values that only the second has."""
    later = {column.name: column for column in sliced_columns(desk, after)}
    return tuple(
        _join(column, later[column.name])
        for column in sliced_columns(desk, before)
        if column.name in later and later[column.name].type is column.type
    )


def _join(column: CodedColumn, other: CodedColumn) -> CodedColumn:
    if column.edges or other.edges:
        return column if column.edges else other
    known = dict(zip(column.values, column.codes[1:], strict=False))
    added = dict(zip(other.values, other.codes[1:], strict=False))
    values = known | {value: code for value, code in added.items() if value not in known}
    codes = (column.codes[0], *values.values())
    rest = rest_of(column.name, codes[1:])
    return replace(column, codes=(*codes, rest), values=tuple(values))
