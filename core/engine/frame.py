"""The frame: the coded rows of an evaluation, from which every roll-up is counted.

One line per row, in the order of the dataset: `row`, `label` (number of the class, -1
where it is missing; for regression 0 where it is there), `w` (weight in fixed point), a
code for each coded column (`c0`, `c1`, ...), and what the model said: `bucket` and `step`
of the score grid (binary), `predicted` (multiclass), `x` (regression: prediction minus
label, divided by 2^error_scale).
"""

from dataclasses import dataclass
from math import ceil, log2
from pathlib import Path
from typing import Final

from core.engine.codes import code_sql
from core.engine.duck import DuckDB, Engine
from core.engine.sql import name
from core.errors import WrongInputError
from core.records.codes import Codebook
from core.records.data import ColumnType, DatasetVersion
from core.records.models import Answer, Task

WEIGHT_UNIT: Final = 1 << 16  # of one typical weight
LEAST_SCALE: Final = -1000  # so that 2^-k is still a double

FRAME_SQL: Final = """
select t.file_row_number as row, {label} as label, {weight} as w, {said}{codes}
from {table} as t positional join {scores} as s
"""
SPREAD_SQL: Final = """
select quantile_disc({x}, 0.75) - quantile_disc({x}, 0.25), max(abs({x})) from {table}
"""
WEIGHTS_SQL: Final = """
select count(*) filter (where {w} is null or {w} < 0 or not isfinite(cast({w} as double))),
    count(*) filter (where {w} > 0)
from {table} as t
"""
STRANGE_SQL: Final = """
select value from (select distinct {label} as value from {table} as t)
where value is not null and not {known}
order by value limit 4
"""
STRAY_SQL: Final = """
select count(*) from {table} as t where not isfinite(cast({label} as double))
"""
COUNT_SQL: Final = "select count(*), count({label}) from {table} as t"


@dataclass(frozen=True, slots=True)
class FramePlan:
    """What the frame of an evaluation is made of."""

    dataset: DatasetVersion
    answer: Answer
    label: str
    weight: str
    scores: str
    codebook: Codebook


@dataclass(frozen=True, slots=True)
class FrameFacts:
    """Rows, rows with a label, and the powers of two that weights and errors were cut by."""

    rows: int
    labelled: int
    weight_scale: int
    error_scale: int


def label_sql(dataset: DatasetVersion, label: str) -> str:
    """Return the SQL of a label of table `t` as text; 1.0 and 1 are the same class."""
    column = _own(label)
    known = dataset.column(label)
    if known and known.type is ColumnType.NUMBER:
        whole = f"cast(try_cast({column} as bigint) as varchar)"
        is_whole = (
            f"isfinite({column}) and {column} = floor({column}) and abs({column}) < 1e15"
        )
        return f"case when {is_whole} then {whole} else cast({column} as varchar) end"
    return f"cast({column} as varchar)"


def _own(column: str) -> str:
    """Return a column of the table; the scores beside it have names that it may use too."""
    return f"t.{name(column)}"


def write_frame(engine: DuckDB, plan: FramePlan, into: Path) -> FrameFacts:
    """Write the frame of an evaluation and return what was counted on the way.

    Raises:
        WrongInputError: weights are missing or negative, or a label is no known class.
    """
    table = engine.source(plan.dataset.object)
    _check_weights(engine, plan, table)
    _check_labels(engine, plan, table)
    weight_scale = _scale(engine, _own(plan.weight), f"{table} as t") if plan.weight else 0
    error_scale = _error_scale(engine, plan, table)
    label, values = _label(plan)
    codes: list[str] = []
    for number, column in enumerate(plan.codebook.columns):
        text, bound = code_sql(column)
        codes.append(f", cast({text} as usmallint) as c{number}")
        values += bound
    text = FRAME_SQL.format(
        label=label,
        weight=_weight(plan, weight_scale),
        said=_said(plan, error_scale),
        codes="".join(codes),
        table=table,
        scores=engine.source(plan.scores),
    )
    engine.write(text, into, values)
    counted = COUNT_SQL.format(
        label=_own(plan.label) if plan.label else "null", table=table
    )
    ((rows, labelled),) = engine.rows(counted)
    return FrameFacts(int(str(rows)), int(str(labelled)), weight_scale, error_scale)


