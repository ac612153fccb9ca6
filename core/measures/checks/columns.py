"""Columns that say nothing, name a row, or carry the outcome's name."""

import re
from typing import Final

from core.engine.likeness import Found
from core.estimates.wording import say
from core.measures.checks.look import Look, check, most, not_measured, share
from core.records.checks import Check
from core.records.data import Column, ColumnType
from core.records.estimate import Estimate, Measured

CONSTANT: Final = most("constant", "Columns with one value only", 0.0)
IDS: Final = most("id_like", "Features with a value of their own per row", 0.0)
NAMED: Final = most("target_name", "Features that carry the outcome's name", 0.0)
RARE: Final = most("imbalance", "Rare outcomes", 0.99)
ALL_BUT: Final = 0.9999  # a share of one value above which a column says nothing
UNIQUE: Final = 0.95
TARGET: Final = frozenset({"target", "label", "outcome", "groundtruth"})
ENDINGS: Final = ("ed", "s", "ing")


def check_constant(look: Look) -> Check:
    """Features that take one value in (nearly) all rows."""
    flat = [column for column in look.features if _is_flat(look, column)]
    sentence = (
        f"{_names(flat)} {_take(flat)} one value only, so nothing can be learned from it."
        if flat
        else "Every feature takes more than one value."
    )
    return check(CONSTANT, _count(flat, look), sentence, kind="count", columns=flat)


def check_ids(look: Look) -> Check:
    """Whole numbers or texts among the features that differ from row to row."""
    found = [column for column in look.features if _is_id(look, column)]
    sentence = (
        f"{_names(found)} {_take(found)} a value of its own in nearly every row, as ids do; "
        "a model would learn cases by heart."
        if found
        else "No feature has a value of its own per row."
    )
    return check(IDS, _count(found, look), sentence, kind="count", columns=found)


def check_names(look: Look) -> Check:
    """Features whose name holds all words of the label's name, or a word such as target."""
    if look.label is None:
        return not_measured(NAMED, "no column is the label")
    label = _words(look.label.name)
    named = [c for c in look.features if _is_named(_words(c.name), label)]
    sentence = (
        f"{_names(named)} carries the outcome in its name; make sure it is known before."
        if named
        else "No feature carries the outcome in its name."
    )
    return check(NAMED, _count(named, look), sentence, kind="count", columns=named)


def check_imbalance(look: Look) -> Check:
    """How large the commonest class is; 99 % and more leaves little to learn from."""
    outcome = look.profile.outcome
    if outcome is None:
        return not_measured(RARE, "no column is the label")
    if outcome.kind == "numbers":
        return not_measured(RARE, "the label is a number, not a class")
    common, n = outcome.classes[0] if outcome.classes else ("", 0)
    measured = share(Found(n, ()), outcome.labelled)
    rest = outcome.labelled - n
    sentence = (
        f"Every label is `{common}`; there is nothing to tell apart."
        if not rest and n
        else f"{say(measured)} of the labels are `{common}`; {rest:,} rows are others."
    )
    return check(RARE, measured, sentence, columns=[outcome.label])


def _is_flat(look: Look, column: Column) -> bool:
    found = look.profile.column(column.name)
    if found is None:
        return False
    present = look.dataset.rows - found.missing
    largest = found.top[0][1] if found.top else 0
    return found.distinct <= 1 or largest > ALL_BUT * present


def _is_id(look: Look, column: Column) -> bool:
    found = look.profile.column(column.name)
    if found is None or column.type not in (ColumnType.INTEGER, ColumnType.TEXT):
        return False
    present = look.dataset.rows - found.missing
    return present > 100 and found.distinct >= UNIQUE * present  # noqa: PLR2004 - few rows are unique by chance


def _is_named(words: frozenset[str], label: frozenset[str]) -> bool:
    return bool(words & TARGET) or (bool(label) and label <= words)


def _words(name: str) -> frozenset[str]:
    parts = re.findall(r"[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower())
    return frozenset(map(_stem, parts))


def _stem(word: str) -> str:
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) > len(ending) + 3:
            return word.removesuffix(ending)
    return word


def _count(found: list[Column], look: Look) -> Measured:
    """Return how many columns were found; a count of all columns leaves no doubt."""
    n = float(len(found))
    return Estimate(n, n, n, max(look.dataset.rows, 1), look.dataset.rows, "counted")


def _names(columns: list[Column]) -> str:
    return ", ".join(f"`{column.name}`" for column in columns)


def _take(columns: list[Column]) -> str:
    return "takes" if len(columns) == 1 else "take"
