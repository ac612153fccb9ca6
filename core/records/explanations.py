"""Explanations: by how much each raw column moves the score of each row."""

from dataclasses import dataclass
from enum import StrEnum


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
    only estimated, 0 where it is exact.
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
