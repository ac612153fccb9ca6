"""The score cube holds every row once, in integers, and so do the sums beside it."""

from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engine.grid import buckets
from core.engine.score_cube import COLUMNS, ScoreSums, read_score_sums, write_score_sums
from core.errors import WrongInputError
from core.records.predicate import Comparison
from core.runs.desk import Desk
from tests.engine.scores import Laid, count_cube, lay_scored

UNIT = 1 << 40
SEEDS = st.integers(0, 10**6)


def _sums(desk: Desk, laid: Laid) -> ScoreSums:
    name = desk.workspace.objects.put(
        lambda into: write_score_sums(
            desk.work, laid.scored(), into, weighted=laid.weighted
        )
    )
    return read_score_sums(desk.count, name)


def test_worked_by_hand(desk: Desk) -> None:
    """Two rows share a bucket, one lies at each end, one has no label."""
    scores = np.array([0.25, 0.25, 0.0, 1.0, 0.25])
    cube = count_cube(desk, lay_scored(desk, scores, [1, 0, 0, 1, -1]))
    assert cube.bucket.tolist() == [0, 16_000, 64_000]
    assert cube.n.tolist() == [1, 2, 1]
    assert cube.u.tolist() == [0, 1, 0]
    assert cube.s.tolist() == [0, 1, 1]
    assert cube.p.tolist() == [0, UNIT // 2, UNIT]
    assert cube.lo.tolist() == cube.hi.tolist() == [0.0, 0.25, 1.0]


@given(SEEDS, st.sampled_from([np.float32, np.float64]), st.booleans())
def test_the_cube_is_that_of_a_loop(
    desk: Desk,
    seed: int,
    kind: type[np.floating],
    weighed: bool,  # noqa: FBT001 - drawn
) -> None:
    """Rows, events, sums and ends per bucket against numpy, odd rows only."""
    rng = np.random.default_rng(seed)
    scores = rng.random(80).round(int(rng.integers(1, 8))).astype(kind)
    labels = rng.integers(-1, 2, 80)
    weights = rng.integers(1, 9, 80) / 4 if weighed else None
    laid = lay_scored(desk, scores, labels, weights)
    cube = count_cube(desk, laid, where=Comparison("odd", "=", value=True))
    kept = np.arange(80) % 2 == 1
    fine, exact = buckets(scores), scores.astype(np.float64)
    assert cube.bucket.tolist() == np.unique(fine[kept]).tolist()
    for line, bucket in enumerate(cube.bucket.tolist()):
        mine = kept & (fine == bucket) & (labels >= 0)
        fixed = np.floor(exact[mine] * UNIT + 0.5).astype(np.int64)
        assert cube.n[line] == mine.sum()
        assert cube.u[line] == (kept & (fine == bucket) & (labels < 0)).sum()
        assert cube.s[line] == labels[mine].sum()
        assert int(cube.p[line]) == fixed.sum()
        if mine.any():
            assert (cube.lo[line], cube.hi[line]) == (exact[mine].min(), exact[mine].max())
        if weights is not None:
            unit = round(65536 / 2.0**laid.framed.facts.weight_scale)
            mass = (weights[mine] * unit).astype(int)
            assert cube.w[line] == mass.sum()
            assert int(cube.w2[line]) == (mass**2).sum()
            assert cube.wy[line] == (mass * labels[mine]).sum()
            assert int(cube.wp[line]) == sum(
                int(m) * int(f) for m, f in zip(mass, fixed, strict=True)
            )


@given(SEEDS)
def test_the_order_of_rows_changes_no_digit(desk: Desk, seed: int) -> None:
    """Shuffled rows give the same cube, line by line."""
    rng = np.random.default_rng(seed)
    scores, labels = rng.random(50).round(2), rng.integers(0, 2, 50)
    order = rng.permutation(50)
    first = count_cube(desk, lay_scored(desk, scores, labels))
    second = count_cube(desk, lay_scored(desk, scores[order], labels[order]))
    for name in COLUMNS:
        assert np.array_equal(getattr(first, name), getattr(second, name))


@given(SEEDS)
def test_sums_are_those_of_the_formulas(desk: Desk, seed: int) -> None:
    """Brier, log loss and Spiegelhalter's sums against numpy, to the last bits of 2^-40."""
    rng = np.random.default_rng(seed)
    p, y = rng.random(60).round(3), rng.integers(0, 2, 60)
    p[:3], y[:3] = [0.0, 1.0, 0.0], [0, 1, 1]  # the last one was said to be impossible
    sums = _sums(desk, lay_scored(desk, np.append(p, 0.4), [*y, -1]))
    with np.errstate(divide="ignore"):
        loss = -np.log(np.where(y == 1, p, 1 - p))
    assert (sums.n, sums.unlabelled, sums.outside) == (60, 1, 0)
    assert sums.infinite == (loss == inf).sum() >= 1
    expected = {
        "brier": (y - p) ** 2,
        "loss": loss[loss < inf],
        "lean": (y - p) * (1 - 2 * p),
        "lean_variance": (1 - 2 * p) ** 2 * p * (1 - p),
        "variance": p * (1 - p),
        "variance_once": p * (1 - p),
    }
    for name, each in expected.items():
        assert getattr(sums, name) / UNIT == pytest.approx(each.sum(), abs=60 / UNIT)


def test_weights_count_as_repeated_rows(desk: Desk) -> None:
    """A row of weight 2 adds to the sums what two rows do."""
    p, y, w = np.array([0.2, 0.7, 0.4]), [0, 1, 1], [1.0, 2.0, 2.0]
    laid = lay_scored(desk, p, y, w)
    mine = _sums(desk, laid)
    other = _sums(desk, lay_scored(desk, np.repeat(p, [1, 2, 2]), [0, 1, 1, 1, 1]))
    unit = 65536 / 2.0**laid.framed.facts.weight_scale
    for name in ("brier", "loss", "lean", "variance_once"):
        assert getattr(mine, name) / unit == pytest.approx(getattr(other, name), abs=4)


def test_folds_part_the_rows_evenly_and_for_good(desk: Desk) -> None:
    """Five folds add up to the whole, none is empty, and neighbours are not together."""
    rng = np.random.default_rng(3)
    laid = lay_scored(desk, rng.random(1000), rng.integers(0, 2, 1000))
    cube, folded = count_cube(desk, laid), count_cube(desk, laid, folds=True)
    rows = np.bincount(folded.fold, folded.n)
    assert len(rows) == 5
    assert rows.min() > 150
    whole = np.zeros(64_001, dtype=np.int64)
    np.add.at(whole, folded.bucket, folded.n)
    assert np.array_equal(whole[cube.bucket], cube.n)


def test_without_rows_there_are_no_lines(desk: Desk) -> None:
    """A slice that nobody is in, and a column that is not there."""
    laid = lay_scored(desk, np.array([0.5]), [1])
    assert not len(count_cube(desk, laid, where=Comparison("odd", "=", value=True)).n)
    with pytest.raises(WrongInputError, match="`old`"):
        count_cube(desk, laid, where=Comparison("old", "missing"))
