"""What the engine says is never shown: each of its words has a sentence of ours."""

import pytest

from core.intake.reasons import AGAIN, SMALLER, explain
from core.sandbox.child import ChildDiedError, ChildError

INVALID = "InvalidInputException"


@pytest.mark.parametrize(
    ("kind", "words", "format_", "sentence"),
    [
        ("Error", "TProtocolException: Invalid data", "parquet", "what it says of itself"),
        ("Error", "don't know what type: \x0f", "parquet", "what it says of itself"),
        ("Error", "Failed to decompress GZIP block: data error", "parquet", "unpacked"),
        (INVALID, "Failed to read file: ZSTD Decompression failure", "parquet", "unpacked"),
        (INVALID, "Invalid string: value is not valid UTF8!", "parquet", "is not UTF-8"),
        ("IOException", "Could not read enough bytes from file", "parquet", "not there"),
        (
            "ConversionException",
            "Could not convert Timestamp(MS)",
            "parquet",
            "on no clock",
        ),
        (INVALID, "Parquet encryption is not there", "parquet", "is encrypted"),
        ("NotImplementedException", "Not implemented Error: x", "parquet", "not read"),
        ("InternalException", "Information loss on integer cast", "parquet", "crashed"),
        ("FatalException", "database has been invalidated", "csv", "crashed"),
        ("OutOfMemoryException", "failed to allocate", "jsonl", "needs more memory"),
        ("MemoryError", "", "csv", "needs more memory"),
        ("IOException", "Could not write: File too large", "parquet", "too large once"),
        (
            INVALID,
            "Malformed JSON in file, at byte 7",
            "jsonl",
            "row of the file is not JSON",
        ),
        (
            INVALID,
            "maximum_object_size of 7 bytes exceeded",
            "jsonl",
            "row of the file is too",
        ),
    ],
)
def test_words_of_the_engine_become_a_sentence(
    kind: str, words: str, format_: str, sentence: str
) -> None:
    """The kind of damage or the limit is named, and the next step."""
    refused = explain(ChildError(kind, words), format_)
    assert sentence in str(refused)
    assert refused.hint in (AGAIN, SMALLER, "Write it without encryption.")


@pytest.mark.parametrize(
    ("cause", "sentence"),
    [
        ("time", "took too long"),
        ("memory", "more memory"),
        ("crash", "crashed the process"),
    ],
)
def test_the_end_of_the_process_becomes_a_sentence(cause: str, sentence: str) -> None:
    """A process that was stopped, killed or crashed is told apart."""
    assert sentence in str(explain(ChildDiedError(cause), "csv"))


def test_the_name_of_a_file_is_no_symptom() -> None:
    """A file called zstd is not therefore badly packed; its place is never shown."""
    words = 'Could not read enough bytes from file "/srv/eva/zstd utf8.parquet": 9 bytes'
    assert "bytes that are not there" in str(
        explain(ChildError("IOException", words), "parquet")
    )


def test_a_question_that_was_wrong_is_not_blamed_on_the_file() -> None:
    """Where our own SQL does not fit, the file is not called damaged."""
    for format_ in ("csv", "jsonl", "parquet"):
        said = str(explain(ChildError("BinderException", 'No column "/srv/x".'), format_))
        assert said == "The file cannot be read: No column ."
