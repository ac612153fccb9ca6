"""Shift words: what became of a column, in one plain sentence."""

from collections.abc import Sequence
from math import isfinite
from typing import Final

from core.estimates.wording import NBSP, say_points
from core.measures.shift_bars import say_value
from core.measures.shift_facts import Facts
from core.records.drift import Shape, Shift
from core.records.estimate import Word
from core.records.texts import say_text

HALF: Final = 0.5
NOTABLE: Final = 0.05  # of the usual spread
WIDER: Final = 1.1
OTHER_UNIT: Final = 5.0
DAY: Final = 86_400
NAMED: Final = 3
NOTED: Final = 0.01  # of the rows: a value that was not there before is worth a word
EXPECTED: Final = 5  # rows before that such a value would have had: no chance finding


def say_shift(facts: Facts, word: Word) -> str:
    """Return the sentence of one column; no value that only few rows have.

    `income moved up by 8 %, about 0.3 of its usual spread.`
    """
    column = say_text(facts.about.column)
    low, high = (f"{100 * end:.0f}" for end in (facts.effect.low, facts.effect.high))
    points = f"{high} point{'' if high == '1' else 's'} apart"
    if word is Word.PASS and noted(facts.new, facts.rows):
        return f"{column}{_say_new(facts)}."
    if word is Word.PASS:
        return f"{column} stayed as it was: at most {points}."
    if word is Word.INSUFFICIENT and facts.effect.low == 0:
        return f"{column}: 0 to {points}, too few rows to tell."
    said = _say_move(facts)
    if word is Word.INSUFFICIENT:
        return f"{column}{said}; {low} to {points}, too few rows to tell."
    return f"{column}{said}."


def noted(new: Sequence[tuple[str, int]], rows: tuple[int, int]) -> bool:
    """Return whether a value that was not there before is too frequent to be left unsaid.

    It has 1 % of the rows at least, and the side before is so large that it would have had
    five there (that none is seen has then a chance below exp(-5) = 0.7 %).
    """
    most = max((count / rows[1] for _, count in new), default=0.0)
    return most >= NOTED and most * rows[0] >= EXPECTED


def say_compared(shifts: Sequence[Shift], tolerance: float) -> str:
    """Return what became of all columns together."""
    tested = [shift for shift in shifts if shift.word is not Word.NOT_MEASURED]
    failed = [shift for shift in tested if shift.word is Word.FAIL]
    open_ = sum(shift.word is Word.INSUFFICIENT for shift in tested)
    left_out = len(shifts) - len(tested)
    limit = say_points(tolerance)
    if not tested:
        return "The two sides have no column that can be compared."
    compared = _count(len(tested), "column") + " compared"
    if failed:
        first = " ".join(shift.sentence for shift in failed[:2])
        said = f"{compared}; {len(failed):,} moved by more than {limit}. {first}"
    elif open_:
        said = f"{compared}; none surely moved by more than {limit}."
    else:
        said = f"{compared}; none moved by more than {limit}."
    new = [s.sentence for s in tested if s.word is Word.PASS and noted(s.new, s.rows)]
    if new:
        said += f" {new[0]}"
    if open_:
        said += f" For {_count(open_, 'column')} there are too few rows to tell."
    if left_out:
        said += f" {_count(left_out, 'column')} could not be compared."
    return said


def say_nothing(rows: tuple[int, int], titles: tuple[str, str]) -> str:
    """Return why two sides cannot be compared, or nothing: each needs two rows.

    `June has 1 row here; choose other rows.`
    """
    for number, title in zip(rows, titles, strict=True):
        if number <= 1:
            has = "1 row here" if number else "no rows here that can be shown"
            return f"{title} has {has}; choose other rows."
    return ""


def say_percent(share: float) -> str:
    """Return a share in words: `6 %`, `0.4 %`."""
    percent = 100 * share
    digits = 0 if percent >= 1 or percent == 0 else 1
    return f"{percent:.{digits}f}{NBSP}%"


def _say_move(facts: Facts) -> str:
    before, after = (
        missing / rows for missing, rows in zip(facts.missing, facts.rows, strict=True)
    )
    if abs(after - before) >= HALF * facts.effect.value and before != after:
        return (
            f" is missing in {say_percent(after)} of rows, before in {say_percent(before)}"
        )
    return _say_order(facts) if facts.quartiles else _say_names(facts)


def _say_names(facts: Facts) -> str:
    about, most = facts.about, HALF * facts.effect.value
    new, gone = (
        sum(count for _, count in found) / rows
        for found, rows in ((facts.new, facts.rows[1]), (facts.vanished, facts.rows[0]))
    )
    if new and new >= most:
        return _say_new(facts)
    if gone and gone >= most:
        words = f"{say_percent(gone)} had a value before that is not there any more"
        return f": {words}{_name(facts, facts.vanished)}"
    value, before, after = facts.apart
    if about.masked or value is None:
        return (
            f" has its values in other shares, about {100 * facts.effect.value:.0f} points"
        )
    name = say_value(about, value)
    return f" is {name} in {say_percent(after)} of rows, before in {say_percent(before)}"


def _say_new(facts: Facts) -> str:
    share = sum(count for _, count in facts.new) / facts.rows[1]
    words = f"{say_percent(share)} have a value that was not there before"
    return f": {words}{_name(facts, facts.new)}"


def _name(facts: Facts, values: Sequence[tuple[str, int]]) -> str:
    """Return the most frequent of some values, none that only few rows have."""
    about = facts.about
    names = [say_value(about, v) for v, count in values[:NAMED] if count >= about.least]
    more = ", ..." if len(values) > len(names) else ""
    return "" if about.masked or not names else f": {', '.join(names)}{more}"


def _say_order(facts: Facts) -> str:
    quartiles = facts.quartiles
    if quartiles is None:
        return ""
    (low, middle, high), (new_low, new_middle, new_high) = quartiles
    moved = (new_middle - middle) / facts.spread
    if isfinite(moved) and abs(moved) >= NOTABLE:
        return _say_place(facts, middle, new_middle, moved)
    wide, new_wide = high - low, new_high - new_low
    if wide > 0 and not 1 / WIDER < new_wide / wide < WIDER:
        verb = "spreads wider" if new_wide > wide else "spreads less wide"
        return f" {verb}: its middle half is {new_wide / wide:.2g} times as wide as before"
    value, before, after = facts.apart
    shares = f"in {say_percent(after)} of rows, before in {say_percent(before)}"
    if facts.about.masked:
        return (
            f" is distributed otherwise, about {100 * facts.effect.value:.0f} points apart"
        )
    return f" is at most {say_value(facts.about, value)} {shares}"


def _say_place(facts: Facts, middle: float, new: float, moved: float) -> str:
    spread = f"about {abs(moved):.1g} of its usual spread"
    if abs(moved) >= 1:
        spread = f"about {abs(moved):,.1f} times its usual spread"
    if facts.about.shape is Shape.DATE:
        days = abs(new - middle) / DAY
        return (
            f" moved {'later' if moved > 0 else 'earlier'} by {_count(round(days), 'day')}"
        )
    way = "up" if moved > 0 else "down"
    if facts.about.masked or not (middle > 0 and new > 0):
        return f" moved {way} by {spread}"
    times = new / middle
    if times >= OTHER_UNIT or times <= 1 / OTHER_UNIT:
        about = float(f"{max(times, 1 / times):.2g}")
        said = f"{about:,g} times as high" if times > 1 else f"1/{about:,g} as high"
        return f" is about {said} as before (another unit?)"
    return f" moved {way} by {say_percent(abs(times - 1))}, {spread}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
