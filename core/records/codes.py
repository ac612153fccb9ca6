"""Codes: the few values or ranges into which a column is cut, so that rows can be counted."""

from dataclasses import dataclass

from core.records.data import ColumnType
from core.records.predicate import Predicate, from_address


@dataclass(frozen=True, slots=True)
class Code:
    """One value, range or rest of a column; `address` is the predicate of its rows."""

    words: str
    address: str

    @property
    def predicate(self) -> Predicate:
        """The rows that have this code."""
        return from_address(self.address)


@dataclass(frozen=True, slots=True)
class CodedColumn:
    """A column and its codes; the place of a code in `codes` is its number, 0 is missing.

    `edges` are the lower ends of the ranges after the first; empty where values are coded.
    """

    name: str
    type: ColumnType
    codes: tuple[Code, ...]
    values: tuple[str, ...] = ()
    edges: tuple[float, ...] = ()

    def say(self, code: int) -> str:
        """Return a code with its column, or alone where it is a text that says enough."""
        words = self.codes[code].words
        alone = self.type is ColumnType.TEXT and 0 < code <= len(self.values)
        return words if alone else f"{self.name} {words}"


@dataclass(frozen=True, slots=True)
class Codebook:
    """The coded columns of a dataset version."""

    columns: tuple[CodedColumn, ...]

    def column(self, name: str) -> CodedColumn | None:
        """Return the coded column of that name, if it is one."""
        return next((column for column in self.columns if column.name == name), None)
