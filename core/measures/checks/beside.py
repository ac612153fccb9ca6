"""Values that the training data does not know."""

from typing import Final

from core.engine.beside import find_ends, find_outside, find_unseen
from core.engine.likeness import Found
from core.estimates.wording import say, say_rows
from core.measures.checks.look import (
    Look,
    check,
    is_text,
    most,
    not_applicable,
    not_measured,
    share,
)
from core.records.checks import Check
from core.records.data import Column, ColumnType, Split
from core.records.estimate import Gate

UNSEEN: Final = most("unseen", "Values that training never saw", 0.001)
OUTSIDE: Final = most("range", "Numbers outside of what training saw", 0.001)
MARGIN: Final = 0.1  # of the training range, on both sides: extremes grow with rows
NAMES: Final = 0.5  # of the rows: such a column holds names, not categories


def check_unseen(look: Look) -> Check:
    """Categories among the features that do not stand in the training data."""
    columns = look.shared(
        [c for c in look.features if is_text(c) and _is_category(look, c)]
    )
    if not columns:
        return _nothing(look, UNSEEN, "no category")
    found = [(c, find_unseen(look.engine, look.table, look.other, c)) for c in columns]
    column, worst = max(found, key=lambda pair: pair[1].rows)
    measured = share(worst, look.dataset.rows)
    sentence = (
        f"`{column.name}` has values in {say_rows(worst.rows)} ({say(measured)}) that "
        "training never saw."
        if worst.rows
        else "Every category also stands in the training data."
    )
    return check(
        UNSEEN, measured, sentence, found=worst, columns=_over(look, found, UNSEEN)
    )


def check_range(look: Look) -> Check:
    """Numbers beyond the training range widened by a tenth, and infinite ones."""
    numbers = (ColumnType.INTEGER, ColumnType.NUMBER)
    columns = look.shared([c for c in look.features if c.type in numbers])
    if not columns:
        return _nothing(look, OUTSIDE, "no number")
    found = [(column, _outside(look, column)) for column in columns]
    column, worst = max(found, key=lambda pair: pair[1].rows)
    measured = share(worst, look.dataset.rows)
    sentence = (
        f"`{column.name}` lies far outside of what training saw in {say_rows(worst.rows)} "
        f"({say(measured)})."
        if worst.rows
        else "Every number lies where training saw numbers."
    )
    return check(
        OUTSIDE, measured, sentence, found=worst, columns=_over(look, found, OUTSIDE)
    )


def _over(look: Look, found: list[tuple[Column, Found]], gate: Gate) -> list[Column]:
    """Return the columns that break the rule; where none does, those that were looked at."""
    over = [column for column, rows in found if rows.rows > gate.limit * look.dataset.rows]
    return over or [column for column, _ in found]


def _outside(look: Look, column: Column) -> Found:
    low, high, count = find_ends(look.engine, look.other, column)
    if not count:
        return Found(0, ())
    room = MARGIN * (high - low)
    return find_outside(look.engine, look.table, column, low - room, high + room)


def _is_category(look: Look, column: Column) -> bool:
    return look.distinct(column) <= NAMES * look.dataset.rows


def _nothing(look: Look, gate: Gate, what: str) -> Check:
    if look.dataset.split is Split.TRAINING:
        return not_applicable(gate, "this is the training data")
    if look.training is None:
        return not_measured(gate, "there is no training data to hold it against")
    return not_applicable(gate, f"{what} among the features stands in both tables")
