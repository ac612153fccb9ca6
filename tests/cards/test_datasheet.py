"""A datasheet asks every question, says what is missing, and shows data as data."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from html import escape, unescape
from html.parser import HTMLParser
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from typing_extensions import override

from core.cards.datasheet import (
    MISSING,
    SECTIONS,
    escape_markdown,
    make_datasheet,
    write_datasheet,
)
from core.errors import WrongInputError
from core.measures.checks.look import check, most
from core.records.checks import Checks
from core.records.data import Column, ColumnType, DatasetVersion, ReadAs, Split, Use
from core.records.estimate import Estimate
from core.records.profile import ColumnProfile, Profile
from core.records.provenance import FIELDS, FRAMEWORKS
from core.records.texts import say_text

EVIL: Final = (
    '<script>alert("x")</script> [a](javascript:b) **bold** `c` | ![i](j) www.example.org '
    "<!-- $x$ \u202e me@example.org # h"
)
DATASET: Final = DatasetVersion(
    id="c" * 64,
    name="Loans",
    number=1,
    object="0" * 64,
    rows=1_200,
    bytes=900,
    columns=(Column("age", ColumnType.INTEGER, Use.FEATURE),),
    split=Split.TEST,
    window=None,
    read_as=ReadAs("csv"),
    rejected=0,
    file_name="loans.csv",
    file_sha256="f" * 64,
    hashes=(),
    declared=(),
    at=datetime(2026, 7, 2, tzinfo=UTC),
    actor="ann",
)
PROFILE: Final = Profile(
    DATASET.id, 1_200, None, (ColumnProfile("age", 1_003, 40, 0, 0, "", "", (), (), ()),)
)
SHARE: Final = Estimate(0.02, 0.01, 0.03, 100, 100, "Wilson")
TWICE: Final = most("duplicates", "Rows that stand twice", 0.001)
CHECKS: Final = Checks(DATASET.id, "", (check(TWICE, SHARE, "2 rows repeat."),))
MARKDOWN: Final = MarkdownIt("commonmark", {"html": True}).enable("table")


class _Page(HTMLParser):
    """Collects elements, their attributes and the text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.text += " " if tag in ("td", "th") else ""

    @override
    def handle_data(self, data: str) -> None:
        self.text += data


def sheet(
    format_: str,
    declared: dict[str, str] | None = None,
    dataset: DatasetVersion = DATASET,
    checks: Checks | None = CHECKS,
) -> str:
    """Return a datasheet as text."""
    return write_datasheet(dataset, declared or {}, checks, PROFILE, format_).decode()


def read(text: str) -> _Page:
    """Return a page as a browser reads it."""
    page = _Page()
    page.feed(text)
    return page


def seen(format_: str, text: str) -> str:
    """Return what a reader sees of a datasheet, on one line."""
    page = read(text if format_ == "html" else MARKDOWN.render(text))
    return " ".join(page.text.split())


def test_every_field_has_its_place() -> None:
    """Once, in one of the seven sections of the paper, or before them."""
    placed = " ".join(SECTIONS.values()).split()
    assert sorted(placed) == sorted(field.id for field in FIELDS)


@pytest.mark.parametrize("format_", ["md", "html"])
def test_each_question_is_asked_and_gaps_are_said(format_: str) -> None:
    """What nobody declared is missing; what the table says is not."""
    said = seen(format_, sheet(format_, {"source": "the bank"}))
    for field in FIELDS:
        assert field.question in said
    assert "the bank (declared)" in said
    assert "1,200 rows, 1 column (computed)" in said
    declared = sum(field.origin == "declared" for field in FIELDS) - 1
    assert said.count(f"{MISSING} (missing)") == declared


@pytest.mark.parametrize("format_", ["md", "html"])
def test_columns_checks_and_completeness_are_listed(format_: str) -> None:
    """A failed rule that only warns is called attention, as on the screen."""
    said = seen(format_, sheet(format_))
    assert "age integer feature 1,003 40" in said
    assert "▲ Attention Rows that stand twice 2 rows repeat." in said
    for framework in FRAMEWORKS:
        assert f"It supports documentation of {framework}: " in said
    assert "complies" not in said
    assert "What the checks found" not in seen(format_, sheet(format_, checks=None))


def test_what_is_computed_cannot_be_declared() -> None:
    """A count is a count, whatever somebody says."""
    made = make_datasheet(DATASET, {"size": "huge", "window": "always"}, None, None)
    answers = {line.answer: line.origin for s in made.sections for line in s.lines}
    assert "huge" not in answers
    assert answers["always"] == "declared"


@pytest.mark.parametrize("format_", ["md", "html"])
def test_data_never_becomes_markup(format_: str) -> None:
    """Names and texts that are code leave the elements of the page as they are."""
    columns = (Column(EVIL, ColumnType.TEXT, Use.FEATURE),)
    evil = replace(DATASET, name=EVIL, columns=columns)
    declared = {field.id: EVIL for field in FIELDS if field.origin == "declared"}
    checks = Checks(DATASET.id, "", (check(TWICE, SHARE, EVIL),))
    plain, hostile = (
        text if format_ == "html" else MARKDOWN.render(text)
        for text in (sheet(format_), sheet(format_, declared, evil, checks))
    )
    assert read(hostile).tags == read(plain).tags
    assert read(hostile).attributes == read(plain).attributes
    assert not {"script", "a", "img"} & read(hostile).tags
    assert "\u202e" not in hostile
    assert say_text(EVIL) in " ".join(read(hostile).text.split())
    assert "<!--" not in hostile


def test_the_html_page_fetches_nothing() -> None:
    """No script, no address, and a policy that forbids both."""
    text = sheet("html", {"url": "https://example.org"})
    assert "default-src 'none'" in text
    assert not {"src", "href"} & read(text).attributes


@given(st.text(max_size=60) | st.text("`*_[]()<>&!|#~$@:\\-+.1 w", max_size=40))
def test_markdown_shows_a_text_as_it_is(text: str) -> None:
    """Against an independent reader of CommonMark: no element, no letter more or less."""
    shown = MARKDOWN.renderInline(f"x{escape_markdown(text)}")
    assert not re.search(r"<\w", shown)
    assert unescape(shown)[1:].strip() == say_text(" ".join(text.split()))
    assert shown == escape(unescape(shown)).replace("&#x27;", "'")


@pytest.mark.parametrize("format_", ["md", "html"])
def test_lines_of_a_text_stay_apart_or_are_joined(format_: str) -> None:
    """A browser keeps them, Markdown puts them on one line; neither writes out the break."""
    text = sheet(format_, {"source": "one\n# two"})
    assert "\\n" not in text
    assert "one # two" in seen(format_, text)
    assert ("one\n# two" in text) == (format_ == "html")


def test_another_format_is_refused() -> None:
    """With the formats that there are."""
    with pytest.raises(WrongInputError, match="no datasheet in the format `pdf`") as error:
        sheet("pdf")
    assert error.value.hint == "Choose md or html."
