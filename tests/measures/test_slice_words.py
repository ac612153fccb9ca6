"""Slices in sentences, as a reader finds them over the table and under a finding."""

import numpy as np
import pytest

from core.estimates.wording import ATTENTION, DASH, NBSP, WORDS
from core.measures.slice_words import (
    LIGHTS,
    say_all,
    say_apart,
    say_confirmed,
    say_line,
    say_search_chance,
    say_worst,
)
from core.records.estimate import Gate, Word
from core.records.worst import Chance, Half, Worst, WorstSlice
from tests.measures.judged import NOTHING, judged

WORSE = (0.278, 0.249, 0.310)
LIKE = (0.039, 0.036, 0.042)
UNSURE = (0.15, 0.05, 0.30)
REST = [(0.039, 0.036, 0.042)] * 3
GATE = Gate("S", "Not too often", "error_rate", "each slice", "<=", 0.2)


def _spaced(text: str) -> str:
    return text.replace(NBSP, " ")


def test_a_slice_that_is_worse_is_told_with_everybody_else() -> None:
    """By hand: as many digits as the finer of both intervals allows."""
    found = judged([LIKE, WORSE], rest=REST[:2], p=[0.9, 1e-9], rows=[2188, 812])
    light, rule, sentence = say_all(found)
    assert (light, rule) == (
        ATTENTION,
        "error rate of a slice is worse than everybody else's",
    )
    assert _spaced(sentence) == (
        "a1: error rate 27.8 % (24.9–31.0 %), everybody else 3.9 %; 812 rows, "
        "27 % of all errors."
    )


def test_a_slice_that_breaks_a_limit_comes_before_all() -> None:
    """A gate of 20 %: the light is fail, and the rule says why; too few rows or not."""
    found = judged([LIKE, WORSE], rest=REST[:2], gates=(GATE,))
    light, rule, sentence = say_all(found)
    assert (light, rule) == (WORDS[Word.FAIL], "error rate of a slice breaks a limit")
    assert sentence.startswith("a1: error rate")
    small = Gate("S", "Not too often", "error_rate", "each slice", "<=", 0.2, min_rows=10)
    few = judged([WORSE], rest=REST[:1], gates=(small,), rows=[20])
    assert say_all(few)[0] == WORDS[Word.FAIL]


def test_slices_that_are_alike_are_counted() -> None:
    """By hand: three compared, one of them open; hidden, small and empty ones are not."""
    values = [LIKE, LIKE, UNSURE, LIKE, LIKE, NOTHING]
    rows = [900, 800, 700, 20, 3, 0]
    found = judged(values, rest=REST * 2, rows=rows)
    light, rule, sentence = say_all(found)
    assert (light, rule) == (WORDS[Word.PASS], "")
    assert sentence == (
        "No slice is surely worse than everybody else by more than is allowed; 3 slices were "
        "compared in error rate. For 1 of them there are too few rows to rule it out."
    )
    sure = say_all(judged([LIKE, LIKE], rest=REST[:2]))[2]
    assert sure.endswith("2 slices were compared in error rate.")


def test_nothing_compared_is_said_as_it_is() -> None:
    """Too few rows, or a metric that is held against nobody: two sentences."""
    few = judged([LIKE, LIKE], rows=[20, 10])
    assert say_all(few) == (
        WORDS[Word.NOT_MEASURED],
        "",
        "No slice has enough rows to be compared.",
    )
    alone = judged(
        [LIKE, LIKE], metric="average_precision", rest=[NOTHING] * 2, p=[np.nan] * 2
    )
    assert say_all(alone) == (
        WORDS[Word.NOT_MEASURED],
        "",
        "There is nothing to compare the average precision of a slice with.",
    )
    nobody = judged([], p=[])
    assert say_all(nobody)[2] == "No slice has enough rows to be compared."


