"""When the class of a model and a value of the label mean the same."""

from collections.abc import Sequence
from math import isfinite
from typing import Final

YES: Final = frozenset({"true", "yes"})
NO: Final = frozenset({"false", "no"})


def find_label(name: str, label_values: Sequence[str]) -> str | None:
    """Give the label value that a model's class stands for, or None.

    The same text wins. Otherwise `1`, `1.0`, `True` and `yes` mean the same, and so do
    `0`, `0.0`, `False` and `no`, and any two ways to write one number.
    """
    if name in label_values:
        return name
    meaning = _meaning(name)
    alike = [value for value in label_values if _meaning(value) == meaning]
    return alike[0] if len(alike) == 1 else None


def sort_labels(label_values: Sequence[str]) -> tuple[str, ...]:
    """Give the values once each, ascending: as numbers if all are, otherwise as texts."""
    values = sorted(set(label_values))
    numbers = [_number(value) for value in values]
    if None not in numbers:
        values.sort(key=float)
    return tuple(values)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if isfinite(number) else None


def _meaning(text: str) -> float | str:
    word = text.strip().lower()
    if word in YES or word in NO:
        return float(word in YES)
    number = _number(text)
    return text if number is None else number
