"""Drift: what differs between two sets of rows, how far, and whether it matters."""

from dataclasses import dataclass
from enum import StrEnum

from core.records.data import ColumnType
from core.records.estimate import Estimate, Measured, Word
from core.records.predicate import Predicate


class Shape(StrEnum):
    """How a column is compared: by order, by its few values, or as names."""

    CONTINUOUS = "continuous"
    DISCRETE = "discrete"
    CATEGORICAL = "categorical"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two sets: a table, perhaps only the rows of a predicate."""

    dataset: str
    where: Predicate | None = None


@dataclass(frozen=True, slots=True)
class Distance:
    """One measure of how far a column moved.

    `value` lies between `low` and `high`, which are equal where it is exact; `floor` is
    what it stays under in 95 of 100 comparisons of rows of one kind.
    """

    name: str
    value: float
    low: float
    high: float
    floor: float


@dataclass(frozen=True, slots=True)
class Bin:
    """One bin of both distributions: its words, and the rows on either side."""

    words: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Shift:
    """What became of one column between two sides.

    `rows` are the rows of both sides, `missing` how many of them have no value. `effect`
    decides: the largest difference of the two distribution functions (ordered columns) or
    the total variation (others), missing values being a value of their own; its interval
    holds at 95 %. `q` is the p-value of "nothing moved" after Benjamini-Hochberg over all
    columns. `needed` is about how many rows a side would settle an open verdict.
    `new` and `vanished` are values, `beyond` the share of rows outside the reference range.
    """

    column: str
    type: ColumnType
    shape: Shape
    rows: tuple[int, int]
    missing: tuple[int, int]
    effect: Measured
    q: float
    word: Word
    needed: int | None
    sentence: str
    distances: tuple[Distance, ...]
    new: tuple[tuple[str, int], ...]
    vanished: tuple[tuple[str, int], ...]
    beyond: Measured
    bins: tuple[Bin, ...]
    trouble: str = ""

    @property
    def moved(self) -> float:
        """How far it moved, 0 where nobody can say."""
        return self.effect.value if isinstance(self.effect, Estimate) else 0.0


@dataclass(frozen=True, slots=True)
class Compared:
    """All columns of two sides, the farthest moved first.

    `rows` of both sides; `tests` is how many comparisons were corrected for; `tolerance`
    is the least effect that counts; `overlap` how many rows stood on both sides and were
    left out of the second.
    """

    before: Side
    after: Side
    rows: tuple[int, int]
    tolerance: float
    tests: int
    overlap: int
    shifts: tuple[Shift, ...]
    sentence: str
