"""Slices that somebody named: kept by their rows, and told to no log."""

from pathlib import Path

import pytest

from core.errors import NotFoundError, WrongInputError
from core.records.predicate import And, Comparison, Not, Or
from core.runs.desk import Desk, open_desk
from core.runs.saving import drop_slice, save_slice, saved_slices

NORTH = Comparison("region", "=", "Nörd <secret>")
YOUNG = Comparison("age", "<", 25)


def test_a_saved_slice_is_known_by_its_name(desk: Desk) -> None:
    """Its rows, its id and its address are those of the predicate."""
    saved = save_slice(desk, And((NORTH, YOUNG)), "  Young north ", actor="ada")
    assert saved_slices(desk) == (saved,)
    assert saved.name == "Young north"
    assert set(saved.predicate.parts if isinstance(saved.predicate, And) else ()) == {
        NORTH,
        YOUNG,
    }


def test_the_order_of_conditions_is_no_other_slice(desk: Desk) -> None:
    """Saved again the other way round it has a new name, and is one slice still."""
    first = save_slice(desk, And((NORTH, YOUNG)), "One", actor="ada")
    second = save_slice(desk, And((YOUNG, NORTH)), "Two", actor="bob")
    assert first.id == second.id
    assert [saved.name for saved in saved_slices(desk)] == ["Two"]


def test_slices_come_by_their_names(desk: Desk) -> None:
    """Capital letters make no difference."""
    for name, predicate in (("b", NORTH), ("C", YOUNG), ("A", Not(NORTH))):
        save_slice(desk, predicate, name, actor="ada")
    assert [saved.name for saved in saved_slices(desk)] == ["A", "b", "C"]


@pytest.mark.parametrize(("name", "letters"), [("", 0), ("   ", 0), ("x" * 61, 61)])
def test_a_name_has_some_letters_and_not_too_many(
    desk: Desk, name: str, letters: int
) -> None:
    """Nothing is kept under any other."""
    with pytest.raises(WrongInputError, match=f"1 to 60 letters, not {letters}"):
        save_slice(desk, NORTH, name, actor="ada")
    assert saved_slices(desk) == ()
    assert save_slice(desk, NORTH, "x" * 60, actor="ada").name == "x" * 60


def test_two_slices_have_two_names(desk: Desk) -> None:
    """The name of another slice is refused; its own may be given again."""
    save_slice(desk, NORTH, "North", actor="ada")
    with pytest.raises(WrongInputError, match="Another slice is called North"):
        save_slice(desk, YOUNG, "North", actor="ada")
    save_slice(desk, NORTH, "North", actor="ada")
    save_slice(desk, NORTH, "Up there", actor="ada")
    assert save_slice(desk, YOUNG, "North", actor="ada").name == "North"


def test_a_dropped_slice_is_gone_until_it_is_saved_again(desk: Desk) -> None:
    """Off the list; dropping it twice is refused."""
    saved = save_slice(desk, NORTH, "North", actor="ada")
    drop_slice(desk, saved.id, actor="bob")
    assert saved_slices(desk) == ()
    with pytest.raises(NotFoundError, match="This slice is not saved"):
        drop_slice(desk, saved.id, actor="bob")
    save_slice(desk, NORTH, "North again", actor="ada")
    assert [saved.name for saved in saved_slices(desk)] == ["North again"]


def test_saved_slices_are_there_after_a_restart(tmp_path: Path) -> None:
    """With their names and without the dropped ones."""
    with open_desk(tmp_path) as desk:
        save_slice(desk, Or((NORTH, YOUNG)), "Either", actor="ada")
        save_slice(desk, NORTH, "North", actor="ada")
        drop_slice(desk, save_slice(desk, YOUNG, "Young", actor="ada").id, actor="ada")
        before = saved_slices(desk)
    with open_desk(tmp_path) as desk:
        assert saved_slices(desk) == before
        assert [saved.name for saved in before] == ["Either", "North"]


def test_no_event_holds_a_value_of_the_table(desk: Desk) -> None:
    """The log holds an id and the name of an object, neither column, value nor name."""
    saved = save_slice(desk, NORTH, "Nord, geheim", actor="ada")
    drop_slice(desk, saved.id, actor="ada")
    log = (desk.workspace.folder / "events.jsonl").read_text(encoding="utf-8")
    assert saved.id in log
    for word in ("region", "secret", "geheim", "N\\u00f6rd", "Nörd"):
        assert word not in log
