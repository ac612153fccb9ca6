"""The record of a dataset version asks for what four frameworks ask for, and refuses nonsense."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import WrongInputError
from core.records.data import Column, ColumnType, DatasetVersion, ReadAs, Split, Use
from core.records.provenance import (
    BY_ID,
    FIELDS,
    FRAMEWORKS,
    LICENCES,
    WORD,
    Field,
    check_value,
    completeness,
    compute_values,
)

DATASET = DatasetVersion(
    id="c" * 64,
    name="Loans",
    number=2,
    object="o" * 64,
    rows=1_200,
    bytes=9,
    columns=(Column("age", ColumnType.INTEGER, Use.FEATURE),),
    split=Split.TEST,
    window=("2025-01-01", "2025-06-30"),
    read_as=ReadAs("csv"),
    rejected=0,
    file_name="loans.csv",
    file_sha256="f" * 64,
    hashes=(),
    declared=(),
    at=datetime(2026, 7, 2, tzinfo=UTC),
    actor="ann",
)


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.id)
def test_a_field_is_a_question(field: Field) -> None:
    """With a title of its own, and choices where one is to be made."""
    assert field.question.endswith("?")
    assert field.title[0].isupper()
    assert field.origin in ("computed", "declared")
    assert (field.kind == "choice") == bool(field.choices)
    assert all(framework in FRAMEWORKS and clause for framework, clause in field.frameworks)


def test_no_two_fields_are_alike() -> None:
    """Ids and titles stand for one field each."""
    assert len(BY_ID) == len({field.title for field in FIELDS}) == len(FIELDS)
    assert {"licence", "source", "collected"} <= set(BY_ID)  # what an import asks for


def test_the_eight_points_of_the_act_are_asked_for() -> None:
    """Art. 10(2)(a) to (h), each by at least one field."""
    clauses = [clause for field in FIELDS for _, clause in field.frameworks]
    assert {clause[:3] for clause in clauses if clause.startswith("(")} == {
        f"({letter})" for letter in "abcdefgh"
    }


def test_nothing_claims_that_a_law_is_kept() -> None:
    """The words on the screen say what a record is good for, no more."""
    assert WORD == "supports documentation of"
    told = " ".join(f"{f.title} {f.question} {f.frameworks}" for f in FIELDS).lower()
    assert "compl" not in told


def test_completeness_by_hand() -> None:
    """The act: one computed and one declared field given, an empty one is not."""
    found = completeness({"biases": "none known", "limits": " "}, frozenset({"size"}))
    assert [each.framework for each in found] == list(FRAMEWORKS)
    act = found[-1]
    assert act.given == ("size", "biases")
    assert "limits" in act.missing
    assert act.share == 2 / (2 + len(act.missing))


@given(st.sets(st.sampled_from(sorted(BY_ID))), st.sets(st.sampled_from(sorted(BY_ID))))
def test_every_field_is_given_or_missing(declared: set[str], computed: set[str]) -> None:
    """Once, in each framework that asks for it."""
    found = completeness(dict.fromkeys(declared, "said"), frozenset(computed))
    for each in found:
        asked = {f.id for f in FIELDS if each.framework in dict(f.frameworks)}
        assert set(each.given) == asked & (declared | computed)
        assert sorted((*each.given, *each.missing)) == sorted(asked)


def test_what_is_counted_is_computed() -> None:
    """Every field with that origin has a value, in words."""
    values = compute_values(DATASET)
    computed = {field.id for field in FIELDS if field.origin == "computed"}
    assert set(values) == computed | {"window"}
    assert values["size"] == "1,200 rows, 1 column"
    assert values["version"] == "2.0.0"
    assert values["window"] == "2025-01-01 to 2025-06-30"
    assert "window" not in compute_values(replace(DATASET, window=None))


@pytest.mark.parametrize(
    ("id_", "text", "kept"),
    [
        ("source", "  the bank\r\nitself ", "the bank\nitself"),
        ("source", " \n ", ""),
        ("issued", "2026-07-31", "2026-07-31"),
        ("issued", "20260731", "2026-07-31"),
        ("licence", "cc-by-4.0", "CC-BY-4.0"),
        ("licence", "CC0-1.0", "CC0-1.0"),
        ("licence", "LicenseRef-Bank.internal-2", "LicenseRef-Bank.internal-2"),
        ("window", "2025-01-01 – 2025-06-30", "2025-01-01 to 2025-06-30"),
        ("window", "2025-01-01/2025-01-01", "2025-01-01 to 2025-01-01"),
        ("collection_type", "Survey", "survey"),
    ],
)
def test_values_are_kept_in_one_form(id_: str, text: str, kept: str) -> None:
    """What means the same is written the same, and is its own form."""
    assert check_value(BY_ID[id_], text) == kept
    assert check_value(BY_ID[id_], kept) == kept


@pytest.mark.parametrize(
    ("id_", "text", "said"),
    [
        ("issued", "2026-02-30", "Issued: `2026-02-30` is no day of the calendar"),
        ("issued", "soon", "no day of the calendar"),
        (
            "licence",
            "CC-BY-4",
            "no licence id that Countersign knows. Nearest: `CC-BY-4.0`",
        ),
        ("licence", "LicenseRef-", "no licence id"),
        ("licence", "free for all <b>", "no licence id"),
        ("window", "2025-06-30 to 2025-01-01", "ends on 2025-01-01, before it starts"),
        ("window", "2025", "is not two days"),
        ("window", "2025-01-01 to 2025-13-01", "`2025-13-01` is no day"),
        ("confidentiality", "secret", "none of the choices"),
        ("biases", "x" * 5_001, "has 5,001 letters"),
    ],
)
def test_nonsense_is_refused(id_: str, text: str, said: str) -> None:
    """With a sentence that shows the value, and what to write instead."""
    with pytest.raises(WrongInputError, match=said) as error:
        check_value(BY_ID[id_], text)
    assert error.value.hint


@given(st.dates(), st.dates())
def test_any_two_days_in_order_are_a_window(one: date, two: date) -> None:
    """And no two days out of order are."""
    first, last = sorted((one, two))
    window = f"{first} to {last}"
    assert check_value(BY_ID["window"], window) == window
    if first < last:
        with pytest.raises(WrongInputError, match="before it starts"):
            check_value(BY_ID["window"], f"{last} to {first}")


@pytest.mark.parametrize("id_", sorted(LICENCES))
def test_every_licence_is_accepted_in_any_case(id_: str) -> None:
    """And is written as SPDX does."""
    assert check_value(BY_ID["licence"], id_.upper()) == id_
