"""Verdicts: what a gate says of an estimate, and how many rows would settle it."""

from collections.abc import Callable
from math import ceil
from operator import ge, le
from typing import Final

from core.errors import WrongInputError
from core.records.estimate import (
    Compare,
    Estimate,
    Gate,
    Measured,
    NotEstimable,
    Verdict,
    Word,
)

COMPARATORS: Final[dict[str, Callable[[float, float], bool]]] = {"<=": le, ">=": ge}


def judge(measured: Measured, gate: Gate) -> Verdict:
    """Return the verdict of `gate` on `measured`.

    pass: the end that the gate compares keeps the limit. fail: the whole interval (for
    `point`: the value) breaks it. insufficient: the interval straddles the limit, or there
    are fewer than `min_rows` rows. not measured: there is no value.

    Raises:
        WrongInputError: the comparator is neither <= nor >=.
    """
    if gate.comparator not in COMPARATORS:
        raise WrongInputError(
            f"The gate {gate.id} compares by `{gate.comparator}`.", hint="Use <= or >=."
        )
    if isinstance(measured, NotEstimable):
        return Verdict(Word.NOT_MEASURED, measured.reason)
    if measured.rows < gate.min_rows:
        reason = f"{measured.rows:,} rows are too few to judge"
        return Verdict(Word.INSUFFICIENT, reason, _rows_to_settle(measured, gate))
    keeps = COMPARATORS[gate.comparator]
    if keeps(_compared(measured, gate.compare), gate.limit):
        return Verdict(Word.PASS, "keeps the limit")
    ends = (
        [measured.value] if gate.compare is Compare.POINT else [measured.low, measured.high]
    )
    if not any(keeps(end, gate.limit) for end in ends):
        return Verdict(Word.FAIL, "breaks the limit")
    reason = "the limit lies inside the interval"
    return Verdict(Word.INSUFFICIENT, reason, _rows_to_settle(measured, gate))


def _compared(estimate: Estimate, compare: Compare) -> float:
    match compare:
        case Compare.POINT:
            return estimate.value
        case Compare.LOWER95:
            return estimate.low
        case Compare.UPPER95:
            return estimate.high


def _rows_to_settle(estimate: Estimate, gate: Gate) -> int | None:
    """Return about how many more rows bring the interval clear of the limit.

    The arm h of the interval on the limit's side shrinks with the root of the rows:
    n (h / |value - limit|)^2 - n, never less than what is missing to the gate's minimum.
    None if no number would do.
    """
    distance = abs(estimate.value - gate.limit)
    below = gate.limit < estimate.value
    half = estimate.value - estimate.low if below else estimate.high - estimate.value
    missing = max(0, gate.min_rows - estimate.rows)
    if not distance:
        return None
    needed = estimate.rows * ((half / distance) ** 2 - 1)
    if needed > 100 * max(estimate.rows, 1000):
        return None
    return max(missing, _two_digits(needed), 1)


def _two_digits(number: float) -> int:
    if number <= 0:
        return 0
    size = int(10 ** max(0, len(str(int(number))) - 2))
    return ceil(number / size) * size
