"""Every slice is ranked as its rows alone are, exactly, ties and weights included."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, roc_auc_score

from core.engine.lattice import Layout
from core.engine.ranking import Ranking, read_ranking, write_ranking
from core.engine.ranks import Ranks, rank_slices, sort_scored
from core.engine.where import Where
from core.records.data import Column, ColumnType, Use
from core.records.predicate import Comparison, Predicate
from core.runs.desk import Desk
from tests.kept import BINARY, Framed, Small, Values, column, lay_frame
from tests.measures.answered_tables import UNIT, Table, make_binary, members

SEEDS = st.integers(0, 10**6)
ROWS = st.sampled_from([2, 30, 250])
WHOLE = Layout((), ((),))


def _rank(table: Table) -> tuple[Ranks, Ranks]:
    scored = sort_scored(table.score, table.rows.label, table.rows.weight)
    whole = rank_slices(table.rows.codes, WHOLE, scored)
    return rank_slices(table.rows.codes, table.layout, scored), whole


def _weight(table: Table) -> NDArray[np.float64]:
    weight = table.rows.weight
    return np.ones(len(table.score)) if weight is None else weight.astype(np.float64)


@given(SEEDS, ROWS, st.booleans())
def test_auc_of_each_slice_is_that_of_sklearn(
    seed: int,
    rows: int,
    weighed: bool,  # noqa: FBT001 - drawn
) -> None:
    """Wins / (P Q) against roc_auc_score; the sides' rows, weights and their squares."""
    table = make_binary(np.random.default_rng(seed), rows, weighed=weighed)
    found, _ = _rank(table)
    w = _weight(table)
    for k, has in enumerate(members(table.rows.codes, table.layout)):
        yes, no = has & (table.rows.label == 1), has & (table.rows.label == 0)
        assert (found.positives[k], found.negatives[k]) == (yes.sum(), no.sum())
        assert (found.wp[k], found.wq[k]) == (w[yes].sum(), w[no].sum())
        assert (found.wp2[k], found.wq2[k]) == ((w[yes] ** 2).sum(), (w[no] ** 2).sum())
        if found.wp[k] and found.wq[k]:
            known = yes | no
            expected = roc_auc_score(yes[known], table.score[known], sample_weight=w[known])
            auc = found.ahead[k] / (found.wp[k] * found.wq[k])
            assert auc == pytest.approx(expected, abs=1e-12)
        else:
            assert found.ahead[k] == 0


@given(SEEDS, ROWS, st.booleans())
def test_average_precision_of_each_slice_is_that_of_sklearn(
    seed: int,
    rows: int,
    weighed: bool,  # noqa: FBT001 - drawn
) -> None:
    """Rows of equal scores are taken together, as average_precision_score takes them."""
    table = make_binary(np.random.default_rng(seed), rows, weighed=weighed)
    found, _ = _rank(table)
    w = _weight(table)
    for k, has in enumerate(members(table.rows.codes, table.layout)):
        known = has & (table.rows.label >= 0)
        if not found.wp[k]:
            continue
        expected = average_precision_score(
            table.rows.label[known], table.score[known], sample_weight=w[known]
        )
        assert found.precision[k] / found.wp[k] == pytest.approx(expected, abs=1e-12)


@given(SEEDS, st.booleans())
def test_squares_are_those_of_all_pairs(seed: int, weighed: bool) -> None:  # noqa: FBT001 - drawn
    """What stands below each positive and above each negative, from a table of pairs."""
    table = make_binary(np.random.default_rng(seed), 60, (2, 3), weighed=weighed)
    found, whole = _rank(table)
    w, score, label = _weight(table), table.score, table.rows.label
    apart = (score[:, None] > score[None, :]) + 0.5 * (score[:, None] == score[None, :])
    p, q = (np.where(label == side, w, 0.0) for side in (1, 0))
    for k, has in enumerate(members(table.rows.codes, table.layout)):
        mp, mq = p * has, q * has
        assert found.ahead2[k] == pytest.approx((mp * (apart @ mq) ** 2).sum())
        assert found.behind2[k] == pytest.approx((mq * (mp @ apart) ** 2).sum())
        outside = (mp * (apart @ q)).sum() + (mq * (p @ apart)).sum()
        assert found.out_of_slice[k] == pytest.approx(outside)
    assert whole.ahead[0] == pytest.approx((p * (apart @ q)).sum())


