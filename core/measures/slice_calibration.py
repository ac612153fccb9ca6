"""Calibration by slice: for whom does it promise too much, or too little?"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from scipy.special import ndtri

from core.engine.score_slices import ScoreSlices
from core.estimates.intervals import estimate_share
from core.estimates.many import Floats
from core.estimates.multiple import holm
from core.estimates.wording import say, say_interval, say_number, say_points
from core.measures.average_gap import measure_squared
from core.measures.calibration_slope import measure_logistic
from core.measures.calibration_tests import kuiper_of_few, measure_observed, observed_p
from core.measures.privacy import gives_away
from core.measures.reading_line import FEW, say_chance
from core.measures.score_groups import equal_count
from core.measures.score_moments import ScoreMoments, moments_of_groups
from core.measures.slice_groups import OneSlice, set_right, split_slices, whole_of
from core.records.calibration import CalibrationBySlice, SliceCalibration
from core.records.codes import Codebook
from core.records.estimate import Estimate, Measured, NotEstimable

BINS: Final = 10
LEVEL: Final = 0.05
MOST: Final = 0.8  # of the slices, which lean to the side of the whole
METHOD: Final = "normal, with the variance of the stated chances"


def measure_slices(
    counted: ScoreSlices, book: Codebook, *, privacy_limit: int = 0
) -> CalibrationBySlice:
    """Return every slice of the counted columns: off beyond the whole first, then surest gap.

    Each is tested by observed / expected and by Kuiper's range, the smaller p counting
    twice; then all slices together by Holm. Slices that would give away fewer rows than
    `privacy_limit` are left out, those of fewer than 30 cases are not tested. Where the
    model is off as a whole, and most slices to its side, the same tests are made once more
    with the scores set right for the whole: what is left is a slice's own.
    """
    every = split_slices(counted)
    if not every:
        return CalibrationBySlice((), NotEstimable("no row has a label", 0), "")
    groups = whole_of(every)
    slices = _shown(every, privacy_limit)
    whole = OneSlice(-1, -1, groups, moments_of_groups(groups))
    alone, adjusted = _test(slices)
    trouble = _trouble(slices, whole)
    own = _test_beyond(slices, whole) if trouble else adjusted
    tests = int(np.count_nonzero(~np.isnan(alone)))
    z = float(ndtri(1 - LEVEL / 2 / max(1, tests)))
    lines = [_measure(each, book, z) for each in slices]
    judged = [
        _judge(line, float(p), float(among), float(beyond))
        for line, p, among, beyond in zip(lines, alone, adjusted, own, strict=True)
    ]
    judged.sort(key=_surest_first)
    sentence = say_slices(judged, trouble)
    return CalibrationBySlice(tuple(judged), measure_observed(whole.moments), sentence)


def say_slices(lines: Sequence[SliceCalibration], trouble: str) -> str:
    """Return the `trouble` of all rows, if there is any, then who is off beyond that."""
    apart = sum(line.apart for line in lines)
    if not apart:
        return f"None of {len(lines):,} slices is off beyond chance."
    if not trouble:
        return lines[0].sentence
    own = sum(line.beyond for line in lines)
    if not own:
        return f"{trouble} No slice is off beyond that."
    if own == 1:
        return f"{trouble} Beyond that one slice is off, {lines[0].sentence}"
    return f"{trouble} Beyond that {own:,} slices are off, first of all {lines[0].sentence}"


def _trouble(slices: Sequence[OneSlice], whole: OneSlice) -> str:
    """Return what is wrong almost everywhere, because it is with the whole; else nothing."""
    if not _p_of(whole) <= LEVEL:
        return ""
    moments = whole.moments
    if observed_p(moments) > LEVEL:
        return "The model is right on average, but not score by score."
    less = moments.expected < moments.events
    judged = [each.moments for each in slices if each.moments.rows >= FEW]
    alike = sum((each.expected < each.events) == less for each in judged)
    if alike < MOST * len(judged):
        return ""
    expected, events = (say_number(n, 0) for n in (moments.expected, moments.events))
    return (
        f"The model expects too {'little' if less else 'much'} almost everywhere: {expected} "
        f"cases, but {events} happened."
    )


def _test(slices: Sequence[OneSlice]) -> tuple[Floats, Floats]:
    """Return the p-value of each slice alone, and among all (Holm)."""
    p = np.array([_p_of(each) for each in slices], dtype=np.float64)
    return p, holm(p) if len(p) else p


def _judge(
    line: SliceCalibration, alone: float, among: float, own: float
) -> SliceCalibration:
    apart = among <= LEVEL
    sentence = line.sentence
    if apart and not line.sure_gap:
        points = say_points(round(line.average_gap, 3))
        sentence = f"{sentence[:-1]}; off by {points} score by score."
    return replace(
        line,
        p=alone,
        adjusted=among,
        apart=apart,
        beyond=apart and own <= LEVEL,
        sentence=sentence,
    )


def _surest_first(line: SliceCalibration) -> tuple[float, ...]:
    return (-line.beyond, -line.apart, -line.sure_gap, line.adjusted, -line.rows)


def _shown(slices: Sequence[OneSlice], limit: int) -> list[OneSlice]:
    totals: dict[int, int] = {}
    for each in slices:
        totals[each.column] = totals.get(each.column, 0) + each.moments.rows
    return [
        each
        for each in slices
        if not gives_away(each.moments.rows, (totals[each.column],), limit=limit)
    ]


def _test_beyond(slices: Sequence[OneSlice], whole: OneSlice) -> Floats:
    """Return the same where the scores hold for the whole; NaN where they cannot be made to.

    A slice that is off less than the whole is not off beyond it: its gap would turn round.
    """
    right = set_right(slices, whole.groups)
    if right is None:
        return np.full(len(slices), np.nan)
    _, among = _test(right)
    if observed_p(whole.moments) > LEVEL:
        return among
    before, after = (
        np.array([each.moments.events - each.moments.expected for each in side])
        for side in (slices, right)
    )
    return np.where(before * after < 0, 1.0, among)


def _p_of(one: OneSlice) -> float:
    if one.moments.rows < FEW:
        return float("nan")
    by_path = kuiper_of_few(one.groups, one.moments)
    return float(min(1.0, 2 * np.fmin(observed_p(one.moments), by_path)))


def _measure(one: OneSlice, book: Codebook, z: float) -> SliceCalibration:
    moments, coded = one.moments, book.columns[one.column]
    gap, sure = _gap(moments, z)
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
        p=float("nan"),
        adjusted=float("nan"),
        sure_gap=sure,
        apart=False,
        beyond=False,
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
