"""Beside each row stand the columns that push it most, as its explanation says."""

import numpy as np
import pytest

from core.records.explanations import Game
from core.records.models import Task
from core.runs import trying
from core.runs.desk import Desk
from core.runs.explaining import explain
from core.runs.one_case import Asked, case_of
from core.runs.reasons import Reasons, reasons_of
from tests.runs.explained import Loans, constant, evaluate_loans, network


@pytest.mark.parametrize("game", [Game.INTERVENTIONAL, Game.PATH])
def test_reasons_are_the_strongest_pushes_of_the_case(desk: Desk, game: Game) -> None:
    """Up and down, two at most, in either game; before, there are none."""
    evaluation = evaluate_loans(desk)
    assert reasons_of(desk, evaluation, (3, 0)) is None
    explained = explain(desk, evaluation, game=game)
    found = reasons_of(desk, evaluation, (3, 0))
    assert found is not None
    for row, reasons in zip((3, 0), found, strict=True):
        case = case_of(Asked(desk, evaluation, explained, row))
        least = 0.02 * abs(case.pushes[0].value)
        for sign, said in ((1, reasons.up), (-1, reasons.down)):
            named = [p.player.name for p in case.pushes if sign * p.value > least]
            assert said == " and ".join(named[:2])


def test_of_several_classes_the_one_with_the_highest_sum_is_explained(desk: Desk) -> None:
    """The class that the model says."""
    evaluation = evaluate_loans(desk, Loans(Task.MULTICLASS))
    explained = explain(desk, evaluation)
    found = reasons_of(desk, evaluation, range(20))
    assert found is not None
    for row, reasons in enumerate(found):
        cases = [
            case_of(Asked(desk, evaluation, explained, row, output)) for output in "abc"
        ]
        said = max(cases, key=lambda case: case.sum)
        up = [p.player.name for p in said.pushes if p.value > 0]
        assert reasons.up.split(" and ")[0] == (up[0] if up else "")


def test_a_row_that_nothing_pushes_or_nobody_explained_has_none(desk: Desk) -> None:
    """Empty words; no rows asked about, nothing to say."""
    evaluation = evaluate_loans(desk, Loans(lacking=False), constant())
    explain(desk, evaluation)
    assert reasons_of(desk, evaluation, (0, 10**6)) == (Reasons("", ""),) * 2
    assert reasons_of(desk, evaluation, ()) is None


def test_what_was_only_tried_gives_no_reasons(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An estimate is too unsure for single rows."""
    monkeypatch.setattr(trying, "ROWS", 2)
    monkeypatch.setattr(trying, "REFERENCE", 5)
    evaluation = evaluate_loans(desk, Loans(rows=40, lacking=False), network())
    assert not explain(desk, evaluation).facts.game.exact
    assert reasons_of(desk, evaluation, np.arange(5).tolist()) is None
