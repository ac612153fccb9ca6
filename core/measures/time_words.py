"""Time in words: what a heat table of slices over time says, and how its windows are called."""

from datetime import date

import numpy as np

from core.estimates.wording import WORDS, say_day
from core.measures.all_slices import ATTENTION, FAIL, OPEN, AllSlices
from core.measures.slice_words import LIGHTS, say_line
from core.records.estimate import Word


def say_window(period: str, start: date) -> str:
    """Return a window by its first day.

    >>> [say_window(p, date(2026, 1, 5)) for p in ("day", "week", "month", "quarter", "year")]
    ['5 Jan 2026', 'week of 5 Jan 2026', 'Jan 2026', 'Q1 2026', '2026']
    """
    match period:
        case "day":
            return say_day(start)
        case "week":
            return f"week of {say_day(start)}"
        case "month":
            return f"{start:%b} {start.year}"
        case "quarter":
            return f"Q{(start.month + 2) // 3} {start.year}"
        case _:
            return str(start.year)


def say_over_time(judged: AllSlices, column: str, period: str) -> tuple[str, str, str]:
    """Return light, rule and sentence: in which window is a value of the column worse?

    Each cell is held against everybody else, other windows included, at q <= alpha over all
    cells with enough rows. Where most of them have too few rows to rule it out, that is no
    pass.
    """
    name = judged.metric.name
    worst = judged.line(int(judged.order[0])) if len(judged.order) else None
    if worst and worst.light in (FAIL, ATTENTION):
        rule = f"{name} is worse than everybody else's in some {period}"
        return LIGHTS[worst.light], rule, say_line(judged, worst)
    enough = ~judged.too_few & ~judged.hidden
    compared = int((enough & ~np.isnan(judged.compared.difference.value)).sum())
    if not compared:
        few = f"In no {period} has a value of {column} enough rows to be compared."
        return WORDS[Word.NOT_MEASURED], "", few
    how_many = "1 cell was" if compared == 1 else f"{compared:,} cells were"
    sentence = (
        f"In no {period} is a value of {column} surely worse than everybody else by more "
        f"than is allowed; {how_many} compared in {name}."
    )
    open_ = int((enough & (judged.lights == OPEN)).sum())
    if open_:
        sentence += f" For {open_:,} of them there are too few rows to rule it out."
    mostly_open = 2 * open_ > compared
    return WORDS[Word.INSUFFICIENT if mostly_open else Word.PASS], "", sentence
