"""Drafts: an import that is not finished; it survives a reload and a closed laptop."""

from dataclasses import dataclass

from core.records.data import Column, Guess, ReadAs, Reading, Split
from core.records.models import Answer, ModelFacts


@dataclass(frozen=True, slots=True)
class Draft:
    """What was brought and what people said of it so far.

    `columns` are as they stand now, `guesses` as they were proposed. `feeds` holds
    (input, columns) pairs; `model_file` is empty until there is one.
    """

    id: str
    file_name: str
    read_as: ReadAs | None = None
    reasons: tuple[str, ...] = ()
    as_written: tuple[str, ...] = ()
    reading: Reading | None = None
    guesses: tuple[Guess, ...] = ()
    columns: tuple[Column, ...] = ()
    columns_confirmed: bool = False
    model_file: str = ""
    model_facts: ModelFacts | None = None
    model_classes: tuple[str, ...] = ()
    scores_only: bool = False
    answer: Answer | None = None
    answer_confirmed: bool = False
    feeds: tuple[tuple[str, tuple[str, ...]], ...] = ()
    data_name: str = ""
    split: Split = Split.VALIDATION
    window: tuple[str, str] | None = None
    data_declared: tuple[tuple[str, str], ...] = ()
    model_name: str = ""
    model_declared: tuple[tuple[str, str], ...] = ()