def _label(plan: FramePlan) -> tuple[str, list[str]]:
    if not plan.label:
        return "cast(-1 as smallint)", []
    if plan.answer.task is Task.REGRESSION:
        return (
            f"cast(case when {_own(plan.label)} is null then -1 else 0 end as smallint)",
            [],
        )
    cases = "".join(f" when ? then {k}" for k in range(len(plan.answer.classes)))
    text = (
        f"cast(case {label_sql(plan.dataset, plan.label)}{cases} else -1 end as smallint)"
    )
    if plan.answer.task is Task.BINARY:  # class 1 is the positive one, whatever its order
        order = sorted(plan.answer.classes, key=lambda c: c == plan.answer.positive)
        return text, order
    return text, list(plan.answer.classes)


def _said(plan: FramePlan, error_scale: int) -> str:
    match plan.answer.task:
        case Task.BINARY:
            return "s.bucket, cast(s.bucket // 64 as smallint) as step"
        case Task.MULTICLASS:
            return "s.predicted"
        case Task.REGRESSION if plan.label:
            return f"{_error(plan)} / {2.0**error_scale!r} as x"
        case _:
            return "cast(null as double) as x"


def _error(plan: FramePlan) -> str:
    return f"(cast(s.score as double) - cast({_own(plan.label)} as double))"


def _weight(plan: FramePlan, scale: int) -> str:
    if not plan.weight:
        return "cast(1 as bigint)"
    unit = WEIGHT_UNIT / 2.0**scale
    return f"cast(floor({_own(plan.weight)} * {unit!r} + 0.5) as bigint)"


def _check_weights(engine: Engine, plan: FramePlan, table: str) -> None:
    if not plan.weight:
        return
    ((bad, good),) = engine.rows(WEIGHTS_SQL.format(w=_own(plan.weight), table=table))
    if bad or not good:
        raise WrongInputError(
            f"The weight column `{plan.weight}` is missing, negative or no number "
            f"in {bad:,} rows."
            if bad
            else f"The weight column `{plan.weight}` is 0 in every row.",
            hint="Give every row a weight of 0 or more, or use the column as something else.",
        )


def _check_labels(engine: Engine, plan: FramePlan, table: str) -> None:
    if not plan.label:
        return
    if plan.answer.task is Task.REGRESSION:
        _check_amounts(engine, plan, table)
        return
    label = label_sql(plan.dataset, plan.label)
    known = "value in (" + ", ".join("?" for _ in plan.answer.classes) + ")"
    text = STRANGE_SQL.format(label=label, table=table, known=known)
    strange = [str(row[0]) for row in engine.rows(text, plan.answer.classes)]
    if strange:
        raise WrongInputError(
            f"The label `{plan.label}` holds {', '.join(strange)}, "
            f"which the model does not know; it knows {', '.join(plan.answer.classes)}.",
            hint="Name the classes as the table does, or choose another label column.",
        )


def _check_amounts(engine: Engine, plan: FramePlan, table: str) -> None:
    known = plan.dataset.column(plan.label)
    if known is None or not known.type.is_number:
        raise WrongInputError(
            f"The label `{plan.label}` holds no numbers; a regression predicts one.",
            hint="Choose another label column, or another task.",
        )
    text = STRAY_SQL.format(label=_own(plan.label), table=table)
    ((stray,),) = engine.rows(text)
    if stray:
        raise WrongInputError(
            f"The label `{plan.label}` is no finite number in {stray:,} rows.",
            hint="Leave the value missing where nobody knows it.",
        )


def _error_scale(engine: Engine, plan: FramePlan, table: str) -> int:
    if plan.answer.task is not Task.REGRESSION or not plan.label:
        return 0
    joined = f"{table} as t positional join {engine.source(plan.scores)} as s"
    return _scale(engine, _error(plan), joined)


def _scale(engine: Engine, x: str, table: str) -> int:
    """Return k such that 2^k is near the interquartile range, and no value passes 2^10 of it.

    So fourth powers of a thousand million rows still fit into 38 digits.
    """
    ((spread, largest),) = engine.rows(SPREAD_SQL.format(x=x, table=table))
    top = float(str(largest or 0)) or 1.0
    size = float(str(spread or 0)) or top
    return max(round(log2(size)), ceil(log2(top)) - 10, LEAST_SCALE)
