"""Score levels hold every labelled row of a regression once."""

import numpy as np
import pytest

from core.engine.score_levels import Predicted, read_score_levels, write_score_levels
from core.records.models import Task
from core.runs.desk import Desk
from tests.runs.sliced import Kind, make

UNIT = 1 << 40


@pytest.mark.parametrize("weights", [False, True])
def test_levels_are_those_of_a_loop(desk: Desk, weights: bool) -> None:  # noqa: FBT001 - two cases
    """Rows and sums of each bucket against numpy; the lowest is 0, the highest 63,999."""
    evaluation = make(desk, Kind(Task.REGRESSION, weights=weights))
    predicted = Predicted(evaluation.frame, evaluation.scores)
    name = desk.workspace.objects.put(
        lambda into: write_score_levels(desk.work, predicted, into)
    )
    found = read_score_levels(desk.count, name)
    frame = desk.work.table(f"select * from {desk.work.source(evaluation.frame)}")
    scores = desk.work.table(f"select * from {desk.work.source(evaluation.scores)}")
    known = frame["label"].to_numpy() >= 0
    x = frame["x"].to_numpy()[known].astype(np.float64)
    w = frame["w"].to_numpy()[known]
    p = scores["score"].to_numpy()[known]
    assert (found.low, found.high) == (p.min(), p.max())
    place = (p - p.min()) / (p.max() - p.min())
    bucket = np.floor(place * 63_999).astype(np.int64)
    assert found.bucket.tolist() == np.unique(bucket).tolist()
    assert (found.bucket[0], found.bucket[-1]) == (0, 63_999)
    for line in range(0, len(found.n), 11):
        mine = bucket == found.bucket[line]
        assert found.n[line] == mine.sum()
        assert found.w[line] == w[mine].sum()
        assert found.above[line] == w[mine & (x > 0)].sum()
        assert found.same[line] == w[mine & (x == 0)].sum()
        for sums, each in (
            (found.p, place),
            (found.e1, x),
            (found.e2, x * x),
            (found.e4, x**4),
        ):
            total = float((w[mine] * each[mine]).sum())
            assert float(int(sums[line])) / UNIT == pytest.approx(total, rel=1e-9, abs=1e-6)
