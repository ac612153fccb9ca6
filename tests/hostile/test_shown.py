"""Whatever a text holds, markdown, charts, cards and files show it as text."""

import json
import re
from collections.abc import Sequence
from html.parser import HTMLParser
from typing import Final
from xml.etree import ElementTree as ET

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from typing_extensions import override

from core.figures.marks import (
    Axis,
    Bars,
    Figure,
    Histogram,
    IntervalPoints,
    Mark,
    Point,
    Reference,
    Series,
    short_label,
)
from core.figures.paper import draw_svg
from core.figures.screen import draw
from core.records.estimate import Estimate
from core.records.texts import say_text
from core.runs.desk import Desk, open_desk
from core.runs.handing_out import card_file
from pages._shown import APART, escape, show_table, wrap
from tests.hostile.brought import hostile_evaluation
from tests.hostile.texts import HOSTILE, ORDINARY, parts

MIXED = st.lists(st.sampled_from(list(parts())), max_size=8).map("".join)
TEXTS = st.one_of(MIXED, st.text(max_size=40))
# What Streamlit 1.67 looks for in finished text: addresses, mail, names of pictures, arrows.
REPLACED: Final = re.compile(
    r"https?://|www\.|[\w.+-]@[\w-]|:[\w+-]+:|(?:^|\s)(?:<->|->|<-|--|>=|<=|~=)(?:\s|$)",
    re.IGNORECASE,
)
EVALUATION: Final = "e" * 64
SVG: Final = "{http://www.w3.org/2000/svg}"


def read_markdown(source: str, *allowed: str) -> str:
    """Return what a CommonMark reader makes of one paragraph of plain text; fail if it is more."""
    reader = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    tokens = reader.parse(source)
    if not tokens:
        return ""
    assert [token.type for token in tokens] == [
        "paragraph_open",
        "inline",
        "paragraph_close",
    ]
    children = tokens[1].children or []
    assert {child.type for child in children} <= {"text", "text_special", *allowed}
    return "".join(child.content for child in children)


def assert_shown(text: str) -> None:
    """Claim that the escaped text reads as itself, and that nothing is left to replace."""
    read = read_markdown(escape(text))
    assert read.replace(APART, "").strip() == say_text(text).strip()
    for run in read.split(APART):
        assert not REPLACED.search(run)


@pytest.mark.parametrize("text", HOSTILE + ORDINARY)
def test_markdown_shows_each_text_as_it_is(text: str) -> None:
    """One paragraph of text alone, in which Streamlit finds nothing to replace."""
    assert_shown(text)


@given(TEXTS)
def test_markdown_shows_any_mixture_as_it_is(text: str) -> None:
    """Begun, ended and joined by all that means something to markdown."""
    assert_shown(text)


@given(TEXTS, st.sampled_from(["0f" * 32, "W" * 180, "ü" * 40, "ab"]))
def test_a_cell_shows_any_mixture_as_it_is(text: str, word: str) -> None:
    """A long word is code, which breaks in the middle; all else is as everywhere."""
    whole = text + word + text
    read = read_markdown(wrap(whole), "code_inline")
    assert read.replace(APART, "").strip() == say_text(whole).strip()
    assert ("`" + word in wrap(f"<i>, {word}")) is (len(word) >= 40)


def test_plain_words_are_not_touched() -> None:
    """What means nothing is not escaped: numbers, units, sentences."""
    sentence = "Where region = North, the model is wrong in 28 of 100 cases; 27.8 % do."
    assert escape(sentence) == sentence


def test_a_table_is_shown_with_nothing_unseen() -> None:
    """Names and texts are written out; numbers and gaps are what they were."""
    found = pa.table({"a\u200bb": ["x\u202ey", None, "=1+1"], "n": [1, None, 3]})
    shown = show_table(found).to_pydict()
    assert shown == {r"a\u200bb": [r"x\u202ey", None, "=1+1"], "n": [1, None, 3]}
    (batch,) = found.to_batches()
    assert show_table(batch).to_pydict() == shown


def _point(text: str) -> Point:
    estimate = Estimate(0.3, 0.2, 0.4, 80, 80.0, "by hand")
    return Point(text, estimate, EVALUATION, key="key")


def _marks(text: str) -> tuple[Mark, ...]:
    axis = Axis(text, "share")
    point = _point(text)
    line = (Reference(0.2, text[:20]),)  # a limit has a short name
    both = (Series(text, (1, 2)), Series("other", (2, 1)))
    return (
        Bars((point,), axis, line),
        IntervalPoints((point, point), axis, line),
        Histogram(both, 0.0, 1.0, axis, EVALUATION),
    )


def _read_entities(text: str) -> str:
    """Read numbered entities as plotly does, after it has looked for tags and formulae."""
    return re.sub("&#([0-9]+);", lambda found: chr(int(found.group(1))), text)


