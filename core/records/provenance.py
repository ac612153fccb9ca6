"""Provenance: what a reader must know of where data comes from, field by field.

Each field says which clause of which framework it supports the documentation of; that a
field is filled says nothing of whether a law or a standard is kept.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Final

from core.errors import WrongInputError
from core.records.data import DatasetVersion

CROISSANT: Final = "Croissant 1.1"
RAI: Final = "Croissant-RAI 1.0"
DPS: Final = "Data Provenance Standards 1.0"
ACT: Final = "EU AI Act Art. 10(2)"
FRAMEWORKS: Final = (CROISSANT, RAI, DPS, ACT)
WORD: Final = "supports documentation of"
Clause = tuple[str, str]

LONGEST: Final = 5_000  # letters of a text
BETWEEN: Final = re.compile(r"\s+(?:to|-|–|—)\s+|\s*/\s*|\s*–\s*")
OWN_LICENCE: Final = re.compile(r"LicenseRef-[A-Za-z0-9.-]+")
# Identifiers of the SPDX licence list that data and code come with most.
LICENCE_IDS: Final = """
0BSD AFL-3.0 AGPL-3.0-only AGPL-3.0-or-later Apache-2.0 Artistic-2.0 BSD-2-Clause
BSD-3-Clause BSL-1.0 C-UDA-1.0 CC-BY-2.0 CC-BY-2.5 CC-BY-3.0 CC-BY-4.0 CC-BY-NC-2.0
CC-BY-NC-3.0 CC-BY-NC-4.0 CC-BY-NC-ND-3.0 CC-BY-NC-ND-4.0 CC-BY-NC-SA-3.0 CC-BY-NC-SA-4.0
CC-BY-ND-3.0 CC-BY-ND-4.0 CC-BY-SA-2.0 CC-BY-SA-3.0 CC-BY-SA-4.0 CC-PDDC CC0-1.0
CDLA-Permissive-1.0 CDLA-Permissive-2.0 CDLA-Sharing-1.0 DL-DE-BY-2.0 DL-DE-ZERO-2.0
ECL-2.0 EPL-2.0 EUPL-1.1 EUPL-1.2 GFDL-1.3-only GFDL-1.3-or-later GPL-2.0-only
GPL-2.0-or-later GPL-3.0-only GPL-3.0-or-later ISC LGPL-2.1-only LGPL-2.1-or-later
LGPL-3.0-only LGPL-3.0-or-later LPPL-1.3c MIT MIT-0 MPL-2.0 MS-PL NCGL-UK-2.0 NLOD-1.0
NLOD-2.0 O-UDA-1.0 ODC-By-1.0 ODbL-1.0 OFL-1.1 OGL-Canada-2.0 OGL-UK-1.0 OGL-UK-2.0
OGL-UK-3.0 PDDL-1.0 PSF-2.0 Unlicense UPL-1.0 Zlib etalab-2.0
"""
LICENCES: Final = frozenset(LICENCE_IDS.split())
COLLECTED_BY: Final = (
    "records of a process",
    "survey",
    "sensors",
    "experiment",
    "web",
    "bought or received",
    "written by people",
    "synthetic",
    "other",
)
SECRECY: Final = ("public", "internal", "confidential", "restricted")


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to know of a dataset version.

    `origin` says who fills it: `computed` from the table, or `declared` by a person. `kind`
    is text, date, licence, choice or window (two dates); `choices` are for a choice.
    """

    id: str
    title: str
    question: str
    origin: str
    frameworks: tuple[Clause, ...]
    kind: str = "text"
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Completeness:
    """How much of what a framework asks for is written down: ids of fields."""

    framework: str
    given: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def share(self) -> float:
        """The share of the fields that are given."""
        return len(self.given) / (len(self.given) + len(self.missing))


def _counted(id_: str, title: str, question: str, *clauses: Clause) -> Field:
    return Field(id_, title, question, "computed", clauses)


def _ask(
    id_: str, title: str, question: str, *clauses: Clause, kind: str = "text"
) -> Field:
    return Field(id_, title, question, "declared", clauses, kind)


def _choose(
    id_: str, title: str, question: str, choices: tuple[str, ...], *clauses: Clause
) -> Field:
    return Field(id_, title, question, "declared", clauses, "choice", choices)


