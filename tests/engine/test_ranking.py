"""Ranking sums are those behind AUC, ties and weights included, exactly."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from core.engine.ranking import Ranking, read_ranking, write_ranking
from core.engine.where import Where
from core.errors import WrongInputError
from core.estimates.intervals import estimate_auc
from core.measures.quality import measure_auc
from core.records.data import ColumnType, Use
from core.records.estimate import Estimate, NotEstimable
from core.records.predicate import Comparison, Predicate
from core.runs.desk import Desk
from tests.kept import BINARY, Small, column, lay_frame

SEEDS = st.integers(0, 10**6)
Floats = NDArray[np.float64]


def _rank(
    desk: Desk,
    labels: list[Any],
    scores: Floats,
    weights: Floats | None = None,
    where: Predicate | None = None,
) -> Ranking:
    columns = [column("y", use=Use.LABEL), column("odd", ColumnType.BOOLEAN)]
    values: dict[str, list[Any]] = {
        "y": labels,
        "odd": [k % 2 == 1 for k in range(len(labels))],
    }
    if weights is not None:
        columns.append(column("w", ColumnType.NUMBER, Use.WEIGHT))
        values["w"] = weights.tolist()
    framed = lay_frame(desk, Small(tuple(columns), values), BINARY, scores)
    name = desk.workspace.objects.put(
        lambda into: write_ranking(
            desk.work,
            frame=framed.frame,
            scores=framed.scores,
            where=Where(framed.dataset, where, framed.scores) if where else None,
            into=into,
        )
    )
    return read_ranking(desk.count, name)


def _drawn(seed: int, rows: int) -> tuple[NDArray[np.bool_], Floats, Floats]:
    rng = np.random.default_rng(seed)
    labels = rng.random(rows) < 0.4
    labels[:2] = True, False
    digits = int(rng.integers(1, 4))  # few digits make many ties
    scores = np.round(np.clip(rng.random(rows) * 0.7 + labels * 0.2, 0, 1), digits)
    return labels, scores, rng.integers(1, 6, rows) / 4


def _words(labels: NDArray[np.bool_]) -> list[Any]:
    return ["yes" if label else "no" for label in labels]


def _pairs(scores: Floats, others: Floats) -> Floats:
    higher = scores[:, None] > others[None, :]
    ties = scores[:, None] == others[None, :]
    return np.asarray(higher + 0.5 * ties, dtype=np.float64)


@given(SEEDS, st.sampled_from([2, 10, 150]), st.booleans())
def test_auc_is_that_of_sklearn(desk: Desk, seed: int, rows: int, weighed: bool) -> None:  # noqa: FBT001 - drawn
    """u2 / (2 P Q) against roc_auc_score with sample_weight, missing labels left out."""
    labels, scores, weights = _drawn(seed, rows)
    words = [*_words(labels), None]
    found = _rank(
        desk,
        words,
        np.append(scores, 0.5),
        np.append(weights, 9.0) if weighed else None,
    )
    auc = found.u2 / (2 * found.wp * found.wq)
    expected = roc_auc_score(labels, scores, sample_weight=weights if weighed else None)
    assert auc == pytest.approx(expected, abs=1e-12)
    assert (found.np, found.nq) == (labels.sum(), (~labels).sum())


@given(SEEDS, st.sampled_from([3, 40, 150]))
def test_the_variance_is_that_of_delong(desk: Desk, seed: int, rows: int) -> None:
    """Against the O(n^2) definition: variances of the placements V10 and V01."""
    labels, scores, _ = _drawn(seed, rows)
    p, q = labels.sum(), (~labels).sum()
    found = _rank(desk, _words(labels), scores)
    pairs = _pairs(scores[labels], scores[~labels])
    v10, v01 = pairs.mean(axis=1), pairs.mean(axis=0)
    variance = 0.0
    if p > 1:
        variance += v10.var(ddof=1) / p
    if q > 1:
        variance += v01.var(ddof=1) / q
    expected = estimate_auc(
        pairs.mean(), variance, positives=float(p), negatives=float(q), rows=rows
    )
    measured = measure_auc(found)
    assert isinstance(measured, Estimate)
    assert isinstance(expected, Estimate)
    assert measured.value == pytest.approx(expected.value, abs=1e-12)
    if min(p, q) > 1:
        assert measured.low == pytest.approx(expected.low, abs=1e-9)
        assert measured.high == pytest.approx(expected.high, abs=1e-9)


@given(SEEDS)
def test_sums_are_those_of_all_pairs(desk: Desk, seed: int) -> None:
    """Every integer of the roll-up from pairs of rows, in the rows of a slice."""
    labels, scores, _ = _drawn(seed, 40)
    odd = np.arange(40) % 2 == 1
    found = _rank(desk, _words(labels), scores, where=Comparison("odd", "=", value=True))
    kept, chosen = labels[odd], scores[odd]
    pairs = 2 * _pairs(chosen[kept], chosen[~kept])
    assert found.u2 == pairs.sum()
    assert found.below2 == (pairs.sum(axis=1) ** 2).sum()
    assert found.above2 == (pairs.sum(axis=0) ** 2).sum()


@given(SEEDS)
def test_shuffled_rows_rank_alike(desk: Desk, seed: int) -> None:
    """The sums are integers, so that the order of rows changes no digit."""
    labels, scores, weights = _drawn(seed, 60)
    order = np.random.default_rng(seed).permutation(60)
    first = _rank(desk, _words(labels), scores, weights)
    second = _rank(desk, _words(labels[order]), scores[order], weights[order])
    key = slice(0, 9)
    sums = [
        [getattr(r, f) for f in Ranking.__dataclass_fields__][key] for r in (first, second)
    ]
    assert sums[0] == sums[1]


def test_worked_by_hand(desk: Desk) -> None:
    """Positives .8 and .4, negatives .4 and .2: 2 + 1 wins, 1 tie: AUC 3.5 / 4."""
    found = _rank(desk, ["yes", "yes", "no", "no"], np.array([0.8, 0.4, 0.4, 0.2]))
    assert (found.u2, found.wp, found.wq) == (7, 2, 2)
    assert (found.below2, found.above2) == (16 + 9, 9 + 16)
    measured = measure_auc(found)
    assert isinstance(measured, Estimate)
    assert measured.value == 3.5 / 4


@pytest.mark.parametrize(("word", "side"), [("yes", "negatives"), ("no", "positives")])
def test_one_class_cannot_be_ranked(desk: Desk, word: str, side: str) -> None:
    """Without one side there is no pair, and no number."""
    measured = measure_auc(_rank(desk, [word, word, None], np.array([0.1, 0.2, 0.3])))
    assert measured == NotEstimable(f"no {side} to rank", 2)


def test_a_slice_of_an_unknown_column_is_refused(desk: Desk) -> None:
    """As everywhere, with the nearest name."""
    with pytest.raises(WrongInputError, match=r"`old`\. Nearest: `odd`"):
        _rank(desk, ["yes", "no"], np.zeros(2), where=Comparison("old", "missing"))
