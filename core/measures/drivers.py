"""What drives the scores: how strongly each column moves them, over all rows."""

from collections.abc import Sequence
from math import sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.engine.pushes import BINS, ONE, DriverSums, Swarm
from core.estimates.intervals import Z95, estimate_mean, estimate_share
from core.records.estimate import Estimate, Measured
from core.records.explanations import Driver, Moved, Player, Square

SPREADS: Final = 4.0  # standard deviations that a beeswarm shows


def measure_drivers(
    sums: DriverSums, players: Sequence[Player], unit: float, *, part: int = 0
) -> tuple[Driver, ...]:
    """Return every player of a part of the rows, the strongest first.

    Strength is the mean of |push|, direction the mean push, both in units of the sum with
    t intervals; `top` is the share of rows in which no other column pushes more. Nothing
    where the part has fewer than two rows.
    """
    found = np.flatnonzero(sums.part == part)
    rows = int(sums.n[found[0]]) if len(found) else 0
    if rows < 2:  # noqa: PLR2004 - a spread needs two rows
        return ()
    at = int(found[0])
    drivers = []
    for k, player in enumerate(players):
        squares = float(sums.squares[at, k]) / ONE * unit**2
        means = (
            float(each[at, k]) / ONE * unit / rows for each in (sums.absolute, sums.plain)
        )
        # |push| and push have the same squares.
        strength, mean = (
            estimate_mean(value, squares / rows, rows=rows, effective_rows=rows)
            for value in means
        )
        top = estimate_share(
            int(sums.top[at, k]), rows, rows=rows, effective_rows=rows, nothing="no rows"
        )
        drivers.append(Driver(player, k, strength, mean, top))
    return tuple(sorted(drivers, key=lambda d: -float_of(d.strength)))


def measure_moved(
    before: DriverSums,
    after: DriverSums,
    players: Sequence[Player],
    units: tuple[float, float],
) -> tuple[Moved, ...]:
    """Return by how much each player moved the mean sum, from one set of rows to another.

    The parts add up to the whole: base + pushes is the sum of every row, and both sets
    share the base. Intervals are normal with the standard error of a difference of two
    means (Welch). Nothing where one of the two has fewer than two rows.
    """
    rows = tuple(int(sums.n.sum()) for sums in (before, after))
    if min(rows) < 2:  # noqa: PLR2004 - a spread needs two rows
        return ()
    moved = []
    for k, player in enumerate(players):
        means, spreads = [], 0.0
        for sums, unit, count in zip((before, after), units, rows, strict=True):
            mean = float(sums.plain[0, k]) / ONE * unit / count
            square = float(sums.squares[0, k]) / ONE * unit**2 / count
            means.append(mean)
            spreads += max(square - mean**2, 0.0) / (count - 1)
        difference, half = means[1] - means[0], Z95 * sqrt(spreads)
        estimate = Estimate(
            difference,
            difference - half,
            difference + half,
            min(rows),
            float(min(rows)),
            "difference of two means with normal interval",
        )
        moved.append(Moved(player, estimate))
    return tuple(sorted(moved, key=lambda m: -abs(m.change.value)))


def span_of(sums: DriverSums, unit: float, largest: float) -> float:
    """Return how far a figure of pushes reaches: four standard deviations of the strongest."""
    rows = max(1, int(sums.n.sum()))
    squares = sums.squares.sum(axis=0).astype(np.float64) / ONE * unit**2 / rows
    reach = SPREADS * float(np.sqrt(squares.max(initial=0.0)))
    return min(reach, largest) or 1.0


def place_squares(
    swarm: Swarm, span: float, levels: Sequence[int]
) -> tuple[tuple[Square, ...], ...]:
    """Return the squares of each player, from the lowest push to the highest.

    `levels` counts the ordered codes of each player's column, 0 where it has no order. The
    level of a square is the mean place of its values between the lowest (0) and the
    highest (1) range; None where the column has no order.
    """
    placed: list[list[Square]] = [[] for _ in levels]
    for place, bin_, n, known, level in zip(
        swarm.place, swarm.bin, swarm.n, swarm.known, swarm.level, strict=True
    ):
        steps = levels[place] - 1
        mean = float(level) / (known * steps) if known and steps > 0 else None
        push = ((bin_ + 0.5) / (BINS / 2) - 1) * span
        placed[place].append(Square(float(push), int(n), mean))
    return tuple(tuple(squares) for squares in placed)


def direction_of(squares: Sequence[Square]) -> float:
    """Return the correlation of level and push over squares, 0 where it is unknown."""
    known = [s for s in squares if s.level is not None]
    weights = np.array([s.rows for s in known], np.float64)
    if len(known) < 2 or weights.sum() == 0:  # noqa: PLR2004 - a line needs two points
        return 0.0
    push = _centred(np.array([s.push for s in known]), weights)
    level = _centred(np.array([s.level for s in known], np.float64), weights)
    spread = float(np.sqrt((weights * push**2).sum() * (weights * level**2).sum()))
    return float((weights * push * level).sum() / spread) if spread > 0 else 0.0


def _centred(
    values: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    return np.asarray(values - (weights * values).sum() / weights.sum(), np.float64)


def float_of(measured: Measured) -> float:
    """Return the value of a number, 0 where it is not estimable."""
    return measured.value if isinstance(measured, Estimate) else 0.0
