"""Explanations: by how much each raw column moves the score of each row."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.records.codes import CodedColumn
from core.records.estimate import Estimate, Measured


class Game(StrEnum):
    """What stands in for a column that is left out.

    INTERVENTIONAL: the values of every reference row. PATH: the share of reference rows on
    either side of each test (path-dependent). TRIED: a sample of reference rows, in a
    sample of orders.
    """

    INTERVENTIONAL = "interventional"
    PATH = "path-dependent"
    TRIED = "tried"

    @property
    def exact(self) -> bool:
        """Whether every value is exact."""
        return self is not Game.TRIED


class Link(StrEnum):
    """How the sum of all pushes becomes the score."""

    IDENTITY = "identity"
    LOGISTIC = "logistic"
    SOFTMAX = "softmax"
    EXP = "exp"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Player:
    """What is pushed by: one raw column, or several that the model mixes.

    `met` names the operator in which several columns meet; empty for one column.
    """

    columns: tuple[str, ...]
    met: str = ""

    @property
    def name(self) -> str:
        """The name on the screen."""
        return " + ".join(self.columns)


@dataclass(frozen=True, slots=True)
class Explanation:
    """What was explained and how; the values themselves stand in the object beside it.

    The object holds `row` and, for output `o` and player `p`, the column
    `v<o * players + p>`: the push in units of the sum. `outputs` are classes, or one empty
    name. `base` is the mean sum of the reference rows, `largest` the strongest push in any
    row, `additivity` the largest |base + pushes - sum| / (1 + |sum|) over all rows, where
    the sum comes from onnxruntime. `error` is the typical standard error of a push that was
    only estimated, 0 where it is exact; `why` says why it could not be exact.
    """

    evaluation: str
    reference: str
    reference_rows: int
    game: Game
    link: Link
    operator: str
    outputs: tuple[str, ...]
    players: tuple[Player, ...]
    base: tuple[float, ...]
    largest: float
    rows: int
    additivity: float
    error: float
    why: str = ""


@dataclass(frozen=True, slots=True)
class Driver:
    """How strongly a player moves the scores of some rows.

    `number` is its place among the players of the explanation; `strength` the mean of
    |push|, `mean` the mean push, both in units of the sum; `top` the share of rows in
    which no other pushes more.
    """

    player: Player
    number: int
    strength: Measured
    mean: Measured
    top: Measured


@dataclass(frozen=True, slots=True)
class Pair:
    """How strongly two players act together on the scores of some rows.

    `numbers` are their places among the players of the explanation; `strength` the mean of
    |interaction|, `mean` the mean interaction, both in units of the sum. The interaction is
    the whole index of Grabisch and Roubens (1999), twice an entry of the matrix of shap.
    """

    players: tuple[Player, Player]
    numbers: tuple[int, int]
    strength: Measured
    mean: Measured


@dataclass(frozen=True, slots=True)
class Moved:
    """By how much a player moved the mean sum between two sets of rows."""

    player: Player
    change: Estimate


@dataclass(frozen=True, slots=True)
class Square:
    """Rows with about the same push; `level` is 0 for low values to 1 for high ones."""

    push: float
    rows: int
    level: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Dependent:
    """Rows by the value of a column, by how far it pushes them, and by a second column.

    `x` is the step of the value (-1 missing): 64 steps from `low` to `high`, or the place
    in `steps`. `y` is the step of the push, 64 from -span to span, `part` the place in
    `parts` (0 where nothing is told apart). `n` rows; `s` and `q` sum the push and its
    square in units of unit x 2^-40 and unit^2 x 2^-40.
    """

    x: NDArray[np.int64]
    y: NDArray[np.int64]
    part: NDArray[np.int64]
    n: NDArray[np.int64]
    s: NDArray[Any]
    q: NDArray[Any]
    span: float
    unit: float
    low: float
    high: float
    steps: tuple[str, ...]
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Push:
    """What one player does to one row: its values in words, and by how much it moves the sum."""

    player: Player
    words: str
    value: float


@dataclass(frozen=True, slots=True)
class Case:
    """One row explained: from the mean sum to its own, the strongest push first.

    `row` is its number in the table, `score` what the model says of it (None where the link
    is unknown and the row was changed), `usual` the score that the mean sum would give.
    """

    row: int
    output: str
    link: Link
    base: float
    pushes: tuple[Push, ...]
    score: float | None
    usual: float | None

    @property
    def sum(self) -> float:
        """The sum of the row."""
        return self.base + sum(push.value for push in self.pushes)


@dataclass(frozen=True, slots=True)
class Flip:
    """A change of one column that would turn the decision; values in words."""

    column: str
    before: str
    after: str
    score: float
    distance: float


class Direction(StrEnum):
    """Which way somebody declared that a score goes with more of a column."""

    RISES = "rises"
    FALLS = "falls"
    EITHER = "either way"


@dataclass(frozen=True, slots=True)
class Curves:
    """What a model answers when one column is changed: on average, and for single rows.

    `places` of the column and their `words`; `mean` with `low` and `high` over `rows`
    rows, `single` some of them; `rising` and `falling` are shares of all single steps;
    `share` says that answers are chances, `ordered` that places are numbers.
    """

    places: tuple[float, ...]
    words: tuple[str, ...]
    mean: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    single: tuple[tuple[float, ...], ...]
    rows: int
    rising: float
    falling: float
    share: bool
    ordered: bool = True

    @property
    def drawn(self) -> int:
        """How many rows are drawn one by one."""
        return len(self.single)


@dataclass(frozen=True, slots=True)
class Cell:
    """Rows with one code of either column, and the mean interaction in them."""

    x: int
    y: int
    rows: int
    mean: float


@dataclass(frozen=True, slots=True)
class Surface:
    """How two columns act together: the mean interaction by their codes.

    Cells with fewer rows than the privacy limit are left out.
    """

    first: CodedColumn
    second: CodedColumn
    cells: tuple[Cell, ...]
