"""Time: whether a table lies after what the model learned from, and features before the outcome."""

from typing import Final

from core.engine.beside import find_earlier, find_later
from core.engine.likeness import Found
from core.estimates.wording import say, say_rows
from core.measures.checks.look import (
    Look,
    check,
    most,
    not_applicable,
    not_measured,
    share,
)
from core.records.checks import Check
from core.records.data import Column, ColumnType, Split, Use
from core.records.estimate import Severity

ORDER: Final = most("time_order", "Rows from before the end of the training data", 0.01)
LATE: Final = most(
    "late_feature", "Features from after the outcome", 0.0, severity=Severity.BLOCK
)


def check_order(look: Look) -> Check:
    """Rows that are no later than the last row of the training data."""
    if look.dataset.split is Split.TRAINING:
        return not_applicable(ORDER, "this is the training data")
    times = look.shared([c for c in look.dataset.columns if c.use is Use.TIME])
    if not times:
        missing = "there is no training data with the same time column"
        has_time = look.dataset.used_as(Use.TIME)
        return not_measured(ORDER, missing if has_time else "no column has the use time")
    found = find_earlier(look.engine, look.table, look.other, times[0])
    measured = share(found, look.dataset.rows)
    sentence = (
        f"{say_rows(found.rows)} ({say(measured)}) are no later than the last row of the "
        "training data."
        if found.rows
        else "Every row is later than the training data."
    )
    return check(ORDER, measured, sentence, found=found, columns=times[:1])


def check_late_features(look: Look) -> Check:
    """Dates among the features that lie after the moment when the outcome was known."""
    moments = (ColumnType.DATE, ColumnType.TIME)
    dated = [c for c in look.features if c.type in moments]
    if not dated:
        return not_applicable(LATE, "no feature is a date")
    known = look.dataset.used_as(Use.LABEL_TIME)
    if known is None:
        return not_measured(LATE, "no column says when the outcome was known")
    found = [
        (column, find_later(look.engine, look.table, column, known)) for column in dated
    ]
    late: list[tuple[Column, Found]] = [pair for pair in found if pair[1].rows]
    column, worst = max(found, key=lambda pair: pair[1].rows)
    measured = share(worst, look.dataset.rows)
    sentence = (
        f"`{column.name}` lies after the outcome in {say_rows(worst.rows)}; nobody can "
        "know it when the model is asked."
        if late
        else "No feature lies after the outcome."
    )
    columns = [pair[0] for pair in late] or dated
    return check(LATE, measured, sentence, found=worst, columns=columns)
