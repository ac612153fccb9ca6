"""The one place where names become SQL; values are always bound."""

from collections.abc import Mapping
from datetime import date, datetime
from difflib import get_close_matches

from core.errors import WrongInputError
from core.records.data import ColumnType
from core.records.predicate import And, Comparison, Not, Or, Predicate

Value = str | int | float | bool | date | datetime | list[str] | None
TRUE = "true"
MOST = 2**126  # what DuckDB compares as a whole number


def name(column: str) -> str:
    """Return `column` as an identifier, whatever it contains.

    >>> name('say "hi" twice')
    '"say ""hi"" twice"'
    """
    return '"' + column.replace('"', '""') + '"'


def condition(
    predicate: Predicate | None, types: Mapping[str, ColumnType]
) -> tuple[str, list[Value]]:
    """Return the SQL of a predicate and the values to bind to it.

    Every comparison is true or false, never NULL, so that `not` is the exact complement.

    Raises:
        WrongInputError: a column is not in the table, or a value does not suit its type.
    """
    match predicate:
        case None:
            return TRUE, []
        case Comparison():
            return _comparison(predicate, types)
        case Not(part):
            text, values = condition(part, types)
            return f"not ({text})", values
        case And(parts) | Or(parts):
            word = " and " if isinstance(predicate, And) else " or "
            pairs = [condition(part, types) for part in parts]
            joined = word.join(text for text, _ in pairs)
            return f"({joined})", [value for _, values in pairs for value in values]


def _comparison(
    comparison: Comparison, types: Mapping[str, ColumnType]
) -> tuple[str, list[Value]]:
    column = comparison.column
    if column not in types:
        near = get_close_matches(column, types, n=1)
        raise WrongInputError(
            f"This link names a column that is not here: `{column}`."
            + (f" Nearest: `{near[0]}`." if near else ""),
            hint="Choose the slice again.",
        )
    if comparison.operator == "missing":
        return f"{name(column)} is null", []
    value = _suit(comparison, types[column])
    if comparison.operator == "!=":
        return f"not coalesce({name(column)} = ?, false)", [value]
    return f"coalesce({name(column)} {comparison.operator} ?, false)", [value]


def _suit(comparison: Comparison, type_: ColumnType) -> Value:
    """Return the value in the type of its column."""
    value = comparison.value
    try:
        match type_, value:
            case (ColumnType.BOOLEAN, bool()) | (ColumnType.TEXT, str()):
                return value
            case (ColumnType.INTEGER | ColumnType.NUMBER, int() | float() | str()) if (
                not isinstance(value, bool)
            ):
                return _number(value, type_)
            case ColumnType.DATE, str():
                return date.fromisoformat(value)
            case ColumnType.TIME, str():
                return datetime.fromisoformat(value)
    except (ValueError, OverflowError):
        pass
    raise WrongInputError(
        f"`{comparison.column}` holds {type_.word} values; {value!r} is none.",
        hint="Choose the slice again.",
    )


def _number(value: str | float, type_: ColumnType) -> int | float:
    """Return a number that its column can be compared with exactly.

    Numbers beyond 2^53 come as text, see `core.records.predicate`.
    """
    if type_ is ColumnType.NUMBER:
        return float(value)
    if isinstance(value, float) and not value.is_integer():
        return value
    whole = int(float(value)) if isinstance(value, str) and "e" in value else int(value)
    return whole if abs(whole) < MOST else float(whole)