# fmt: off
FIELDS: Final = (
    # Identity
    _counted("name", "Name", "What is it called?",
             (CROISSANT, "name"), (DPS, "Dataset title")),
    _counted("version", "Version", "Which version is it?", (CROISSANT, "version")),
    _counted("content_hash", "Content hash", "Which rows are meant, in whatever file?",
             (DPS, "Unique metadata identifier")),
    _counted("file_hash", "File hash", "Which file was brought?", (CROISSANT, "sha256")),
    _counted("format", "Format", "How was it written?",
             (CROISSANT, "encodingFormat"), (DPS, "Data format")),
    _counted("size", "Size", "How many rows and columns are there?", (ACT, "(e) quantity")),
    _counted("columns", "Columns", "Which columns are there, of which type?",
             (CROISSANT, "recordSet")),
    _counted("split", "Split", "Which part of a model's life is it for?",
             (CROISSANT, "cr:Split")),
    _ask("description", "Description", "What is in it, in two sentences?",
         (CROISSANT, "description"), (DPS, "Description")),
    _ask("url", "Address", "Where is it described?",
         (CROISSANT, "url"), (DPS, "Metadata location")),
    _ask("owner", "Owner", "Who answers for it?"),
    # Source
    _ask("source", "Source", "Where does it come from?",
         (RAI, "rai:dataCollectionRawData"), (DPS, "Source"), (ACT, "(b) origin of data")),
    _ask("creators", "Creators", "Who made it?", (CROISSANT, "creator")),
    _ask("issuer", "Issuer", "Who hands it out?",
         (CROISSANT, "publisher"), (DPS, "Dataset issuer")),
    _ask("issued", "Issued", "On which day was it handed out?",
         (CROISSANT, "datePublished"), (DPS, "Dataset issue date"), kind="date"),
    _ask("previous_issue", "Issued before", "On which day was the version before it?",
         (DPS, "Date of previous version"), kind="date"),
    _ask("origin_geography", "Place of origin", "From which countries or regions is it?",
         (DPS, "Data origin geography")),
    # Collection
    _ask("collected", "Collected when and how", "How was it collected, and when?",
         (RAI, "rai:dataCollection"), (DPS, "Method"), (ACT, "(b) collection processes")),
    _choose("collection_type", "Kind of collection", "What kind of collection was it?",
            COLLECTED_BY, (RAI, "rai:dataCollectionType")),
    _ask("window", "Window", "From which day to which day do the rows reach?",
         (RAI, "rai:dataCollectionTimeframe"), (DPS, "Range of dates"), kind="window"),
    _ask("original_purpose", "First purpose", "What was it collected for?",
         (ACT, "(b) original purpose")),
    # Use
    _ask("licence", "Licence", "Under which licence may it be used?",
         (CROISSANT, "license"), (DPS, "License to use"), kind="licence"),
    _ask("consent", "Consent", "Who agreed to the use, and where is that written?",
         (DPS, "Consent documentation location")),
    _ask("permitted_use", "Permitted use", "What may it be used for, and what not?",
         (CROISSANT, "usageInfo"), (DPS, "Intended data use")),
    _ask("use_cases", "Uses", "Which tasks is it good for?", (RAI, "rai:dataUseCases")),
    _choose("confidentiality", "Confidentiality", "Who may see it?",
            SECRECY, (DPS, "Confidentiality classification")),
    _ask("rights", "Rights of others", "Is there copyright, a patent or a trademark in it?",
         (DPS, "Proprietary data presence")),
    _ask("processing_geography", "Places of use", "Where may it be processed, and where not?",
         (DPS, "Data processing geography")),
    _ask("storage_geography", "Places of storage", "Where may it be stored, and where not?",
         (DPS, "Data storage geography")),
    _ask("retention", "Retention", "How long may it be kept, and what happens then?"),
    # People
    _ask("personal_data", "Personal data", "What in it concerns persons, and how closely?",
         (RAI, "rai:personalSensitiveInformation")),
    _ask("privacy", "Protection", "What was done so that nobody is recognised?",
         (DPS, "Privacy enhancing technologies")),
    # Labels
    _ask("labels", "Labels", "What does the label mean, and how and when was it set?",
         (RAI, "rai:dataAnnotationProtocol"), (ACT, "(c) annotation, labelling")),
    _ask("labels_by", "Labelled by", "Who set the labels?", (RAI, "rai:annotatorDemographics")),
    _ask("labels_each", "Labels per case", "How many people labelled each case?",
         (RAI, "rai:annotationsPerItem")),
    _ask("labels_agreement", "Agreement", "How well do those who labelled agree?",
         (RAI, "rai:dataAnnotationAnalysis")),
    _ask("labels_tools", "Tools for labels", "Which tools or models helped to label?",
         (RAI, "rai:machineAnnotationTools")),
    # Preparation
    _ask("missing_data", "Missing data", "What is missing, and why?",
         (RAI, "rai:dataCollectionMissingData")),
    _ask("imputation", "Filled gaps", "Which gaps were filled, and how?",
         (RAI, "rai:dataImputationProtocol"), (ACT, "(c) enrichment")),
    _ask("preprocessing", "Preparation", "How was it cleaned and put together?",
         (RAI, "rai:dataPreprocessingProtocol"), (ACT, "(c) cleaning, aggregation")),
    _ask("changes", "Changes", "Were values changed on purpose, and how?",
         (RAI, "rai:dataManipulationProtocol"), (ACT, "(c) updating")),
    # Judgement
    _ask("design_choices", "Choices", "Which choices shaped it, and why?",
         (ACT, "(a) design choices")),
    _ask("assumptions", "Assumptions", "What is it taken to measure and to stand for?",
         (ACT, "(d) assumptions")),
    _ask("suitability", "Suitability", "Is it there, enough, and right for the purpose?",
         (ACT, "(e) availability, suitability")),
    _ask("biases", "Biases", "Whom does it show wrongly, or not at all?",
         (RAI, "rai:dataBiases"), (ACT, "(f) examination of biases")),
    _ask("bias_measures", "Against biases", "What was done against that?",
         (ACT, "(g) measures against biases")),
    _ask("limits", "Limits", "What is it not good for, and what is lacking?",
         (RAI, "rai:dataLimitations"), (ACT, "(h) gaps and shortcomings")),
    _ask("social_impact", "Effect on people", "What may its use do to people?",
         (RAI, "rai:dataSocialImpact")),
    _ask("upkeep", "Upkeep", "Who corrects and renews it, and how often?",
         (RAI, "rai:dataReleaseMaintenancePlan")),
)
# fmt: on
BY_ID: Final = {field.id: field for field in FIELDS}


