"""Marks: what a figure is made of, before anybody decides where it is drawn.

* Bars             a bar from 0 per slice, with its interval as a whisker
* IntervalPoints   a point per thing with its interval, in the order given
* Forest           the same from top to bottom, for many things with long names
* HeatTable        a number in each cell of a small matrix, shaded by its size
* Curve            lines with bands and points with intervals over two axes
* Histogram        counts in equal steps, several series over the same steps
* Graph            nodes and what came of what, from left to right
* Squares          rows as squares over two axes, or along one line per name
* Bridge           steps from one number to another, each where the last one ended
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from core.errors import WrongInputError
from core.records.estimate import Estimate, Word
from core.records.texts import say_text, shorten

HASH_DIGITS = 64
LONGEST_LABEL: Final = 34  # letters beside a mark; the sentence over it has more room
LONGEST_NAME: Final = 120
EDGE: Final = 0.25  # of an axis, where a label is no longer written across its value


def short_label(label: str, most: int = LONGEST_LABEL) -> str:
    """Return a label as a reader may see it: nothing unseen in it, cut where it is long."""
    return shorten(say_text(label), most)


def inwards(value: float, span: Sequence[float]) -> Literal["left", "center", "right"]:
    """Return which side of a label stands at its value, so that it runs into the figure.

    `span` are the ends of the axis; in its middle half a label stands across its value.
    """
    low, high = span
    share = (value - low) / (high - low) if high > low else 0.5
    if share < EDGE:
        return "left"
    return "right" if share > 1 - EDGE else "center"


@dataclass(frozen=True, slots=True)
class Point:
    """One drawn estimate. `key` is what a click on it chooses.

    `warns` turns a failed word into one that asks for attention. There is no point without an estimate, its rows, and the evaluation it comes from.
    """

    label: str
    estimate: Estimate
    evaluation: str
    key: str = ""
    word: Word | None = None
    chosen: bool = False
    warns: bool = False

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
class Forest:
    """A point with its interval per thing, from top to bottom in the order given."""

    points: tuple[Point, ...]
    axis: Axis
    references: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A line through its points, perhaps in steps, perhaps within a band."""

    name: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    steps: bool = False


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """An estimate at a place of the axis across; `key` is what a click on it chooses.

    `named` writes the label beside it.
    """

    x: float
    label: str
    estimate: Estimate
    evaluation: str
    key: str = ""
    chosen: bool = False
    named: bool = False


@dataclass(frozen=True, slots=True)
class Curve:
    """Lines and points over two axes; `diagonal` is where both are equal.

    `span` and `rise` are the ends of the axes, where they are not those of the data. `thin`
    are many lines behind the others, without names; `steps` name the places of the axis
    across where it has no numbers; `flat` is half as high.
    """

    lines: tuple[Line, ...]
    points: tuple[CurvePoint, ...]
    across: Axis
    up: Axis
    references: tuple[Reference, ...] = ()
    diagonal: bool = False
    square: bool = False
    log: bool = False
    span: tuple[float, float] | None = None
    rise: tuple[float, float] | None = None
    thin: tuple[Line, ...] = ()
    steps: tuple[str, ...] = ()
    flat: bool = False


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One cell: what stands in it, how deep it is shaded (0 to 1; None: not at all)."""

    text: str
    shade: float | None = None


@dataclass(frozen=True, slots=True)
class HeatTable:
    """A matrix of cells with the names of its lines and columns."""

    corner: str
    lines: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[HeatCell, ...], ...]


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


@dataclass(frozen=True, slots=True)
class Square:
    """Some rows at a place; `shade` goes from 0 to 1, None where there is none to tell."""

    x: float
    y: float
    rows: int
    shade: float | None


@dataclass(frozen=True, slots=True)
class Squares:
    """Rows as squares, larger where there are more; `shading` says what their colour is.

    With `names`, `y` is the number of a line, from top to bottom. `line` runs through the
    squares, with its band; `steps` name the places of the axis across where it has no
    numbers, `rug` marks values on it.
    """

    squares: tuple[Square, ...]
    across: Axis
    up: Axis
    shading: str
    evaluation: str
    names: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    steps: tuple[str, ...] = ()
    rug: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a bridge, from `start` to `end`."""

    label: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Bridge:
    """Steps that lead from one number to another, from top to bottom.

    `ticks` are places of a second axis on top and what stands there, such as the chance
    that a sum of log-odds is.
    """

    steps: tuple[Step, ...]
    axis: Axis
    evaluation: str
    second: str = ""
    ticks: tuple[tuple[float, str], ...] = ()


Mark = Bars | IntervalPoints | Forest | Curve | Histogram | Graph | Squares | Bridge


Drawn = (
    Mark | HeatTable
)  # a heat table is a table on screen, so that its cells can be chosen


@dataclass(frozen=True, slots=True)
class Figure:
    """A mark and the sentence that stands in for it where nobody can see it."""

    mark: Drawn
    alt: str
