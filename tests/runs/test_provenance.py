"""Rows that must go are gone, personal data is masked, and what was counted stays."""

from pathlib import Path

import pytest

from core.errors import NotFoundError, WrongInputError
from core.records.data import ColumnType, Use
from core.records.predicate import Comparison
from core.runs.asking import asked_of, quality_of, rows_of
from core.runs.desk import Desk, open_desk
from core.runs.keeping import keep_table
from core.runs.provenance import decide_personal, erase_rows, erase_version
from core.store.doctor import examine
from tests.kept import BINARY, Small, binary, column, evaluated, keep, to_keep

ROWS = [("yes", 0.9, "N"), ("no", 0.2, "S"), ("no", 0.4, "S")]
WHY = "A person asked for it"


def test_an_erased_version_leaves_its_numbers(desk: Desk) -> None:
    """The table, scores and frame are gone from the disk; quality and hashes are not."""
    made = evaluated(desk, binary(ROWS), BINARY)
    before = quality_of(desk, made, asked_of(desk, made))
    objects = desk.workspace.objects
    table = desk.workspace.state.dataset(made.dataset).object
    erase_version(desk, made.dataset, why=WHY, actor="ada")
    assert not any(name in objects for name in (table, made.scores, made.frame))
    assert quality_of(desk, made, asked_of(desk, made)) == before
    with pytest.raises(NotFoundError, match=f"These rows were erased: {WHY}"):
        rows_of(desk, made, Comparison("region", "=", "N"), threshold=500, page=1)
    event = desk.workspace.events[-1]
    assert (event.action, event.payload["rows"]) == ("rows.erased", 3)
    assert examine(desk.workspace.folder, desk.workspace.events).troubles == ()


def test_erased_rows_do_not_come_back(desk: Desk) -> None:
    """Neither by a second import of the same content, nor by a restart."""
    small = binary(ROWS)
    version = keep(desk, small)
    erase_version(desk, version.id, why=WHY, actor="ada")
    with pytest.raises(WrongInputError, match="These rows were erased"):
        keep_table(desk, to_keep(desk, small), actor="ada")
    assert version.object not in desk.workspace.objects
    with pytest.raises(WrongInputError, match="are gone already"):
        erase_version(desk, version.id, why=WHY, actor="ada")


def test_an_erasure_that_was_interrupted_is_finished(tmp_path: Path) -> None:
    """The event is written first; what a crash left on the disk goes at the next start."""
    with open_desk(tmp_path) as desk:
        version = keep(desk, binary(ROWS))
        payload = {"erased": [version.object], "why": WHY, "rows": 3}
        desk.workspace.record("ada", "rows.erased", version.id, payload)
        assert version.object in desk.workspace.objects
    with open_desk(tmp_path) as desk:
        assert version.object not in desk.workspace.objects


def _people() -> Small:
    columns = (column("case", ColumnType.INTEGER, Use.ID), column("region", group=True))
    return Small(columns, {"case": [1, 2, 3, 4], "region": ["N", "S", "N", None]})


def test_single_rows_are_erased_by_their_id(desk: Desk) -> None:
    """What is left is a new version that knows where it came from; no id is in the log."""
    version = keep(desk, _people())
    left = erase_rows(desk, version.id, ["2", "98765432101"], why=WHY, actor="ada")
    assert (left.rows, left.parent, left.title) == (3, version.id, "Validation 2")
    found = desk.work.rows(f'select "case" from {desk.work.source(left.object)}')
    assert found == [(1,), (3,), (4,)]
    assert version.object not in desk.workspace.objects
    assert "98765432101" not in (desk.workspace.folder / "events.jsonl").read_text(
        encoding="utf-8"
    )


def test_an_erasure_needs_a_reason_and_rows(desk: Desk) -> None:
    """Each refusal says what is missing, and nothing is erased."""
    version = keep(desk, _people())
    with pytest.raises(WrongInputError, match="There is no reason"):
        erase_version(desk, version.id, why="because", actor="ada")
    with pytest.raises(WrongInputError, match="No row carries one of these ids"):
        erase_rows(desk, version.id, ["9"], why=WHY, actor="ada")
    with pytest.raises(WrongInputError, match="Every row carries one of these ids"):
        erase_rows(desk, version.id, ["1", "2", "3", "4"], why=WHY, actor="ada")
    plain = keep(desk, binary(ROWS))
    with pytest.raises(WrongInputError, match="No column has the use id"):
        erase_rows(desk, plain.id, ["1"], why=WHY, actor="ada")
    assert version.object in desk.workspace.objects


def test_a_confirmed_column_is_masked(desk: Desk) -> None:
    """The rows show dots; who takes it back sees them again."""
    made = evaluated(desk, binary(ROWS), BINARY)
    for personal, shown in ((True, {"•••"}), (False, {"N", "S"})):
        decide_personal(desk, made.dataset, "region", personal=personal, actor="ada")
        found = rows_of(desk, made, None, threshold=500, page=1)
        assert set(found.table["region"].to_pylist()) <= shown
    with pytest.raises(WrongInputError, match="has no column `nobody`"):
        decide_personal(desk, made.dataset, "nobody", personal=True, actor="ada")
