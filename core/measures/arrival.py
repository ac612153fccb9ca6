"""Arrival: for which rows labels have come, by the model's answer and by age.

Labels that come for one answer only (a loan that was refused is never paid back, nor not)
measure the model among those rows, and say nothing of all (Lakkaraju et al., 2017,
"selective labels").
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from core.engine.label_ages import NEVER, LabelAges
from core.engine.score_counts import ScoreCounts
from core.records.changes import Answered, Arrival

SELECTIVE: Final = 0.1  # one answer has labels less than a tenth as often as the other
UNEVEN: Final = 0.1  # a difference of shares that is worth a word
STEPS: Final = (7, 30, 60, 90, 180, 365)  # days
LEAST_ROWS: Final = 30


def arrival_of(counts: ScoreCounts, edge: int, ages: LabelAges | None) -> Arrival:
    """Return for which rows labels have come; `edge` is the bucket where a yes begins."""
    yes = counts.bucket >= edge
    sides = [
        Answered(word, int(counts.n[mine].sum()), int(counts.labelled[mine].sum()))
        for word, mine in (("yes", yes), ("no", ~yes))
    ]
    by_age = arrived_by_age(ages) if ages else ()
    among = _among(sides)
    return Arrival(tuple(sides), among, by_age, _say(sides, among, by_age))


def arrived_by_age(ages: LabelAges) -> tuple[tuple[int, float], ...]:
    """Return (days, share): of the rows that old, how many had their label within the days."""
    found = []
    for days in STEPS:
        old = ages.age >= days
        rows = int(ages.n[old].sum())
        if rows >= LEAST_ROWS:
            came = old & (ages.delay != NEVER) & (ages.delay <= days)
            found.append((days, float(np.sum(ages.n[came]) / rows)))
    return tuple(found)


def _among(sides: Sequence[Answered]) -> str:
    """Return the only answer for which labels come; none where they come for both or neither."""
    low, high = sorted(sides, key=lambda side: side.share)
    partly = low.rows and low.labelled < low.rows and high.labelled
    return high.word if partly and low.share < SELECTIVE * high.share else ""


def _say(
    sides: Sequence[Answered], among: str, by_age: tuple[tuple[int, float], ...]
) -> str:
    if sum(side.labelled for side in sides) in {0, sum(side.rows for side in sides)}:
        return _say_age(by_age)
    yes, no = sides
    said = f"Labels came for {yes.share:.0%} of “yes” answers and {no.share:.0%} of “no”."
    if among:
        said += f" The metric is about “{among}” answers only, never about all rows."
    elif abs(yes.share - no.share) > UNEVEN and min(yes.rows, no.rows):
        said += " So rows with a label are not like all rows."
    return f"{said} {_say_age(by_age)}".strip()


def _say_age(by_age: tuple[tuple[int, float], ...]) -> str:
    if not by_age:
        return ""
    within = ", ".join(f"{share:.0%} within {days} days" for days, share in by_age)
    return f"Labels arrive: {within}."
