"""Pairs of columns are counted once for all rows, and a chosen pair is laid out."""

from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest

from core.errors import StoppedError, WrongInputError
from core.measures.drivers import float_of
from core.records.explanations import Pair, Player
from core.records.models import Task
from core.runs import pairs as pairs_module
from core.runs.desk import Desk
from core.runs.pairs import pairs_of, surface_of
from core.runs.watch import Watch
from tests.measures.enumerated import interactions
from tests.runs.explained import (
    READ,
    Loans,
    Trained,
    constant,
    draw_loans,
    evaluate_loans,
    margin_of,
    network,
    train,
)


def _truth(loans: Loans, rows: range, output: int) -> dict[tuple[int, int], list[float]]:
    """Give each pair's interaction in some rows, by the definition, from the pipeline itself."""
    values = draw_loans(loans).values
    pipeline = train(loans.task).pipeline
    found: dict[tuple[int, int], list[float]] = {p: [] for p in combinations(range(4), 2)}
    for row in rows:
        mixed = {
            name: [
                here if inside >> k & 1 else other
                for inside in range(16)
                for here, other in zip(
                    [values[name][row]] * loans.rows, values[name], strict=True
                )
            ]
            for k, name in enumerate(READ)
        }
        worth = margin_of(pipeline, mixed).reshape(16, loans.rows, -1).mean(axis=1)
        for pair, value in interactions(worth).items():
            found[pair].append(float(value[output]))
    return found


@pytest.mark.parametrize("task", list(Task))
def test_pairs_are_those_of_the_trained_model(desk: Desk, task: Task) -> None:
    """Mean of |interaction| and mean over all rows, for one class of a multiclass model too."""
    loans = Loans(task, rows=30)
    evaluation = evaluate_loans(desk, loans)
    output = "b" if task is Task.MULTICLASS else ""
    truth = _truth(loans, range(30), 1 if task is Task.MULTICLASS else 0)
    found = {pair.numbers: pair for pair in pairs_of(desk, evaluation, output=output)}
    strengths = [float_of(pair.strength) for pair in found.values()]
    assert strengths == sorted(strengths, reverse=True)
    for numbers, values in truth.items():
        if numbers not in found:
            assert np.abs(values).max() < 1e-6
            continue
        pair = found[numbers]
        assert pair.players == (Player((READ[numbers[0]],)), Player((READ[numbers[1]],)))
        assert float_of(pair.strength) == pytest.approx(np.abs(values).mean(), abs=1e-6)
        assert float_of(pair.mean) == pytest.approx(np.mean(values), abs=1e-6)


def test_pairs_are_counted_once(desk: Desk) -> None:
    """The second time they come from the roll-up, to the bit."""
    evaluation = evaluate_loans(desk)
    first, counted = pairs_of(desk, evaluation), len(desk.workspace.state.rollups)
    desk.forget()
    assert pairs_of(desk, evaluation) == first
    assert len(desk.workspace.state.rollups) == counted


def test_a_surface_adds_up_to_the_mean_of_its_pair(desk: Desk) -> None:
    """Cells of codes hold all rows; their mean is the pair's; small cells are left out."""
    loans = Loans(rows=80)
    evaluation = evaluate_loans(desk, loans)
    pair = next(p for p in pairs_of(desk, evaluation) if p.numbers == (2, 3))
    whole = surface_of(desk, evaluation, pair)
    assert (whole.first.name, whole.second.name) == ("late", "region")
    limit = desk.workspace.state.policy.policy.privacy_limit
    assert all(cell.rows >= limit for cell in whole.cells)
    truth = _truth(loans, range(80), 0)[2, 3]
    values = draw_loans(loans).values
    assert whole.cells
    for cell in whole.cells:
        late, region = whole.first.codes[cell.x].words, whole.second.codes[cell.y].words
        mine = [
            truth[k]
            for k in range(80)
            if str(values["late"][k]) == late and values["region"][k] == region
        ]
        assert cell.rows == len(mine)
        assert cell.mean == pytest.approx(np.mean(mine), abs=1e-6)


def test_a_surface_wants_columns_with_groups(desk: Desk) -> None:
    """Several columns in one player, or a column without codes, are laid out by nothing."""
    evaluation = evaluate_loans(desk)
    pair = pairs_of(desk, evaluation)[0]
    joint = Pair(
        (Player(("late", "region")), pair.players[1]), (0, 1), pair.strength, pair.mean
    )
    with pytest.raises(WrongInputError, match="has no groups to lay out"):
        surface_of(desk, evaluation, joint)


@pytest.mark.parametrize(
    ("trained", "says"),
    [(constant, "adds up a part"), (network, "Only exact explanations")],
    ids=["line", "network"],
)
def test_what_has_no_pairs_says_so(
    desk: Desk, trained: Callable[[], Trained], says: str
) -> None:
    """A linear model joins no columns, a network has no exact account of what it joins."""
    evaluation = evaluate_loans(desk, Loans(lacking=False), trained())
    with pytest.raises(WrongInputError, match=says) as refused:
        pairs_of(desk, evaluation)
    assert refused.value.hint


def test_a_class_that_is_not_there(desk: Desk) -> None:
    """A wrong class in the address is told which there are."""
    evaluation = evaluate_loans(desk, Loans(Task.MULTICLASS))
    with pytest.raises(WrongInputError, match="knows no class `d`"):
        pairs_of(desk, evaluation, output="d")


def test_cancel_leaves_nothing(desk: Desk) -> None:
    """Stopped before the rows are counted: no roll-up is kept."""
    evaluation = evaluate_loans(desk)
    before = set(desk.workspace.state.rollups)
    with pytest.raises(StoppedError):
        pairs_of(desk, evaluation, watch=Watch(stop=lambda: True))
    assert set(desk.workspace.state.rollups) == before


def test_many_rows_are_a_sample_and_many_players_the_strongest(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At most so many rows by their hash, and pairs among the strongest players only."""
    monkeypatch.setattr(pairs_module, "MOST_ROWS", 50)
    monkeypatch.setattr(pairs_module, "MOST_PLAYERS", 2)
    (pair,) = pairs_of(desk, evaluate_loans(desk))
    assert pair.strength.rows == 50