def check_value(field: Field, text: str) -> str:
    """Return a declared value as it is kept; an empty one means that the field is open.

    Raises:
        WrongInputError: the text is no value of the field's kind.
    """
    value = text.replace("\r\n", "\n").strip()
    if not value:
        return ""
    if len(value) > LONGEST:
        raise WrongInputError(
            f"{field.title} has {len(value):,} letters; {LONGEST:,} are kept.",
            hint="Say it shorter, and name the document where the rest stands.",
        )
    match field.kind:
        case "date":
            return _day(field, value).isoformat()
        case "licence":
            return _licence(value)
        case "window":
            return _window(field, value)
        case "choice":
            return _choice(field, value)
        case _:
            return value


def completeness(
    values: Mapping[str, str], computed: frozenset[str]
) -> tuple[Completeness, ...]:
    """Return for each framework which of its fields are given, and which are missing.

    `values` are declared, by field id; `computed` are the ids of the fields that were
    counted. An empty text is missing.
    """
    given = computed | {id_ for id_, value in values.items() if value.strip()}
    return tuple(
        Completeness(
            framework,
            tuple(field.id for field in asked if field.id in given),
            tuple(field.id for field in asked if field.id not in given),
        )
        for framework in FRAMEWORKS
        if (asked := [f for f in FIELDS if framework in dict(f.frameworks)])
    )


def compute_values(dataset: DatasetVersion) -> dict[str, str]:
    """Return what the table itself says of the fields, by field id, as text."""
    values = {
        "name": dataset.name,
        "version": f"{dataset.number}.0.0",
        "content_hash": dataset.id,
        "file_hash": dataset.file_sha256,
        "format": dataset.read_as.format,
        "size": f"{_many(dataset.rows, 'row')}, {_many(len(dataset.columns), 'column')}",
        "columns": ", ".join(f"{c.name} ({c.type.word})" for c in dataset.columns),
        "split": str(dataset.split),
    }
    if dataset.window:
        values["window"] = " to ".join(dataset.window)
    return values


def _many(n: int, what: str) -> str:
    return f"{n:,} {what}" if n == 1 else f"{n:,} {what}s"


def _day(field: Field, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise WrongInputError(
            f"{field.title}: `{text[:40]}` is no day of the calendar.",
            hint="Write it as 2026-07-31.",
        ) from None


def _window(field: Field, text: str) -> str:
    ends = BETWEEN.split(text)
    if len(ends) != len(("first", "last")):
        raise WrongInputError(
            f"{field.title}: `{text[:40]}` is not two days.",
            hint="Write it as 2025-01-01 to 2025-06-30.",
        )
    first, last = (_day(field, end) for end in ends)
    if last < first:
        raise WrongInputError(
            f"{field.title} ends on {last}, before it starts on {first}.",
            hint="Give the earlier day first.",
        )
    return f"{first} to {last}"


def _licence(text: str) -> str:
    known = {each.lower(): each for each in LICENCES}
    if text.lower() in known:
        return known[text.lower()]
    if OWN_LICENCE.fullmatch(text):
        return text
    near = get_close_matches(text.lower(), known, n=1)
    raise WrongInputError(
        f"`{text[:40]}` is no licence id that Countersign knows."
        + (f" Nearest: `{known[near[0]]}`." if near else ""),
        hint="Give an SPDX id such as CC-BY-4.0, or LicenseRef- and a name of your own.",
    )


def _choice(field: Field, text: str) -> str:
    if text.lower() in field.choices:
        return text.lower()
    raise WrongInputError(
        f"{field.title}: `{text[:40]}` is none of the choices.",
        hint=f"Choose one of: {', '.join(field.choices)}.",
    )
