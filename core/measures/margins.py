"""Margins: whom a table represents, held against shares that are known from elsewhere."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from math import isfinite
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import chndtrinc

from core.errors import WrongInputError
from core.estimates.intervals import kish
from core.records.estimate import Estimate, Measured, NotEstimable

Margins = tuple[tuple[str, tuple[tuple[str, float], ...]], ...]
Counts = Sequence[tuple[tuple[str | None, ...], int]]
HEADER: Final = ["column", "value", "share"]
MOST_LINES: Final = 2_000
NEAR: Final = 0.01  # of the whole: how far shares may be from adding up
HUNDRED: Final = 100.0
HINT: Final = (
    "Write lines such as `region,North,0.25`, below the header column,value,share."
)
HALF_ROW: Final = 0.5
NOTHING: Final = 1e-9  # what the inverse of the chi-square returns where it means 0
ROUNDS: Final = 1_000
SETTLED: Final = 1e-10  # of all rows: how near each weighted share is to the wanted one


@dataclass(frozen=True, slots=True)
class Held:
    """A column held against its margins; `gap` is the share of `value` less the wanted one.

    `value` is where the gap is largest; `rows` have a value in that column.
    """

    column: str
    psi: Measured
    value: str
    gap: float
    rows: int


@dataclass(frozen=True, slots=True)
class Represented:
    """Whom a table represents.

    `effective_rows` is what the `rows` are worth once they are weighted to all margins
    together; None where they cannot be, for the `reason` given.
    """

    columns: tuple[Held, ...]
    rows: int
    effective_rows: float | None
    reason: str


def read_margins(text: str) -> Margins:
    """Return the margins that stand in a small CSV: column, value, share.

    Shares of a column add up to 1, or to 100, within a hundredth; they are divided by their
    sum, so that they add up exactly.

    Raises:
        WrongInputError: a line is not understood, or the shares of a column do not add up.
    """
    found: dict[str, dict[str, float]] = {}
    lines = _lines(text.removeprefix("\ufeff"))
    number, header = next(lines, (1, []))
    if [part.strip().lower() for part in header] != HEADER:
        raise WrongInputError(
            f"Line {number} is not the header column,value,share.", hint=HINT
        )
    ends: dict[str, int] = {}
    for number, line in lines:
        column, value, share = _parts(number, line)
        if value in found.setdefault(column, {}):
            raise WrongInputError(
                f"Line {number} gives a second share for `{value}` of `{column}`.",
                hint=HINT,
            )
        found[column][value] = share
        ends[column] = number
    if not found:
        raise WrongInputError("There is no line below the header, line 1.", hint=HINT)
    return tuple(
        (column, _whole(column, shares, ends[column])) for column, shares in found.items()
    )


def hold_against(counts: Counts, margins: Margins) -> Represented:
    """Return how far the rows are from the margins, and what they are worth once weighted.

    `counts` are the rows of each combination of values, in the order of the columns of the
    margins. Rows with a missing value do not count in that column, and have no weight; nor
    do rows with a value that the margins do not name.
    """
    rows = sum(n for _, n in counts)
    held = tuple(
        _hold(column, dict(shares), [(values[place], n) for values, n in counts])
        for place, (column, shares) in enumerate(margins)
    )
    try:
        weights, n = rake(counts, margins)
    except WrongInputError as error:
        return Represented(held, rows, None, str(error))
    return Represented(held, rows, kish(float(n @ weights), float(n @ weights**2)), "")


def measure_psi(seen: Sequence[int], wanted: Sequence[float]) -> Estimate:
    """Return the population stability index of counts against the shares they should have.

    PSI = sum (q - p) ln(q / p), with q the shares seen and p those wanted; a share below
    half a row counts as half a row, 0.5 / n. Its interval takes n PSI as noncentral
    chi-square with k - 1 degrees of freedom, as Pearson's statistic is, which it equals to
    second order; an end is moved to the value where the value lies beyond it.
    Source: Jeffreys (1946), Proc. R. Soc. A 186; Yurdakul (2018), section 2.
    """
    n = sum(seen)
    least = HALF_ROW / n
    q = np.maximum(np.array(seen) / n, least)
    p = np.maximum(np.array(wanted, dtype=float), least)
    psi = float(np.sum((q - p) * np.log(q / p)))
    low, high = (_noncentral(n * psi, len(seen) - 1, tail) / n for tail in (0.975, 0.025))
    return Estimate(psi, min(low, psi), max(high, psi), n, n, "noncentral chi-square")


def rake(
    counts: Counts, margins: Margins
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the weight of a row of each combination, and the rows of each.

    Iterative proportional fitting: one column after the other, weights are multiplied by
    what its shares lack, until all shares are right.
    Source: Deming and Stephan (1940), Ann. Math. Stat. 11, 427-444.

    Raises:
        WrongInputError: a value of the margins has no rows, or the weights do not settle.
    """
    places = [{value: k for k, (value, _) in enumerate(shares)} for _, shares in margins]
    used = [
        (values, n)
        for values, n in counts
        if all(value in known for value, known in zip(values, places, strict=True))
    ]
    n = np.array([n for _, n in used], dtype=float)
    codes = [
        np.array([known[str(values[k])] for values, _ in used], dtype=int)
        for k, known in enumerate(places)
    ]
    wanted = [np.array([share for _, share in shares]) for _, shares in margins]
    for (column, shares), code, share in zip(margins, codes, wanted, strict=True):
        bare = (np.bincount(code, n, len(share)) == 0) & (share > 0)
        if bare.any():
            value = shares[int(bare.argmax())][0]
            raise WrongInputError(
                f"`{value}` of `{column}` has no rows that could be weighted", hint=HINT
            )
    return _fit(n, codes, wanted), n


