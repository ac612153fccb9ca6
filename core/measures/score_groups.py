"""Score groups: labelled rows together by score, from which calibration is measured."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.engine.grid import BUCKETS
from core.engine.score_cube import UNIT, Integers, ScoreCube

Floats = NDArray[np.float64]
Places = NDArray[np.intp]
UNITS: Final = float(UNIT)


@dataclass(frozen=True, slots=True, eq=False)
class ScoreGroups:
    """Groups of rows, lowest score first; none is empty, and no score is in two of them.

    `bucket` is the place on the score grid, `rows` are counted, `weight` and `squares` are
    the sums of the weight and of its square, `events` and `stated` those of the label and
    of the score, by weight. A typical row weighs 1; `typical` is its weight in the unit of
    the roll-ups.
    """

    bucket: NDArray[np.int64]
    rows: NDArray[np.int64]
    weight: Floats
    squares: Floats
    events: Floats
    stated: Floats
    typical: float = 1.0

    @property
    def happened(self) -> Floats:
        """How often it happened, group by group."""
        return self.events / self.weight

    @property
    def said(self) -> Floats:
        """The mean score, group by group."""
        return np.clip(self.stated / self.weight, 0.0, 1.0)

    @property
    def effective(self) -> Floats:
        """Kish's effective rows, group by group."""
        return self.weight**2 / self.squares

    @property
    def effective_rows(self) -> float:
        """Kish's effective rows of all groups together."""
        return float(self.weight.sum() ** 2 / self.squares.sum()) if len(self.rows) else 0.0

    @property
    def all_rows(self) -> int:
        """The rows of all groups together."""
        return int(self.rows.sum())

    def merge(self, place: NDArray[np.integer]) -> "ScoreGroups":
        """Return fewer groups; `place` rises and says where each group goes."""
        starts = np.flatnonzero(np.diff(place, prepend=-1))

        def add(values: NDArray[np.generic]) -> NDArray[np.float64]:
            return np.asarray(np.add.reduceat(values, starts))

        if not len(starts):
            return self
        return ScoreGroups(
            bucket=self.bucket[starts],
            rows=np.add.reduceat(self.rows, starts),
            weight=add(self.weight),
            squares=add(self.squares),
            events=add(self.events),
            stated=add(self.stated),
            typical=self.typical,
        )


def group_cube(cube: ScoreCube, *, typical: float | None = None) -> ScoreGroups:
    """Return the buckets of a cube that hold rows of some weight, folds together.

    `typical` is the weight that counts as 1, the mean of these rows unless it is given.
    """
    kept = cube.select((cube.n > 0) & (cube.w > 0))
    order = np.argsort(kept.bucket, kind="stable")
    if typical is None:
        weighted = cube.weighted and len(kept.n)
        typical = float(kept.w.sum() / kept.n.sum()) if weighted else 1.0
    groups = ScoreGroups(
        bucket=kept.bucket[order],
        rows=kept.n[order],
        weight=kept.w[order] / typical,
        squares=as_floats(kept.w2[order]) / typical**2,
        events=kept.wy[order] / typical,
        stated=as_floats(kept.wp[order]) / UNITS / typical,
        typical=typical,
    )
    return groups.merge(groups.bucket)


def equal_count(groups: ScoreGroups, bins: int) -> ScoreGroups:
    """Return at most `bins` groups of about the same weight; groups are never split.

    A group goes where its middle lies among all rows. Ties that fill several bins leave
    fewer of them.
    """
    if not len(groups.rows):
        return groups
    middle = np.cumsum(groups.weight) - groups.weight / 2
    place = np.floor(middle * bins / groups.weight.sum()).astype(np.int64)
    return groups.merge(np.minimum(place, bins - 1))


def equal_width(groups: ScoreGroups, bins: int) -> ScoreGroups:
    """Return groups of equally wide ranges of the score, [low, high), the last one closed.

    `bins` divides 64,000, so that its edges are those of the grid.
    """
    return groups.merge(np.minimum(groups.bucket * bins // BUCKETS, bins - 1))


def as_floats(values: Integers) -> Floats:
    """Return integers of any size as floats, each rounded once."""
    return np.asarray(values.astype(np.float64))