@pytest.mark.parametrize("text", HOSTILE + ORDINARY)
def test_plotly_is_given_nothing_to_interpret(text: str) -> None:
    """No tag, entity, formula or placeholder in any label; read back, the label is the text."""
    for mark in _marks(text):
        drawn = json.loads(draw(Figure(mark, text)).to_json())
        layout = drawn["layout"]
        axes = [layout["xaxis"], layout["yaxis"]]
        labels = [axis["title"]["text"] for axis in axes if "title" in axis]
        labels += [name for axis in axes for name in axis.get("ticktext", [])]
        labels += [note["text"] for note in layout.get("annotations", [])]
        labels += [trace["name"] for trace in drawn["data"] if "name" in trace]
        labels += [c[1] for t in drawn["data"] for c in t.get("customdata", [])]
        said = short_label(text)
        assert said[:-1] in "\n".join(map(_read_entities, labels))
        for label in labels:
            assert not re.search(r"[<>$]|%\{|&(?!#\d+;)", label.replace(" %", ""))
        for trace in drawn["data"]:
            template = trace["hovertemplate"].removesuffix("</extra>")
            before, _, extra = template.partition("<extra>")
            assert "<" not in before + extra
            assert "%{" not in extra


def _paper(texts: Sequence[str], mark: type[Mark]) -> ET.Element:
    points = tuple(_point(text) for text in texts)
    axis = Axis(texts[0], "share")
    drawn = (
        Histogram(tuple(Series(t, (1, 2)) for t in texts), 0.0, 1.0, axis, EVALUATION)
        if mark is Histogram
        else (Bars if mark is Bars else IntervalPoints)(points, axis)
    )
    return ET.fromstring(draw_svg(Figure(drawn, "what it shows")))  # noqa: S314 - our own


def _names(root: ET.Element) -> set[str]:
    tags = {node.tag for node in root.iter()}
    return tags | {name for node in root.iter() for name in node.attrib}


@pytest.mark.filterwarnings("ignore:Glyph")
@pytest.mark.parametrize(
    ("mark", "at_once"), [(Bars, len(HOSTILE)), (IntervalPoints, 9), (Histogram, 4)]
)
def test_svg_holds_the_texts_and_no_element_of_them(mark: type[Mark], at_once: int) -> None:
    """Well-formed; the elements and attributes of plain names; each label as text, once."""
    for start in range(0, len(HOSTILE), at_once):
        texts = HOSTILE[start : start + at_once]
        root = _paper(texts, mark)
        assert _names(root) == _names(_paper(["plain"] * len(texts), mark))
        written = ["".join(node.itertext()) for node in root.iter(f"{SVG}text")]
        for text in texts:
            times = 2 if text == texts[0] else 1  # the first is the axis's title too
            assert written.count(short_label(text)) == times


class _Elements(HTMLParser):
    """Collects the elements with the names of their attributes, and the text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[tuple[str, ...]] = set()
        self.text: list[str] = []

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add((tag, *(name for name, _ in attrs)))

    @override
    def handle_data(self, data: str) -> None:
        self.text.append(data)


@pytest.fixture(scope="module")
def handed_out(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """The card of a hostile evaluation, as HTML and as JSON."""
    with open_desk(tmp_path_factory.mktemp("card")) as desk:
        id_ = hostile_evaluation(desk).id
        return _handed_out(desk, id_)


def _handed_out(desk: Desk, id_: str) -> tuple[str, str]:
    html, json_ = (card_file(desk, id_, kind).decode() for kind in ("html", "json"))
    return html, json_


@pytest.mark.filterwarnings("ignore:Glyph")
def test_the_html_card_has_no_element_of_the_data(handed_out: tuple[str, str]) -> None:
    """Only what the template and the drawings write; each text stands there to be read."""
    page = _Elements()
    page.feed(handed_out[0])
    tags = {tag for tag, *_ in page.found}
    assert not tags & {"script", "img", "a", "b class", "iframe", "object", "link", "base"}
    names = {name for _, *names in page.found for name in names}
    assert not [name for name in names if name.startswith("on") or name == "href"]
    text = "".join(page.text)
    for hostile in HOSTILE:
        assert say_text(hostile) in text
    assert say_text(handed_out[0].replace("\n", "")) == handed_out[0].replace("\n", "")


@pytest.mark.filterwarnings("ignore:Glyph")
def test_the_json_card_is_exact_and_has_nothing_unseen(handed_out: tuple[str, str]) -> None:
    """An editor shows each letter; a program reads the value as it was brought."""
    lines = handed_out[1].split("\n")
    assert [line for line in lines if say_text(line) != line] == []
    card = json.loads(handed_out[1])["card"]
    names = {line["name"] for table in card["slices"] for line in table["lines"]}
    assert set(HOSTILE) <= names
