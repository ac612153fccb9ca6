"""Slices in words: rows that satisfy `region = North and age < 25`."""

import json
from dataclasses import dataclass
from itertools import chain
from math import isfinite
from typing import Final

from core.errors import WrongInputError
from core.records.canonical import canonical, digest
from core.records.texts import say_text

Value = str | int | float | bool
Plain = list["Plain | Value"]
OPERATORS: Final = {
    "=": "=",
    "!=": "is not",
    "<": "<",
    "<=": "≤",
    ">": ">",
    ">=": "≥",
    "missing": "is missing",
}
SCORE: Final = "model score"  # what a predicate calls the score of the model
LONGEST_ADDRESS: Final = 4000
EXACT: Final = 2**53  # whole numbers from here on are rounded by readers of JSON
DEEPEST: Final = 6


@dataclass(frozen=True, slots=True)
class Comparison:
    """One column against one value; `missing` needs no value."""

    column: str
    operator: str
    value: Value | None = None


@dataclass(frozen=True, slots=True)
class And:
    """Rows that satisfy every part."""

    parts: "tuple[Predicate, ...]"


@dataclass(frozen=True, slots=True)
class Or:
    """Rows that satisfy at least one part."""

    parts: "tuple[Predicate, ...]"


@dataclass(frozen=True, slots=True)
class Not:
    """Rows that do not satisfy the part; missing values included."""

    part: "Predicate"


Predicate = Comparison | And | Or | Not


def both(*parts: Predicate | None) -> Predicate | None:
    """Return the rows that satisfy all parts; None stands for all rows."""
    given = tuple(part for part in parts if part is not None)
    return And(given) if len(given) > 1 else (given[0] if given else None)


def to_words(predicate: Predicate | None) -> str:
    """Return the predicate as a reader says it.

    >>> to_words(And((Comparison("region", "=", "North"), Comparison("age", "<", 25))))
    'region = North and age < 25'
    """
    match predicate:
        case None:
            return "All rows"
        case Comparison(column, "missing"):
            return f"{say_text(column)} is missing"
        case Comparison(column, operator, value):
            return f"{say_text(column)} {OPERATORS[operator]} {_value_words(value)}"
        case Not(part):
            return f"not ({to_words(part)})"
        case And(parts):
            return " and ".join(_joined_words(parts))
        case Or(parts):
            return " or ".join(_inner_words(part) for part in parts)


def to_address(predicate: Predicate) -> str:
    """Return the predicate as text for an address; `from_address` reads it back.

    >>> to_address(Comparison("age", "<", 25))
    '["<","age",25]'
    """
    return canonical(_to_list(_normal(predicate))).decode()


def from_address(text: str) -> Predicate:
    """Read a predicate from an address, or say that it is none.

    Raises:
        WrongInputError: the text is no predicate.
    """
    try:
        predicate = _from_list(json.loads(text[: LONGEST_ADDRESS + 1]), depth=0)
        canonical(_to_list(predicate))  # no NaN, no half characters
    except (ValueError, TypeError, IndexError, RecursionError):
        raise WrongInputError(
            "This link names a slice that cannot be read.", hint="Choose the slice again."
        ) from None
    return predicate


def slice_id(predicate: Predicate) -> str:
    """Return 16 hexadecimal digits that name the predicate, whatever its order of parts."""
    return digest(_to_list(_normal(predicate)))[:16]


def columns_of(predicate: Predicate | None) -> frozenset[str]:
    """Return the names of all columns that the predicate looks at."""
    match predicate:
        case None:
            return frozenset()
        case Comparison(column):
            return frozenset((column,))
        case Not(part):
            return columns_of(part)
        case And(parts) | Or(parts):
            return frozenset(chain.from_iterable(columns_of(part) for part in parts))


def _value_words(value: Value | None) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return say_text(str(value))


def _joined_words(parts: "tuple[Predicate, ...]") -> list[str]:
    """Return each part in words; both ends of a range of one column are one part.

    >>> _joined_words((Comparison("age", "<", 35), Comparison("age", ">=", 25)))
    ['age from 25 to under 35']
    """
    ends = {
        (part.column, part.operator): part for part in parts if isinstance(part, Comparison)
    }
    words: list[str] = []
    for part in parts:
        if not isinstance(part, Comparison):
            words.append(_inner_words(part))
            continue
        low, high = ends.get((part.column, ">=")), ends.get((part.column, "<"))
        if not (low and high) or part not in (low, high):
            words.append(_inner_words(part))
        elif part is (low if parts.index(low) < parts.index(high) else high):
            start, end = _value_words(low.value), _value_words(high.value)
            words.append(f"{say_text(part.column)} from {start} to under {end}")
    return words


def _inner_words(part: Predicate) -> str:
    return f"({to_words(part)})" if isinstance(part, And | Or) else to_words(part)


def _normal(predicate: Predicate) -> Predicate:
    """Flatten, sort and de-duplicate, so that equal slices are written alike."""
    match predicate:
        case Not(part):
            inner = _normal(part)
            return inner.part if isinstance(inner, Not) else Not(inner)
        case And(parts) | Or(parts):
            kind = type(predicate)
            normal = [_normal(part) for part in parts]
            flat = chain.from_iterable(
                part.parts if isinstance(part, kind) else (part,) for part in normal
            )
            unique = {canonical(_to_list(part)): part for part in flat}
            ordered = tuple(unique[key] for key in sorted(unique))
            return ordered[0] if len(ordered) == 1 else kind(ordered)
        case _:
            return predicate


def _to_list(predicate: Predicate) -> Plain:
    match predicate:
        case Comparison(column, "missing"):
            return ["missing", column]
        case Comparison(column, operator, value) if value is not None:
            return [operator, column, _exact(value)]
        case And(parts):
            return ["and", *(_to_list(part) for part in parts)]
        case Or(parts):
            return ["or", *(_to_list(part) for part in parts)]
        case Not(part):
            return ["not", _to_list(part)]
        case _:
            raise WrongInputError(
                "A comparison has no value.", hint="Give the value to compare with."
            )


def _exact(value: Value) -> Value:
    """Write a number as text where JSON would round it."""
    if isinstance(value, bool | str) or -EXACT < value < EXACT:
        return value
    return value if isinstance(value, float) and not isfinite(value) else repr(value)


def _from_list(plain: object, *, depth: int) -> Predicate:
    if not isinstance(plain, list) or depth > DEEPEST:
        raise TypeError
    match plain:
        case ["and", *parts] if parts:
            return And(tuple(_from_list(part, depth=depth + 1) for part in parts))
        case ["or", *parts] if parts:
            return Or(tuple(_from_list(part, depth=depth + 1) for part in parts))
        case ["not", part]:
            return Not(_from_list(part, depth=depth + 1))
        case ["missing", str(column)]:
            return Comparison(column, "missing")
        case [str(operator), str(column), str() | int() | float() | bool() as value] if (
            operator in OPERATORS and operator != "missing"
        ):
            return Comparison(column, operator, value)
    raise TypeError
