"""Which columns feed which input of a model, and the sentences that say so."""

import re
from collections.abc import Sequence
from difflib import get_close_matches
from functools import lru_cache
from typing import Final

from core.errors import RefusedModelError
from core.models.wording import quote
from core.records.data import Column, ColumnType, Use
from core.records.models import InputMatch, ModelFacts, ModelInput

NUMBERS: Final = (ColumnType.NUMBER, ColumnType.INTEGER, ColumnType.BOOLEAN)
FITTING: Final = {
    "float": ("a number", NUMBERS),
    "double": ("a number", NUMBERS),
    "int64": ("a whole number", NUMBERS[1:]),
    "int32": ("a whole number", NUMBERS[1:]),
    "bool": ("yes/no", NUMBERS[2:]),
    "string": ("text", (ColumnType.TEXT,)),
}
HOLDS: Final = {
    ColumnType.NUMBER: "numbers with decimals",
    ColumnType.INTEGER: "whole numbers",
    ColumnType.BOOLEAN: "yes/no",
    ColumnType.TEXT: "text",
    ColumnType.DATE: "dates",
    ColumnType.TIME: "times",
}
MOST_NAMED: Final = 5  # in one sentence
ANSWERS: Final = (Use.LABEL, Use.SCORE, Use.PREDICTION)
WORDS: Final = "no one two three four five six seven eight nine".split()  # noqa: SIM905 - shorter


def match_inputs(facts: ModelFacts, columns: Sequence[Column]) -> tuple[InputMatch, ...]:
    """Propose the columns of each input, or say why there are none.

    An input of one column is matched by name: the exact one, or the only one that
    differs in case, spaces, underscores, hyphens and dots alone. A single input that
    holds many columns takes all features in the order of the table.
    """
    return tuple(_match(wanted, facts, columns) for wanted in facts.inputs)


def order_features(facts: ModelFacts, pasted: str, columns: Sequence[Column]) -> InputMatch:
    """Give the columns of the model's single input in a pasted order of names.

    One name per line, or names with commas between; quotes and brackets are dropped.
    """
    if len(facts.inputs) != 1:
        raise RefusedModelError(
            f"The model has {len(facts.inputs)} inputs; an order of columns fits one.",
            hint="Choose a column for each input.",
        )
    wanted = facts.inputs[0]
    separator = "\n" if "\n" in pasted.strip() else ","
    parts = (part.strip().strip("[](),;'\" \t") for part in pasted.split(separator))
    names = [part for part in parts if part]
    known = {column.name: column for column in columns}
    unknown = [name for name in names if name not in known]
    if unknown:
        return InputMatch(
            wanted, (), " ".join(_unknown(name, known) for name in unknown[:MOST_NAMED])
        )
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        return InputMatch(wanted, (), f"The column {quote(twice[0])} is named twice.")
    return _fill(wanted, [known[name] for name in names], _say_names(len(names)))


def say_match(matches: Sequence[InputMatch]) -> str:
    """Say in a sentence or two whether every input has found its columns."""
    lost = [m.input.name for m in matches if m.trouble == _no_column(m.input)]
    others = [m.trouble for m in matches if m.trouble and m.trouble != _no_column(m.input)]
    said = []
    if lost:
        names = ", ".join(map(quote, lost[:MOST_NAMED]))
        if len(lost) > MOST_NAMED:
            names += f" and {len(lost) - MOST_NAMED:,} more"
        said.append(
            f"One input has no column: {names}. Choose one for it."
            if len(lost) == 1
            else f"{_count(len(lost)).capitalize()} inputs have no column: {names}. "
            "Choose one for each."
        )
    return " ".join([*said, *others[:MOST_NAMED]]) or _say_all(matches)


def _say_all(matches: Sequence[InputMatch]) -> str:
    first = matches[0]
    if len(matches) > 1:
        number = _count(len(matches))
        every = "Both" if number == "two" else f"All {number}"
        return f"{every} inputs of the model match a column by name and type."
    if len(first.columns) > 1:
        return (
            f"{_count(len(first.columns)).capitalize()} columns fill the input "
            f"{quote(first.input.name)}, in the order shown."
        )
    return "The input of the model matches a column by name and type."


def _match(wanted: ModelInput, facts: ModelFacts, columns: Sequence[Column]) -> InputMatch:
    only = len(facts.inputs) == 1
    if wanted.width not in (1, None) and not only:
        trouble = (
            f"The input {quote(wanted.name)} wants {wanted.width} columns. Choose them."
        )
        return InputMatch(wanted, (), trouble)
    found = [] if wanted.width not in (1, None) else _named(wanted.name, columns)
    if only and not found and wanted.width != 1:
        features = [column for column in columns if column.use is Use.FEATURE]
        return _fill(wanted, features, _say_features(len(features)))
    if len(found) == 1:
        trouble = _misfit(wanted, found[0])
        return InputMatch(wanted, () if trouble else (found[0].name,), trouble)
    if found:
        names = " or ".join(quote(column.name) for column in found[:MOST_NAMED])
        return InputMatch(wanted, (), f"The input {quote(wanted.name)} may be {names}.")
    return InputMatch(wanted, (), _no_column(wanted))


def _named(name: str, columns: Sequence[Column]) -> list[Column]:
    exact = [column for column in columns if column.name == name]
    return exact or [column for column in columns if _plain(column.name) == _plain(name)]


@lru_cache(maxsize=8_192)  # thousands of inputs meet thousands of columns
def _plain(name: str) -> str:
    return re.sub(r"[\s_.\-]+", "", name).casefold()


def _fill(wanted: ModelInput, features: Sequence[Column], found: str) -> InputMatch:
    if not features or (wanted.width and wanted.width != len(features)):
        kind = "texts" if wanted.type == "string" else "numbers"
        count = wanted.width or "some"
        return InputMatch(wanted, (), f"The model wants {count} {kind}, {found}.")
    troubles = [trouble for column in features if (trouble := _misfit(wanted, column))]
    names = () if troubles else tuple(column.name for column in features)
    return InputMatch(wanted, names, " ".join(troubles[:3]))


def _misfit(wanted: ModelInput, column: Column) -> str:
    word, types = FITTING[wanted.type]
    if column.use in ANSWERS:
        return (
            f"The input {quote(wanted.name)} cannot be fed from {quote(column.name)}, "
            f"which is the {column.use} of the table."
        )
    if column.type in types:
        return ""
    name = "of that name" if column.name == wanted.name else quote(column.name)
    return (
        f"The input {quote(wanted.name)} wants {word}; the column {name} "
        f"holds {HOLDS[column.type]}."
    )


def _unknown(name: str, known: dict[str, Column]) -> str:
    plain = {_plain(column): column for column in known}
    near = get_close_matches(_plain(name), plain, n=1)
    also = f"; did you mean `{plain[near[0]]}`?" if near else "."
    return f"There is no column {quote(name)}{also}"


def _no_column(wanted: ModelInput) -> str:
    return f"The input {quote(wanted.name)} has no column."


def _say_features(count: int) -> str:
    if count == 1:
        return "one column is a feature"
    return f"{_count(count)} columns are features"


def _say_names(count: int) -> str:
    return "one name was given" if count == 1 else f"{_count(count)} names were given"


def _count(number: int) -> str:
    return WORDS[number] if number < len(WORDS) else f"{number:,}"
