"""Thresholds: counts at all 1,001 of them, and the ones that costs and capacity ask for."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix

from core.errors import WrongInputError
from core.measures.acting import (
    acting_at,
    count_thresholds,
    say_benefit,
    say_frequencies,
    threshold_by_capacity,
    threshold_by_cost,
)
from core.records.estimate import Estimate, NotEstimable
from tests.measures.scored_rows import draw_calibrated, group_rows


@given(
    st.integers(0, 10**6), st.sampled_from([np.float32, np.float64]), st.integers(0, 1000)
)
def test_counts_are_those_of_scikit_learn(
    seed: int, kind: type[np.floating], threshold: int
) -> None:
    """At any k/1000, scores that lie on it included, in the precision of the model."""
    rng = np.random.default_rng(seed)
    p = (rng.integers(0, 1001, 200) / 1000).astype(kind)
    y, w = rng.integers(0, 2, 200), rng.integers(1, 4, 200)
    said = p >= kind(threshold / 1000)
    counts = count_thresholds(group_rows(p, y, w))
    tn, fp, fn, tp = confusion_matrix(y, said, labels=[0, 1], sample_weight=w).ravel()
    assert counts.tp[threshold] == tp
    assert counts.fp[threshold] == fp
    assert (counts.positives, counts.negatives) == (tp + fn, tn + fp)


def test_net_benefit_worked_by_hand() -> None:
    """4 of 10 reach 0.2, 3 of them rightly: 0.3 - 0.1 / 4; acting on all: 0.5 - 0.5 / 4."""
    p = [0.1] * 6 + [0.2, 0.5, 0.5, 0.9]
    y = [1, 1, 0, 0, 0, 0, 0, 1, 1, 1]
    counts = count_thresholds(group_rows(p, y))
    assert counts.net_benefit[200] == pytest.approx(0.3 - 0.1 * 0.25)
    assert counts.net_benefit_all[200] == pytest.approx(0.5 - 0.5 * 0.25)
    assert counts.net_benefit[0] == counts.net_benefit_all[0] == 0.5
    assert counts.net_benefit[1000] == 0
    assert np.isnan(counts.net_benefit_all[1000])
    assert (counts.recall[200], counts.alarm_rate[200]) == (0.6, 0.2)
    assert counts.precision[200] == 0.75
    assert np.isnan(counts.precision[1000])


@given(st.integers(0, 10**6))
def test_net_benefit_is_that_of_a_loop(seed: int) -> None:
    """TP/n - FP/n t/(1 - t) over all 1,000 thresholds below 1."""
    rng = np.random.default_rng(seed)
    p, y = draw_calibrated(rng, 150)
    mine = count_thresholds(group_rows(p, y)).net_benefit
    for k in range(0, 1000, 37):
        t = k / 1000
        hits, alarms = (p >= t) & y, (p >= t) & ~y
        assert mine[k] == pytest.approx(
            hits.mean() - alarms.mean() * t / (1 - t), abs=1e-12
        )


def test_a_point_says_what_it_does() -> None:
    """Shares with intervals, whole numbers that add up, and sentences."""
    p, y = draw_calibrated(np.random.default_rng(1), 3_001)
    point = acting_at(count_thresholds(group_rows(p, y)), 350)
    often = point.frequencies
    assert often.hits + often.alarms + often.missed + often.passed == 1_000
    assert isinstance(point.recall, Estimate)
    assert point.recall.rows == y.sum()
    assert point.recall.value == pytest.approx(y[p >= 0.35].sum() / y.sum())
    assert point.sentence.startswith("Acting from 35 % upwards stops ")
    assert "acting on everyone" in say_benefit(point)
    nobody = acting_at(count_thresholds(group_rows([0.1], [0])), 900)
    assert isinstance(nobody.precision, NotEstimable)
    assert isinstance(nobody.recall, NotEstimable)


@given(st.lists(st.integers(0, 10**6), min_size=4, max_size=4).filter(sum))
def test_frequencies_add_up_and_are_near(cells: list[int]) -> None:
    """1,000 in all, each within 1 of its share."""
    often = say_frequencies((cells[0], cells[1], cells[2], cells[3]))
    whole = [often.hits, often.alarms, often.missed, often.passed]
    assert sum(whole) == often.of == 1_000
    assert all(
        abs(n - 1_000 * cell / sum(cells)) < 1 for n, cell in zip(whole, cells, strict=True)
    )


@pytest.mark.parametrize("missed", [1.0, 4.0, 9.0])
def test_a_calibrated_model_is_used_where_costs_say(missed: float) -> None:
    """Near 1 / (1 + missed), inside the range; nothing else is cheaper."""
    p, y = draw_calibrated(np.random.default_rng(2), 40_000)
    counts = count_thresholds(group_rows(p.round(5), y))
    found = threshold_by_cost(counts, missed=missed)
    cost = counts.fp + missed * (counts.positives - counts.tp)
    assert cost[found.threshold] == cost.min()
    assert found.low <= found.threshold <= found.high
    assert found.threshold == pytest.approx(1000 / (1 + missed), abs=60)
    assert found.low - 30 <= 1000 / (1 + missed) <= found.high + 30
    assert f"costs {missed:g} times a false alarm" in found.sentence


def test_free_mistakes_have_an_answer() -> None:
    """Alarms that cost nothing: act on everybody; misses that cost nothing: on nobody."""
    p, y = draw_calibrated(np.random.default_rng(3), 500)
    counts = count_thresholds(group_rows(p, y))
    everybody = threshold_by_cost(counts, missed=1, alarm=0)
    nobody = threshold_by_cost(counts, missed=0, alarm=1)
    assert counts.tp[everybody.threshold] == counts.positives
    assert counts.fp[nobody.threshold] == 0
    with pytest.raises(WrongInputError, match="costs -1"):
        threshold_by_cost(counts, missed=-1)


def test_capacity_is_never_passed_and_used_up() -> None:
    """At most 500 of 2,000 a month; one threshold lower it would be more."""
    p, y = draw_calibrated(np.random.default_rng(4), 20_000)
    counts = count_thresholds(group_rows(p, y))
    found = threshold_by_capacity(counts, capacity=500, cases=2_000)
    assert counts.reached[found.threshold] <= 0.25 < counts.reached[found.threshold - 1]
    assert found.low < found.threshold < found.high
    assert threshold_by_capacity(counts, capacity=9_000, cases=2_000).threshold == 0
    with pytest.raises(WrongInputError, match="of 0 cases a month"):
        threshold_by_capacity(counts, capacity=1, cases=0)


def test_more_than_can_be_checked_is_said() -> None:
    """Where all score 1, no threshold is high enough."""
    counts = count_thresholds(group_rows([1.0] * 10, [1] * 10))
    found = threshold_by_capacity(counts, capacity=5, cases=100)
    assert found.threshold == 1000
    assert found.sentence.startswith("Even at 100 %")


def test_without_labels_nothing_is_judged() -> None:
    """An empty table is refused with a next step."""
    with pytest.raises(WrongInputError, match="No row has a label"):
        count_thresholds(group_rows([], []))
