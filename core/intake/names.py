"""Clear, unique column names out of whatever a file calls its columns."""

import unicodedata
from collections.abc import Sequence
from typing import Final

from core.intake.bounds import IntakeLimits, refuse

# Control, format (where the bidi marks are), surrogate, private use, unassigned.
UNSEEN: Final = {"Cc", "Cf", "Cs", "Co", "Cn"}
MOST_SENTENCES: Final = 20
MOST_SHOWN: Final = 60


def clean_names(
    written: Sequence[str], limits: IntakeLimits
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the names that are used, and a sentence for each that is not as written.

    Names are NFC, without characters that cannot be seen, without blanks around them, and
    unique even where upper and lower case count as the same.

    Raises:
        RefusedFileError: too many columns, or a name that is too long.
    """
    check_count(len(written), limits)
    names: list[str] = []
    said: list[str] = []
    used: set[str] = set()
    for position, raw in enumerate(written, start=1):
        seen, sentence = _visible(raw, position)
        if len(seen) > limits.name_chars:
            raise refuse(
                f"The name of column {position} has {len(seen):,} characters; names may "
                f"have {limits.name_chars}: `{seen[:40]}…`.",
                "Shorten it, or check whether the first line is a header at all.",
            )
        name = _unique(seen, used)
        if name != seen:
            sentence = (
                f"The name `{show_name(seen)}` stands twice; "
                f"column {position} is now `{show_name(name)}`."
            )
        names.append(name)
        said += [sentence] if sentence else []
    if len(said) > MOST_SENTENCES:
        more = len(said) - MOST_SENTENCES
        said[MOST_SENTENCES:] = [f"{more:,} more names were mended in the same way."]
    return tuple(names), tuple(said)


def show_name(name: str) -> str:
    """Give a name as a sentence holds it: cut where it is long.

    >>> show_name("a" * 61) == "a" * 60 + "…"
    True
    """
    return name if len(name) <= MOST_SHOWN else f"{name[:MOST_SHOWN]}…"


def check_count(columns: int, limits: IntakeLimits) -> None:
    """Refuse a table with too many columns."""
    if columns > limits.columns:
        raise refuse(
            f"The file has {columns:,} columns; a table may have {limits.columns:,}.",
            "Choose the columns you need, or check the delimiter.",
        )


def _visible(raw: str, position: int) -> tuple[str, str]:
    whole = unicodedata.normalize("NFC", raw)
    seen = "".join(
        " " if letter in "\t\r\n" else letter
        for letter in whole
        if letter in "\t\r\n" or unicodedata.category(letter) not in UNSEEN
    )
    lost = len(whole) - len(seen)
    seen = " ".join(seen.split())
    if not seen:
        return (
            f"column_{position}",
            f"Column {position} had no name; it is `column_{position}`.",
        )
    if lost:
        shown = show_name(seen)
        return seen, f"Characters that cannot be seen were taken out of the name `{shown}`."
    return seen, ""


def _unique(name: str, used: set[str]) -> str:
    found, number = name, 1
    while found.casefold() in used:
        number += 1
        found = f"{name}_{number}"
    used.add(found.casefold())
    return found
