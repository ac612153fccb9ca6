"""Explainer: gives the pushes of any rows, whatever the head of the model is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from core.errors import NoExactAccountError
from core.measures.pattern_plan import TooDeepError
from core.measures.players import find_players
from core.measures.score_links import Outcome
from core.measures.shapley_linear import mean_linear
from core.measures.shapley_paths import PathShapley, read_paths
from core.measures.shapley_trees import read_reference
from core.models.forest import Forest
from core.models.opened import Linear, Opened
from core.records.explanations import Game, Player

TRIED: Final = "Its scores are explained by trying, on a sample."
Reference = Callable[[], Iterator[NDArray[Any]]]


class Pushes(Protocol):
    """Gives the Shapley values of rows; `base` is the mean sum of the reference rows."""

    @property
    def base(self) -> NDArray[np.float64]:
        """The mean sum (outputs)."""

    @property
    def nbytes(self) -> int:
        """The size in memory."""

    def explain(self, features: NDArray[Any]) -> NDArray[Any]:
        """Give (outputs x players, rows): by how much each player moves each output."""


@dataclass(frozen=True, slots=True)
class Explainer:
    """A model made ready to explain any rows, exactly."""

    pushes: Pushes
    game: Game
    players: tuple[Player, ...]
    outcome: Outcome

    @property
    def nbytes(self) -> int:
        """The size in memory."""
        return self.pushes.nbytes

    @property
    def work(self) -> int:
        """The multiplications that one row costs; 0 where it is next to nothing."""
        return self.pushes.work if isinstance(self.pushes, PathShapley) else 0

    @property
    def outputs(self) -> int:
        """The number of outputs that are explained."""
        return len(self.outcome.mix)

    def sums(self, bare: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give (rows, outputs): what is explained of the sums that onnxruntime made."""
        mix = self.outcome.mix
        return np.asarray(bare[:, -mix.shape[1] :] @ mix.T, np.float64)

    def explain(self, features: NDArray[Any]) -> NDArray[Any]:
        """Give (outputs x players, rows): by how much each player moves each output."""
        found = self.pushes.explain(features)
        silent = len(found) // self.outputs
        if silent == len(self.players):
            return found
        shaped = found.reshape(self.outputs, silent, -1)[:, : len(self.players)]
        return np.ascontiguousarray(shaped.reshape(-1, found.shape[1]))


def make_explainer(
    opened: Opened, outcome: Outcome, reference: Reference, *, game: Game
) -> Explainer:
    """Make a model ready to explain rows, from all its reference rows.

    Trees are explained by tables against every reference row (interventional). Where they
    are too deep for tables, or where `game` asks for it, they are explained by quadrature
    and the shares of reference rows at each test (path-dependent). A linear head has the
    same values in either game.

    Raises:
        NoExactAccountError: the trees are too large for both, or every column meets every
            other before the head, so that there is nothing to tell apart.
    """
    players, player_of = find_players(opened)
    if len(players) == 1 and len(players[0].columns) > 1:
        raise NoExactAccountError(
            f"All columns are mixed before the model adds up ({players[0].met}).",
            hint=TRIED,
        )
    count = max([len(players), *(player_of + 1).tolist()])
    head, made = _mixed(opened.head, outcome.mix), game
    pushes: Pushes
    if isinstance(head, Linear):
        pushes = mean_linear(head, player_of, count, reference())
        return Explainer(pushes, Game.INTERVENTIONAL, players, outcome)
    if made is Game.INTERVENTIONAL:
        try:
            pushes = read_reference(
                head, player_of, count, reference(), double=opened.double
            )
        except TooDeepError:
            made = Game.PATH
    if made is Game.PATH:
        try:
            pushes = read_paths(head, player_of, count, reference(), double=opened.double)
        except TooDeepError:
            raise NoExactAccountError("The trees are too large.", hint=TRIED) from None
    return Explainer(pushes, made, players, outcome)


def _mixed(head: Forest | Linear, mix: NDArray[np.float64]) -> Forest | Linear:
    """Return the head with the outputs that are explained."""
    if isinstance(head, Linear):
        return Linear(head.weights @ mix.T, head.start @ mix.T)
    return replace(head, value=head.value @ mix.T, base=head.base @ mix.T)
