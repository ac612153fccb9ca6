"""Guesses: what a column is for, from its name and its facts, with the reason."""

import tomllib
from pathlib import Path

import pytest

from core.intake.guess import guess_columns, name_words
from core.intake.read import look, read
from core.records.data import Guess, Use
from tests.intake.bench import Bench

TABLE = (
    "customer_id,email,signup_date,gender,city,amount,is_new,score,churned,closed_on\n"
    + (
        "".join(
            f"C{i:04},p{i}@example.com,2026-01-{i % 28 + 1:02},{'mf'[i % 2]},{'ABC'[i % 3]},"
            f"{i * 1.5},{'true' if i % 4 else 'false'},0.{i:03},{'yes' if i % 5 else 'no'},"
            f"2026-03-{i % 28 + 1:02}\n"
            for i in range(1, 200)
        )
    )
)


@pytest.fixture
def guesses(bench: Bench) -> dict[str, Guess]:
    return {guess.column.name: guess for guess in guess_columns(bench.read(TABLE))}


def test_a_typical_table(guesses: dict[str, Guess]) -> None:
    """Each column of a small table of customers gets the use that a person would give."""
    assert {name: guess.column.use for name, guess in guesses.items()} == {
        "customer_id": Use.ID,
        "email": Use.IGNORE,
        "signup_date": Use.TIME,
        "gender": Use.FEATURE,
        "city": Use.FEATURE,
        "amount": Use.FEATURE,
        "is_new": Use.FEATURE,
        "score": Use.SCORE,
        "churned": Use.LABEL,
        "closed_on": Use.LABEL_TIME,
    }
    assert {name for name, guess in guesses.items() if guess.column.group} == {
        "gender",
        "city",
    }
    assert {name for name, guess in guesses.items() if guess.column.sensitive} == {"gender"}


def test_reasons_are_plain(guesses: dict[str, Guess]) -> None:
    """The reason is a few words that a reader can check against the table."""
    assert guesses["churned"].why == "two values and its name says outcome"
    assert guesses["customer_id"].why == "every value differs and its name says id"
    assert "its name is a protected trait" in guesses["gender"].why


def test_what_the_model_reads_is_a_feature(bench: Bench) -> None:
    """What the model asks for is a feature; a trait that it does not read makes groups."""
    reading = bench.read(TABLE)
    found = {
        g.column.name: g for g in guess_columns(reading, wanted=("customer_id", "score"))
    }
    assert found["customer_id"].column.use is Use.FEATURE
    assert found["customer_id"].why == "the model reads it"
    assert found["score"].column.use is Use.FEATURE
    assert found["gender"].column.use is Use.IGNORE
    assert found["gender"].column.group
    assert found["gender"].column.sensitive


def test_the_demo(tmp_path: Path) -> None:
    """Told what the model reads, the guesses for the demo are those of its manifest."""
    data = Path(__file__).parents[2] / "data"
    manifest = tomllib.loads((data / "demo.toml").read_text())
    path = data / "demo" / "validation.parquet"
    reading = read(path, look(path).read_as, tmp_path / "table.parquet")
    wanted = [
        name
        for name, use in manifest["uses"].items()
        if use == "feature" and name != "reminder_letters"
    ]
    columns = [guess.column for guess in guess_columns(reading, wanted=wanted)]
    assert {c.name: c.use.value for c in columns} == manifest["uses"]
    assert {c.name for c in columns if c.sensitive} == set(manifest["marks"]["sensitive"])
    assert {c.name for c in columns if c.group} == set(manifest["marks"]["group"])


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("customerID", {"customer", "id"}),
        ("Closed On", {"closed", "on"}),
        ("p_1", {"p", "1"}),
    ],
)
def test_names_are_split_into_words(name: str, words: set[str]) -> None:
    """Camel case, blanks and underscores part words."""
    assert name_words(name) == words
