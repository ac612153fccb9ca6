"""Reasons: which columns push single rows most, in words, for a table of rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.engine.pushes import find_pushes
from core.records.evaluations import Evaluation
from core.records.explanations import Explanation, Game
from core.runs.desk import Desk
from core.runs.explaining import Explained, explained_of

NAMED: Final = 2
SMALL: Final = 0.02  # of the strongest push; what is smaller is not named


@dataclass(frozen=True, slots=True)
class Reasons:
    """The columns that push a row up and down most, the strongest first; empty for none."""

    up: str
    down: str


def reasons_of(
    desk: Desk, evaluation: Evaluation, numbers: Sequence[int]
) -> tuple[Reasons, ...] | None:
    """Return the reasons of some rows; None where nobody explained the scores exactly.

    Of a multiclass model they are those of the class with the highest sum. A row that was
    not explained has none.
    """
    explained = _explained(desk, evaluation)
    if explained is None or not numbers:
        return None
    facts = explained.facts
    table = find_pushes(desk.count, explained.object, numbers)
    shape = len(facts.outputs), len(facts.players)
    columns = [table[f"v{k}"].to_numpy() for k in range(shape[0] * shape[1])]
    values = np.array(columns, np.float64).T.reshape(-1, *shape)
    found = dict(zip(table["row"].to_pylist(), values, strict=True))
    return tuple(
        _reasons(facts, found[number]) if number in found else Reasons("", "")
        for number in numbers
    )


def _explained(desk: Desk, evaluation: Evaluation) -> Explained | None:
    for game in (Game.INTERVENTIONAL, Game.PATH):
        found = explained_of(desk, evaluation, game=game)
        if found is not None and found.facts.game.exact:
            return found
    return None


def _reasons(facts: Explanation, values: NDArray[np.float64]) -> Reasons:
    """Return the reasons of one row from its pushes (outputs, players)."""
    highest = int(np.argmax(np.array(facts.base) + values.sum(axis=1)))
    mine = values[highest]
    least = SMALL * float(np.abs(mine).max(initial=0.0))
    order = np.argsort(-np.abs(mine), kind="stable").tolist()

    def named(sign: int) -> str:
        few = [facts.players[k].name for k in order if sign * mine[k] > least][:NAMED]
        return " and ".join(few)

    return Reasons(named(1), named(-1))
