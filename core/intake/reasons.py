"""What the end of a reading process, or its last words, mean to a reader of the app."""

import re
from typing import Final

from core.errors import RefusedFileError
from core.intake.bounds import refuse
from core.sandbox.child import ChildDiedError, ChildError

MOST_WORDS: Final = 200
SMALLER: Final = "Split it, or keep only the columns you need."
DEATHS: Final = {
    "time": ("Reading the file took too long and was stopped.", SMALLER),
    "memory": ("Reading the file needs more memory than a file may have.", SMALLER),
    "crash": (
        "The file crashed the process that read it; nothing else was harmed.",
        "Write it again with the program that made it.",
    ),
}
MEANINGS: Final = (
    (r'line (\d+): Object .* has duplicate key "(.*?)" Try', "Line {0} has `{1}` twice."),
    (
        r"Malformed JSON.*at byte \d+ in (?:line|record/value) (\d+)",
        "Line {0} is not JSON.",
    ),
    (r"Malformed JSON", "The file is not JSON."),
    (r"maximum_object_size", "A row of the file is too long."),
    (
        r"File too large|max_temp_directory_size|No space left",
        "The table is too large once it is read.",
    ),
    (
        r"(?i)parquet|thrift|TProtocol|snappy|zstd|page header",
        "The Parquet file is damaged.",
    ),
)
HINTS: Final = "Write it again with the program that made it."


def explain(error: ChildError | ChildDiedError) -> RefusedFileError:
    """Give the one sentence that says why the file was not read, and the next step."""
    if isinstance(error, ChildDiedError):
        return refuse(*DEATHS[error.cause])
    text = " ".join(str(error).split())
    if error.kind in ("MemoryError", "OutOfMemoryException") or "Out of Memory" in text:
        return refuse(*DEATHS["memory"])
    for pattern, sentence in MEANINGS:
        if found := re.search(pattern, text):
            hint = SMALLER if "large" in sentence or "long" in sentence else HINTS
            return refuse(sentence.format(*found.groups()), hint)
    text = re.sub(r' in file "[^"]*",?', "", text)
    first = re.split(r"(?<=[.!?]) ", text)[0][:MOST_WORDS]
    return refuse(f"The file cannot be read: {first}", HINTS)
