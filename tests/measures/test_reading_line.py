"""Reading lines can be read aloud, and their intervals keep their word."""

import os
from statistics import mean

import numpy as np
import pytest

from core.estimates.intervals import wilson
from core.measures.calibration_slope import expit, logit
from core.measures.reading_line import read_lines, say_chance, worst_line
from core.measures.score_groups import equal_count
from core.records.estimate import Estimate
from tests.measures.scored_rows import draw_stretched, group_rows

RUNS = 300 if os.environ.get("PROVE") else 60


def test_worked_by_hand() -> None:
    """100 cases at 0.2 of which 30 happened, 12 at 0.8."""
    bins = group_rows([0.2] * 100 + [0.8] * 12, [1] * 30 + [0] * 70 + [1] * 12)
    first, second = read_lines(bins)
    assert isinstance(first.happened, Estimate)
    assert (first.happened.low, first.happened.high) == wilson(0.3, 100)
    assert first.apart
    assert first.sentence.replace("\u00a0", " ") == (
        "When the model says about 20 %, it happens 30 % of the time (22–40 %, 100 cases)."
    )
    assert second.sentence.replace("\u00a0", " ") == (
        "When the model says about 80 %, there are too few cases to tell (12 cases)."
    )
    assert not second.apart
    assert (first.low_score, first.high_score, second.high_score) == (0.2, 0.8, 1.0)
    assert worst_line((first, second)) == first
    assert worst_line((second,)) is None


def test_a_line_reaches_to_where_the_next_begins() -> None:
    """Ranges of ten lines are one after the other, from the lowest score on."""
    p, y = draw_stretched(np.random.default_rng(1), 1_000)
    lines = read_lines(equal_count(group_rows(p, y), 10))
    assert [line.high_score for line in lines[:-1]] == [
        line.low_score for line in lines[1:]
    ]
    assert sum(line.rows for line in lines) == 1_000


@pytest.mark.parametrize("rows", [1_000, 10_000])
def test_intervals_hold_what_they_promise(rows: int) -> None:
    """The true mean chance of a bin lies inside in 93 to 97 % of 300 tables (by default 60)."""
    rng = np.random.default_rng(rows)
    inside = []
    for _ in range(RUNS):
        p, y = draw_stretched(rng, rows, slope=0.85)
        truth = expit(0.85 * logit(p))
        mine = equal_count(group_rows(p, y), 10)
        true = equal_count(group_rows(p, truth), 10)
        lows, highs = zip(*map(_ends, read_lines(mine)), strict=True)
        inside.append(float(np.mean((lows <= true.happened) & (true.happened <= highs))))
    assert 0.93 <= mean(inside) <= 0.97


def _ends(line: object) -> tuple[float, float]:
    happened = getattr(line, "happened", None)
    assert isinstance(happened, Estimate)
    return happened.low, happened.high


def test_rare_chances_have_decimals() -> None:
    """0.31 % is not 0 %, and 99.81 % is not 100 %."""
    said = [say_chance(p) for p in (0.0031, 0.9981, 0.0, 1.0, 0.5)]
    assert [each.replace("\u00a0", " ") for each in said] == [
        *("0.31 %", "99.81 %", "0 %", "100 %", "50 %")
    ]
