"""Evaluations: one model version on one dataset version, and the roll-ups made of it."""

from dataclasses import dataclass
from datetime import datetime

from core.records.models import Answer


@dataclass(frozen=True, slots=True)
class Agreement:
    """How many of the table's own predictions the model file repeats."""

    same: int
    rows: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The scores of one model version on one dataset version.

    `scores` names the scores object, `frame` the coded rows that roll-ups are counted
    from, `codebook` what their codes mean. `label` and `weight` are column names, empty
    where there is none; both scales are powers of two that fixed-point sums were cut by.
    `feeds` holds (input, columns) pairs: which columns the scores were made from;
    `columns` is the digest of the uses and marks that the columns had.
    """

    id: str
    model: str
    dataset: str
    answer: Answer
    label: str
    weight: str
    scores: str
    frame: str
    codebook: str
    weight_scale: int
    error_scale: int
    rows: int
    labelled: int
    agreement: Agreement | None
    feeds: tuple[tuple[str, tuple[str, ...]], ...]
    columns: str
    at: datetime
    actor: str


@dataclass(frozen=True, slots=True)
class RollUp:
    """Rows counted once: `kind` and its `inputs` lead to one object.

    `key` is the digest of kind, version, code and inputs; `object` the Parquet counted.
    """

    key: str
    kind: str
    version: int
    code: str
    evaluation: str
    object: str
