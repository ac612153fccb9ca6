"""Shifts: what moved, by how much, and whether that is more than chance and a tolerance."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

import numpy as np

from core.estimates.many import Floats
from core.estimates.multiple import benjamini_hochberg
from core.estimates.shift_intervals import rows_needed
from core.measures.shift_facts import Facts
from core.measures.shift_words import say_shift
from core.records.data import Column
from core.records.drift import Shape, Shift
from core.records.estimate import Estimate, NotEstimable, Word
from core.records.texts import say_text

LEVEL: Final = 0.05
MOST_LISTED: Final = 20
NEAR: Final = 0.6


@dataclass(frozen=True, slots=True)
class Trouble:
    """A column that cannot be compared, and why."""

    column: Column
    shape: Shape
    rows: tuple[int, int]
    reason: str


def adjust(groups: Sequence[Sequence[Facts]]) -> list[Floats]:
    """Return the q-values of each group of columns, all tests of all groups together."""
    p = np.array([facts.p for group in groups for facts in group], np.float64)
    ends = np.cumsum([len(group) for group in groups])
    return np.split(benjamini_hochberg(p), ends[:-1])


def judge_shifts(
    facts: Sequence[Facts], q: Floats, *, tolerance: float
) -> tuple[Shift, ...]:
    """Return a verdict of every column, the farthest moved first.

    Fail: the interval lies above the tolerance, and q <= 0.05 over all columns. Pass: it
    lies within the tolerance. Else there is not enough evidence. New and vanished values
    with fewer rows than `About.least` are not named.
    """
    judged = [
        _judge(each, float(q_value), tolerance)
        for each, q_value in zip(facts, q, strict=True)
    ]
    return tuple(sorted(judged, key=lambda shift: (-shift.moved, shift.column)))


def decide(effect: Estimate, q: float, tolerance: float) -> Word:
    """Return the verdict of one effect."""
    if effect.low > tolerance and q <= LEVEL:
        return Word.FAIL
    return Word.PASS if effect.high <= tolerance else Word.INSUFFICIENT


def say_gone(column: Column, others: Sequence[Column]) -> str:
    """Return why a column of the first side is not compared: `others` are new in the second.

    `not there any more; did you mean income_eur?`
    """
    alike = {c.name for c in others if _kind(c) == _kind(column)}
    near = get_close_matches(column.name.lower(), [n.lower() for n in alike], 1, NEAR)
    named = next((n for n in sorted(alike) if near and n.lower() == near[0]), "")
    said = "not there any more"
    return f"{said}; did you mean {say_text(named)}?" if named else said


def say_changed(before: Column, after: Column) -> str:
    """Return that a column has another type now."""
    return f"type changed: {before.type.word} before, {after.type.word} now"


def untested(trouble: Trouble) -> Shift:
    """Return a column that could not be compared, with the reason."""
    column = trouble.column
    nothing = NotEstimable(trouble.reason, sum(trouble.rows))
    return Shift(
        column=column.name,
        type=column.type,
        shape=trouble.shape,
        rows=trouble.rows,
        missing=(0, 0),
        effect=nothing,
        q=float("nan"),
        word=Word.NOT_MEASURED,
        needed=None,
        sentence=f"{say_text(column.name)}: {trouble.reason}.",
        distances=(),
        new=(),
        vanished=(),
        beyond=nothing,
        bins=(),
        trouble=trouble.reason,
    )


def _judge(facts: Facts, q: float, tolerance: float) -> Shift:
    word = decide(facts.effect, q, tolerance)
    about = facts.about
    open_ = word is Word.INSUFFICIENT
    return Shift(
        column=about.column,
        type=about.type,
        shape=about.shape,
        rows=facts.rows,
        missing=facts.missing,
        effect=facts.effect,
        q=q,
        word=word,
        needed=rows_needed(facts.effect, tolerance, facts.rows) if open_ else None,
        sentence=say_shift(facts, word),
        distances=facts.distances,
        new=() if about.masked else _listed(facts.new, about.least),
        vanished=() if about.masked else _listed(facts.vanished, about.least),
        beyond=facts.beyond,
        bins=facts.bars,
    )


def _listed(values: tuple[tuple[str, int], ...], least: int) -> tuple[tuple[str, int], ...]:
    return tuple(pair for pair in values if pair[1] >= least)[:MOST_LISTED]


def _kind(column: Column) -> str:
    return "number" if column.type.is_number else column.type.value
