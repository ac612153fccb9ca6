"""Rows that stand twice, nearly twice, in two tables, or with two outcomes."""

from typing import Final

from core.engine.likeness import (
    Found,
    find_conflicts,
    find_nearly_repeated,
    find_repeated,
    find_shared,
)
from core.estimates.wording import say, say_rows
from core.measures.checks.look import (
    Look,
    check,
    most,
    not_applicable,
    not_measured,
    share,
)
from core.records.checks import Check
from core.records.data import Split, Use
from core.records.estimate import Gate

REPEATED: Final = most("duplicates", "Rows that stand twice", 0.001)
NEARLY: Final = most("near_duplicates", "Rows that stand nearly twice", 0.001)
SHARED: Final = most("row_overlap", "Rows that also stand in the training data", 0.001)
ENTITIES: Final = most("entity_overlap", "Ids that also stand in the training data", 0.001)
CONFLICTS: Final = most("label_conflicts", "Equal cases with different outcomes", 0.001)
REJECTED: Final = most("rejected", "Lines or values that could not be read", 0.001)
FEW_VALUES: Final = "the columns take too few values to tell likeness from chance"
NO_TRAINING: Final = "there is no training data to hold it against"


def check_repeated(look: Look) -> Check:
    """Rows that repeat an earlier row in every column."""
    found = find_repeated(look.engine, look.table, look.dataset.columns)
    return _rows(look, REPEATED, found, "repeat an earlier row exactly")


def check_nearly_repeated(look: Look) -> Check:
    """Rows that repeat an earlier one but for spelling or the last digits."""
    if not look.telling:
        return not_applicable(NEARLY, FEW_VALUES)
    found = find_nearly_repeated(look.engine, look.table, look.told, look.telling)
    return _rows(look, NEARLY, found, "repeat an earlier row but for details of writing")


def check_shared(look: Look) -> Check:
    """Rows that a model may have learned by heart."""
    columns = look.shared(look.told)
    if not columns:
        return _no_training(look, SHARED)
    found = find_shared(look.engine, look.table, look.other, columns)
    measured = share(found, look.dataset.rows)
    sentence = (
        f"{found.rows:,} of {look.dataset.rows:,} rows ({say(measured)}) also stand in "
        f"the training data, so this table flatters the model."
        if found.rows
        else "No row also stands in the training data."
    )
    return check(SHARED, measured, sentence, found=found)


def check_entities(look: Look) -> Check:
    """People or things that stand in both tables, if in other rows."""
    ids = look.shared([c for c in look.dataset.columns if c.use is Use.ID])
    if not ids:
        if look.training and look.dataset.used_as(Use.ID):
            return not_measured(ENTITIES, "the training data has no such id")
        return (
            not_measured(ENTITIES, "no column has the use id")
            if look.training
            else _no_training(look, ENTITIES)
        )
    found = find_shared(look.engine, look.table, look.other, ids)
    measured = share(found, look.dataset.rows)
    name = " and ".join(f"`{column.name}`" for column in ids)
    sentence = (
        f"{say_rows(found.rows)} ({say(measured)}) carry a {name} that also stands in "
        "the training data."
        if found.rows
        else f"No {name} also stands in the training data."
    )
    return check(ENTITIES, measured, sentence, found=found, columns=ids)


def check_conflicts(look: Look) -> Check:
    """Cases that are equal in every feature, with different outcomes."""
    if look.label is None:
        return not_measured(CONFLICTS, "no column is the label")
    if not look.can_tell(look.features):
        return not_applicable(CONFLICTS, FEW_VALUES)
    found = find_conflicts(look.engine, look.table, look.features, look.label)
    return _rows(look, CONFLICTS, found, "equal another case, with a different outcome")


def check_rejected(look: Look) -> Check:
    """Lines of the file that are not in the table, or values that became missing."""
    lost = look.dataset.rejected
    brought = look.dataset.rows + lost
    measured = share(Found(lost, ()), brought)
    sentence = (
        f"{lost:,} lines or values of the file could not be read."
        if lost
        else "Every line of the file was read."
    )
    return check(REJECTED, measured, sentence)


def _rows(look: Look, gate: Gate, found: Found, what: str) -> Check:
    measured = share(found, look.dataset.rows)
    sentence = (
        f"{found.rows:,} of {look.dataset.rows:,} rows ({say(measured)}) {what}."
        if found.rows
        else f"No rows {what}."
    )
    return check(gate, measured, sentence, found=found)


def _no_training(look: Look, gate: Gate) -> Check:
    """A training table has nothing to be held against; any other table lacks one."""
    if look.training is None and look.dataset.split is Split.TRAINING:
        return not_applicable(gate, "this is the training data")
    return not_measured(gate, NO_TRAINING)
