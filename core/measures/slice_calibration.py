"""Calibration by slice: for whom does it promise too much, or too little?"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from scipy.special import ndtri

from core.engine.grid import WIDTH
from core.engine.score_cube import UNIT
from core.engine.score_slices import ScoreSlices
from core.estimates.intervals import estimate_share
from core.estimates.multiple import holm
from core.estimates.wording import say, say_interval
from core.measures.average_gap import measure_squared
from core.measures.calibration_slope import measure_logistic
from core.measures.calibration_tests import kuiper_of_few, measure_observed, observed_p
from core.measures.privacy import gives_away
from core.measures.reading_line import FEW, say_chance
from core.measures.score_groups import ScoreGroups, as_floats, equal_count
from core.measures.score_moments import ScoreMoments, moments_of_groups
from core.records.calibration import SliceCalibration
from core.records.codes import Codebook
from core.records.estimate import Estimate, Measured, NotEstimable

BINS: Final = 10
LEVEL: Final = 0.05
METHOD: Final = "normal, with the variance of the stated chances"


@dataclass(frozen=True, slots=True, eq=False)
class OneSlice:
    """The groups of one slice, with the sums that need no grouping."""

    column: int
    code: int
    groups: ScoreGroups
    moments: ScoreMoments


def split_slices(counted: ScoreSlices) -> list[OneSlice]:
    """Return the groups of each slice of each column; slices without weight are left out."""
    if not len(counted.n):
        return []
    starts = np.flatnonzero(
        (np.diff(counted.part, prepend=-1) != 0) | (np.diff(counted.code, prepend=-1) != 0)
    )
    ends = np.append(starts[1:], len(counted.n))
    typical = float(counted.w.sum() / max(1, counted.n.sum())) or 1.0
    found = []
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        groups, variance = _groups(counted, start, end, typical)
        if len(groups.rows):
            moments = _moments(groups, variance)
            column, code = int(counted.part[start]), int(counted.code[start])
            found.append(OneSlice(column, code, groups, moments))
    return found


def measure_slices(
    counted: ScoreSlices,
    book: Codebook,
    *,
    columns: Collection[str] = (),
    privacy_limit: int = 0,
) -> tuple[SliceCalibration, ...]:
    """Return every slice of some coded columns, or of all, the surest gap first.

    Each is tested by observed / expected and by Kuiper's range, the smaller p counting
    twice; then all slices together by Holm. Slices that would give away fewer rows than
    `privacy_limit` are left out, those of fewer than 30 cases are not tested.
    """
    wanted = [
        each
        for each in split_slices(counted)
        if not columns or book.columns[each.column].name in columns
    ]
    slices = _shown(wanted, privacy_limit)
    p = np.array([_p_of(each) for each in slices])
    adjusted = holm(p) if len(p) else p
    tests = int(np.count_nonzero(~np.isnan(p)))
    z = float(ndtri(1 - LEVEL / 2 / max(1, tests)))
    lines = [
        _measure(each, book, (float(alone), float(among)), z)
        for each, alone, among in zip(slices, p, adjusted, strict=True)
    ]
    return tuple(sorted(lines, key=lambda line: (-line.apart, -line.sure_gap, -line.rows)))


def _groups(
    counted: ScoreSlices, start: int, end: int, typical: float
) -> tuple[ScoreGroups, float]:
    some = np.flatnonzero(counted.w[start:end] > 0) + start
    groups = ScoreGroups(
        bucket=counted.step[some] * WIDTH,
        rows=counted.n[some],
        weight=counted.w[some] / typical,
        squares=as_floats(counted.w2[some]) / typical**2,
        events=counted.wy[some] / typical,
        stated=as_floats(counted.wp[some]) / UNIT / typical,
        typical=typical,
    )
    return groups, float(as_floats(counted.wv[some]).sum()) / UNIT / typical


def _moments(groups: ScoreGroups, variance_once: float) -> ScoreMoments:
    """Return the sums of a slice; the variance is that of the rows, not of the steps."""
    coarse = moments_of_groups(groups)
    share = variance_once / coarse.variance_once if coarse.variance_once else 1.0
    variance = coarse.variance * share
    return replace(coarse, variance=variance, variance_once=variance_once)


def _shown(slices: list[OneSlice], limit: int) -> list[OneSlice]:
    totals: dict[int, int] = {}
    for each in slices:
        totals[each.column] = totals.get(each.column, 0) + each.moments.rows
    return [
        each
        for each in slices
        if not gives_away(each.moments.rows, (totals[each.column],), limit=limit)
    ]


def _p_of(one: OneSlice) -> float:
    if one.moments.rows < FEW:
        return float("nan")
    by_path = kuiper_of_few(one.groups, one.moments)
    return float(min(1.0, 2 * np.fmin(observed_p(one.moments), by_path)))


def _measure(
    one: OneSlice, book: Codebook, p: tuple[float, float], z: float
) -> SliceCalibration:
    moments, coded = one.moments, book.columns[one.column]
    alone, among = p
    gap, sure = _gap(moments, z)
    apart = among <= LEVEL
    words = coded.say(one.code)
    return SliceCalibration(
        column=coded.name,
        code=one.code,
        words=words,
        address=coded.codes[one.code].address,
        rows=moments.rows,
        events=moments.events,
        expected=moments.expected,
        observed_expected=measure_observed(moments),
        gap=gap,
        average_gap=float(
            np.sqrt(max(0.0, measure_squared(equal_count(one.groups, BINS))))
        ),
        slope=measure_logistic(one.groups).slope,
        p=alone,
        adjusted=among,
        sure_gap=sure,
        apart=apart,
        sentence=_say(words, moments, gap),
    )


def _gap(moments: ScoreMoments, z: float) -> tuple[Measured, float]:
    """Return happened minus said with its 95 % interval, and what `z` errors leave of it."""
    value = (moments.events - moments.expected) / moments.weight
    error = moments.variance**0.5 / moments.weight
    if moments.rows < FEW:
        return NotEstimable("too few cases", moments.rows), 0.0
    half = float(ndtri(1 - LEVEL / 2)) * error
    measured = Estimate(
        value, value - half, value + half, moments.rows, moments.effective_rows, METHOD
    )
    return measured, max(0.0, abs(value) - z * error)


def _say(words: str, moments: ScoreMoments, gap: Measured) -> str:
    """Return what a slice is told on average, and what happened."""
    if isinstance(gap, NotEstimable):
        return f"{words}: too few cases to tell ({moments.rows:,})."
    happened = estimate_share(
        moments.events,
        moments.weight,
        rows=moments.rows,
        effective_rows=moments.effective_rows,
        nothing="",
    )
    said = say_chance(moments.expected / moments.weight)
    interval = say_interval(happened)
    return (
        f"{words}: stated {said} on average, happened {say(happened)} "
        f"({interval}, {moments.rows:,} cases)."
    )
