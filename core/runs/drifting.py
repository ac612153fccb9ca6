"""Drifting: two sets of rows held against each other, column by column."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from core.engine.shift_scales import ORDERED
from core.errors import WrongInputError
from core.measures.shift_facts import FEW_VALUES, Facts, measure_named, measure_ordered
from core.measures.shift_pairs import (
    About,
    count_beyond,
    pair_bins,
    pair_values,
)
from core.measures.shift_words import say_compared, say_nothing
from core.measures.shifts import (
    Trouble,
    adjust,
    judge_shifts,
    say_changed,
    say_gone,
    untested,
)
from core.records.data import Column, ColumnType, DatasetVersion, Use
from core.records.drift import Compared, Shape, Side
from core.records.predicate import Predicate, to_address
from core.runs.desk import Desk
from core.runs.shift_look import look_closer
from core.runs.shift_rollups import Counted, Ruler, count_parts, count_whole, ruler_of
from core.runs.shift_sides import Rows, find_rows, leave_out_shared
from core.runs.slicing import masked_columns
from core.runs.watch import Watch

TOLERANCE: Final = 0.1
FEWEST: Final = 2
COMPARED: Final = (Use.FEATURE, Use.LABEL, Use.SCORE, Use.PREDICTION)
NEVER: Final = Watch()
NEW: Final = "was not there before"
NO_VALUES: Final = "has no value on either side"
TOO_MANY: Final = "more than 20,000 different values, which are names rather than kinds"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is compared: one side, the others (of one table), the columns, how exactly."""

    before: Side
    after: tuple[Side, ...]
    columns: tuple[str, ...] | None = None
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured of one comparison, before it is judged."""

    facts: tuple[Facts, ...]
    troubles: tuple[Trouble, ...]
    rows: tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class _Both:
    """Both sides of one comparison; `part` is the number of the one after."""

    desk: Desk
    before: Rows
    after: Rows
    left: Counted
    right: Counted
    part: int
    exact: bool
    masked: frozenset[str]

    @property
    def rows(self) -> tuple[int, int]:
        """Rows of both."""
        return self.left.rows, self.right.rows


def compare(  # noqa: PLR0913 - what is compared, and how
    desk: Desk,
    before: Side,
    after: Side,
    *,
    columns: Sequence[str] | None = None,
    tolerance: float = TOLERANCE,
    exact: bool = False,
    watch: Watch = NEVER,
) -> Compared:
    """Return what moved between two sets of rows, the farthest moved column first.

    `tolerance` is the least effect that counts. Without `exact` distances have certain
    limits, equal to about three digits; with it they are looked up among the rows. Rows that
    stand on both sides are left out of the second.

    Raises:
        WrongInputError: a side asks for personal data, for a column that is not there, or
            has so few rows that they could be told apart.
    """
    names = None if columns is None else tuple(columns)
    asked = Asked(before, (after,), names, exact)
    return _judge(desk, asked, tolerance, watch)[0]


def compare_windows(  # noqa: PLR0913 - as above
    desk: Desk,
    before: Side,
    dataset: str,
    windows: Sequence[Predicate],
    *,
    columns: Sequence[str] | None = None,
    tolerance: float = TOLERANCE,
    watch: Watch = NEVER,
) -> tuple[Compared, ...]:
    """Return each window of a table against one side; all tests are corrected together.

    A row that satisfies several windows belongs to the first.
    """
    names = None if columns is None else tuple(columns)
    sides = tuple(Side(dataset, where) for where in windows)
    return _judge(desk, Asked(before, sides, names), tolerance, watch)


def _judge(
    desk: Desk, asked: Asked, tolerance: float, watch: Watch
) -> tuple[Compared, ...]:
    state = desk.workspace.state
    tables = [state.dataset(side.dataset) for side in (asked.before, asked.after[0])]
    masked = frozenset.union(*(masked_columns(desk, table) for table in tables))
    limit = state.policy.policy.privacy_limit
    key = (
        "shifts",
        *(repr(table.columns) + table.object for table in tables),
        *(
            to_address(side.where) if side.where else ""
            for side in (asked.before, *asked.after)
        ),
        repr(asked.columns),
        asked.exact,
        masked,
        limit,
    )
    measured, overlap = desk.once(key, lambda: _measure(desk, asked, masked, watch))
    q = adjust([each.facts for each in measured])
    tests = sum(len(each.facts) for each in measured)
    found = []
    for side, each, of_each in zip(asked.after, measured, q, strict=True):
        judged = judge_shifts(each.facts, of_each, tolerance=tolerance)
        shifts = (*judged, *(untested(trouble) for trouble in each.troubles))
        titles = (tables[0].title, tables[1].title)
        said = say_nothing(each.rows, titles) or say_compared(shifts, tolerance)
        found.append(
            Compared(asked.before, side, each.rows, tolerance, tests, overlap, shifts, said)
        )
    return tuple(found)


def _measure(
    desk: Desk, asked: Asked, masked: frozenset[str], watch: Watch
) -> tuple[tuple[Measured, ...], int]:
    """Return what is measured of each side after, and the rows left out of them."""
    before, after = find_rows(desk, [asked.before]), find_rows(desk, asked.after)
    columns = _columns(before.dataset, asked)
    watch.step(0.0, "Looking for rows that stand on both sides")
    ruler = ruler_of(desk, before.dataset, [c for c in columns if c.type in ORDERED])
    common = _all_common(before, after)
    after, overlap = leave_out_shared(desk, before, after, common, ruler)
    watch.step(0.2, f"Counting {before.dataset.title}")
    (left,) = _count(desk, before, ruler, columns)
    watch.step(0.5, f"Counting {after.dataset.title}")
    rights = _count(desk, after, ruler, columns)
    watch.step(0.8, f"Comparing {len(columns):,} columns")
    measured = []
    for part, right in enumerate(rights):
        both = _Both(desk, before, after, left, right, part, asked.exact, masked)
        measured.append(_measure_both(both, columns, ruler, every=asked.columns is None))
    return tuple(measured), overlap


def _columns(dataset: DatasetVersion, asked: Asked) -> tuple[Column, ...]:
    if asked.columns is not None:
        unknown = next((n for n in asked.columns if dataset.column(n) is None), None)
        if unknown is not None:
            raise WrongInputError(
                f"{dataset.title} has no column `{unknown}`.", hint="Choose another column."
            )
        return tuple(c for c in dataset.columns if c.name in asked.columns)
    return tuple(c for c in dataset.columns if _is_compared(c))


def _is_compared(column: Column) -> bool:
    return column.use in COMPARED or column.group or column.sensitive


def _all_common(before: Rows, after: Rows) -> list[Column]:
    """Return the columns that both tables have with one type, by which rows are told apart."""
    own = ((c, after.dataset.column(c.name)) for c in before.dataset.columns)
    return [column for column, other in own if other and other.type is column.type]


def _count(
    desk: Desk, side: Rows, ruler: Ruler, columns: Sequence[Column]
) -> list[Counted]:
    if side.parts is None:
        return [count_whole(desk, side.dataset, ruler, columns)]
    return count_parts(desk, side.dataset, ruler, columns, side.parts)


def _measure_both(
    both: _Both, columns: Sequence[Column], ruler: Ruler, *, every: bool
) -> Measured:
    if min(both.rows) < FEWEST:
        return Measured((), (), both.rows)
    other = both.after.dataset
    known = {column.name for column in both.before.dataset.columns}
    new = [c for c in other.columns if c.name not in known and _is_compared(c)]
    facts, troubles = [], []
    for column in columns:
        found = _one(both, column, ruler, new)
        if isinstance(found, Facts):
            facts.append(found)
        else:
            troubles.append(Trouble(column, _shape(column, ruler), both.rows, found))
    if every:
        troubles += [Trouble(c, _shape(c, ruler), both.rows, NEW) for c in new]
    return Measured(tuple(facts), tuple(troubles), both.rows)


def _one(both: _Both, column: Column, ruler: Ruler, new: Sequence[Column]) -> Facts | str:
    """Return what is measured of a column, or why nothing is."""
    other = both.after.dataset.column(column.name)
    if other is None:
        return say_gone(column, new)
    if column.type in ORDERED and column.name in both.right.bins:
        return _ordered(both, column, ruler)
    if other.type is not column.type:
        return say_changed(column, other)
    before, after = (side.values[column.name] for side in (both.left, both.right))
    if not (before.whole and after.whole):
        return TOO_MANY
    named = pair_values(before, after)
    return (
        measure_named(_about(both, column, ruler), named)
        if len(named.values)
        else NO_VALUES
    )


def _ordered(both: _Both, column: Column, ruler: Ruler) -> Facts | str:
    before, after = (side.bins[column.name] for side in (both.left, both.right))
    paired = pair_bins(before, after)
    if not len(paired.lo):
        return NO_VALUES
    missing = before.missing, after.missing
    if both.exact and all(paired.rows):
        paired = look_closer(
            both.desk.work, (both.before, both.after), both.part, (before, after), paired
        )
    about = _about(both, column, ruler)
    return measure_ordered(about, paired, missing, count_beyond(before, after))


def _about(both: _Both, column: Column, ruler: Ruler) -> About:
    scale = next((s for s in ruler.scales if s.column == column.name), None)
    masked = column.name in both.masked
    least = both.desk.workspace.state.policy.policy.privacy_limit
    shape = _shape(column, ruler)
    if scale is None:
        return About(column.name, column.type, shape, masked=masked, least=least)
    ruled = scale.spread, scale.ties
    return About(column.name, column.type, shape, *ruled, masked=masked, least=least)


def _shape(column: Column, ruler: Ruler) -> Shape:
    if column.type in (ColumnType.DATE, ColumnType.TIME):
        return Shape.DATE
    if column.type not in ORDERED:
        return Shape.CATEGORICAL
    scale = next((s for s in ruler.scales if s.column == column.name), None)
    few = scale is not None and scale.distinct <= FEW_VALUES
    return Shape.DISCRETE if few else Shape.CONTINUOUS
