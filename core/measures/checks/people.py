"""People: whom the rows stand for, whom they would give away, and what names them."""

from collections.abc import Sequence
from typing import Final

from core.engine.beside import count_groups
from core.engine.margins import count_together
from core.engine.sample import MOST_VALUES, sample_values
from core.estimates.wording import NBSP, say, say_both, say_number, say_rows
from core.measures.checks.look import (
    Look,
    check,
    most,
    not_applicable,
    not_measured,
    share,
)
from core.measures.margins import Held, Margins, Represented, hold_against
from core.measures.personal import Personal, find_kind, tells_by_name
from core.records.checks import Check
from core.records.data import Column, ColumnType
from core.records.estimate import Estimate, Measured

MARGINS: Final = most("margins", "Rows that are not as the reference says", 0.1)
SMALL: Final = most(
    "small_groups", "Rows in groups so small that they give people away", 0.01
)
PERSONAL: Final = most("personal", "Columns with personal data", 0.0)
LEAST: Final = 5  # rows of a group, below which its people can be guessed
MOST_GROUPS: Final = 10_000  # values of a column that margins are for
MOST_ROWS: Final = 50_000  # looked at for values, where most of them are missing
AS_NUMBERS: Final = (ColumnType.TEXT, ColumnType.INTEGER)
NO_MARGINS: Final = (
    "no reference margins were given, so nobody can say whom this data represents"
)


def check_margins(look: Look) -> Check:
    """The column whose shares are farthest from the reference (PSI), of those with margins."""
    if not look.margins:
        return not_measured(MARGINS, NO_MARGINS)
    columns, margins = _with_margins(look)
    if not margins:
        return not_measured(MARGINS, "no column of the reference margins is in this table")
    found = hold_against(count_together(look.engine, look.table, columns), margins)
    worst = max(found.columns, key=_psi)
    if not isinstance(worst.psi, Estimate):
        return not_measured(MARGINS, f"{worst.psi.reason} that the margins could be for")
    used = {column.name for column in columns}
    left_out = [name for name, _ in look.margins if name not in used]
    sentence = " ".join(
        (_shares(worst, margins), _worth(found), *_unused(left_out))
    ).strip()
    return check(MARGINS, worst.psi, sentence, kind="ratio", columns=[worst.column])


def check_small_groups(look: Look) -> Check:
    """Rows that share all their sensitive values with fewer than four others (k-anonymity)."""
    columns = [column for column in look.dataset.columns if column.sensitive]
    if not columns:
        return not_applicable(SMALL, "no column is marked as sensitive")
    groups = count_groups(look.engine, look.table, columns, least=LEAST)
    measured = share(groups.small, look.dataset.rows)
    names = _names([column.name for column in columns])
    sentence = (
        f"{say_rows(groups.small.rows)} ({say(measured)}) share their {names} with fewer "
        f"than {LEAST - 1} others; who knows these may find the person."
        if groups.small.rows
        else f"Every combination of {names} has at least {LEAST} rows."
    )
    return check(SMALL, measured, sentence, found=groups.small, columns=columns)


def check_personal(look: Look) -> Check:
    """Columns whose values look like something that names a person."""
    found = find_personal(look)
    names = [personal.column for personal in found]
    looks = "looks" if len(names) == 1 else "look"
    sentence = (
        f"{_names(names)} {looks} like personal data; nobody has confirmed it yet."
        if names
        else "No column looks like personal data."
    )
    measured = _count(len(names), look)
    return check(PERSONAL, measured, sentence, kind="count", columns=names)


def find_personal(look: Look) -> tuple[Personal, ...]:
    """Return the columns that look like personal data, in the order of the table.

    Texts and whole numbers are looked at always, dates and other numbers where the name of
    the column is a reason to.
    """
    found = (
        find_kind(column.name, _sample(look, column))
        for column in look.dataset.columns
        if column.type in AS_NUMBERS
        or (column.type is not ColumnType.BOOLEAN and tells_by_name(column.name))
    )
    return tuple(personal for personal in found if personal)


def _sample(look: Look, column: Column) -> tuple[str, ...]:
    """Return values from about 1,000 rows that have one.

    More rows would have more values than are kept, and those come in the order of the
    alphabet: the first of them would not stand for all.
    """
    rows = look.dataset.rows
    counted = look.profile.column(column.name)
    present = rows - counted.missing if counted else rows
    size = min(MOST_ROWS, MOST_VALUES * rows // max(present, 1))
    return sample_values(look.engine, look.table, column.name, rows=rows, size=size)


def _with_margins(look: Look) -> tuple[list[Column], Margins]:
    """Return the columns that margins are for, and their margins."""
    pairs = [
        (column, shares)
        for name, shares in look.margins
        if (column := look.dataset.column(name)) and look.distinct(column) <= MOST_GROUPS
    ]
    columns = [column for column, _ in pairs]
    return columns, tuple((column.name, shares) for column, shares in pairs)


def _psi(held: Held) -> float:
    return held.psi.value if isinstance(held.psi, Estimate) else -1.0


def _shares(worst: Held, margins: Margins) -> str:
    """Return where the gap is largest, in percent; only values of the margins are named."""
    known = dict(dict(margins)[worst.column])
    wanted = known.get(worst.value, 0.0)
    parts = (wanted + worst.gap, wanted)
    seen, right = (f"{say_number(100 * part, 1)}{NBSP}%" for part in parts)
    value = f"`{worst.value}`" if worst.value in known else "An unnamed value"
    return (
        f"{value} has {seen} of the rows by `{worst.column}`, the reference says {right} "
        f"(PSI {say_both(worst.psi, 'ratio')})."
    )


def _worth(found: Represented) -> str:
    if found.effective_rows is None:
        return f"The rows cannot be weighted to the reference: {found.reason}."
    worth = say_rows(round(found.effective_rows))
    return f"Weighted to the reference, {say_rows(found.rows)} count like {worth}."


def _unused(names: Sequence[str]) -> list[str]:
    if not names:
        return []
    return [f"The margins of {_names(names)} were not used: the table has no such groups."]


def _count(found: int, look: Look) -> Measured:
    """Return how many columns were found; a count of all columns leaves no doubt."""
    n, rows = float(found), look.dataset.rows
    return Estimate(n, n, n, max(rows, 1), rows, "counted")


def _names(names: Sequence[str]) -> str:
    quoted = [f"`{name}`" for name in names]
    return " and ".join(part for part in (", ".join(quoted[:-1]), quoted[-1]) if part)
