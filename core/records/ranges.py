"""Ranges: the rows between two ends of a column, as somebody drew them on a histogram."""

from datetime import UTC, datetime

from core.records.data import Column, ColumnType
from core.records.predicate import Comparison, Predicate, Value, both


def between(column: Column, low: float, high: float, *, last: bool) -> Predicate:
    """Return the rows from `low` to under `high`; with `last`, `high` is included.

    Ends of dates and times are seconds since 1970.
    """
    above = Comparison(column.name, ">=", _end(column.type, low))
    below = Comparison(column.name, "<=" if last else "<", _end(column.type, high))
    found = both(above, below)
    return above if found is None else found


def _end(type_: ColumnType, number: float) -> Value:
    match type_:
        case ColumnType.INTEGER:
            return round(number) if number.is_integer() else number
        case ColumnType.DATE:
            return datetime.fromtimestamp(number, UTC).date().isoformat()
        case ColumnType.TIME:
            moment = datetime.fromtimestamp(number, UTC).replace(tzinfo=None)
            return moment.isoformat(timespec="seconds")
        case _:
            return number