@pytest.mark.parametrize(
    ("metric", "name"),
    [("auc", "AUC"), ("brier", "Brier score"), ("f1", "F1"), ("log_loss", "log loss")],
)
def test_a_metric_keeps_its_own_capitals(metric: str, name: str) -> None:
    """AUC and Brier stay as they are inside of a sentence."""
    found = judged([(0.5, 0.49, 0.51)], metric=metric, rest=[(0.5, 0.49, 0.51)])
    assert say_all(found)[2].endswith(f"; 1 slice was compared in {name}.")
    assert say_line(found, found.line(0)).startswith(f"a missing: {name} ")


def test_a_hidden_slice_says_no_number() -> None:
    """Neither its rows nor its share of the errors."""
    found = judged([LIKE, WORSE], rows=[900, 4])
    assert say_line(found, found.line(1)) == (
        f"a1: {DASH} hidden, fewer than 5 rows here or beside it."
    )


def test_a_slice_without_a_value_says_why() -> None:
    """No rest is named beside a value that is not there, and no share where none is known."""
    found = judged([NOTHING], rest=[NOTHING], rows=[1])
    line = found.line(0)
    assert line.hidden
    found = judged([NOTHING, LIKE], rest=[NOTHING, LIKE], rows=[70, 30])
    assert _spaced(say_line(found, found.line(0))) == (
        f"a missing: error rate {DASH} nothing to divide by here; 70 rows, "
        "70 % of all errors."
    )
    found.wrong[:] = np.nan
    assert say_line(found, found.line(0)).endswith("; 70 rows.")


SLICE = WorstSlice("a1", "", 812, 226, 50.0, (), None)
WORST = Worst("error_rate", (SLICE,), 10_000, 584, ("a",), 10, 3)


def test_a_slice_that_was_found() -> None:
    """226 of 812 are 27.8 %, 358 of 9,188 are 3.9 %, 226 of 584 errors are 39 %."""
    assert _spaced(say_worst(SLICE, WORST, "wrong")) == (
        "27.8 % wrong against 3.9 % elsewhere; 812 rows, 39 % of all errors."
    )


def test_a_slice_where_two_models_differ() -> None:
    """The same counts, said of the model that is right."""
    assert _spaced(say_apart(SLICE, WORST, "Model B")) == (
        "Of 812 rows where just one model is right, it is Model B in 27.8 %; "
        "elsewhere in 3.9 %."
    )


def test_half_of_the_rows_confirm_it_or_do_not() -> None:
    """100 of 400 against 160 of 4,000, each with its interval; or nothing."""
    half = Half(400, 100, 4000, 160)
    confirmed = WorstSlice("a1", "", 812, 226, 50.0, (), half)
    assert _spaced(say_confirmed(confirmed)) == (
        "On other rows than those that found it: 25 % (21–29 %) against 4.0 % (3.4–4.7 %)."
    )
    assert say_confirmed(SLICE) == "Half of the rows were not enough to find it again."


@pytest.mark.parametrize(
    ("reached", "searches", "said"),
    [
        (0, 200, "in fewer than 1 of 200 searches."),
        (1, 200, "in 1 of 100 searches."),  # (1 + 1) / (200 + 1)
        (9, 199, "in 1 of 20 searches."),
        (10, 132, "in 8 of 100 searches; do not act on it alone."),
        (10, 13, "in 79 of 100 searches; do not act on it alone."),
        (10, 10, "in 100 of 100 searches; do not act on it alone."),
    ],
)
def test_how_often_chance_finds_one_as_bad(reached: int, searches: int, said: str) -> None:
    """By hand: p = (reached + 1) / (searches + 1), as `search_p` counts it."""
    p = (reached + 1) / (searches + 1)
    text = say_search_chance(Chance(p, searches, 1000, stopped=reached == 10))
    assert text == f"A slice this bad turns up by chance {said}"


def test_a_search_that_found_nothing() -> None:
    """There is nothing to put to the test."""
    text = say_search_chance(Chance(1.0, 0, 1000, stopped=False))
    assert text == "The search found nothing to put to the test."


def test_every_light_has_its_word() -> None:
    """Five lights, five words, all different."""
    assert sorted(LIGHTS) == list(range(5))
    assert len(set(LIGHTS.values())) == 5