def _lay(table: Table) -> tuple[Small, list[Predicate]]:
    """Return the table as a file would hold it, and the slices of its first column."""
    label = [("no", "yes", None)[k] for k in table.rows.label]
    columns: list[Column] = [column("y", use=Use.LABEL), column("c")]
    codes = [f"v{code}" for code in table.rows.codes[0]]
    values: Values = {"y": label, "c": codes}
    if table.rows.weight is not None:
        columns.append(column("w", ColumnType.NUMBER, Use.WEIGHT))
        values["w"] = (table.rows.weight / UNIT).tolist()
    cases = [Comparison("c", "=", f"v{code}") for code in range(table.rows.cards[0])]
    return Small(tuple(columns), values), list(cases)


def _rank_in_sql(desk: Desk, framed: Framed, where: Where) -> Ranking:
    name = desk.workspace.objects.put(
        lambda into: write_ranking(
            desk.work, frame=framed.frame, scores=framed.scores, where=where, into=into
        )
    )
    return read_ranking(desk.count, name)


@given(SEEDS, st.booleans())
def test_each_slice_ranks_as_sql_ranks_it_alone(
    desk: Desk,
    seed: int,
    weighed: bool,  # noqa: FBT001 - drawn
) -> None:
    """Against the roll-up of one slice, which is counted in whole numbers; weights up to scale."""
    table = make_binary(np.random.default_rng(seed), 60, (3,), weighed=weighed)
    found, _ = _rank(table)
    small, cases = _lay(table)
    framed = lay_frame(desk, small, BINARY, table.score)
    unit = 2.0**framed.facts.weight_scale if weighed else 1.0
    for k, predicate in enumerate(cases):
        where = Where(framed.dataset, predicate, framed.scores)
        one = _rank_in_sql(desk, framed, where)
        assert (found.positives[k], found.negatives[k]) == (one.np, one.nq)
        _agrees(found, k, one, unit)


def _agrees(found: Ranks, k: int, one: Ranking, unit: float) -> None:
    pairs = [
        (found.wp[k], one.wp, 1),
        (found.wq[k], one.wq, 1),
        (found.wp2[k], one.wp2, 2),
        (found.ahead[k], one.u2 / 2, 2),
        (found.ahead2[k], one.below2 / 4, 3),
        (found.behind2[k], one.above2 / 4, 3),
    ]
    for mine, theirs, power in pairs:
        assert mine == pytest.approx(theirs * unit**power, rel=1e-12)


def test_worked_by_hand() -> None:
    """Positives .8 and .4, negatives .4 and .2; the slice holds .8, .4 (p) and .2 (q)."""
    score = np.array([0.8, 0.4, 0.4, 0.2])
    scored = sort_scored(score, np.array([1, 1, 0, 0], np.int16), None)
    found = rank_slices(np.array([[0, 0, 1, 0]], np.uint8), Layout((2,), ((0,),)), scored)
    assert found.ahead.tolist() == [2, 0]
    assert found.ahead2.tolist() == [1 + 1, 0]
    assert found.behind2.tolist() == [4, 0]
    assert found.out_of_slice.tolist() == [2 + 1.5 + 2, 1.5]
    assert found.precision.tolist() == [1 + 1, 0]
    assert found.positives.tolist() == [2, 0]
    assert found.negatives.tolist() == [1, 1]


def test_without_any_label_there_is_nothing_to_rank() -> None:
    """All sums are 0, of slices as of all rows."""
    label = np.full(3, -1, np.int16)
    scored = sort_scored(np.array([0.1, 0.2, 0.3]), label, None)
    codes = np.array([[0, 1, 1]], np.uint8)
    for layout in (Layout((2,), ((0,),)), WHOLE):
        found = rank_slices(codes, layout, scored)
        assert not any(getattr(found, name).any() for name in Ranks.__dataclass_fields__)


def test_columns_of_256_codes_are_ranked_like_others() -> None:
    """A pair of them has 65,536 slices, the most that two bytes can number."""
    rng = np.random.default_rng(7)
    codes = rng.integers(250, 256, (2, 400)).astype(np.uint8)
    label = rng.integers(0, 2, 400).astype(np.int16)
    score = np.round(rng.random(400), 1)
    found = rank_slices(
        codes, Layout((256, 256), ((0, 1),)), sort_scored(score, label, None)
    )
    few = rank_slices(
        codes - 250, Layout((6, 6), ((0, 1),)), sort_scored(score, label, None)
    )
    table = found.ahead.reshape(256, 256)
    assert (table[250:, 250:].ravel() == few.ahead).all()
    assert table.sum() == few.ahead.sum()
