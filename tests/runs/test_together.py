"""Two tables told apart by their common features, no personal column among them."""

from dataclasses import replace

import pytest

from core.errors import WrongInputError
from core.records.data import ColumnType, Use
from core.runs.desk import Desk
from core.runs.together import told_apart
from tests.drifted import World, bring
from tests.kept import Small, column, keep


def test_the_planted_columns_tell_them_apart(desk: Desk) -> None:
    """Income and job, on another table; on a like one nothing does."""
    evaluations = bring(desk, World(moved=(False, True)))
    before, like, other = (desk.workspace.state.dataset(e.dataset) for e in evaluations)
    found = told_apart(desk, before, other)
    assert found.low > 0.55
    assert {name for name, _ in found.by[:2]} == {"income", "job"}
    assert {name for name, _ in found.by} == {"region", "job", "income"}
    assert told_apart(desk, before, like).p > 0.001


def test_no_common_feature_is_refused(desk: Desk) -> None:
    """One table has ages, the other has names."""
    one = keep(desk, Small((column("a", ColumnType.NUMBER),), {"a": [1.0] * 60}))
    other = keep(desk, Small((column("b"),), {"b": ["x"] * 60}, name="Other"))
    with pytest.raises(WrongInputError, match="share no feature"):
        told_apart(desk, one, other)


def test_another_type_is_no_common_feature(desk: Desk) -> None:
    """A number here, a text there."""
    one = keep(desk, Small((column("a", ColumnType.NUMBER),), {"a": [1.0] * 60}))
    other = keep(desk, Small((column("a"),), {"a": ["x"] * 60}, name="Other"))
    with pytest.raises(WrongInputError, match="share no feature"):
        told_apart(desk, one, other)


def test_a_label_or_a_score_is_none_either(desk: Desk) -> None:
    """They are what the model says and what came, not what the world is like."""
    columns = (column("a", ColumnType.NUMBER), column("y", ColumnType.NUMBER, Use.LABEL))
    values = {"a": [float(k) for k in range(60)], "y": [0.0] * 60}
    one = keep(desk, Small(columns, values))
    other = keep(desk, replace(Small(columns, values | {"y": [1.0] * 60}), name="Other"))
    found = told_apart(desk, one, other)
    assert [name for name, _ in found.by] == ["a"]
