"""A dataset version as a datasheet: what a person should know before using it.

The sections are those of Gebru et al. (2021), Datasheets for Datasets, Commun. ACM 64(12).
What nobody has said is called missing.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from core.errors import WrongInputError
from core.estimates.wording import ATTENTION, DASH, WORDS, say_day
from core.records.checks import Check, Checks
from core.records.data import Column, DatasetVersion
from core.records.estimate import Severity, Word
from core.records.profile import Profile
from core.records.provenance import (
    BY_ID,
    WORD,
    Completeness,
    completeness,
    compute_values,
)
from core.records.texts import say_text

SECTIONS: Final = {
    "Identity": "name version content_hash file_hash format owner url",
    "Motivation": "original_purpose creators issuer design_choices",
    "Composition": "description size split window assumptions missing_data personal_data "
    "privacy confidentiality columns",
    "Collection": "source collected collection_type origin_geography consent",
    "Preparation and labels": "preprocessing imputation changes labels labels_by labels_each "
    "labels_agreement labels_tools",
    "Uses": "permitted_use use_cases suitability biases bias_measures limits social_impact",
    "Distribution": "licence rights issued previous_issue processing_geography "
    "storage_geography",
    "Maintenance": "upkeep retention",
}
COMPOSITION: Final = "Composition"
CHECKED: Final = "What the checks found"
FORMATS: Final = ("md", "html")
MISSING: Final = "Missing: nobody has said."
MARKS: Final = re.compile(r"([\\`*_{}\[\]#|~^$@]|:(?=\S))")
ENTITIES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
ADDRESS: Final = re.compile(r"\b(www)\.", re.IGNORECASE)  # some readers make a link of it


@dataclass(frozen=True, slots=True)
class Line:
    """A question, its answer, and who gave it: computed, declared or missing."""

    question: str
    answer: str
    origin: str


@dataclass(frozen=True, slots=True)
class ColumnLine:
    """A column as the datasheet lists it."""

    name: str
    type: str
    use: str
    missing: str
    distinct: str


@dataclass(frozen=True, slots=True)
class CheckLine:
    """A check as the datasheet lists it."""

    verdict: str
    title: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the datasheet; columns and checks stand in one part each."""

    title: str
    lines: tuple[Line, ...]
    columns: tuple[ColumnLine, ...] = ()
    checks: tuple[CheckLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Datasheet:
    """Everything that a datasheet says, in order."""

    title: str
    note: str
    sections: tuple[Section, ...]
    complete: tuple[Completeness, ...]


def write_datasheet(
    dataset: DatasetVersion,
    declared: Mapping[str, str],
    checks: Checks | None,
    profile: Profile | None,
    format: str,  # noqa: A002 - what the reader chooses is called so
) -> bytes:
    """Return the datasheet as Markdown (`md`) or HTML (`html`); data never becomes markup.

    Raises:
        WrongInputError: there is no such format.
    """
    if format not in FORMATS:
        raise WrongInputError(
            f"There is no datasheet in the format `{format}`.", hint="Choose md or html."
        )
    sheet = make_datasheet(dataset, declared, checks, profile)
    template = _templates(format).get_template(f"datasheet.{format}")
    return (template.render(sheet=sheet, word=WORD).rstrip() + "\n").encode()


def make_datasheet(
    dataset: DatasetVersion,
    declared: Mapping[str, str],
    checks: Checks | None,
    profile: Profile | None,
) -> Datasheet:
    """Return what a datasheet says of a dataset version."""
    computed = compute_values(dataset)
    sections = [
        Section(
            title,
            tuple(_line(id_, computed, declared) for id_ in ids.split()),
            _columns(dataset, profile) if title == COMPOSITION else (),
        )
        for title, ids in SECTIONS.items()
    ]
    if checks:
        sections.append(Section(CHECKED, (), (), tuple(map(_check, checks.made))))
    return Datasheet(
        dataset.title,
        f"Imported on {say_day(dataset.at.date())}. Computed: counted by Countersign. "
        "Declared: a person said so.",
        tuple(sections),
        completeness(declared, frozenset(computed)),
    )


def escape_markdown(text: str) -> str:
    r"""Return a text that Markdown shows as it is; lines are joined, unseen letters written out.

    >>> print(escape_markdown("[a](b) <i> 1*2"))
    \[a\](b) &lt;i&gt; 1\*2
    """
    joined = say_text(" ".join(text.split()))
    return ADDRESS.sub(r"\1\.", MARKS.sub(r"\\\1", joined).translate(ENTITIES))


def _line(id_: str, computed: Mapping[str, str], declared: Mapping[str, str]) -> Line:
    question = BY_ID[id_].question
    if id_ in computed:
        return Line(question, computed[id_], "computed")
    said = declared.get(id_, "").strip()
    return Line(question, said or MISSING, "declared" if said else "missing")


def _columns(dataset: DatasetVersion, profile: Profile | None) -> tuple[ColumnLine, ...]:
    return tuple(_column(column, profile) for column in dataset.columns)


def _column(column: Column, profile: Profile | None) -> ColumnLine:
    counted = profile.column(column.name) if profile else None
    missing, distinct = (
        (f"{counted.missing:,}", f"{counted.distinct:,}") if counted else (DASH, DASH)
    )
    return ColumnLine(column.name, column.type.word, str(column.use), missing, distinct)


def _check(check: Check) -> CheckLine:
    word = check.verdict.word
    warns = word is Word.FAIL and check.gate.severity is Severity.WARN
    return CheckLine(ATTENTION if warns else WORDS[word], check.gate.title, check.sentence)


@cache
def _templates(format_: str) -> Environment:
    show: Callable[[object], object] = _as_html if format_ == "html" else _as_markdown
    return Environment(
        loader=PackageLoader("core.cards", "templates"),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        finalize=show,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _as_html(value: object) -> object:
    """Return what a template writes: each line of a text, unseen letters written out."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return "\n".join(map(say_text, value.split("\n")))


def _as_markdown(value: object) -> object:
    return escape_markdown(value) if isinstance(value, str) else value
