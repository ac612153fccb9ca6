"""What is declared is kept; the record leaves the house without a value of a person."""

import json

import pytest

from core.errors import WrongInputError
from core.records.data import ColumnType, Use
from core.runs.checking import make_checks
from core.runs.desk import Desk
from core.runs.provenance import decide_personal, erase_version
from core.runs.recording import declare, record_files
from tests.kept import Small, Values, binary, column, keep

ROWS = [("yes", 0.9, "N"), ("no", 0.2, "S"), ("no", 0.4, "S")]


def test_what_is_declared_is_kept_and_can_be_changed(desk: Desk) -> None:
    """The latest word of each field counts; a wrong one is refused and changes nothing."""
    version = keep(desk, binary(ROWS))
    for value in ("MIT", "CC0-1.0"):
        declare(desk, version.id, "licence", value, actor="ada")
    assert desk.workspace.state.declared_of(version)["licence"] == "CC0-1.0"
    with pytest.raises(WrongInputError, match="nonsense"):
        declare(desk, version.id, "licence", "nonsense", actor="ada")
    with pytest.raises(WrongInputError, match="Nobody can declare the field `colour`"):
        declare(desk, version.id, "colour", "red", actor="ada")
    assert desk.workspace.state.declared_of(version)["licence"] == "CC0-1.0"


def test_a_computed_field_is_not_declared(desk: Desk) -> None:
    """Nobody can write another hash over the one that was counted."""
    version = keep(desk, binary(ROWS))
    with pytest.raises(
        WrongInputError, match="Nobody can declare the field `content_hash`"
    ):
        declare(desk, version.id, "content_hash", "0" * 64, actor="ada")


def test_the_record_is_handed_out_in_three_formats(desk: Desk) -> None:
    """Each names the table; a confirmed person's values are in none of them."""
    columns = (column("nick"), column("age", ColumnType.INTEGER, Use.FEATURE))
    values: Values = {
        "nick": ["Kraken", "Kraken", "Nessie", "Nessie"],
        "age": [20, 30, 40, 50],
    }
    version = keep(desk, Small(columns, values))
    make_checks(desk, version.id)
    decide_personal(desk, version.id, "nick", personal=True, actor="ada")
    files = record_files(desk, version)
    assert [file.name for file in files] == [
        *(
            "validation.croissant.json",
            "validation-datasheet.html",
            "validation-datasheet.md",
        ),
    ]
    assert not any(b"Kraken" in file.data for file in files)
    assert json.loads(files[0].data)["name"]
    assert all(b"Validation" in file.data for file in files)


def test_the_record_of_erased_rows_can_still_be_handed_out(desk: Desk) -> None:
    """Hashes and declared fields stay."""
    version = keep(desk, binary(ROWS))
    declare(desk, version.id, "licence", "MIT", actor="ada")
    erase_version(desk, version.id, why="A person asked for it", actor="ada")
    assert all(file.data for file in record_files(desk, version))
