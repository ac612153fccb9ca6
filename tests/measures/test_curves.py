"""Curves are partial dependence: the mean answer with one column at each of its places."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.ensemble import RandomForestRegressor
from sklearn.inspection import partial_dependence

from core.estimates.wording import NBSP
from core.measures.curves import measure_curves, say_curve, say_declared
from core.records.estimate import Word
from core.records.explanations import Curves, Direction


def _curves(answers: list[list[float]], *, share: bool = False, drawn: int = 2) -> Curves:
    places = list(range(len(answers[0])))
    return measure_curves(
        np.array(answers), places, [f"p{k}" for k in places], drawn=drawn, share=share
    )


def test_two_rows_at_three_places_by_hand() -> None:
    """Means 2, 3, 2; half the steps rise, a quarter falls, one stays."""
    found = _curves([[1.0, 3.0, 3.0], [3.0, 3.0, 1.0]])
    assert found.mean == (2.0, 3.0, 2.0)
    assert (found.rising, found.falling, found.rows) == (0.25, 0.25, 2)
    half = 1.959964 * np.sqrt(2) / np.sqrt(2)
    assert found.low == pytest.approx((2 - half, 3.0, 2 - half))
    assert found.high == pytest.approx((2 + half, 3.0, 2 + half))
    assert found.single == ((1.0, 3.0, 3.0), (3.0, 3.0, 1.0))


@pytest.mark.parametrize("column", range(3))
def test_the_mean_line_is_the_partial_dependence_of_scikit_learn(column: int) -> None:
    """By brute force, and its single lines are the individual expectations."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=(80, 3))
    y = x[:, 0] + x[:, 1] * x[:, 2]
    model = RandomForestRegressor(5, max_depth=4, random_state=0).fit(x, y)
    theirs = partial_dependence(
        model, x, [column], kind="both", method="brute", grid_resolution=9
    )
    places = theirs["grid_values"][0]
    changed = np.repeat(x, len(places), axis=0)
    changed[:, column] = np.tile(places, len(x))
    answers = model.predict(changed).reshape(len(x), len(places))
    found = measure_curves(
        answers, places.tolist(), [""] * len(places), drawn=5, share=False
    )
    assert found.mean == pytest.approx(theirs["average"][0])
    assert np.array(found.single) == pytest.approx(theirs["individual"][0][:5])
    assert found.drawn == 5


def test_a_single_row_has_no_band() -> None:
    """The line itself."""
    found = _curves([[0.1, 0.2]])
    assert found.low == found.mean == found.high


def test_one_place_alone_moves_nothing() -> None:
    """A column with one value."""
    found = _curves([[0.5], [0.7]])
    assert (found.rising, found.falling) == (0.0, 0.0)
    assert say_curve("x", found) == "Changing x changes no answer of the model."


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (
            [[0.1, 0.2, 0.2], [0.3, 0.3, 0.6]],
            f"More x never lowers the score: on average 20.0{NBSP}% to 40.0{NBSP}%.",
        ),
        (
            [[0.4, 0.3, 0.1]],
            f"More x never raises the score: on average 10.0{NBSP}% to 40.0{NBSP}%.",
        ),
        (
            [[0.4, 0.5, 0.1]],
            (
                f"With x the mean score goes from 10.0{NBSP}% to 50.0{NBSP}%: "
                "lowest at p2, highest at p1."
            ),
        ),
    ],
)
def test_a_curve_says_which_way_it_goes(answers: list[list[float]], said: str) -> None:
    """Up, down, or both."""
    assert say_curve("x", _curves(answers, share=True)) == said


def test_one_step_that_falls_breaks_a_rise() -> None:
    """A single row of two hundred that falls by one step is no "never"."""
    rows = [[0.0, 0.5, 1.0]] * 199
    assert "never lowers" in say_curve("x", _curves([*rows, [0.0, 0.5, 1.0]]))
    broken = say_curve("x", _curves([*rows, [0.0, 0.5, 0.4]]))
    assert "never" not in broken
    assert "With x the mean score goes from 0 to 0.997" in broken


@pytest.mark.parametrize(
    ("declared", "word", "said"),
    [
        (
            Direction.RISES,
            Word.FAIL,
            f"More x lowers the score in 25.0{NBSP}% of the steps",
        ),
        (
            Direction.FALLS,
            Word.FAIL,
            f"More x raises the score in 25.0{NBSP}% of the steps",
        ),
        (Direction.EITHER, Word.NOT_APPLICABLE, "Nobody has declared"),
    ],
)
def test_a_declared_direction_is_held_against_every_step(
    declared: Direction, word: Word, said: str
) -> None:
    """Of four steps one goes up and one goes down: neither direction is kept."""
    found = say_declared("x", _curves([[1.0, 3.0, 3.0], [3.0, 3.0, 1.0]]), declared)
    assert found[0] is word
    assert found[1].startswith(said)


def test_a_direction_that_is_kept_passes() -> None:
    """Up or level in every row; a column of names has no direction."""
    curves = _curves([[0.1, 0.2, 0.2], [0.3, 0.3, 0.6]])
    word, said = say_declared("x", curves, Direction.RISES)
    assert (word, said) == (
        Word.PASS,
        "As declared, more x lowers the score of none of 2 rows.",
    )
    names = replace(curves, ordered=False)
    assert say_declared("x", names, Direction.RISES)[0] is Word.NOT_APPLICABLE


def test_texts_have_no_more_and_less() -> None:
    """A column of names: where it is lowest and highest, whatever their order."""
    curves = replace(_curves([[0.1, 0.2], [0.3, 0.4]], share=True), ordered=False)
    assert say_curve("region", curves) == (
        f"With region the mean score goes from 20.0{NBSP}% to 30.0{NBSP}%: "
        "lowest at p0, highest at p1."
    )
