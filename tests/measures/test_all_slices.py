"""Of thousands of slices the worst stands first, and few are called worse by chance."""

import os
from dataclasses import replace
from typing import Final

import numpy as np
import pytest

from core.engine.lattice import count_slices, lay_out
from core.measures.all_slices import (
    ATTENTION,
    FAIL,
    OPEN,
    PASS,
    UNKNOWN,
    AllSlices,
    Sizes,
    find_slice,
    judge_all,
    say_slice,
)
from core.measures.lattice import compare_answers, compare_ranks
from core.measures.metrics import find_metric
from core.measures.outcomes import FN, FP, Asked
from core.measures.privacy import hide_small
from core.measures.tallies import count_answers, count_ranks, divide
from core.records.estimate import Estimate, Gate, NotEstimable
from core.records.predicate import And, Comparison
from tests.kept import BINARY
from tests.measures.answered_tables import Table, make_binary, make_codes
from tests.measures.judged import NOTHING, POLICY, REST, judged, make_book

SETS: Final = 400 if os.environ.get("PROVE") else 40
WORSE = (0.30, 0.25, 0.35)
LIKE = (0.10, 0.08, 0.12)
UNSURE = (0.15, 0.05, 0.30)
LIMIT = Gate(
    "S", "No slice errs in more than a fifth", "error_rate", "each slice", "<=", 0.2
)


def _lights(found: AllSlices) -> list[int]:
    return [int(light) for light in found.lights]


def test_the_lights_by_hand() -> None:
    """At most 5 points worse are allowed; q of 0.001 and 0.9 among two compared is 0.002 and 0.9.

    A slice that is surely worse warns; one that is surely not passes; a wide interval stays
    open, and so do too few rows; what cannot be estimated is unknown.
    """
    found = judged(
        [LIKE, UNSURE, WORSE, WORSE, NOTHING],
        p=[0.9, 0.9, 0.001, 0.001, np.nan],
        rows=[900, 900, 900, 29, 900],
    )
    assert _lights(found) == [PASS, OPEN, ATTENTION, OPEN, UNKNOWN]
    assert found.too_few.tolist() == [False, False, False, True, False]
    assert found.q[[0, 1, 2]] == pytest.approx([0.9, 0.9, 0.003])
    assert np.isnan(found.q[[3, 4]]).all()
    assert found.order.tolist() == [2, 0, 1, 3, 4]


def test_a_slice_is_not_called_worse_without_a_small_q() -> None:
    """Far worse, but one of many: p of 0.04 twice among eight is q = 0.16."""
    found = judged([WORSE, WORSE, *[LIKE] * 6], p=[0.04, 0.04, *[0.9] * 6])
    assert found.q[:2] == pytest.approx([0.16, 0.16])
    assert _lights(found)[:2] == [OPEN, OPEN]
    level = replace(POLICY, alpha=0.2)
    found = judged([WORSE, WORSE, *[LIKE] * 6], p=[0.04, 0.04, *[0.9] * 6], policy=level)
    assert _lights(found)[:2] == [ATTENTION, ATTENTION]


def test_a_slice_is_not_called_worse_within_the_tolerance() -> None:
    """20 points of difference at least 13.7: a tolerance of 14 points lets it pass to open."""
    found = judged([WORSE, LIKE], p=[1e-9, 0.9])
    assert found.compared.difference.low[0] == pytest.approx(0.2 - np.hypot(0.05, 0.01))
    assert _lights(found)[0] == ATTENTION
    wide = judged(
        [WORSE, LIKE], p=[1e-9, 0.9], policy=replace(POLICY, slice_tolerance=0.15)
    )
    assert _lights(wide)[0] == OPEN
    wider = judged(
        [WORSE, LIKE], p=[1e-9, 0.9], policy=replace(POLICY, slice_tolerance=0.26)
    )
    assert _lights(wider)[0] == PASS


def test_a_gate_on_slices_fails_where_the_whole_interval_breaks_it() -> None:
    """A limit of 20 %: 25-35 % fails, 5-30 % does not; nor where the gate does not look."""
    values = [LIKE, UNSURE, WORSE]
    assert _lights(judged(values, gates=(LIMIT,))) == [PASS, OPEN, FAIL]
    assert _lights(judged(values, gates=(LIMIT,), gated=False)) == [PASS, OPEN, OPEN]
    few = judged(values, gates=(LIMIT,), rows=[500, 500, 29])
    assert _lights(few)[2] == OPEN  # the gate asks for 30 rows
    eager = judged(values, gates=(replace(LIMIT, min_rows=20),), rows=[500, 500, 29])
    assert _lights(eager)[2] == FAIL
    for other in (
        replace(LIMIT, population="all"),
        replace(LIMIT, metric="recall"),
        replace(LIMIT, limit=0.25),  # the end of the interval lies on it
    ):
        assert _lights(judged(values, gates=(other,)))[2] == OPEN


