"""A card says everything, can be traced, and is safe to hand to anybody."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from typing_extensions import override

from core.cards.card import Card, card_digest, slice_figure
from core.cards.html_card import write_html
from core.cards.json_card import write_json
from core.errors import NotFoundError, WrongInputError
from core.measures.metrics import find_metric
from core.records.canonical import to_plain
from core.records.data import Use
from core.records.estimate import Estimate
from core.runs.desk import Desk, open_desk
from core.runs.handing_out import CardFile, card_file, card_name, card_of
from tests.kept import BINARY, Small, binary, column, evaluated

EVIL = '<script>alert("x")</script> & $\\frac{$'
Plain = Any


class _Page(HTMLParser):
    """Collects the elements of a page and every address they point to."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self.handlers: list[str] = []

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            if name in ("src", "href", "xlink:href", "action", "data"):
                self.addresses.append(value or "")
            if name.startswith("on"):
                self.handlers.append(name)


def _hostile() -> Small:
    """Return a table whose names and values are code; every rule has rows to judge."""
    rows = [("yes", 0.9, EVIL), ("no", 0.1, "South"), ("no", 0.8, None)] * 80
    small = binary(rows)
    columns = (*small.columns, column(EVIL, use=Use.FEATURE, group=True))
    values = small.values | {EVIL: [EVIL, "'; drop table x; --"] * 120}
    return Small(columns, values, name=EVIL)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, str]]:
    """A desk with one evaluation of a hostile table."""
    with open_desk(tmp_path_factory.mktemp("card")) as desk:
        yield desk, evaluated(desk, _hostile(), BINARY).id


def test_json_holds_every_hash(made: tuple[Desk, str]) -> None:
    """Evaluation, model, table, file, scores, frame, roll-up and policy, in full."""
    desk, id_ = made
    state = desk.workspace.state
    evaluation = state.evaluation(id_)
    text = card_file(desk, id_, "json").decode()
    for name in (
        evaluation.id,
        evaluation.model,
        evaluation.dataset,
        state.dataset(evaluation.dataset).object,
        evaluation.scores,
        evaluation.frame,
        state.policy.object,
        *(finding.evidence for finding in card_of(desk, id_).card.findings),
    ):
        assert f'"{name}"' in text
    whole = json.loads(text)
    assert whole["card_sha256"] == card_digest(card_of(desk, id_).card)
    assert whole["signed"] is False


def test_json_holds_every_number_with_its_doubt(made: tuple[Desk, str]) -> None:
    """Each headline and slice has value, interval, rows and method, or a reason."""
    desk, id_ = made
    card = json.loads(card_file(desk, id_, "json"))["card"]
    lines = [*card["headlines"], *(line for t in card["slices"] for line in t["lines"])]
    assert len(lines) > 10
    for line in lines:
        keys = set(line["measured"])
        whole = {"value", "low", "high", "rows", "effective_rows", "method"}
        assert keys in (whole, {"reason", "rows"})


def _numbers(plain: Plain, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(plain, dict | list):
        items = plain.items() if isinstance(plain, dict) else enumerate(plain)
        for key, value in items:
            yield from _numbers(value, (*path, key))
    elif isinstance(plain, int | float) and not isinstance(plain, bool):
        yield path


def test_any_other_number_gives_another_digest(made: tuple[Desk, str]) -> None:
    """Every number of the card, one after the other, moved by a little."""
    from core.records.canonical import digest  # noqa: PLC0415 - beside its use

    desk, id_ = made
    card = to_plain(card_of(desk, id_).card)
    seen = {digest(card)}
    paths = list(_numbers(card))
    assert len(paths) > 50
    for path in paths:
        changed = json.loads(json.dumps(card))
        place = changed
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] += 1
        seen.add(digest(changed))
    assert len(seen) == len(paths) + 1


def test_a_changed_headline_changes_the_digest(made: tuple[Desk, str]) -> None:
    """The records themselves: one value moved in its twelfth digit."""
    card = card_of(*made).card
    first = card.headlines[0]
    assert isinstance(first.measured, Estimate)
    moved = replace(first.measured, value=first.measured.value + 1e-12)
    other = replace(card, headlines=(replace(first, measured=moved), *card.headlines[1:]))
    assert card_digest(other) != card_digest(card)
    assert card_digest(card_of(*made).card) == card_digest(card)


def test_html_has_no_script_and_no_address(made: tuple[Desk, str]) -> None:
    """It can be opened from a mail: nothing runs, nothing is fetched."""
    text = card_file(*made, "html").decode()
    page = _Page()
    page.feed(text)
    assert not page.tags & {"script", "iframe", "object", "embed", "link", "img", "base"}
    assert not page.handlers
    assert all(address.startswith("#") for address in page.addresses)
    assert "url(http" not in text
    assert "@import" not in text
    assert "default-src 'none'" in text
    assert {"svg", "table", "figure"} <= page.tags


def test_html_shows_hostile_names_as_text(made: tuple[Desk, str]) -> None:
    """The table's name, a column's name and its values, all of them code."""
    text = card_file(*made, "html").decode()
    assert "<script" not in text
    assert text.count("&lt;script&gt;") > 5


def test_files_are_the_same_each_time(made: tuple[Desk, str]) -> None:
    """Byte for byte, also when nothing is kept in memory."""
    desk, id_ = made
    for format_ in ("html", "json"):
        first = card_file(desk, id_, format_)
        desk._kept.clear()
        assert card_file(desk, id_, format_) == first
    assert _again(card_of(desk, id_)) == _again(card_of(desk, id_))


def _again(file: CardFile) -> tuple[bytes, bytes]:
    card: Card = file.card
    return write_html(card, file.figures), write_json(card)


def test_a_reopened_workspace_hands_out_the_same_card(tmp_path: Path) -> None:
    """The log and the objects hold everything that a card says."""
    small = binary([("yes", 0.9, "N"), ("no", 0.2, "S"), ("no", 0.7, None)] * 20)
    with open_desk(tmp_path) as desk:
        id_ = evaluated(desk, small, BINARY).id
        first = card_file(desk, id_, "html")
    with open_desk(tmp_path) as desk:
        assert card_file(desk, id_, "html") == first


def test_a_card_has_a_plain_file_name(made: tuple[Desk, str]) -> None:
    """Whatever the table is called, the name holds letters, digits and hyphens."""
    name = card_name(*made, "html")
    assert re.fullmatch(r"model-v1-on-[a-z0-9-]+\.html", name)


def test_without_slices_there_is_no_figure() -> None:
    """Nothing to draw is no empty chart."""
    assert slice_figure((), find_metric("error_rate"), "e" * 64) is None


def test_other_formats_and_evaluations_are_refused(made: tuple[Desk, str]) -> None:
    """The sentence names what there is."""
    desk, id_ = made
    with pytest.raises(WrongInputError, match="There is no card as `pdf`"):
        card_file(desk, id_, "pdf")
    with pytest.raises(NotFoundError, match="There is no evaluation deadbeef"):
        card_file(desk, "deadbeef" * 8, "json")
