"""Personal data is found by shape, check digits and names; ids, codes and versions are not."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engine.profile import profile_table
from core.measures.checks.look import Look
from core.measures.checks.people import check_personal, check_small_groups, find_personal
from core.measures.detectors import CARDS, DETECTORS, Kind
from core.measures.personal import HIDDEN, PARTS, Personal, find_kind, mask
from core.records.canonical import canonical, from_plain
from core.records.data import Column, ColumnType, Use
from core.records.estimate import Estimate, Word
from core.runs.desk import Desk
from tests.kept import Small, column, lay
from tests.measures.people import DECOYS, PERSONAL, Draw, digits, letters, luhn

ROWS: Final = 300


def drawn(draw: Draw, seed: int) -> list[str]:
    """Return distinct values, sorted as a table gives them."""
    rng = np.random.default_rng(seed)
    return sorted({draw(rng) for _ in range(ROWS)})


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("column", PERSONAL)
def test_personal_data_is_found(column: str, seed: int) -> None:
    """Each planted column, and as what it was planted."""
    kind, draw = PERSONAL[column]
    found = find_kind(column, drawn(draw, seed))
    assert found is not None
    assert found.kind is kind
    assert found.column == column


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("column", DECOYS)
def test_what_only_looks_alike_is_no_alarm(column: str, seed: int) -> None:
    """Ids, codes, versions, dates and categories, drawn at random."""
    assert find_kind(column, drawn(DECOYS[column], seed)) is None


SHAPES: Final[dict[Kind, Draw]] = {
    Kind.PHONE: lambda r: f"{digits(r, 3)}-{digits(r, 3)}-{digits(r, 4)}",
    Kind.IBAN: lambda r: f"DE{digits(r, 20)}",
    Kind.CARD: lambda r: f"4{digits(r, 15)}",
    Kind.SSN: lambda r: f"{digits(r, 3)}-{digits(r, 2)}-{digits(r, 4)}",
    Kind.NHS: lambda r: digits(r, 10),
    Kind.BSN: lambda r: digits(r, 9),
    Kind.DNI: lambda r: f"{digits(r, 8)}{letters(r, 1)}",
    Kind.PESEL: lambda r: (
        f"{digits(r, 2)}0{r.integers(1, 10)}{r.integers(1, 29):02}{digits(r, 5)}"
    ),
    Kind.CPF: lambda r: digits(r, 11),
    Kind.NIR: lambda r: f"1{digits(r, 2)}0{r.integers(1, 10)}{digits(r, 10)}",
    Kind.FISCAL: lambda r: (
        f"{letters(r, 6)}{digits(r, 2)}A{r.integers(1, 29):02}{letters(r, 1)}"
        f"{digits(r, 3)}{letters(r, 1)}"
    ),
    Kind.AADHAAR: lambda r: f"{r.integers(2, 10)}{digits(r, 11)}",
    Kind.IDNR: lambda r: f"{r.integers(1, 10)}{digits(r, 10)}",
}


@pytest.mark.parametrize("kind", SHAPES)
def test_random_digits_pass_no_more_often_than_the_detector_says(kind: Kind) -> None:
    """The chance that a finding is held against, by drawing 20,000 numbers of the shape."""
    rng = np.random.default_rng(5)
    numbers = [SHAPES[kind](rng) for _ in range(20_000)]
    asked = [each for each in DETECTORS if each.kind is kind and each.chance]
    assert asked
    for detector in asked:
        assert detector.passes
        assert detector.chance
        passed = sum(map(detector.passes, numbers)) / len(numbers)
        assert passed < detector.chance + 0.006
        assert passed > detector.chance * 0.8


def test_every_kind_with_a_chance_is_drawn_above() -> None:
    """No chance stands in the table untested."""
    assert {each.kind for each in DETECTORS if each.chance} == set(SHAPES)


def test_cards_by_hand() -> None:
    """Six cards of which all pass: 1 in 10^6 by chance, which just is not sure; seven are."""
    cards = [luhn(f"41111111111{k:04}") for k in range(7)]
    assert luhn("7992739871") == "79927398713"  # the standard's own example
    assert find_kind("x", cards[:6]) is None
    found = find_kind("x", cards)
    assert found == Personal(
        "x", Kind.CARD, 7, 1.0, 1.0, 0.1, mask(cards[0], Kind.CARD), certain=True
    )


def test_a_telling_name_lowers_what_is_needed() -> None:
    """A third of the values are e-mail addresses: too few, unless the column says so."""
    values = [f"a{k}@example.org" for k in range(10)] + [f"none {k}" for k in range(20)]
    assert find_kind("remark", values) is None
    found = find_kind("customerEmail", values)
    assert found is not None
    assert found.matched == pytest.approx(1 / 3)
    assert find_kind("email", ["yes", "no", "unknown"]) is None


def test_ids_that_count_up_are_no_cards() -> None:
    """One in ten of a run of numbers passes, exactly as chance says."""
    for start in (4_000_000_000_000_000, 4_111_111_111_111_111):
        assert find_kind("id", [str(start + k) for k in range(1_000)]) is None
    for start in (12_345_678_901, 123_456_789, 234_567_890_123):
        assert find_kind("id", [str(start + k) for k in range(1_000)]) is None


def test_digits_of_other_scripts_count() -> None:
    """A number written in Arabic digits is a number."""
    arabic = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
    cards = [luhn(f"41111111111{k:04}").translate(arabic) for k in range(20)]
    found = find_kind("x", cards)
    assert found is not None
    assert found.kind is Kind.CARD


ANY_TEXT: Final = st.text(max_size=40) | st.from_regex(rf"({CARDS})|[0-9a-f:.+ -]{{1,40}}")


@given(st.text(max_size=20), st.lists(ANY_TEXT, max_size=20))
def test_no_text_breaks_a_detector(column: str, values: Sequence[str]) -> None:
    """Whatever stands in a column, the answer is a finding or none."""
    found = find_kind(column, values)
    assert found is None or (0 < found.matched <= 1 and found.looked <= len(values))


@given(ANY_TEXT, st.sampled_from(Kind))
def test_a_mask_shows_two_characters_of_each_part(text: str, kind: Kind) -> None:
    """And never a whole part, but for an ending of two letters."""
    parts = PARTS.split(text.strip())
    masked = PARTS.split(mask(text, kind))
    for part in masked:
        shown = part.replace(HIDDEN, "", 1)
        assert len(shown) <= 2
        if (
            shown
            and not PARTS.fullmatch(shown)
            and (kind, shown) != (Kind.EMAIL, masked[-1])
        ):
            assert HIDDEN in part
            assert len(shown) * 2 < max(map(len, parts))


def test_masks_by_hand() -> None:
    """As they stand on the page."""
    for text, kind, masked in (
        ("anna.schmidt@example.de", Kind.EMAIL, "a•••@•••.de"),
        ("bo@mail.example.com", Kind.EMAIL, "•••@•••.c•••"),
        ("+1 779 555 0140", Kind.PHONE, "+••• ••• ••• •••0"),
        ("DE89370400440532013000", Kind.IBAN, "•••00"),
        ("Anna Schmidt", Kind.NAME, "A••• Sc•••"),
        ("1985-03-17", Kind.BIRTH, "•••-•••-•••"),
        ("52.52000, 13.40500", Kind.PLACE, "•••.52•••, •••.40•••"),
    ):
        assert mask(text, kind) == masked


@pytest.mark.parametrize("column", PERSONAL)
def test_a_finding_holds_no_value(column: str) -> None:
    """Only the masked example, and it is none of the values."""
    values = drawn(PERSONAL[column][1], 4)
    found = find_kind(column, values)
    assert found is not None
    assert HIDDEN in found.example
    assert found.example not in values
    assert not any(value in repr(found) for value in values)


def _look(desk: Desk, values: dict[str, list[Any]], columns: tuple[Column, ...]) -> Look:
    dataset = lay(desk, Small(columns, values))
    return Look(desk.count, dataset, profile_table(desk.count, dataset))


def test_a_table_is_searched_column_by_column(desk: Desk) -> None:
    """Texts and whole numbers always, dates and other numbers by their names only."""
    rng = np.random.default_rng(8)
    days = [date(1960, 1, 1) + timedelta(days=int(k)) for k in rng.integers(0, 9_000, ROWS)]
    values: dict[str, list[Any]] = {
        "reach": [f"a{k}@example.org" for k in range(ROWS)],
        "paid_with": [int(luhn(f"4{digits(rng, 14)}")) for _ in range(ROWS)],
        "seen_on": list(days),
        "birth_date": list(days),
        "lat": rng.uniform(40, 50, ROWS).tolist(),
        "income": rng.uniform(40, 50, ROWS).tolist(),
        "member": [True, False] * (ROWS // 2),
        "sparse": [None] * (ROWS - 40) + [f"+49 170 {digits(rng, 7)}" for _ in range(40)],
    }
    types = ["TEXT", "INTEGER", "DATE", "DATE", "NUMBER", "NUMBER", "BOOLEAN", "TEXT"]
    columns = tuple(
        Column(name, ColumnType[type_], Use.FEATURE)
        for name, type_ in zip(values, types, strict=True)
    )
    look = _look(desk, values, columns)
    found = find_personal(look)
    assert [(each.column, each.kind) for each in found] == [
        ("reach", Kind.EMAIL),
        ("paid_with", Kind.CARD),
        ("birth_date", Kind.BIRTH),
        ("lat", Kind.PLACE),
        ("sparse", Kind.PHONE),
    ]
    assert from_plain(json.loads(canonical(found)), tuple[Personal, ...]) == found
    checked = check_personal(look)
    assert checked.verdict.word is Word.FAIL
    assert isinstance(checked.measured, Estimate)
    assert checked.measured.value == 5
    assert checked.sentence == (
        "`reach`, `paid_with`, `birth_date`, `lat` and `sparse` look like personal data; "
        "nobody has confirmed it yet."
    )


def test_one_column_and_none_are_said_in_words(desk: Desk) -> None:
    """`email` looks; none look."""
    columns = (column("email"), column("region"))
    values: dict[str, list[Any]] = {
        "email": ["a@example.org", "b@example.org", "c@example.org"],
        "region": ["North", "South", "West"],
    }
    found = check_personal(_look(desk, values, columns))
    assert found.sentence == (
        "`email` looks like personal data; nobody has confirmed it yet."
    )
    nothing = check_personal(_look(desk, values, columns[1:]))
    assert nothing.verdict.word is Word.PASS
    assert nothing.sentence == "No column looks like personal data."


def test_small_groups_by_hand(desk: Desk) -> None:
    """Four of 104 rows are alone with their two sensitive values."""
    columns = (
        replace(column("sex"), sensitive=True),
        replace(column("permit"), sensitive=True),
        column("region"),
    )
    values: dict[str, list[Any]] = {
        "sex": ["f", "m"] * 50 + ["f"] * 4,
        "permit": ["citizen"] * 100 + ["temporary"] * 4,
        "region": [f"r{k}" for k in range(104)],
    }
    found = check_small_groups(_look(desk, values, columns))
    assert found.verdict.word is Word.FAIL
    assert (found.rows, found.first) == (4, (100, 101, 102, 103))
    assert isinstance(found.measured, Estimate)
    assert found.measured.value == 4 / 104
    assert found.columns == ("sex", "permit")
    one = check_small_groups(_look(desk, values, columns[:1]))
    assert one.verdict.word is Word.PASS
    assert one.sentence == "Every combination of `sex` has at least 5 rows."
    none = check_small_groups(_look(desk, values, columns[2:]))
    assert none.verdict.word is Word.NOT_APPLICABLE
    assert none.sentence == "No column is marked as sensitive."
