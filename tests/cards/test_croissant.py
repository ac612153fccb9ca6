"""The Croissant record of a dataset version loads elsewhere, and says what was found."""

import json
import logging
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import mlcroissant
import pytest

from core.cards.croissant import write_croissant
from core.measures.checks.look import check, most, not_measured
from core.records.checks import Checks
from core.records.data import Column, ColumnType, DatasetVersion, ReadAs, Split, Use
from core.records.estimate import Estimate
from core.records.profile import ColumnProfile, Profile
from core.records.provenance import FIELDS

# mlcroissant reads JSON-LD through a class that its own library calls outdated.
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is:DeprecationWarning")

HOSTILE: Final = '@id "><script> \u202e \U0001f600 \\ \n { é'
FILE: Final = (
    b"age,ratio,ok,on,at,region\n31,0.5,true,2026-01-02,2026-01-02T03:04:05,North\n"
)
COLUMNS: Final = tuple(
    Column(name, type_, Use.FEATURE)
    for name, type_ in (
        ("age", ColumnType.INTEGER),
        ("ratio", ColumnType.NUMBER),
        ("ok", ColumnType.BOOLEAN),
        ("on", ColumnType.DATE),
        ("at", ColumnType.TIME),
        ("region", ColumnType.TEXT),
    )
)
DATASET: Final = DatasetVersion(
    id="c" * 64,
    name="Loans",
    number=2,
    object="0" * 64,
    rows=1,
    bytes=900,
    columns=COLUMNS,
    split=Split.TEST,
    window=("2025-01-01", "2025-06-30"),
    read_as=ReadAs("csv"),
    rejected=0,
    file_name="loans 2025.csv",
    file_sha256=sha256(FILE).hexdigest(),
    hashes=(("age", "a" * 64),),
    declared=(),
    at=datetime(2026, 7, 2, tzinfo=UTC),
    actor="ann",
)
DECLARED: Final = {
    **{f.id: f"said of {f.id}" for f in FIELDS if f.origin == "declared"},
    "licence": "CC-BY-4.0",
    "issued": "2026-07-01",
    "url": "https://example.org/loans",
}
PROFILE: Final = Profile(
    DATASET.id, 1, None, (ColumnProfile("age", 3, 40, 0, 0, "18", "99", (), (), ()),)
)
SHARE: Final = Estimate(0.02, 0.01, 0.03, 100, 100, "Wilson")
CHECKS: Final = Checks(
    DATASET.id,
    "",
    (
        check(most("duplicates", "Rows that stand twice", 0.001), SHARE, "2 rows repeat."),
        not_measured(most("margins", "Margins", 0.1), "no margins were given"),
    ),
)


def written(
    dataset: DatasetVersion = DATASET, declared: dict[str, str] = DECLARED
) -> dict[str, Any]:
    """Return the record as a program reads it."""
    found: dict[str, Any] = json.loads(write_croissant(dataset, declared, CHECKS, PROFILE))
    return found


def loaded(folder: Path, record: dict[str, Any]) -> mlcroissant.Dataset:
    """Return the record as mlcroissant reads it."""
    path = folder / "croissant.json"
    path.write_text(json.dumps(record), encoding="utf-8")
    return mlcroissant.Dataset(jsonld=path)


