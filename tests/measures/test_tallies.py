"""What is counted of many slices at once is what a loop over their rows counts."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engine.lattice import Layout, lay_out
from core.measures.outcomes import KINDS, Asked, sort_out
from core.measures.tallies import (
    STEPS,
    AnswerTally,
    count_answers,
    count_cube,
    count_errors,
    count_guesses,
    count_ranks,
    count_scores_of,
    cube_fits,
    divide,
    kish_many,
)
from tests.kept import BINARY, THREE
from tests.measures.answered_tables import (
    Floats,
    Table,
    make_amounts,
    make_binary,
    make_classes,
    members,
)

SEEDS = st.integers(0, 10**6)
THRESHOLDS = st.sampled_from([0, 1, 500, 1000]) | st.integers(0, 1000)


def _same(one: AnswerTally, other: AnswerTally) -> None:
    for mine, theirs in ((one, other), (one.rest, other.rest)):
        assert (mine.n == theirs.n).all()
        assert (mine.w == theirs.w).all()
        assert (mine.w2 == theirs.w2).all()


@given(SEEDS, THRESHOLDS, st.sampled_from([0, 1, 120]), st.booleans())
def test_answers_and_those_of_the_rest_are_counted(
    seed: int,
    threshold: int,
    rows: int,
    weighed: bool,  # noqa: FBT001 - drawn
) -> None:
    """Rows, weights and their squares by kind; the rest is counted from the other rows."""
    table = make_binary(np.random.default_rng(seed), rows, weighed=weighed)
    asked = Asked(BINARY, threshold)
    tally = count_answers(table.rows, table.layout, asked)
    kind = sort_out(table.rows.label, table.rows.said, asked)
    weight = table.rows.weight if weighed else np.ones(rows, np.int64)
    assert weight is not None
    for k, has in enumerate(members(table.rows.codes, table.layout)):
        for side, mine in ((tally, has), (tally.rest, ~has)):
            for one in range(KINDS):
                chosen = weight[mine & (kind == one)]
                assert side.n[k, one] == len(chosen)
                assert side.w[k, one] == chosen.sum()
                assert side.w2[k, one] == (chosen**2).sum()


@given(SEEDS, THRESHOLDS, st.sampled_from([0.0, 0.2, 1.0]), st.sampled_from([0, 1, 150]))
def test_a_cube_answers_any_threshold_as_the_rows_do(
    seed: int, threshold: int, unlabelled: float, rows: int
) -> None:
    """Every kind of answer, with all, some or no labels; the whole and the rest too."""
    rng = np.random.default_rng(seed)
    table = make_binary(rng, rows, unlabelled=unlabelled)
    cube = count_cube(table.rows, table.layout)
    _same(
        cube.at(threshold),
        count_answers(table.rows, table.layout, Asked(BINARY, threshold)),
    )
    assert cube.counts.shape[1:] == (STEPS, table.layout.size)
    assert cube.nbytes == cube.counts.nbytes


def test_a_cube_is_made_of_what_fits() -> None:
    """Binary rows that count once, and slices x labels x 1,001 steps within 64 MB."""
    table = make_binary(np.random.default_rng(1), 50, unlabelled=0.0)
    most = 64 * 2**20 // (4 * 2 * STEPS)
    assert cube_fits(table.rows, Layout((most,), ((0,),)))
    assert not cube_fits(table.rows, Layout((most + 1,), ((0,),)))
    missing = replace(table.rows, label=np.full(50, -1, np.int16))
    assert not cube_fits(missing, Layout((most,), ((0,),)))  # a third kind of label
    weighed = make_binary(np.random.default_rng(1), 50, weighed=True)
    assert not cube_fits(weighed.rows, weighed.layout)
    classes = make_classes(np.random.default_rng(1), 50)
    assert not cube_fits(classes.rows, classes.layout)


@given(SEEDS, st.sampled_from(["", "b"]))
def test_classes_are_counted_together_or_one_against_the_rest(
    seed: int, of_class: str
) -> None:
    """Without a class a right answer is TP and a wrong one FN, as `sort_out` says."""
    table = make_classes(np.random.default_rng(seed), 90)
    tally = count_answers(table.rows, table.layout, Asked(THREE, of_class=of_class))
    label, said = table.rows.label, table.rows.said
    for k, has in enumerate(members(table.rows.codes, table.layout)):
        known = has & (label >= 0)
        hit, miss = (known & (label == said)).sum(), (known & (label != said)).sum()
        if of_class:
            hit = (known & (label == 1) & (said == 1)).sum()
            miss = (known & (label == 1) & (said != 1)).sum()
        assert (tally.n[k, 0], tally.n[k, 2]) == (hit, miss)


def _moments(table: Table, **quantities: Floats) -> dict[str, Floats]:
    weight = np.ones(len(table.score)) if table.rows.weight is None else table.rows.weight
    known = table.rows.label >= 0
    sums = {"w": weight, "w2": weight * weight} | {
        name: weight * each for name, each in quantities.items()
    }
    return {name: np.where(known, each, 0.0) for name, each in sums.items()}


@given(SEEDS, st.booleans(), st.sampled_from([0, 1, 150]))
def test_sums_of_scores_and_of_the_rest(
    seed: int,
    weighed: bool,  # noqa: FBT001 - drawn
    rows: int,
) -> None:
    """Against the rows; the variance of a weighted sum counts each weight twice."""
    table = make_binary(np.random.default_rng(seed), rows, weighed=weighed)
    tally = count_scores_of(table.rows, table.layout, table.score)
    p, y = table.score, (table.rows.label == 1).astype(float)
    weight = np.ones(rows) if table.rows.weight is None else table.rows.weight
    kept = np.clip(p, 1e-15, 1 - 1e-15)
    loss = -np.log(np.where(y > 0, kept, 1 - kept))
    expected = _moments(
        table,
        events=y,
        expected=p,
        variance=weight * p * (1 - p),
        once=p * (1 - p),
        square=(p - y) ** 2,
        square2=(p - y) ** 4,
        loss=loss,
        loss2=loss**2,
    )
    assert set(tally.sums) == set(expected)
    for k, has in enumerate(members(table.rows.codes, table.layout)):
        for side, mine in ((tally, has), (tally.rest, ~has)):
            assert side.n[k] == (mine & (table.rows.label >= 0)).sum()
            for name, each in expected.items():
                assert side.sums[name][k] == pytest.approx(each[mine].sum(), rel=1e-12)


@given(SEEDS, st.booleans())
def test_one_enormous_error_leaves_the_digits_of_the_rest(
    seed: int,
    weighed: bool,  # noqa: FBT001 - drawn
) -> None:
    """Fourth powers reach 10^40; the rest of its slice still has all of its digits."""
    table = make_amounts(np.random.default_rng(seed), 120, weighed=weighed)
    error = table.rows.error
    assert error is not None
    error[np.flatnonzero(table.rows.label >= 0)[3]] = 1e10
    tally = count_errors(table.rows, table.layout, table.score)
    x = np.nan_to_num(error)
    expected = _moments(table, e1=x, e0=np.abs(x), e2=x**2, e4=x**4)
    assert tally.whole["e2"] == pytest.approx(expected["e2"].sum())
    for k, has in enumerate(members(table.rows.codes, table.layout)):
        for name, each in expected.items():
            assert tally.sums[name][k] == pytest.approx(each[has].sum(), rel=1e-12)
            rest = tally.rest.sums[name][k]
            assert rest == pytest.approx(each[~has].sum(), rel=1e-9, abs=1e-9)


def test_the_rest_of_the_rest_is_the_slice() -> None:
    """Turned round twice nothing has changed."""
    table = make_binary(np.random.default_rng(2), 60)
    tally = count_scores_of(table.rows, table.layout, table.score)
    assert (tally.rest.rest.n == tally.n).all()
    assert tally.rest.rest.sums is tally.sums
    every = (*tally.sums.values(), *tally.rest.sums.values())
    assert tally.nbytes == sum(each.nbytes for each in every)


def test_only_a_regression_has_errors() -> None:
    """Classes have no distance."""
    table = make_binary(np.random.default_rng(1), 10)
    with pytest.raises(TypeError):
        count_errors(table.rows, table.layout, table.score)


def test_guesses_by_hand() -> None:
    """Scores .2 .5 .3: class 0 is third, class 1 first, class 2 second of two that count."""
    table = make_classes(np.random.default_rng(1), 4, (1,))
    rows = replace(table.rows, label=np.array([0, 1, 2, -1], np.int16))
    scores = np.tile([0.2, 0.5, 0.3], (4, 1))
    tally = count_guesses(rows, lay_out((1,), paired=()), scores)
    assert (tally.n[0], tally.sums["top_2"][0]) == (3, 2)
    assert tally.sums["loss"][0] == pytest.approx(-np.log(0.2 * 0.5 * 0.3))


def test_ranks_of_all_rows_are_those_of_one_slice() -> None:
    """A column of one code holds everybody: its sums are those of the whole."""
    table = make_binary(np.random.default_rng(3), 80, (1,))
    mine, whole = count_ranks(table.rows, table.layout, table.score)
    assert mine.ahead.tolist() == whole.ahead.tolist()
    assert mine.wp.tolist() == whole.wp.tolist()


def test_dividing_by_nothing_is_missing() -> None:
    """0 / 0 has no value; Kish's rows of nobody are 0, of equal weights their number."""
    found = divide(np.array([1.0, 0.0]), np.array([4.0, 0.0]))
    assert found[0] == 0.25
    assert np.isnan(found[1])
    assert kish_many(np.array([0.0, 6.0]), np.array([0.0, 12.0])).tolist() == [0.0, 3.0]


def test_several_kinds_add_up() -> None:
    """Rows, weight and effective rows of kinds taken together; by hand."""
    whole = (np.zeros(6, np.int64), np.zeros(6), np.zeros(6))
    n = np.array([[1, 2, 0, 0, 0, 4]])
    tally = AnswerTally(n, n * 3.0, n * 9.0, whole)
    assert tally.rows((0, 1)).tolist() == [3]
    assert tally.weight((1, 5)).tolist() == [18.0]
    assert tally.effective((0, 1, 5)).tolist() == [7.0]
