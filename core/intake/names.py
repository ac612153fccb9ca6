"""Column names as the product keeps them: unique, readable, free of hidden characters."""

import unicodedata
from collections.abc import Sequence
from typing import Final

from core.errors import RefusedFileError

HIDDEN: Final = frozenset({"Cc", "Cf", "Co", "Cs", "Cn"})
SHOWN: Final = 40  # characters of a refused name
RENAME: Final = "Rename the column in the file, then bring it again."


def clean_names(
    raw: Sequence[str], *, most_columns: int, longest: int
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names to use, and one sentence for each name that had to change.

    Names are normalised to NFC; control and bidirectional characters are left out; an
    empty name becomes `column 3`; a second `age` (in any case) becomes `age 2`.

    Raises:
        RefusedFileError: too many columns, or a name that is too long.
    """
    if len(raw) > most_columns:
        raise RefusedFileError(
            f"The table has {len(raw):,} columns; {most_columns:,} are allowed.",
            hint="Leave out the columns that nobody needs.",
        )
    names: list[str] = []
    notes: list[str] = []
    taken: set[str] = set()
    for number, name in enumerate(raw, 1):
        if len(name) > longest:
            raise RefusedFileError(
                f"The name of column {number:,} has {len(name):,} characters; "
                f"{longest} are allowed: `{_visible(name)[:SHOWN]}`.",
                hint=RENAME,
            )
        clean, note = _clean(name, number, taken)
        taken.add(clean.lower())
        names.append(clean)
        notes += [note] if note else []
    return tuple(names), tuple(notes)


def _clean(name: str, number: int, taken: set[str]) -> tuple[str, str]:
    visible = _visible(name)
    wanted = visible or f"column {number}"
    clean, times = wanted, 1
    while clean.lower() in taken:
        times += 1
        clean = f"{wanted} {times}"
    if not visible:
        return clean, f"Column {number:,} has no name; it is called `{clean}`."
    if clean != visible:
        return clean, f"Two columns are called `{visible}`; column {number:,} is `{clean}`."
    if any(unicodedata.category(sign) in HIDDEN for sign in name.strip()):
        return clean, f"Hidden characters were left out of the name `{clean}`."
    return clean, ""


def _visible(name: str) -> str:
    spaced = "".join(
        " " if sign.isspace() else sign
        for sign in unicodedata.normalize("NFC", name)
        if sign.isspace() or unicodedata.category(sign) not in HIDDEN
    )
    return " ".join(spaced.split())
