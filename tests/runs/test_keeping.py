"""A table and a model are versions named by what they are; keeping them twice is nothing."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import WrongInputError
from core.records.data import ColumnType, Use
from core.runs.desk import Desk
from core.runs.evaluating import evaluate
from core.runs.keeping import set_threshold
from tests.kept import BINARY, Small, binary, bring, column, keep

ROWS = [("yes", 0.9, "N"), ("no", 0.2, "S"), (None, 0.4, None)]


def _actions(desk: Desk) -> list[str]:
    return [event.action for event in desk.workspace.events]


def test_the_same_content_is_the_same_version(desk: Desk) -> None:
    """Again, in another order, from another file: one version, one event."""
    first = keep(desk, binary(ROWS))
    assert keep(desk, binary(ROWS)) == first
    assert keep(desk, replace(binary(ROWS[::-1]), name="Other name")) == first
    assert keep(desk, replace(binary(ROWS), parquet={"compression": "gzip"})) == first
    assert _actions(desk).count("dataset.imported") == 1


@given(st.integers(0, 2), st.integers(0, 2))
def test_a_changed_cell_is_another_version(desk: Desk, row: int, place: int) -> None:
    """And its column's digest says which column it was."""
    first = keep(desk, binary(ROWS))
    cells = list(ROWS[row])
    cells[place] = 0.55 if place == 1 else "East"
    changed = [*ROWS]
    changed[row] = (cells[0], cells[1], cells[2])  # type: ignore[assignment]
    second = keep(desk, binary(changed))
    assert second.id != first.id
    assert second.title.startswith("Validation ")
    differ = [a[0] for a, b in zip(first.hashes, second.hashes, strict=True) if a != b]
    assert differ == [("label", "score", "region")[place]]


def test_versions_of_a_name_are_numbered(desk: Desk) -> None:
    """The first has the plain name."""
    titles = [keep(desk, binary(ROWS[:count])).title for count in (1, 2, 3)]
    assert titles == ["Validation", "Validation 2", "Validation 3"]


def test_a_model_understood_anew_keeps_its_version(desk: Desk) -> None:
    """Scores only: another meaning is another model; the same is the same."""
    first = bring(desk, BINARY)
    assert bring(desk, BINARY) == first
    other = bring(desk, replace(BINARY, positive="no"))
    assert other.id != first.id
    assert (first.title, other.title) == ("Model v1", "Model v2")
    assert "model.understood" not in _actions(desk)


@pytest.mark.parametrize("thousandths", [-1, 1001])
def test_a_threshold_outside_the_grid_is_refused(desk: Desk, thousandths: int) -> None:
    """Nothing is written."""
    model = bring(desk, BINARY)
    before = desk.workspace.events
    with pytest.raises(
        WrongInputError, match=f"The threshold is {thousandths} thousandths"
    ):
        set_threshold(desk, model.id, thousandths, actor="ada", why="")
    assert desk.workspace.events == before


def test_a_version_knows_its_columns(desk: Desk) -> None:
    """By name and by use."""
    columns = (column("a", ColumnType.INTEGER), column("y", use=Use.LABEL))
    version = keep(desk, Small(columns, {"a": [1], "y": ["no"]}))
    assert version.used_as(Use.LABEL) == columns[1]
    assert version.used_as(Use.WEIGHT) is None
    assert version.column("b") is None


def test_a_table_whose_columns_are_understood_anew_is_judged_anew(desk: Desk) -> None:
    """Somebody forgot the label: the same bytes with a label are the same version, one event.

    The evaluation without labels no longer speaks for the pair; a new one counts them.
    """
    small = binary(ROWS)
    unlabelled = replace(
        small,
        columns=tuple(
            replace(c, use=Use.FEATURE) if c.use is Use.LABEL else c for c in small.columns
        ),
    )
    first = keep(desk, unlabelled)
    model = bring(desk, BINARY)
    blind = evaluate(desk, model.id, first.id, actor="test")
    again = keep(desk, small)

    assert again.id == first.id
    assert _actions(desk).count("dataset.understood") == 1
    assert desk.workspace.state.evaluation_of(model.id, first.id) is None
    seeing = evaluate(desk, model.id, first.id, actor="test")
    assert (blind.labelled, seeing.labelled) == (0, 2)


def test_two_versions_never_have_one_title(desk: Desk) -> None:
    """A table named `Validation 2` was there before Validation had a second version."""
    keep(desk, replace(binary(ROWS), name="Validation 2"))
    keep(desk, binary(ROWS[:1]))

    assert keep(desk, binary(ROWS[:2])).title == "Validation 3"
