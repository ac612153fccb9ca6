"""The CORP curve and its split are those of a full isotonic regression."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import brier_score_loss, log_loss

from core.measures.corp import (
    curve_at,
    curve_of_groups,
    measure_distances,
    say_split,
    split_brier,
    split_log_loss,
)
from core.measures.score_moments import moments_of_groups
from core.records.calibration import Split
from core.runs.desk import Desk
from tests.engine.scores import find_blocks, lay_scored
from tests.measures.scored_rows import draw_stretched, group_rows


@given(st.integers(0, 10**6), st.booleans())
def test_the_split_is_that_of_the_definition(seed: int, weighed: bool) -> None:  # noqa: FBT001 - drawn
    """MCB = S(p) - S(curve), DSC = S(mean) - S(curve), with scikit-learn's curve and scores."""
    rng = np.random.default_rng(seed)
    p, y = draw_stretched(rng, 150)
    y[:2] = True, False
    w = rng.integers(1, 5, 150) if weighed else None
    curve = IsotonicRegression(y_min=0, y_max=1).fit(p, y, sample_weight=w).predict(p)
    mean = np.full(150, np.average(y, weights=w))
    groups = group_rows(p, y, w)
    moments, share = moments_of_groups(groups), curve_of_groups(groups)
    for split, score in (
        (split_brier(moments, groups.weight, share), brier_score_loss),
        (split_log_loss(moments, groups.weight, share), log_loss),
    ):
        said, best, flat = (
            score(y, np.clip(each, 1e-16, 1 - 1e-16), sample_weight=w)
            for each in (p, curve, mean)
        )
        assert split.miscalibration == pytest.approx(said - best, abs=1e-9)
        assert split.discrimination == pytest.approx(flat - best, abs=1e-9)
        assert split.uncertainty == pytest.approx(flat, abs=1e-12)


def test_blocks_give_the_curve_at_every_score(desk: Desk) -> None:
    """curve_at against scikit-learn, at the scores of the rows."""
    rng = np.random.default_rng(1)
    p, y = draw_stretched(rng, 2_000)
    blocks, _ = find_blocks(desk, lay_scored(desk, p, y))
    fitted = IsotonicRegression().fit(p, y).predict(p)
    assert curve_at(blocks, p) == pytest.approx(fitted, abs=1e-12)


def test_distances_worked_by_hand() -> None:
    """Gaps 0, 0.1, 0.1, 0.4 on 10 rows: mean 0.08, median 0.1, 90 % below 0.1."""
    groups = group_rows([0.1] * 4 + [0.2] * 3 + [0.3] * 2 + [0.5], [0] * 10)
    found = measure_distances(groups, groups.said + np.array([0, 0.1, -0.1, 0.4]))
    assert found.mean == pytest.approx(0.09)
    assert (found.median, found.ninety) == pytest.approx((0.1, 0.1))
    assert found.largest == pytest.approx(0.4)


def test_one_class_has_nothing_to_tell_apart() -> None:
    """Without uncertainty there is a sentence instead of a division by 0."""
    assert "ended alike" in say_split(Split(0.1, 0.1, 0.0, 0.0))
