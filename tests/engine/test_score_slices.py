"""Score slices hold each row once per coded column."""

import numpy as np
import pytest

from core.engine.score_slices import read_score_slices, write_score_slices
from core.engine.scored import Scored
from core.runs.desk import Desk
from tests.runs.sliced import Kind, make

UNIT = 1 << 40


@pytest.mark.parametrize("weights", [False, True])
def test_slices_are_those_of_a_loop(desk: Desk, weights: bool) -> None:  # noqa: FBT001 - two cases
    """Rows, events and sums of each code and step, against numpy."""
    evaluation = make(desk, Kind(weights=weights))
    frame = desk.work.table(f"select * from {desk.work.source(evaluation.frame)}")
    coded = [name for name in frame.column_names if name[0] == "c" and name[1:].isdigit()]
    columns = [int(name[1:]) for name in coded][1:]  # some, not the first
    scored = Scored(evaluation.frame, evaluation.scores, evaluation.answer)
    name = desk.workspace.objects.put(
        lambda into: write_score_slices(
            desk.work, scored, into, columns=columns, weighted=weights
        )
    )
    found = read_score_slices(desk.count, name)
    table = desk.work.table(f"select * from {desk.work.source(evaluation.scores)}")
    p = table["score"].to_numpy()
    label, w = frame["label"].to_numpy(), frame["w"].to_numpy().astype(object)
    step = frame["step"].to_numpy()
    fixed, spread = (np.floor(x * UNIT + 0.5).astype(np.int64) for x in (p, p * (1 - p)))
    assert len(found.n) > 100
    for line in range(0, len(found.n), 7):
        code = frame[f"c{found.part[line]}"].to_numpy()
        mine = (code == found.code[line]) & (step == found.step[line]) & (label >= 0)
        assert found.n[line] == mine.sum()
        assert found.s[line] == label[mine].sum()
        assert found.w[line] == w[mine].sum()
        assert found.wy[line] == (w[mine] * label[mine]).sum()
        assert int(found.w2[line]) == (w[mine] ** 2).sum()
        assert int(found.wp[line]) == (w[mine] * fixed[mine]).sum()
        assert int(found.wv[line]) == (w[mine] * spread[mine]).sum()
    assert set(found.part) == set(columns)
    for part in columns:
        assert found.n[found.part == part].sum() == (label >= 0).sum()