def test_a_gate_may_ask_for_at_least() -> None:
    """Recall of at least 60 %: 40-55 % fails, 50-70 % does not."""
    gate = Gate("S", "Each slice is found", "recall", "each slice", ">=", 0.6)
    rest = [(0.7, 0.69, 0.71)] * 2
    found = judged(
        [(0.5, 0.4, 0.55), (0.6, 0.5, 0.7)], metric="recall", rest=rest, gates=(gate,)
    )
    assert _lights(found) == [FAIL, OPEN]


def test_worse_is_lower_higher_or_far() -> None:
    """Recall warns below the rest, bias on either side; the tolerance of amounts is a share."""
    low, high = (0.2, 0.15, 0.25), (0.9, 0.85, 0.95)
    half = [(0.5, 0.49, 0.51)] * 2
    p = [1e-9, 1e-9]
    assert _lights(judged([low, high], metric="recall", rest=half, p=p)) == [
        ATTENTION,
        PASS,
    ]
    amounts = [(-30.0, -31.0, -29.0), (30.0, 29.0, 31.0)]
    rest = [(1.0, 0.9, 1.1)] * 2
    assert _lights(judged(amounts, metric="bias", rest=rest, p=p)) == [ATTENTION, ATTENTION]
    mae = [(103.0, 102.9, 103.1), (106.0, 105.9, 106.1)]
    rest = [(100.0, 99.99, 100.01)] * 2
    assert _lights(judged(mae, metric="mae", rest=rest, p=p)) == [PASS, ATTENTION]


def test_too_few_of_the_denominator_are_too_few() -> None:
    """The policy asks for 30 rows, and 10 in the rate's own denominator."""
    found = judged([WORSE, LIKE], p=[1e-9, 0.5])
    few = replace(found.compared, denominators=np.array([9, 1000]))
    sizes = Sizes(found.rows, found.hidden, np.ones(2, np.bool_))
    again = judge_all(
        found.metric,
        found.layout,
        found.codebook,
        few,
        sizes,
        found.wrong,
        replace(POLICY, gates=()),
    )
    assert _lights(again) == [OPEN, PASS]
    assert again.too_few.tolist() == [True, False]


def test_nobody_to_compare_with_is_no_lack_of_rows() -> None:
    """The only value of a column has no rest: unknown, though its own value is there."""
    found = judged([LIKE, WORSE], rest=[NOTHING, REST], p=[np.nan, 1e-9])
    assert _lights(found) == [UNKNOWN, ATTENTION]
    line = found.line(0)
    assert isinstance(line.measured, Estimate)
    assert line.rest == NotEstimable("nobody to compare with", 1000)


def test_without_comparison_the_worst_value_stands_first() -> None:
    """Average precision is held against nobody: ordered by itself, few rows after many."""
    values = [(0.7, 0.6, 0.8), (0.3, 0.2, 0.4), (0.1, 0.0, 0.9), (0.5, 0.4, 0.6)]
    found = judged(
        values,
        metric="average_precision",
        rest=[NOTHING] * 4,
        p=[np.nan] * 4,
        rows=[500, 500, 12, 500],
    )
    assert found.order.tolist() == [1, 3, 0, 2]


def test_hidden_slices_come_last_and_without_numbers() -> None:
    """By hand: 4 rows, and the next smallest value that would tell them; not even in their order."""
    rows = [900, 4, 40, 900]
    found = judged([LIKE, WORSE, UNSURE, LIKE], p=[0.5] * 4, rows=rows, gates=(LIMIT,))
    assert found.hidden.tolist() == [False, True, True, False]
    assert _lights(found) == [PASS, UNKNOWN, UNKNOWN, PASS]
    swapped = judged([LIKE, UNSURE, WORSE, LIKE], p=[0.5] * 4, rows=rows)
    assert found.order.tolist() == swapped.order.tolist() == [0, 3, 1, 2]
    for number in (1, 2):
        line = found.line(number)
        why = NotEstimable("hidden, fewer than 5 rows here or beside it", 0)
        assert (line.measured, line.rows, line.share_of_errors) == (why, 0, None)
        nobody = NotEstimable("nobody to compare with", 0)
        assert (line.rest, line.difference, line.hidden) == (nobody, nobody, True)
        assert np.isnan(line.q)
        assert np.isnan(found.wrong[number])


def test_empty_slices_are_no_lines() -> None:
    """A pair that does not occur has a number in the layout, and no place in the order."""
    layout = lay_out((2, 2), paired=(0, 1))
    rows = [300, 500, 400, 400, 300, 0, 100, 400]
    values = [LIKE] * 5 + [NOTHING] + [LIKE] * 2
    found = judged(values, rows=rows, layout=layout)
    assert sorted(found.order.tolist()) == [0, 1, 2, 3, 4, 6, 7]


