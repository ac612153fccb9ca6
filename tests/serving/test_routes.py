"""The routes beside the pages, without a server around them."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from core.errors import NotFoundError, WrongInputError
from core.runs.desk import Desk
from core.serving.bundles import Bundles
from core.serving.house import close_house, open_house
from core.serving.routes import CardDesk, make_routes, say_error
from core.serving.shell import read_shell, static_folder
from tests.serving.conftest import ROOT


def make(_: Desk, evaluation: str, format_: str) -> bytes:
    """A card of one word."""
    if evaluation == "none":
        raise NotFoundError("There is no evaluation none.", hint="Choose one.")
    return f"{evaluation} as {format_}".encode()


def name(_: Desk, evaluation: str, format_: str) -> str:
    """A file name with letters that a header cannot hold."""
    return f"größe {evaluation}.{format_}"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Starlette]:
    """The routes over an empty workspace."""
    open_house(tmp_path, runners={})
    cards = CardDesk(make, name, {"html": "text/html"})
    yield Starlette(
        routes=make_routes(read_shell(static_folder()), cards, ROOT / ".streamlit")
    )
    close_house()


def ask(app: Starlette | Bundles, path: str, method: str = "GET") -> httpx.Response:
    """Return what the app answers on a path."""

    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://localhost"
        ) as client:
            return await client.request(method, path)

    return asyncio.run(asked())


def test_a_card_comes_as_a_file(app: Starlette) -> None:
    """The card is an attachment, never a page of this address, whatever it is called."""
    answer = ask(app, "/card/ab.html")
    assert answer.content == b"ab as html"
    expected = "attachment; filename*=UTF-8''gr%C3%B6%C3%9Fe%20ab.html"
    assert answer.headers["content-disposition"] == expected


def test_a_card_that_is_not_there_is_said(app: Starlette) -> None:
    """An unknown evaluation gives a page with the sentence and the next step."""
    answer = ask(app, "/card/none.html")
    assert answer.status_code == 404
    assert "There is no evaluation none." in answer.text
    assert "Choose one." in answer.text


def test_an_error_cannot_write_the_page() -> None:
    """What a name or a file says is shown as text."""
    page = say_error(WrongInputError("<script>x</script>", hint="<b>")).body
    assert b"<script>" not in page
    assert b"&lt;script&gt;" in page


@pytest.mark.parametrize(
    "path", ["/fonts/../config.toml", "/fonts/none.woff", "/config.toml"]
)
def test_only_what_is_listed_is_served(app: Starlette, path: str) -> None:
    """No address leads to another file of the folder."""
    assert ask(app, path).status_code == 404


def test_a_bundle_without_its_body_has_the_same_headers(tmp_path: Path) -> None:
    """HEAD tells the packed size; another path goes on to the app."""
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "a.js").write_text("x" * 5000)
    bundles = Bundles(Starlette(), folder=tmp_path)
    head, got = ask(bundles, "/static/a.js", "HEAD"), ask(bundles, "/static/a.js")
    assert head.headers == got.headers
    assert (head.content, got.text) == (b"", "x" * 5000)
    assert ask(bundles, "/static/../secret").status_code == 404
    assert ask(bundles, "/static/a.js", "POST").status_code == 404