def _fit(
    n: NDArray[np.float64],
    codes: Sequence[NDArray[np.int_]],
    wanted: Sequence[NDArray[np.float64]],
) -> NDArray[np.float64]:
    weights = np.ones(len(n))
    for _ in range(ROUNDS):
        worst = 0.0
        for code, share in zip(codes, wanted, strict=True):
            seen = np.bincount(code, n * weights, len(share)) / n.sum()
            worst = max(worst, float(np.abs(seen - share).max()))
            factor = np.divide(share, seen, out=np.zeros(len(share)), where=seen > 0)
            weights = weights * factor[code]
        if worst < SETTLED:
            return weights
    raise WrongInputError("no weights fit all columns together", hint=HINT)


def _hold(
    column: str, wanted: dict[str, float], counted: Sequence[tuple[str | None, int]]
) -> Held:
    seen = dict.fromkeys(wanted, 0)
    for value, n in counted:
        if value is not None:
            seen[value] = seen.get(value, 0) + n
    rows = sum(seen.values())
    if not rows:
        nothing = NotEstimable("no row has a value", 0)
        return Held(column, nothing, "", 0.0, 0)
    gaps = {value: n / rows - wanted.get(value, 0.0) for value, n in seen.items()}
    value = max(gaps, key=lambda each: abs(gaps[each]))
    psi = measure_psi(list(seen.values()), [wanted.get(each, 0.0) for each in seen])
    return Held(column, psi, value, gaps[value], rows)


def _noncentral(statistic: float, degrees: int, below: float) -> float:
    """Return the noncentrality at which the statistic is exceeded by 1 - `below`, or 0."""
    if not degrees or not statistic:
        return 0.0
    found = float(chndtrinc(statistic, degrees, below))
    return found if isfinite(found) and found > NOTHING else 0.0


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    lines = csv.reader(StringIO(text, newline=""), strict=True)
    try:
        for line in lines:
            if lines.line_num > MOST_LINES:
                raise WrongInputError(
                    f"There are more than {MOST_LINES:,} lines; line {MOST_LINES + 1:,} "
                    "is not read.",
                    hint="Give shares of groups, not of single cases.",
                )
            if line:
                yield lines.line_num, line
    except csv.Error as error:
        raise WrongInputError(
            f"Line {lines.line_num} is not CSV: {error}.", hint=HINT
        ) from None


def _parts(number: int, line: list[str]) -> tuple[str, str, float]:
    if len(line) != len(HEADER):
        raise WrongInputError(
            f"Line {number} has {len(line)} parts, not 3.",
            hint=HINT,
        )
    column, value, share = (part.strip() for part in line)
    if not column or not value:
        raise WrongInputError(f"Line {number} lacks a column or a value.", hint=HINT)
    try:
        found = float(share)
    except ValueError:
        found = -1.0
    if not isfinite(found) or found < 0:
        raise WrongInputError(
            f"Line {number}: `{share}` is not a share of 0 or more.", hint=HINT
        )
    return column, value, found


def _whole(
    column: str, shares: dict[str, float], end: int
) -> tuple[tuple[str, float], ...]:
    """Return shares that add up to 1 exactly, from ones that nearly add up to 1 or 100."""
    total = sum(shares.values())
    if min(abs(total - 1), abs(total / HUNDRED - 1)) > NEAR + 1e-9:
        raise WrongInputError(
            f"The shares of `{column}` add up to {total:g} at line {end}, not to 1 or 100.",
            hint="Give every value of the column, one per line.",
        )
    return tuple((value, share / total) for value, share in shares.items())