def test_a_line_says_what_a_slice_is() -> None:
    """By hand: title, predicate, address, value on its denominator, rest and share."""
    layout = lay_out((2, 2), paired=(0, 1))
    rows = [300, 700, 400, 600, 100, 200, 500, 200]
    found = judged([LIKE] * 7 + [WORSE], rows=rows, layout=layout)
    line = found.line(7)
    assert line.title == "a1 · b1"
    assert line.predicate == And((Comparison("a", "=", "a1"), Comparison("b", "=", "b1")))
    assert line.address == '["and",["=","a","a1"],["=","b","b1"]]'
    assert found.line(4).title == "a missing · b missing"
    assert line.measured == Estimate(*WORSE, 200, 200, "")
    assert isinstance(line.rest, Estimate)
    assert line.rest.value == REST[0]
    assert isinstance(line.difference, Estimate)
    assert line.difference.value == pytest.approx(0.2)
    assert (line.rows, line.share_of_errors) == (200, 0.2)
    assert not line.hidden


def test_a_pair_is_a_table_either_way() -> None:
    """By hand: a of 2 codes and b of 3; turned round, lines and columns change places."""
    layout = lay_out((2, 3), paired=(0, 1))
    found = judged([LIKE] * 11, rows=[90] * 11, layout=layout)
    assert found.pair(0, 1) == ((5, 6, 7), (8, 9, 10))
    assert found.pair(1, 0) == ((5, 8), (6, 9), (7, 10))
    assert found.title(found.pair(1, 0)[2][0]) == "a missing · b2"
    for pair in ((0, 0), (0, 2)):
        with pytest.raises(LookupError):
            found.pair(*pair)


def test_slices_in_words_and_as_predicates() -> None:
    """One column alone, two together; no column is no slice."""
    book = make_book((2, 2))
    assert say_slice(book, (1,), (1,)) == "b1"
    assert say_slice(book, (0, 1), (1, 0)) == "a1 · b missing"
    assert find_slice(book, (1,), (0,)) == Comparison("b", "missing")
    with pytest.raises(LookupError):
        find_slice(book, (), ())


def _judge(table: Table, metric_id: str) -> AllSlices:
    """Return the verdict on a table as a page asks for it."""
    metric, layout = find_metric(metric_id), table.layout
    tally = count_answers(table.rows, layout, Asked(BINARY))
    if metric_id == "auc":
        compared = compare_ranks(metric, count_ranks(table.rows, layout, table.score))
    else:
        compared = compare_answers(metric, tally)
    size = len(table.score)
    rows = count_slices(table.rows.codes, layout, np.zeros(size, np.uint8), 1)[:, 0]
    hidden = hide_small(rows, layout, limit=POLICY.privacy_limit, in_all=size)
    wrong = divide(tally.weight((FP, FN)), tally.whole[1][[FP, FN]].sum())
    sizes = Sizes(rows, hidden, np.ones(layout.size, np.bool_))
    book, policy = make_book(layout.cards), replace(POLICY, gates=(), slice_tolerance=0.0)
    return judge_all(metric, layout, book, compared, sizes, wrong, policy)


@pytest.mark.parametrize("metric", ["error_rate", "recall", "auc"])
def test_few_tables_without_any_worse_slice_have_one_called_worse(metric: str) -> None:
    """Where labels know nothing of the columns, about 5 % (alpha) warn at most.

    No tolerance helps. Slices are many and overlap: 18 of one column, 119 of two.
    """
    rng = np.random.default_rng(2026)
    alarms = 0
    for _ in range(SETS):
        table = make_binary(rng, 2000, (3, 4, 5, 6), unlabelled=0.05)
        alarms += (_judge(table, metric).lights == ATTENTION).any()
    most = 0.05 * SETS + 3 * np.sqrt(0.05 * 0.95 * SETS)
    assert alarms <= most


def test_a_planted_slice_is_found_first() -> None:
    """Wrong in 60 % of one pair of values, else as before: this pair stands first."""
    rng = np.random.default_rng(4)
    table = make_binary(rng, 6000, (3, 4, 5), unlabelled=0.0)
    codes = make_codes(rng, 6000, (3, 4, 5))
    rows = replace(table.rows, codes=codes)
    planted = (codes[0] == 1) & (codes[2] == 2) & (rng.random(6000) < 0.6)
    rows.said[planted] = np.where(rows.label[planted] == 1, 100, 900)
    found = _judge(replace(table, rows=rows), "error_rate")
    first = found.line(int(found.order[0]))
    assert (first.title, first.light) == ("a1 · c2", ATTENTION)
