"""Why a metric changed: other rows, or a model that got worse on the same rows.

The change of a mean over slices g with shares w and rates r is, exactly,
    sum (w1 - w0) (r0 + r1) / 2  +  sum (w0 + w1) / 2 (r1 - r0):
the mix of slices moved, and the rates inside them did (Kitagawa, 1955). Rates in the mix
are measured from the rate of the whole before, which changes no sum and lets a slice that
grew add only by what it is worse.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from core.engine.mix import Cut, Mix
from core.estimates.intervals import Z95, kish
from core.estimates.multiple import benjamini_hochberg
from core.estimates.wording import say_number
from core.measures.mix_noise import Side, measure_noise
from core.records.changes import Change, ColumnSplit, SlicePart
from core.records.codes import CodedColumn
from core.records.estimate import Estimate
from core.records.predicate import And, Predicate, to_address

METHOD: Final = "delta method, both tables independent"
SURE: Final = 0.05
LEAST_SHARE: Final = 0.1  # of the change, so that a slice is named
LEAST_ROWS: Final = 30

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Sides:
    """The slices of one part, before and after; a rate is NaN where a side has no rows."""

    one: NDArray[np.int64]
    two: NDArray[np.int64]
    n: tuple[NDArray[np.int64], NDArray[np.int64]]
    share: tuple[Floats, Floats]
    rate: tuple[Floats, Floats]
    square: tuple[Floats, Floats]  # mean squared error
    effective: tuple[float, float]


def split_change(
    before: Mix, after: Mix, cut: Cut, *, privacy_limit: int, amounts: bool = False
) -> Change | None:
    """Split the change of the error between two tables over every column and pair.

    With `amounts` errors are amounts of a regression, not shares. None where a side has no
    labelled rows.
    """
    wholes = [_whole(mix) for mix in (before, after)]
    first, last = wholes
    if first is None or last is None:
        return None
    splits = []
    for number, part in enumerate(cut.parts):
        sides = _sides(before, after, number)
        named = tuple(cut.columns[k] for k in part)
        splits.append(_split(sides, named, (first, last), privacy_limit))
    splits.sort(key=lambda split: -max((abs(s.excess) for s in split.slices), default=0.0))
    difference = _difference(first, last)
    worst = _worst(splits, difference.value)
    return Change(
        first,
        last,
        difference,
        tuple(splits),
        worst,
        _say(difference, worst, amounts=amounts),
    )


def _whole(mix: Mix) -> Estimate | None:
    """Return the mean error of one side, from any of its parts."""
    mine = mix.part == mix.part.min() if len(mix.part) else np.zeros(0, np.bool_)
    weight = float(sum(mix.w[mine].tolist()))
    if weight <= 0:
        return None
    error = float(sum(mix.e[mine].tolist())) / mix.scale / weight * mix.unit
    square = float(sum(mix.e2[mine].tolist())) / mix.scale / weight * mix.unit**2
    effective = kish(weight, float(sum(mix.w2[mine].tolist())))
    half = Z95 * sqrt(max(square - error**2, 0.0) / max(effective, 1.0))
    rows = int(mix.n[mine].sum())
    return Estimate(error, error - half, error + half, rows, effective, METHOD)


def _sides(before: Mix, after: Mix, part: int) -> _Sides:
    keys = [
        set(
            zip(
                mix.one[mix.part == part].tolist(),
                mix.two[mix.part == part].tolist(),
                strict=True,
            )
        )
        for mix in (before, after)
    ]
    codes = sorted(keys[0] | keys[1])
    place = {code: k for k, code in enumerate(codes)}
    first, last = (_one_side(mix, part, place) for mix in (before, after))
    one = np.array([code[0] for code in codes], np.int64)
    two = np.array([code[1] for code in codes], np.int64)
    return _Sides(
        one,
        two,
        (first.n, last.n),
        (first.share, last.share),
        (first.rate, last.rate),
        (first.square, last.square),
        (first.effective, last.effective),
    )


@dataclass(frozen=True, slots=True)
class _Side:
    """Rows, shares, rates and mean squares of every slice; Kish's rows of all."""

    n: NDArray[np.int64]
    share: Floats
    rate: Floats
    square: Floats
    effective: float


def _one_side(mix: Mix, part: int, place: dict[tuple[int, int], int]) -> _Side:
    """Return rows, shares, rates and mean squared errors of every slice."""
    mine = np.flatnonzero(mix.part == part)
    at = [place[int(mix.one[k]), int(mix.two[k])] for k in mine]
    n = np.zeros(len(place), np.int64)
    w, w2, e, e2 = (np.zeros(len(place)) for _ in range(4))
    n[at] = mix.n[mine]
    for into, values in ((w, mix.w), (w2, mix.w2), (e, mix.e), (e2, mix.e2)):
        into[at] = values[mine].astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.where(w > 0, e / mix.scale / w * mix.unit, np.nan)
        square = np.where(w > 0, e2 / mix.scale / w * mix.unit**2, np.nan)
    total = w.sum()
    return _Side(n, w / total, rate, square, kish(float(total), float(w2.sum())))


