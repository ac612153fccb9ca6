"""Personal data: columns whose values look like something that names a person.

A column is judged by up to 1,000 of its distinct values, as text. Each detector asks for a
shape; where numbers of that kind carry a check digit, the share of values that pass it must
be above what random digits of that shape pass (one-sided binomial test), so that ids are
not cards. A telling column name lowers the share that is needed. The findings are for a
person to confirm; no value stands in them but masked.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from scipy.stats import binomtest

from core.measures.detectors import DETECTORS, Detector, Kind

MOST_VALUES: Final = 1_000
LONGEST: Final = 200  # letters of a value that are looked at
FEWEST: Final = 3  # distinct values, below which a shape may be chance
SURE: Final = 1e-6  # the chance of an alarm, per column and kind
SURE_IF_NAMED: Final = 1e-3
NAMED: Final = 0.5  # what a telling name leaves of the shares that are needed
HIDDEN: Final = "•••"
SHOWN: Final = 2  # characters of a part
PARTS: Final = re.compile(r"([ @:.,;/()+'_-])")
EMAIL: Final = re.compile(r"([^@\s]+)@([^@\s]+)\.([^@\s.]+)")


BY_HEAD: Final = frozenset({Kind.NAME, Kind.STREET, Kind.IP, Kind.MAC, Kind.PLACE})


@dataclass(frozen=True, slots=True)
class Personal:
    """A column that looks like personal data.

    `matched` is the share of the `looked` values that have the shape, `checksum` the share
    of those that pass the check digits and `chance` what random digits pass; both are None
    where there are none. `certain` says that the values alone tell; else the name helped,
    or other things look alike.
    """

    column: str
    kind: Kind
    looked: int
    matched: float
    checksum: float | None
    chance: float | None
    example: str
    certain: bool


def find_kind(column: str, values: Sequence[str]) -> Personal | None:
    """Return what personal data a column looks like, if any: the surest of all kinds.

    `values` are distinct and as text; those after the first 1,000 are not looked at.
    """
    texts = [text for value in values[:MOST_VALUES] if (text := _plain(value[:LONGEST]))]
    name = _words(column)
    found = [_detect(detector, column, name, texts) for detector in DETECTORS if texts]
    return max((each for each in found if each), key=_strength, default=None)


def tells_by_name(column: str) -> bool:
    """Return whether a column's name alone is a reason to look at its values."""
    name = _words(column)
    return any(re.search(detector.name, name) for detector in DETECTORS)


def mask(text: str, kind: Kind) -> str:
    """Return the text with at most two characters of each part of it, and no length.

    Names, streets and addresses of networks keep the beginning of each part, numbers only
    the end of the last part; a part of one or two characters keeps none.

    >>> mask("anna.schmidt@example.de", Kind.EMAIL)
    'a•••@•••.de'
    >>> mask("4111 1111 1111 1234", Kind.CARD)
    '••• ••• ••• •••4'
    """
    text = text.strip()[:LONGEST]
    if kind is Kind.EMAIL and (found := EMAIL.fullmatch(text)):
        local, _, end = found.groups()
        ending = end if len(end) == SHOWN else end[:1] + HIDDEN
        return f"{_head(local)[:1]}{HIDDEN}@{HIDDEN}.{ending}"
    parts = [part for part in PARTS.split(text) if part]
    last = len(parts) - 1
    return "".join(
        part
        if PARTS.fullmatch(part)
        else _head(part) + HIDDEN
        if kind in BY_HEAD
        else HIDDEN + (_head(part[::-1])[::-1] if place == last else "")
        for place, part in enumerate(parts)
    )


def shape(text: str) -> str:
    """Return what a value looks like without what it says: letters as a, digits as 9.

    >>> shape("anna.schmidt@example.de"), shape("1985-03-12")
    ('a.a@a.a', '9-9-9')
    """
    parts = (part for part in PARTS.split(text[:LONGEST]) if part)
    found = "".join(part if PARTS.fullmatch(part) else _kinds(part) for part in parts)
    return HIDDEN if found == text else found


def shapes(top: Sequence[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    """Return the shapes of values with their rows, the commonest first."""
    found: Counter[str] = Counter()
    for value, rows in top:
        found[shape(value)] += rows
    return tuple(found.most_common())


def _kinds(part: str) -> str:
    kinds = ("9" if c.isdecimal() else "a" if c.isalpha() else "•" for c in part)
    return "".join(kind for kind, _ in groupby(kinds))


def _head(part: str) -> str:
    """Return the first one or two characters of a part, fewer than half of it."""
    shown = part[: min(SHOWN, (len(part) - 1) // 2)]
    return shown if shown.isalnum() else ""


def _plain(value: str) -> str:
    """Return a value without blanks around it, digits of any script as 0 to 9."""
    text = value.strip()
    if text.isascii():
        return text
    return re.sub(r"[^\D0-9]", lambda digit: str(unicodedata.decimal(digit[0])), text)


def _words(column: str) -> str:
    """Return a column's name as words: `customerEmail` and `customer_email` are the same."""
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", column)
    return re.sub(r"[\W_]+", " ", apart).strip().lower()


def _detect(
    detector: Detector, column: str, name: str, texts: Sequence[str]
) -> Personal | None:
    named = re.search(detector.name, name) is not None
    if not named and not detector.alone:
        return None
    shape = re.compile(detector.shape, re.IGNORECASE)
    bare = str.maketrans("", "", detector.drop)
    pairs = ((text, text.translate(bare) if detector.drop else text) for text in texts)
    shaped = [pair for pair in pairs if shape.fullmatch(pair[1])]
    lower = NAMED if named else 1.0
    matched = len(shaped) / len(texts)
    if matched < detector.need * lower or len(shaped) < FEWEST:
        return None
    rule = detector.passes or bool
    passed = [text for text, digits in shaped if rule(digits)]
    if not _is_above(detector, len(passed), len(shaped), named=named):
        return None
    return Personal(
        column=column,
        kind=detector.kind,
        looked=len(texts),
        matched=matched,
        checksum=None if detector.chance is None else len(passed) / len(shaped),
        chance=detector.chance,
        example=mask(passed[0], detector.kind),
        certain=detector.certain,
    )


def _is_above(detector: Detector, passed: int, shaped: int, *, named: bool) -> bool:
    """Return whether enough values pass, and more than random digits would."""
    if passed < detector.least * (NAMED if named else 1.0) * shaped or not passed:
        return False
    if detector.chance is None:
        return True
    test = binomtest(passed, shaped, detector.chance, alternative="greater")
    return bool(test.pvalue < (SURE_IF_NAMED if named else SURE))


def _strength(found: Personal) -> tuple[bool, float, float]:
    above = (found.checksum or 0.0) - (found.chance or 0.0)
    return found.certain, above, found.matched
