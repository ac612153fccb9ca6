"""What the end of a reading process, or its last words, mean to a reader of the app."""

import re
from typing import Final

from core.errors import RefusedFileError
from core.intake.bounds import refuse
from core.sandbox.child import ChildDiedError, ChildError

MOST_WORDS: Final = 200
SMALLER: Final = "Split it, or keep only the columns you need."
AGAIN: Final = "Write it again with the program that made it."
DEATHS: Final = {
    "time": ("Reading the file took too long and was stopped.", SMALLER),
    "memory": ("Reading the file needs more memory than a file may have.", SMALLER),
    "crash": ("The file crashed the process that read it; nothing else was harmed.", AGAIN),
}
TOO_LARGE: Final = r"File too large|max_temp_directory_size|No space left"
NO_MEMORY: Final = ("MemoryError", "OutOfMemoryException")
BROKEN: Final = ("InternalException", "FatalException")  # the engine, by its own account
# What the engine raises where it meets bytes that it did not expect. Other kinds would mean
# that the question was wrong, and not the file.
UNREADABLE: Final = (
    *("Error", "InvalidInputException", "IOException", "SerializationException"),
    *("ConversionException", "OutOfRangeException", "NotImplementedException"),
    "UnicodeDecodeError",
)
JSON: Final = (
    (r"maximum_object_size", "A row of the file is too long.", SMALLER),
    (r"Malformed JSON", "A row of the file is not JSON.", AGAIN),
)
QUOTED: Final = r"([\"'`]).*?\1"  # names, paths and values are not what is searched
DAMAGED: Final = "The Parquet file is damaged: "
PARQUET: Final = (
    (r"non-root column", "The Parquet file has no columns.", "Bring a table with columns."),
    (r"^Not implemented", "The Parquet file is written in a way that is not read.", AGAIN),
    (r"(?i)encrypt", "The Parquet file is encrypted.", "Write it without encryption."),
    (r"(?i)utf-?8", DAMAGED + "a text in it is not UTF-8.", AGAIN),
    (
        r"Could not convert Timestamp|TIME value",
        DAMAGED + "a time in it is on no clock.",
        AGAIN,
    ),
    (
        r"(?i)decompress|gzip|zstd|snappy|lz4|brotli",
        DAMAGED + "a part of it cannot be unpacked.",
        AGAIN,
    ),
    (
        r"enough bytes|outside file",
        DAMAGED + "it points to bytes that are not there.",
        AGAIN,
    ),
    (r"", DAMAGED + "what it says of itself does not fit what it holds.", AGAIN),
)
MEANINGS: Final = {"csv": (), "jsonl": JSON, "parquet": PARQUET}


def explain(error: ChildError | ChildDiedError, format_: str) -> RefusedFileError:
    """Give the one sentence that says why the file was not read, and the next step."""
    if isinstance(error, ChildDiedError):
        return refuse(*DEATHS[error.cause])
    text = " ".join(re.sub(QUOTED, "", str(error)).split())
    if error.kind in NO_MEMORY or "Out of Memory" in text:
        return refuse(*DEATHS["memory"])
    if re.search(TOO_LARGE, text):
        return refuse("The table is too large once it is read.", SMALLER)
    if error.kind in BROKEN:
        return refuse(*DEATHS["crash"])
    for pattern, sentence, hint in MEANINGS[format_]:
        if error.kind in UNREADABLE and re.search(pattern, text):
            return refuse(sentence, hint)
    first = re.split(r"(?<=[.!?]) ", text)[0][:MOST_WORDS]
    return refuse(f"The file cannot be read: {first}", AGAIN)
