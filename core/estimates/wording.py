"""Numbers in words: rounded to what their interval allows, the same on every page."""

from datetime import date
from math import floor, isnan, log10
from typing import Final

from core.records.estimate import Estimate, Measured, NotEstimable, Word

NBSP: Final = "\u00a0"
MINUS: Final = "\u2212"
DASH: Final = "\u2013"
MOST_DECIMALS: Final = 6
LEAST_P: Final = 0.001
WORDS: Final = {
    Word.PASS: "● Pass",
    Word.FAIL: "■ Fail",
    Word.INSUFFICIENT: "◇ Not enough evidence",
    Word.NOT_MEASURED: "○ Not measured",
    Word.NOT_APPLICABLE: f"{DASH} Does not apply",
}
ATTENTION: Final = "▲ Attention"


def decimals(estimate: Estimate, *, scale: float = 1.0) -> int:
    """Return how many decimals the interval allows.

    The last digit shown is the largest power of ten that is at most half the interval.

    >>> decimals(Estimate(0.278, 0.249, 0.310, 812, 812, ""), scale=100)
    0
    """
    half = (estimate.high - estimate.low) / 2 * scale
    return MOST_DECIMALS if half <= 0 else min(MOST_DECIMALS, max(0, -floor(log10(half))))


def say_number(value: float, digits: int) -> str:
    """Return a number with a true minus and commas.

    >>> say_number(-1234.5, 1)
    '−1,234.5'
    """
    text = f"{abs(value):,.{digits}f}"
    negative = value < 0 and float(text.replace(",", "")) != 0
    return MINUS + text if negative else text


def say(measured: Measured, kind: str = "share", *, finer: int = 0) -> str:
    """Return the value alone, or a dash; `finer` asks for that many decimals at least."""
    if isinstance(measured, NotEstimable):
        return DASH
    scale, digits = _digits(measured, kind, finer)
    text = say_number(measured.value * scale, digits)
    one = kind == "points" and text.lstrip(MINUS) == "1"
    return f"{text}{NBSP}point" if one else text + _unit(kind)


def say_interval(measured: Measured, kind: str = "share", *, finer: int = 0) -> str:
    """Return the interval with as many decimals as the value."""
    if isinstance(measured, NotEstimable):
        return DASH
    scale, digits = _digits(measured, kind, finer)
    low, high = (say_number(end * scale, digits) for end in (measured.low, measured.high))
    between = DASH if measured.low >= 0 else " to "
    return f"{low}{between}{high}{_unit(kind)}"


def say_both(measured: Measured, kind: str = "share", *, finer: int = 0) -> str:
    """Return value and interval, such as `27.8 % (24.9-31.0 %)`, or the reason for none."""
    if isinstance(measured, NotEstimable):
        return f"{DASH} {measured.reason}"
    return (
        f"{say(measured, kind, finer=finer)} ({say_interval(measured, kind, finer=finer)})"
    )


def say_points(share: float) -> str:
    """Return a difference of shares that is given, not estimated: `1 point`, `2.5 points`."""
    points = f"{share * 100:g}"
    return f"{points} point" if points == "1" else f"{points} points"


def say_rows(rows: int) -> str:
    """Return a count of rows."""
    return "1 row" if rows == 1 else f"{rows:,} rows"


def say_frequency(estimate: Estimate) -> str:
    """Return a share as natural frequency: `28 of 100`, `3 of 1,000`, `2 of 10,000`.

    >>> say_frequency(Estimate(0.278, 0.249, 0.310, 812, 812, ""))
    '28 of 100'
    """
    bases = (base for base in (100, 1_000) if estimate.value * base >= 1)
    base = next(bases, 10_000)
    return f"{round(estimate.value * base)} of {base:,}"


def say_p(p: float) -> str:
    """Return a p- or q-value, a dash where nothing was compared.

    >>> say_p(0.0004), say_p(0.0312)
    ('< 0.001', '0.031')
    """
    if isnan(p):
        return DASH
    return f"< {LEAST_P}" if p < LEAST_P else f"{p:.3f}"


def say_day(day: date) -> str:
    """Return a day as `2 Jul 2026`."""
    return f"{day.day} {day:%b} {day.year}"


def say_hash(name: str) -> str:
    """Return the first 8 digits of a hash, as `3f9c 20aa`."""
    return f"{name[:4]} {name[4:8]}"


def say_bytes(size: int) -> str:
    """Return a size as `8.1 MB`."""
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= factor:
            return f"{size / factor:.1f}{NBSP}{unit}"
    return f"{size}{NBSP}bytes"


def _digits(estimate: Estimate, kind: str, finer: int) -> tuple[float, int]:
    if kind == "count":
        return 1.0, 0
    scale = 100.0 if kind in ("share", "points") else 1.0
    return scale, max(finer, decimals(estimate, scale=scale))


def _unit(kind: str) -> str:
    match kind:
        case "share":
            return f"{NBSP}%"
        case "points":
            return f"{NBSP}points"
        case _:
            return ""
