"""Tables as the product knows them: columns with a use, versions that never change."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ColumnType(StrEnum):
    """The six types of a clean table, by their DuckDB names."""

    BOOLEAN = "BOOLEAN"
    INTEGER = "BIGINT"
    NUMBER = "DOUBLE"
    DATE = "DATE"
    TIME = "TIMESTAMP"
    TEXT = "VARCHAR"

    @property
    def word(self) -> str:
        """The name of the type on the screen."""
        return "yes/no" if self is ColumnType.BOOLEAN else self.name.lower()

    @property
    def is_number(self) -> bool:
        """Whether values are ordered numbers."""
        return self in (ColumnType.INTEGER, ColumnType.NUMBER)


class Use(StrEnum):
    """What a column is for; each column has exactly one use."""

    LABEL = "label"
    FEATURE = "feature"
    TIME = "time"
    LABEL_TIME = "label time"
    ID = "id"
    WEIGHT = "weight"
    SCORE = "score"
    PREDICTION = "prediction"
    IGNORE = "ignore"


class Split(StrEnum):
    """Which part of a model's life a table belongs to."""

    TRAINING = "training"
    VALIDATION = "validation"
    TEST = "test"
    REFERENCE = "reference"
    PRODUCTION = "production"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a dataset version: its type, its use, and its marks."""

    name: str
    type: ColumnType
    use: Use
    group: bool = False
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class ReadAs:
    """How the bytes of a file are understood.

    `types` holds (column, type) pairs that a person set by hand; the others are found.
    """

    format: str  # csv, parquet or jsonl
    delimiter: str = ","
    quote: str = '"'
    header: bool = True
    decimal: str = "."
    dates: str = "year first"  # or: day first, month first
    encoding: str = "utf-8"
    missing: tuple[str, ...] = ("", "NA", "N/A", "NULL", "null", "NaN", "nan")
    types: tuple[tuple[str, ColumnType], ...] = ()


@dataclass(frozen=True, slots=True)
class RejectedLine:
    """A line that could not be read, and why."""

    line: int
    column: str
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """What was counted of one column while it was read."""

    name: str
    type: ColumnType
    missing: int
    distinct: int
    low: str
    high: str
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """A file as it was understood; nothing is imported yet."""

    read_as: ReadAs
    rows: int
    columns: tuple[ColumnFacts, ...]
    rejected: tuple[RejectedLine, ...]  # the first 100
    rejected_count: int
    as_written: tuple[str, ...]  # the first 20 lines; empty for Parquet
    file_name: str
    file_sha256: str
    file_bytes: int


@dataclass(frozen=True, slots=True)
class Guess:
    """A proposed use of a column, with the reason for it."""

    column: Column
    why: str


def title_of(name: str, number: int) -> str:
    """Return how a version is called: the first by its name alone."""
    return name if number == 1 else f"{name} {number}"


@dataclass(frozen=True, slots=True)
class DatasetVersion:
    """An immutable table, named by its content (the mrs1 root).

    `object` is the SHA-256 of the Parquet file; `hashes` one mrs1 digest per column.
    """

    id: str
    name: str
    number: int
    object: str
    rows: int
    bytes: int
    columns: tuple[Column, ...]
    split: Split
    window: tuple[str, str] | None
    read_as: ReadAs
    rejected: int
    file_name: str
    file_sha256: str
    hashes: tuple[tuple[str, str], ...]
    declared: tuple[tuple[str, str], ...]
    at: datetime
    actor: str
    parent: str = ""  # the version that this one was reduced from

    @property
    def title(self) -> str:
        """The name on the screen: `Validation`, or `Validation 2` for a later version."""
        return title_of(self.name, self.number)

    def column(self, name: str) -> Column | None:
        """Return the column of that name, if there is one."""
        return next((c for c in self.columns if c.name == name), None)

    def used_as(self, use: Use) -> Column | None:
        """Return the first column with that use, if there is one."""
        return next((c for c in self.columns if c.use is use), None)
