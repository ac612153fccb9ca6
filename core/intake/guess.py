"""What each column of a table is probably for, with the reason in plain words."""

import re
from collections.abc import Sequence
from typing import Final

from core.records.data import Column, ColumnFacts, ColumnType, Guess, Reading, Use


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


FEW: Final = 30  # different values; slices by more are too many to look at
FEWEST_ROWS: Final = 20  # below, "every value differs" says nothing
LABEL: Final = _words(
    "label target outcome y truth actual defaulted default churned churn converted fraud "
    "approved survived readmitted class response repaid"
)
SCORE: Final = _words("score scores probability prob proba likelihood")
PREDICTION: Final = _words("prediction predicted pred forecast decision")
WEIGHT: Final = _words("weight weights sampleweight")
IDENTIFIER: Final = _words("id uuid guid key identifier index rowid")
PERSONAL: Final = _words(
    "email mail phone telephone mobile fax address street iban passport ssn "
    "firstname lastname surname fullname forename"
)
PERSON: Final = _words("first last middle full family given sur customer")
SENSITIVE: Final = _words(
    "age sex gender race ethnicity ethnic religion religious nationality citizenship "
    "disability disabled pregnant pregnancy marital orientation permit birthplace "
    "birthdate dob caste"
)
LATER: Final = _words(
    "outcome label target result closed resolved decided observed matured"
)
EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
PHONE: Final = re.compile(r"\+?[0-9][0-9 ()/.-]{7,}")
CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
DATES: Final = (ColumnType.DATE, ColumnType.TIME)
SINGLE: Final = {Use.LABEL, Use.TIME, Use.LABEL_TIME, Use.ID, Use.WEIGHT}
Proposal = tuple[Use, str]


def guess_columns(reading: Reading, *, wanted: Sequence[str] = ()) -> tuple[Guess, ...]:
    """Propose what each column is for, and whether it makes groups or is sensitive.

    `wanted` are the names that the model reads; they are features whatever else they look
    like. There is one label, one time, one label time, one id and one weight at most: the
    first that looks like it.
    """
    taken: set[Use] = set()
    model = frozenset(wanted)
    label = _label(reading, model)
    guesses = []
    for facts in reading.columns:
        use, why = _use(facts, reading.rows, model, label)
        if use in SINGLE and use in taken:
            use, why = Use.IGNORE, f"another column is already the {use.value}"
        taken.add(use)
        guesses.append(_marked(facts, use, why))
    return tuple(guesses)


def _use(
    facts: ColumnFacts, rows: int, wanted: frozenset[str], label: str | None
) -> Proposal:
    if facts.name in wanted:
        return Use.FEATURE, "the model reads it"
    if facts.name == label:
        return Use.LABEL, f"{_values(facts)} and its name says outcome"
    if wanted and name_words(facts.name) & SENSITIVE:
        return Use.IGNORE, "the model does not read it"
    if facts.distinct <= 1:
        return (
            Use.IGNORE,
            "every row holds the same value" if facts.distinct else "it is empty",
        )
    return _named(facts) or _shaped(facts, rows) or _plain(facts)


def _named(facts: ColumnFacts) -> Proposal | None:
    """Propose what the name says, where the type allows it."""
    words = name_words(facts.name)
    number = facts.type.is_number
    if facts.type in DATES:
        later = words & LATER
        return (
            (Use.LABEL_TIME, "a date and its name says when the outcome was known")
            if later
            else (Use.TIME, "it holds dates")
        )
    if number and words & SCORE and _within_one(facts):
        return Use.SCORE, "numbers from 0 to 1 and its name says score"
    if words & PREDICTION:
        return (
            (Use.SCORE, "numbers from 0 to 1 and its name says prediction")
            if facts.type is ColumnType.NUMBER and _within_one(facts)
            else (Use.PREDICTION, "its name says prediction")
        )
    if number and words & WEIGHT and len(words - {"sample", "row", "case"}) == 1:
        return Use.WEIGHT, "numbers and its name says weight"
    return None


def _shaped(facts: ColumnFacts, rows: int) -> Proposal | None:
    """Propose what the values look like: personal, or one per row."""
    words = name_words(facts.name)
    if personal := _personal(facts, words):
        return Use.IGNORE, personal
    alone = facts.distinct == rows - facts.missing and not facts.missing
    if alone and words & IDENTIFIER:
        return Use.ID, "every value differs and its name says id"
    if (
        alone
        and rows >= FEWEST_ROWS
        and facts.type in (ColumnType.TEXT, ColumnType.INTEGER)
    ):
        return Use.ID, "every value differs"
    if words & IDENTIFIER and facts.distinct > FEW:
        again = facts.distinct < rows - facts.missing
        why = "values occur again" if again else "rows without a value occur"
        return Use.IGNORE, f"its name says id, but {why}"
    return None


def _personal(facts: ColumnFacts, words: frozenset[str]) -> str:
    """Give the reason why a column points at single people, or nothing."""
    text = facts.type is ColumnType.TEXT and bool(facts.examples)
    if text and all(map(EMAIL.fullmatch, facts.examples)):
        return "it holds e-mail addresses"
    if words & PERSONAL or ("name" in words and len(words - PERSON) <= 1):
        return "its name says that it names a person"
    if text and all(map(PHONE.fullmatch, facts.examples)):
        return "it looks like phone numbers"
    return ""


def _plain(facts: ColumnFacts) -> Proposal:
    if facts.type.is_number:
        return Use.FEATURE, f"{facts.distinct:,} different numbers"
    if facts.type is ColumnType.BOOLEAN:
        return Use.FEATURE, "true or false"
    if facts.distinct <= FEW:
        return Use.FEATURE, f"{facts.distinct:,} different texts"
    return Use.IGNORE, f"{facts.distinct:,} different texts are too many to compare"


def _label(reading: Reading, wanted: frozenset[str]) -> str | None:
    """Give the column that most looks like the outcome: two values before more."""
    able = [
        facts
        for facts in reading.columns
        if facts.name not in wanted
        and facts.type not in DATES
        and facts.distinct > 1
        and name_words(facts.name) & LABEL
        and not name_words(facts.name) & (SCORE | PREDICTION | IDENTIFIER)
    ]
    best = min(able, key=lambda facts: facts.distinct != 2, default=None)  # noqa: PLR2004 - yes and no
    return best.name if best else None


def _marked(facts: ColumnFacts, use: Use, why: str) -> Guess:
    sensitive = bool(name_words(facts.name) & SENSITIVE) and use in (
        Use.FEATURE,
        Use.IGNORE,
    )
    if sensitive and facts.distinct > 1:
        used = Use.FEATURE if "too many" in why else use
        column = Column(facts.name, facts.type, used, group=True, sensitive=True)
        return Guess(column, f"{why}; its name is a protected trait")
    group = (
        use is Use.FEATURE and facts.type is ColumnType.TEXT and 1 < facts.distinct <= FEW
    )
    return Guess(Column(facts.name, facts.type, use, group=group), why)


def name_words(name: str) -> frozenset[str]:
    """Give the words of a column name in small letters.

    >>> sorted(name_words("customerID_hash"))
    ['customer', 'hash', 'id']
    """
    return frozenset(re.findall(r"[^\W_]+", CAMEL.sub(" ", name).lower()))


def _within_one(facts: ColumnFacts) -> bool:
    try:
        return float(facts.low) >= 0 and float(facts.high) <= 1
    except ValueError:
        return False


def _values(facts: ColumnFacts) -> str:
    return "two values" if facts.distinct == 2 else f"{facts.distinct:,} values"  # noqa: PLR2004 - yes and no
