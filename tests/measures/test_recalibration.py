"""A what-if learns from other rows than those it is judged by."""

import numpy as np
import pytest

from core.engine.score_cube import ScoreCube
from core.errors import WrongInputError
from core.measures.calibration_slope import expit, logit
from core.measures.recalibration import METHODS, learn, recalibrate, what_if
from core.measures.score_groups import group_cube
from core.records.calibration import Light
from core.records.estimate import Estimate
from core.runs.desk import Desk
from tests.engine.scores import count_cube, lay_scored
from tests.measures.scored_rows import draw_stretched, group_rows


def _folded(desk: Desk, p: np.ndarray, y: np.ndarray, w: object = None) -> ScoreCube:
    return count_cube(desk, lay_scored(desk, p, y, w), folds=True)


@pytest.mark.parametrize("method", METHODS)
def test_random_labels_teach_nothing(desk: Desk, method: str) -> None:
    """Without cross-fitting an isotonic curve would win; so no change is better than the mean."""
    rng = np.random.default_rng(1)
    p, y = rng.random(400), rng.random(400) < 0.5
    after = what_if(_folded(desk, p, y), method).after
    assert after.expert
    brier = after.expert.brier
    assert brier.score >= brier.uncertainty - 1e-3
    seen = group_rows(p, y)
    fitted = learn(seen, "isotonic")(seen.said)
    assert np.mean((fitted - seen.events) ** 2) < 0.25 - 3e-3  # what a leak would look like


def test_no_row_is_changed_by_its_own_fold(desk: Desk) -> None:
    """Turning the labels of one fold round leaves the new scores of that fold alone."""
    rng = np.random.default_rng(2)
    p, y = draw_stretched(rng, 2_000)
    cube = _folded(desk, p, y)
    mine = cube.fold == 2
    s = np.where(mine, cube.n - cube.s, cube.s)
    turned = ScoreCube(
        **{
            name: getattr(cube, name)
            for name in ScoreCube.__dataclass_fields__
            if name not in ("s", "wy")
        },
        s=s,
        wy=s,
    )
    for method in METHODS:
        first, second = (
            learn(group_cube(each.select(~mine)), method)(np.linspace(0, 1, 50))
            for each in (cube, turned)
        )
        assert np.array_equal(first, second)
        a, b = (recalibrate(each, method) for each in (cube, turned))
        assert a.all_rows == b.all_rows == 2_000
        assert not np.array_equal(a.stated, b.stated)  # the other folds did learn from it


def test_a_wrong_slope_is_put_right(desk: Desk) -> None:
    """Sigmoid and temperature find slope 0.6; the gap goes, and the light with it."""
    p, y = draw_stretched(np.random.default_rng(3), 20_000, slope=0.6)
    cube = _folded(desk, p, y)
    for method in ("sigmoid", "temperature", "isotonic"):
        found = what_if(cube, method)
        assert found.before.verdict.light is Light.GAP
        assert found.before.gap
        assert found.after.gap
        assert found.after.gap.value < found.before.gap.value / 3
        assert found.before.expert
        assert found.after.expert
        assert found.after.expert.brier.score < found.before.expert.brier.score
        assert "is not changed" in found.sentence
    slope = what_if(cube, "sigmoid").after.expert
    assert slope
    assert isinstance(slope.logistic.slope, Estimate)
    assert slope.logistic.slope.value == pytest.approx(1.0, abs=0.05)


def test_another_prevalence_is_an_offset(desk: Desk) -> None:
    """Odds that are twice as high: one number puts the sum right."""
    rng = np.random.default_rng(4)
    p = expit(rng.normal(-1, 1, 10_000))
    y = rng.random(10_000) < expit(logit(p) + np.log(2))
    after = what_if(_folded(desk, p, y), "prevalence").after
    assert isinstance(after.observed_expected, Estimate)
    assert after.observed_expected.value == pytest.approx(1.0, abs=0.005)
    assert after.verdict.light is Light.NO_GAP


def test_weights_teach_too(desk: Desk) -> None:
    """Rows of weight 3 count as often as three rows would."""
    p, y = draw_stretched(np.random.default_rng(5), 3_000)
    w = np.where(y, 3.0, 1.0)
    after = what_if(_folded(desk, p, y, w), "prevalence").after
    assert isinstance(after.observed_expected, Estimate)
    assert after.observed_expected.value == pytest.approx(1.0, abs=0.02)


def test_what_cannot_be_learned_is_refused(desk: Desk) -> None:
    """An unknown method, one class, one score."""
    cube = _folded(desk, np.array([0.2, 0.3, 0.4] * 10), np.zeros(30))
    with pytest.raises(WrongInputError, match="no recalibration `beta`"):
        what_if(cube, "beta")
    for method in ("sigmoid", "temperature", "prevalence"):
        with pytest.raises(WrongInputError, match="ended alike"):
            what_if(cube, method)
    same = _folded(desk, np.full(30, 0.5), np.arange(30) % 2)
    with pytest.raises(WrongInputError, match="scores are alike"):
        what_if(same, "sigmoid")
    assert what_if(same, "isotonic").after.rows == 30


def test_without_labels_nothing_changes(desk: Desk) -> None:
    """No rows before, none after, and a sentence."""
    found = what_if(_folded(desk, np.array([0.2, 0.3]), np.full(2, -1)), "sigmoid")
    assert (found.before.rows, found.after.rows) == (0, 0)
    assert found.sentence.startswith("No row has a label")
