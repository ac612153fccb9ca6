"""Marks: what a figure is made of, before anybody decides where it is drawn.

* Bars             a bar from 0 per slice, with its interval as a whisker
* IntervalPoints   a point per thing with its interval, in the order given
* Histogram        counts in equal steps, several series over the same steps
* Graph            nodes and what came of what, from left to right
"""

from dataclasses import dataclass
from typing import Final

from core.errors import WrongInputError
from core.records.estimate import Estimate, Word
from core.records.texts import say_text, shorten

HASH_DIGITS = 64
LONGEST_LABEL: Final = 34  # letters beside a mark; the sentence over it has more room
LONGEST_NAME: Final = 120


def short_label(label: str, most: int = LONGEST_LABEL) -> str:
    """Return a label as a reader may see it: nothing unseen in it, cut where it is long."""
    return shorten(say_text(label), most)


@dataclass(frozen=True, slots=True)
class Point:
    """One drawn estimate. `key` is what a click on it chooses.

    There is no point without an estimate, its rows, and the evaluation it comes from.
    """

    label: str
    estimate: Estimate
    evaluation: str
    key: str = ""
    word: Word | None = None
    chosen: bool = False

    def __post_init__(self) -> None:
        """Refuse a point that nobody could trace."""
        if len(self.evaluation) != HASH_DIGITS or self.estimate.rows < 1:
            raise WrongInputError(
                f"The point {self.label!r} has no rows or no evaluation.",
                hint="Draw what was counted, and say of which evaluation.",
            )


@dataclass(frozen=True, slots=True)
class Axis:
    """What is measured along the axis; `kind` is share, ratio or amount."""

    title: str
    kind: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A thin labelled line: a limit, or everybody together."""

    value: float
    label: str


@dataclass(frozen=True, slots=True)
class Bars:
    """A bar from 0 per point, from top to bottom in the order given."""

    points: tuple[Point, ...]
    axis: Axis
    references: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class IntervalPoints:
    """A point with its interval per thing, from left to right in the order given."""

    points: tuple[Point, ...]
    axis: Axis
    references: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class Series:
    """How many rows fall into each step of a histogram."""

    name: str
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Histogram:
    """Counts in equal steps from `low` to `high`, all series over the same steps."""

    series: tuple[Series, ...]
    low: float
    high: float
    axis: Axis
    evaluation: str


@dataclass(frozen=True, slots=True)
class GraphNode:
    """A square with its label; `key` is what a click on it chooses."""

    key: str
    label: str
    note: str
    faded: bool = False
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes, and pairs of keys: the second came from the first."""

    nodes: tuple[GraphNode, ...]
    edges: tuple[tuple[str, str], ...]


Mark = Bars | IntervalPoints | Histogram | Graph


@dataclass(frozen=True, slots=True)
class Figure:
    """A mark and the sentence that stands in for it where nobody can see it."""

    mark: Mark
    alt: str
