"""Slices in words: what all of them say together, and each against everybody else."""

from typing import Final

import numpy as np

from core.estimates.intervals import estimate_share
from core.estimates.multiple import LEVEL
from core.estimates.wording import (
    ATTENTION,
    NBSP,
    WORDS,
    decimals,
    say,
    say_both,
    say_rows,
)
from core.measures.all_slices import ATTENTION as WARNS
from core.measures.all_slices import FAIL, OPEN, PASS, UNKNOWN, AllSlices, SliceLine
from core.records.estimate import Estimate, Measured, Word
from core.records.worst import Chance, Worst, WorstSlice

LIGHTS: Final = {
    FAIL: WORDS[Word.FAIL],
    WARNS: ATTENTION,
    OPEN: WORDS[Word.INSUFFICIENT],
    PASS: WORDS[Word.PASS],
    UNKNOWN: WORDS[Word.NOT_MEASURED],
}


def say_all(found: AllSlices) -> tuple[str, str, str]:
    """Return light, rule and sentence of what all slices say together."""
    name = found.metric.name
    worst = found.line(int(found.order[0])) if len(found.order) else None
    if worst and worst.light in (FAIL, WARNS):
        how = "breaks a limit" if worst.light == FAIL else "is worse than everybody else's"
        return LIGHTS[worst.light], f"{name} of a slice {how}", say_line(found, worst)
    enough = ~found.too_few & ~found.hidden & (found.rows > 0)
    compared = int((enough & ~np.isnan(found.compared.difference.value)).sum())
    if not compared:
        alone = f"There is nothing to compare the {name} of a slice with."
        few = "No slice has enough rows to be compared."
        return WORDS[Word.NOT_MEASURED], "", alone if enough.any() else few
    open_ = int((enough & (found.lights == OPEN)).sum())
    how_many = "1 slice was" if compared == 1 else f"{compared:,} slices were"
    sentence = (
        "No slice is surely worse than everybody else by more than is allowed; "
        f"{how_many} compared in {name}."
    )
    if open_:
        sentence += f" For {open_:,} of them there are too few rows to rule it out."
    return WORDS[Word.PASS], "", sentence


def say_line(found: AllSlices, line: SliceLine) -> str:
    """Return a slice against everybody else.

    `self-employed · mobile: error rate 27.8 % (24.9-31.0 %), everybody else 3.9 %; 812
    rows, 31 % of all errors.`
    """
    if line.hidden:
        return f"{line.title}: {say_both(line.measured)}."
    metric, share, rest = found.metric, line.share_of_errors, line.rest
    finer = max(_digits(line.measured, metric.kind), _digits(rest, metric.kind))
    value = say_both(line.measured, metric.kind, finer=finer)
    text = f"{line.title}: {metric.name} {value}"
    if isinstance(rest, Estimate):
        text += f", everybody else {say(rest, metric.kind, finer=finer)}"
    text += f"; {say_rows(line.rows)}"
    return f"{text}, {_percent(share)} of all errors." if share is not None else f"{text}."


def say_worst(slice_: WorstSlice, worst: Worst, word: str) -> str:
    """Return a slice that was found in one sentence; `word` is what an error is.

    `27.8 % wrong against 3.9 % elsewhere; 812 rows, 31 % of all errors.`
    """
    here, there = _against(slice_, worst)
    share = _percent(slice_.errors / worst.errors)
    return (
        f"{here} {word} against {there} elsewhere; "
        f"{say_rows(slice_.rows)}, {share} of all errors."
    )


def say_apart(slice_: WorstSlice, worst: Worst, name: str) -> str:
    """Return a slice where of two models that disagree it is the other, `name`, that is right."""
    here, there = _against(slice_, worst)
    return (
        f"Of {say_rows(slice_.rows)} where just one model is right, it is {name} in {here}; "
        f"elsewhere in {there}."
    )


def say_confirmed(slice_: WorstSlice) -> str:
    """Return how bad the slice is on rows that had no part in finding it."""
    half = slice_.confirmed
    if half is None:
        return "Half of the rows were not enough to find it again."
    mine = _share(half.errors, half.rows)
    rest = _share(half.rest_errors, half.rest_rows)
    return f"On other rows than those that found it: {say_both(mine)} against {say_both(rest)}."


def say_search_chance(chance: Chance) -> str:
    """Return how often chance alone turns up a slice as bad as the worst one."""
    if not chance.permutations:
        return "The search found nothing to put to the test."
    reached = round(chance.p * (chance.permutations + 1)) - 1
    if not reached:
        most = chance.permutations
        return f"A slice this bad turns up by chance in fewer than 1 of {most} searches."
    often = chance.p > LEVEL
    how = f"{chance.p * 100:.0f} of 100" if often else f"1 of {1 / chance.p:.0f}"
    tail = "; do not act on it alone" if often else ""
    return f"A slice this bad turns up by chance in {how} searches{tail}."


def _against(slice_: WorstSlice, worst: Worst) -> tuple[str, str]:
    """Return the share of errors inside and outside of a slice, with the same digits."""
    mine = _share(slice_.errors, slice_.rows)
    rest = _share(worst.errors - slice_.errors, worst.rows - slice_.rows)
    finer = max(_digits(mine, "share"), _digits(rest, "share"))
    return say(mine, finer=finer), say(rest, finer=finer)


def _share(hits: int, rows: int) -> Measured:
    return estimate_share(hits, rows, rows=rows, effective_rows=rows, nothing="no rows")


def _digits(measured: Measured, kind: str) -> int:
    if not isinstance(measured, Estimate):
        return 0
    return decimals(measured, scale=100 if kind == "share" else 1)


def _percent(share: float) -> str:
    return f"{share * 100:.0f}{NBSP}%"
