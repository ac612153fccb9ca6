"""One explainer for every head, in the game that it can be exact in."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from core.errors import NoExactAccountError
from core.measures import explainer as explainer_module
from core.measures.explainer import Explainer, make_explainer
from core.measures.pattern_plan import TooDeepError
from core.measures.score_links import Outcome
from core.models.forest import Forest
from core.models.opened import Linear, Opened
from core.records.explanations import Game, Link
from tests.models.combs import comb

RNG = np.random.default_rng(0)
ONE = Outcome(np.ones((1, 1)), Link.IDENTITY)


def _opened(head: Forest | Linear, width: int) -> Opened:
    names = tuple(f"x{k}" for k in range(width))
    return Opened(head, "?", names, tuple((k,) for k in range(width)), (), 1, double=True)


def _made(
    opened: Opened, game: Game = Game.INTERVENTIONAL, outcome: Outcome = ONE
) -> Explainer:
    x = RNG.normal(size=(len(opened.origins), 50))
    return make_explainer(opened, outcome, lambda: iter([x]), game=game)


def test_trees_are_explained_against_every_reference_row() -> None:
    """Unless the other game is asked for, or they are too deep."""
    assert _made(_opened(comb(3), 3)).game is Game.INTERVENTIONAL
    assert _made(_opened(comb(3), 3), Game.PATH).game is Game.PATH
    deep = _made(_opened(comb(20), 20))
    assert deep.game is Game.PATH
    assert deep.work > 0
    assert _made(_opened(comb(3), 3)).work == 0


def test_a_line_has_one_game() -> None:
    """Pushes of a linear head are the same in either game, so it is the full one."""
    head = Linear(np.ones((2, 1)), np.zeros(1))
    for game in (Game.INTERVENTIONAL, Game.PATH):
        made = _made(_opened(head, 2), game)
        assert made.game is Game.INTERVENTIONAL
        assert made.nbytes > 0


def test_what_is_explained_is_mixed_from_the_outputs() -> None:
    """A difference of two outputs has the difference of their pushes, and of their sums."""
    values = RNG.normal(size=(5, 2))
    head = replace(comb(2), value=values, base=np.array([0.5, 0.25]))
    x = RNG.normal(size=(2, 40))
    made = {}
    for name, mix in (("both", np.eye(2)), ("less", np.array([[-1.0, 1.0]]))):
        made[name] = make_explainer(
            replace(_opened(head, 2), bare=2),
            Outcome(mix, Link.LOGISTIC),
            lambda: iter([x]),
            game=Game.INTERVENTIONAL,
        )
    both, less = made["both"].explain(x), made["less"].explain(x)
    assert (made["both"].outputs, made["less"].outputs) == (2, 1)
    np.testing.assert_allclose(less, both[2:] - both[:2])
    bare = np.array([[9.0, 1.0, 4.0]])  # onnxruntime may give columns before the sums
    assert made["less"].sums(bare).tolist() == [[3.0]]


@pytest.mark.parametrize(
    "head", [comb(2), Linear(np.ones((2, 2)), np.zeros(2))], ids=["trees", "line"]
)
def test_a_silent_player_is_not_shown(head: Any) -> None:
    """A feature that no column changes takes a place among the targets, and leaves it."""
    opened = replace(_opened(head, 2), origins=((0,), ()))
    outputs = 2 if isinstance(head, Linear) else 1
    made = _made(opened, outcome=Outcome(np.eye(outputs), Link.IDENTITY))
    x = np.array([[1.0, 2.0], [1.0, 1.0]])
    assert made.explain(x).shape == (outputs * 2, 2)
    assert not made.explain(x).reshape(outputs, 2, 2)[:, 1].any()  # x1 is never read


def test_columns_that_are_all_mixed_have_no_account() -> None:
    """One player has nobody to share with; the sentence names the operator."""
    opened = replace(
        _opened(comb(2), 2), origins=((0, 1), (0, 1)), met=(((0, 1), "Normalizer"),)
    )
    with pytest.raises(NoExactAccountError, match=r"All columns are mixed .*Normalizer"):
        _made(opened)


def test_trees_too_large_for_both_games(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where quadrature refuses too, that is a sentence."""

    def refuse(*_: object, **__: object) -> None:
        raise TooDeepError

    monkeypatch.setattr(explainer_module, "read_paths", refuse)
    with pytest.raises(NoExactAccountError, match="too large"):
        _made(_opened(comb(20), 20))