def test_it_loads_without_errors_and_warnings(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing is missing, and the context is the one of the specification."""
    with caplog.at_level(logging.WARNING):
        found = loaded(tmp_path, written()).metadata
    assert not found.issues.errors
    assert not found.issues.warnings
    assert not caplog.records
    assert found.name == "Loans 2"
    assert found.version == "2.0.0"
    assert found.license == ["https://spdx.org/licenses/CC-BY-4.0"]
    assert found.data_biases == ["said of biases"]
    assert found.data_collection_raw_data == "said of source"


def test_a_gap_in_the_record_is_a_warning_elsewhere(tmp_path: Path) -> None:
    """What nobody declared is left out, not made up."""
    found = loaded(tmp_path, written(declared={})).metadata
    assert not found.issues.errors
    warned = " ".join(found.issues.warnings)
    assert "license" in warned
    assert "datePublished" in warned
    assert "description" not in written(declared={"description": " "})


def test_the_rows_of_the_file_are_read_by_it(tmp_path: Path) -> None:
    """Another program finds file, columns and types, and the file is the one brought."""
    (tmp_path / "loans 2025.csv").write_bytes(FILE)
    dataset = loaded(tmp_path, written())
    (row,) = dataset.records("rows")
    assert row["rows/0"] == 31
    assert row["rows/1"] == 0.5
    assert row["rows/2"]
    assert str(row["rows/3"])[:10] == "2026-01-02"
    assert str(row["rows/4"]) == "2026-01-02 03:04:05"
    assert row["rows/5"] == b"North"
    assert list(dataset.records("splits")) == [
        {"splits/name": "test", "splits/url": "cr:TestSplit"}
    ]


def test_hashes_and_columns_stand_in_it() -> None:
    """The file by its SHA-256, the content by its own hash, a column by its counts."""
    record = written(replace(DATASET, parent="d" * 64))
    (file,) = record["distribution"]
    assert file["sha256"] == DATASET.file_sha256
    assert file["contentUrl"] == "loans 2025.csv"
    assert record["mrs:contentHash"] == DATASET.id
    assert record["prov:wasDerivedFrom"] == {"@id": f"mrs:{'d' * 64}"}
    splits, rows = record["recordSet"]
    age = rows["field"][0]
    assert (age["mrs:missing"], age["mrs:distinct"]) == (3, 40)
    assert age["mrs:columnHash"] == "a" * 64
    assert splits["dataType"] == "cr:Split"
    assert "prov:wasDerivedFrom" not in written()


@pytest.mark.parametrize("name", ["https://example.org/a.csv", "..\\..\\a.csv", "a.csv"])
def test_a_file_is_never_another_address(name: str) -> None:
    """Whatever the file was called, a reader looks for it beside the record."""
    (file,) = written(replace(DATASET, file_name=name))["distribution"]
    assert file["contentUrl"] == "a.csv"


def test_checks_stand_in_it_with_their_numbers() -> None:
    """A verdict with value and interval; one without a number has none."""
    first, second = written()["mrs:check"]
    assert first["mrs:verdict"] == "fail"
    assert (first["mrs:value"], first["mrs:low"], first["mrs:high"]) == (0.02, 0.01, 0.03)
    assert first["mrs:limit"] == "<= 0.001"
    assert second["mrs:verdict"] == "not measured"
    assert "mrs:value" not in second


@pytest.mark.parametrize("field", [f for f in FIELDS if f.origin == "declared"])
def test_every_declared_field_stands_in_it(field: Any) -> None:
    """Under the word of Croissant or RAI, or else under one of our own."""
    said = "2024-01-01 to 2024-02-01" if field.kind == "window" else f"word for {field.id}"
    record = written(replace(DATASET, window=None), {field.id: said})
    parts = said.split(" to ") if field.kind == "window" else [said]
    assert all(part in json.dumps(record) for part in parts)


@pytest.mark.parametrize(
    ("licence", "kept"),
    [
        ("MIT", "https://spdx.org/licenses/MIT"),
        ("LicenseRef-bank", "LicenseRef-bank"),
        ("ask us", "ask us"),
    ],
)
def test_only_licences_of_the_list_become_addresses(licence: str, kept: str) -> None:
    """What somebody wrote in an import stays what it is."""
    assert written(declared={"licence": licence})["license"] == kept


@pytest.mark.parametrize("split", Split)
@pytest.mark.parametrize("format_", ["csv", "parquet", "jsonl"])
def test_hostile_names_and_texts_load_as_well(
    tmp_path: Path, format_: str, split: Split
) -> None:
    """Whatever stands in names and texts, it stays a text."""
    columns = (*COLUMNS, Column(HOSTILE, ColumnType.TEXT, Use.FEATURE))
    read_as = ReadAs(format_, delimiter="\t")
    hostile = replace(
        DATASET,
        name=HOSTILE,
        columns=columns,
        file_name=HOSTILE,
        split=split,
        read_as=read_as,
    )
    declared = DECLARED | {"description": HOSTILE, "biases": HOSTILE, "consent": HOSTILE}
    text = write_croissant(hostile, declared, CHECKS, None)
    assert text.isascii()
    found = loaded(tmp_path, json.loads(text)).metadata
    assert not found.issues.errors
    assert not found.issues.warnings
    assert found.data_biases == [HOSTILE]
    (rows,) = (each for each in found.record_sets if each.id == "rows")
    assert rows.fields[len(COLUMNS)].name == HOSTILE


def test_the_same_record_is_the_same_bytes() -> None:
    """No clock and no chance; without checks and counts there are none."""
    assert write_croissant(DATASET, DECLARED, CHECKS, PROFILE) == write_croissant(
        DATASET, dict(reversed(DECLARED.items())), CHECKS, PROFILE
    )
    bare = json.loads(write_croissant(DATASET, {}, None, None))
    assert not {"mrs:check", "mrs:declared", "creator"} & set(bare)
