"""Score moments from exact sums and from groups are the same numbers."""

from dataclasses import fields

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, log_loss

from core.engine.score_cube import read_score_sums, write_score_sums
from core.measures.score_groups import group_cube
from core.measures.score_moments import ScoreMoments, moments_of_groups, moments_of_sums
from core.runs.desk import Desk
from tests.engine.scores import count_cube, lay_scored
from tests.measures.scored_rows import group_rows


@pytest.mark.parametrize("weighed", [False, True])
def test_sums_and_groups_agree(desk: Desk, weighed: bool) -> None:  # noqa: FBT001 - two cases
    """On tied scores, where a group has one score, to the last bits; and with scikit-learn."""
    rng = np.random.default_rng(4)
    p = rng.integers(1, 100, 400) / 100
    y = (rng.random(400) < p).astype(int)
    w = rng.choice([0.5, 1.0, 2.0, 4.0], 400) if weighed else None
    laid = lay_scored(desk, p, y, w)
    name = desk.workspace.objects.put(
        lambda into: write_score_sums(desk.work, laid.scored(), into, weighted=weighed)
    )
    groups = group_cube(count_cube(desk, laid))
    exact = moments_of_sums(read_score_sums(desk.count, name), groups)
    for other in (moments_of_groups(groups), moments_of_groups(_by_hand(p, y, w))):
        for field in fields(ScoreMoments):
            mine, theirs = getattr(exact, field.name), getattr(other, field.name)
            assert mine == pytest.approx(theirs, rel=1e-9), field.name
    assert exact.brier / exact.weight == pytest.approx(
        brier_score_loss(y, p, sample_weight=w)
    )
    assert exact.loss / exact.weight == pytest.approx(log_loss(y, p, sample_weight=w))


def _by_hand(p: np.ndarray, y: np.ndarray, w: np.ndarray | None):  # type: ignore[no-untyped-def]  # noqa: ANN202
    return group_rows(p, y, None if w is None else w / w.mean())


def test_what_was_impossible_is_counted_apart() -> None:
    """An event at 0 and a miss at 1 add nothing to the finite loss."""
    found = moments_of_groups(group_rows([0.0, 0.0, 1.0, 0.5], [1, 0, 0, 1]))
    assert found.infinite == 2
    assert found.loss == pytest.approx(np.log(2))
    assert found.brier == 2.25
