"""Saved slices: predicates that somebody named, so that every page offers them."""

import json
from dataclasses import dataclass
from typing import Final

from core.errors import NotFoundError, WrongInputError
from core.records.canonical import canonical, from_plain
from core.records.predicate import Predicate, from_address, slice_id, to_address
from core.runs.desk import Desk

LONGEST_NAME: Final = 60


@dataclass(frozen=True, slots=True)
class SavedSlice:
    """A slice with its name; `address` is its predicate."""

    name: str
    address: str

    @property
    def id(self) -> str:
        """16 hexadecimal digits that name the predicate."""
        return slice_id(self.predicate)

    @property
    def predicate(self) -> Predicate:
        """The rows of the slice."""
        return from_address(self.address)


def save_slice(desk: Desk, predicate: Predicate, name: str, *, actor: str) -> SavedSlice:
    """Keep a slice under a name, or give it another name.

    A predicate may hold data values, so it becomes an object; the event holds its name.

    Raises:
        WrongInputError: there is no name, it is too long, or another slice has it.
    """
    name = name.strip()
    if not name or len(name) > LONGEST_NAME:
        raise WrongInputError(
            f"A name has 1 to {LONGEST_NAME} letters, not {len(name)}.",
            hint="Give a short name.",
        )
    saved = SavedSlice(name, to_address(predicate))
    if any(s.name == name and s.id != saved.id for s in saved_slices(desk)):
        raise WrongInputError(
            f"Another slice is called {name}.", hint="Give this one another name."
        )
    payload = {"object": desk.workspace.objects.put_bytes(canonical(saved))}
    desk.workspace.record(actor, "slice.saved", saved.id, payload)
    return saved


def drop_slice(desk: Desk, id_: str, *, actor: str) -> None:
    """Take a saved slice off the lists; links to it still work.

    Raises:
        NotFoundError: nobody saved it.
    """
    if id_ not in desk.workspace.state.slices:
        raise NotFoundError("This slice is not saved.", hint="Save it first.")
    desk.workspace.record(actor, "slice.dropped", id_, {})


def saved_slices(desk: Desk) -> tuple[SavedSlice, ...]:
    """Return all saved slices by their names."""

    def read(name: str) -> SavedSlice:
        return desk.once(
            ("saved slice", name),
            lambda: from_plain(json.loads(desk.workspace.objects.read(name)), SavedSlice),
        )

    found = (read(name) for name in desk.workspace.state.slices.values())
    return tuple(sorted(found, key=lambda saved: saved.name.casefold()))
