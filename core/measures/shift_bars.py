"""Shift bars: both distributions of a column in the same few bins, to be drawn."""

from collections.abc import Iterable
from datetime import UTC, datetime
from math import floor, isfinite, log10
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core.estimates.many import Floats
from core.estimates.shift_order import Paired, quantile_of
from core.estimates.wording import DASH, say_day
from core.measures.privacy import is_few
from core.measures.shift_pairs import About, Named
from core.records.data import ColumnType
from core.records.drift import Bin
from core.records.texts import say_text, shorten

MOST: Final = 24
DIGITS: Final = 3
LONGEST: Final = 40
EDGE: Final = 0.005  # of the rows at either end share a bar
MISSING: Final = "missing"
BOOLEANS: Final = {"true": "yes", "false": "no"}
LATEST: Final = 253_402_300_799.0  # seconds up to the year 9999


def draw_bars(
    about: About, paired: Paired | Named, missing: tuple[int, int]
) -> tuple[Bin, ...]:
    """Return the bars of both sides; the last are rows without a value, if there are any."""
    bars = (
        _of_names(about, paired) if isinstance(paired, Named) else _of_order(about, paired)
    )
    return (*bars, Bin(MISSING, *missing)) if any(missing) else bars


def say_value(about: About, value: object) -> str:
    """Return a value of a column as it is said: a number to three digits, a day, a name."""
    if isinstance(value, float):
        return _number(about, value)
    text = str(value)
    if about.type is ColumnType.BOOLEAN:
        return BOOLEANS.get(text, text)
    return shorten(say_text(text), LONGEST)


def _of_names(about: About, named: Named) -> tuple[Bin, ...]:
    """Return a bar of each name that has enough rows, and one of all others."""
    own = [k for k in range(min(MOST, len(named.values))) if not _few(about, named.n[:, k])]
    rest = named.n.sum(axis=1) - named.n[:, own].sum(axis=1)
    while own and _few(about, rest):
        rest = rest + named.n[:, own.pop()]
    shown = [
        Bin(say_value(about, named.values[k]), int(named.n[0, k]), int(named.n[1, k]))
        for k in own
    ]
    others = [Bin("all other values", int(rest[0]), int(rest[1]))] if rest.any() else []
    return (*shown, *others)


def _of_order(about: About, paired: Paired) -> tuple[Bin, ...]:
    if not len(paired.lo):
        return ()
    if len(paired.lo) <= MOST and paired.single.all():
        values = [_number(about, float(value)) for value in paired.lo]
        return tuple(
            Bin(values[i] if i == j else f"{values[i]} {DASH} {values[j]}", before, after)
            for i, j, before, after in _merge(about, paired.n)
        )
    edges = _edges(paired)
    places = np.searchsorted(edges, paired.hi)
    n = np.stack([np.bincount(places, side, len(edges) + 1) for side in paired.n])
    said = [_number(about, float(edge)) for edge in edges]
    return tuple(
        Bin(_between(said, i, j), before, after)
        for i, j, before, after in _merge(about, n)
        if before or after or 0 < i <= j < len(said)
    )


def _edges(paired: Paired) -> Floats:
    """Return where the bars end: equal steps over nearly all rows of both sides."""
    sides = [side for side in (0, 1) if paired.rows[side]]
    low = min(quantile_of(paired, side, EDGE) for side in sides)
    high = max(quantile_of(paired, side, 1 - EDGE) for side in sides)
    if not (isfinite(low) and isfinite(high) and low < high):
        low, high = _ends(paired)
    return np.unique(np.linspace(low, high, MOST - 1))


def _between(said: list[str], first: int, last: int) -> str:
    """Return the words of the bars `first` to `last` together."""
    if first == 0:
        return f"up to {said[last]}" if last < len(said) else "all values"
    low = said[first - 1]
    return f"{low} {DASH} {said[last]}" if last < len(said) else f"above {low}"


def _merge(about: About, n: NDArray[np.integer[Any]]) -> list[tuple[int, int, int, int]]:
    """Return bars as (first, last, before, after), those of few people with a neighbour.

    The smaller of the two neighbours is taken, until no bar tells a few people.
    """
    bars = [(k, k, int(n[0, k]), int(n[1, k])) for k in range(n.shape[1])]
    while len(bars) > 1:
        few = [k for k, bar in enumerate(bars) if _few(about, bar[2:])]
        if not few:
            break
        at = few[0]
        beside = [k for k in (at - 1, at + 1) if 0 <= k < len(bars)]
        other = min(beside, key=lambda k: bars[k][2] + bars[k][3])
        left, right = sorted((at, other))
        first, last = bars[left], bars[right]
        both = first[2] + last[2], first[3] + last[3]
        bars[left : right + 1] = [(first[0], last[1], *both)]
    return bars


def _few(about: About, rows: Iterable[int]) -> bool:
    return any(is_few(int(number), about.least) for number in rows)


def _ends(paired: Paired) -> tuple[float, float]:
    known = paired.finite
    if not len(known.lo):
        return 0.0, 0.0
    return float(known.lo[0]), float(known.hi[-1])


def _number(about: About, value: float) -> str:
    if not isfinite(value):
        return "infinite" if value > 0 else "minus infinite"
    if about.type in (ColumnType.DATE, ColumnType.TIME):
        moment = datetime.fromtimestamp(min(max(value, 0.0), LATEST), tz=UTC)
        return say_day(moment.date())
    if value == 0:
        return "0"
    digits = DIGITS - 1 - floor(log10(abs(value)))
    rounded = round(value, digits)
    if digits <= 0 or rounded == int(rounded):
        return f"{int(rounded):,}" if abs(rounded) < 10**15 else f"{rounded:g}"
    return f"{rounded:,.{digits}f}" if digits < 7 else f"{rounded:g}"  # noqa: PLR2004
