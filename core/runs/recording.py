"""Record: what people say of a dataset version, and the whole of it as files."""

from dataclasses import dataclass, replace

from core.cards.croissant import write_croissant
from core.cards.datasheet import write_datasheet
from core.errors import WrongInputError
from core.records.data import DatasetVersion
from core.records.profile import ColumnProfile, Profile
from core.records.provenance import BY_ID, check_value
from core.runs.checking import hidden_columns, known_checks, profile_of
from core.runs.desk import Desk


@dataclass(frozen=True, slots=True)
class RecordFile:
    """The record in one format."""

    label: str
    name: str
    type: str
    data: bytes


def declare(desk: Desk, id_: str, field: str, text: str, *, actor: str) -> str:
    """Write down what somebody says of a dataset version, and return it as it is kept.

    Raises:
        WrongInputError: nobody can declare such a field, or the text is no value of it.
    """
    known = BY_ID.get(field)
    if known is None or known.origin != "declared":
        raise WrongInputError(
            f"Nobody can declare the field `{field}`.", hint="Choose one of the list."
        )
    value = check_value(known, text)
    dataset = desk.workspace.state.dataset(id_)
    payload = {"field": field, "value": value}
    desk.workspace.record(actor, "provenance.declared", dataset.id, payload)
    return value


def record_files(desk: Desk, dataset: DatasetVersion) -> tuple[RecordFile, ...]:
    """Return the record as Croissant and as a datasheet; no value of a person is in it."""
    state = desk.workspace.state
    declared = state.declared_of(dataset)
    gone = dataset.object in state.erased
    checks = known_checks(desk, dataset)
    profile = None if gone else _without_people(desk, dataset)
    name = "".join(c if c.isalnum() else "-" for c in dataset.title.lower())
    parts = (dataset, declared, checks, profile)
    return (
        RecordFile(
            "Croissant (JSON-LD)",
            f"{name}.croissant.json",
            "application/ld+json",
            write_croissant(*parts),
        ),
        RecordFile(
            "Datasheet (HTML)",
            f"{name}-datasheet.html",
            "text/html",
            write_datasheet(*parts, "html"),
        ),
        RecordFile(
            "Datasheet (Markdown)",
            f"{name}-datasheet.md",
            "text/markdown",
            write_datasheet(*parts, "md"),
        ),
    )


def _without_people(desk: Desk, dataset: DatasetVersion) -> Profile:
    hidden = hidden_columns(desk, dataset)
    profile = profile_of(desk, dataset)

    def masked(found: ColumnProfile) -> ColumnProfile:
        if found.name not in hidden:
            return found
        return replace(found, low="", high="", edges=(), bars=(), top=())

    return replace(profile, columns=tuple(map(masked, profile.columns)))