def _split(
    sides: _Sides,
    columns: tuple[CodedColumn, ...],
    wholes: tuple[Estimate, Estimate],
    privacy_limit: int,
) -> ColumnSplit:
    (w0, w1), (r0, r1) = sides.share, sides.rate
    # A slice that one side lacks has one rate only: all it adds is mix.
    known0, known1 = np.where(np.isnan(r0), r1, r0), np.where(np.isnan(r1), r0, r1)
    middle = (known0 + known1) / 2 - wholes[0].value
    mix = (w1 - w0) * middle
    inside = (w0 + w1) / 2 * (known1 - known0)
    q0, q1 = sides.square
    noise = measure_noise(
        Side(w0, known0, np.where(np.isnan(q0), q1, q0), sides.effective[0]),
        Side(w1, known1, np.where(np.isnan(q1), q0, q1), sides.effective[1]),
    )
    change = wholes[1].value - wholes[0].value
    both = mix + inside
    excess = both - (w0 + w1) / 2 * change
    sure = noise.excess > 0
    z = np.divide(excess, np.sqrt(noise.excess), out=np.zeros_like(excess), where=sure)
    q = benjamini_hochberg(2 * norm.sf(np.abs(z)))
    rows = (int(sides.n[0].sum()), int(sides.n[1].sum()))

    def estimate(value: float, variance: float) -> Estimate:
        half = Z95 * sqrt(max(variance, 0.0))
        return Estimate(
            value, value - half, value + half, min(rows), float(min(rows)), METHOD
        )

    slices = tuple(
        SlicePart(
            words=_words(columns, sides, k),
            address=to_address(_predicate(columns, sides, k)),
            rows=(int(sides.n[0][k]), int(sides.n[1][k])),
            share=(float(w0[k]), float(w1[k])),
            rate=(_known(r0[k]), _known(r1[k])),
            mix=estimate(float(mix[k]), float(noise.mix[k])),
            inside=estimate(float(inside[k]), float(noise.inside[k])),
            both=estimate(float(both[k]), float(noise.both[k])),
            excess=float(excess[k]),
            q=float(q[k]),
        )
        for k in np.argsort(-np.abs(excess), kind="stable").tolist()
        if not 0 < sides.n[0][k] < privacy_limit and not 0 < sides.n[1][k] < privacy_limit
    )
    return ColumnSplit(
        tuple(column.name for column in columns),
        estimate(float(mix.sum()), noise.whole_mix),
        estimate(float(inside.sum()), noise.whole_inside),
        slices,
    )


def _difference(before: Estimate, after: Estimate) -> Estimate:
    value = after.value - before.value
    half = sqrt((before.high - before.value) ** 2 + (after.high - after.value) ** 2)
    rows = min(before.rows, after.rows)
    return Estimate(value, value - half, value + half, rows, float(rows), METHOD)


def _worst(splits: Sequence[ColumnSplit], change: float) -> SlicePart | None:
    """Return the slice that surely adds most beyond its size, in the change's direction."""
    fitting = [
        each
        for split in splits
        for each in split.slices
        if each.q <= SURE
        and each.both.value * change > 0
        and abs(each.both.value) >= LEAST_SHARE * abs(change)
        and max(each.rows) >= LEAST_ROWS
    ]
    return max(fitting, key=lambda each: abs(each.excess), default=None)


def _say(difference: Estimate, worst: SlicePart | None, *, amounts: bool) -> str:
    word = "rose" if difference.value >= 0 else "fell"
    if difference.low <= 0 <= difference.high:
        return "The error changed no more than chance does."
    sentence = f"The error {word} by {_amount(abs(difference.value), amounts=amounts)}"
    if worst is None:
        return f"{sentence}; no slice adds more to it than its size would."
    part = _amount(abs(worst.both.value), amounts=amounts)
    grown = worst.share[1] / worst.share[0] if worst.share[0] else 0.0
    size = (
        "who were not there before"
        if not worst.share[0]
        else f"whose share went from {_percent(worst.share[0])} to {_percent(worst.share[1])}"
        if not 0.8 <= grown <= 1.25  # noqa: PLR2004 - about as many
        else "who are as many as before"
    )
    if abs(worst.both.value) > abs(difference.value):
        return f"{sentence}; {worst.words}, {size}, add {part}, and others take some of it back."
    return f"{sentence}; {part} of it come from {worst.words}, {size}."


def _amount(value: float, *, amounts: bool) -> str:
    return f"{value:,.3g}" if amounts else f"{say_number(value * 100, 1)} points"


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %" if share >= 0.095 else f"{share * 100:.1f} %"  # noqa: PLR2004 - two digits


def _words(columns: tuple[CodedColumn, ...], sides: _Sides, k: int) -> str:
    codes = (int(sides.one[k]), int(sides.two[k]))
    return ", ".join(column.say(code) for column, code in zip(columns, codes, strict=False))


def _predicate(columns: tuple[CodedColumn, ...], sides: _Sides, k: int) -> Predicate:
    codes = (int(sides.one[k]), int(sides.two[k]))
    parts = [
        column.codes[code].predicate for column, code in zip(columns, codes, strict=False)
    ]
    return parts[0] if len(parts) == 1 else And(tuple(parts))


def _known(rate: float) -> float | None:
    return None if np.isnan(rate) else float(rate)
