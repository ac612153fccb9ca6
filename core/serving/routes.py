"""Routes: addresses that are no pages: health, saved views, cards as files, fonts, icons."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from importlib.metadata import version
from pathlib import Path
from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.responses import RedirectResponse as Redirect
from starlette.routing import BaseRoute, Route

from core.errors import CountersignError, NotFoundError
from core.runs.desk import Desk
from core.runs.viewing import load_view
from core.serving.bundles import takes_gzip
from core.serving.house import house
from core.serving.shell import Shell

WEEK: Final = "public, max-age=604800"
FONT, LICENCE, ICON = "font/woff", "text/plain; charset=utf-8", "image/png"
PAGE: Final = (
    '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Countersign</title>'
    '</head><body style="font-family:sans-serif;margin:3rem;max-width:40rem">'
    '<h1 style="font-size:20px">{sentence}</h1><p>{hint}</p><p><a href="/">Countersign</a></p>'
    "</body></html>"
)
Endpoint = Callable[[Request], Response]


@dataclass(frozen=True, slots=True)
class CardDesk:
    """How cards are made: `make` gives the bytes, `name` the file name, `types` by format."""

    make: Callable[[Desk, str, str], bytes]
    name: Callable[[Desk, str, str], str]
    types: dict[str, str]


def make_routes(shell: Shell, cards: CardDesk, assets: Path) -> list[BaseRoute]:
    """Return the routes; `assets` is the folder that holds the fonts and the icon.

    The last one answers for every page with the shell; it comes after all others, and a
    name with a dot is never a page.
    """
    return [
        Route("/healthz", _told(show_health)),
        Route("/v/{token}", _told(open_view)),
        Route("/card/{evaluation}.{format}", _told(_card_endpoint(cards))),
        *_asset_routes(assets),
        Route("/", _shell_endpoint(shell)),
        Route("/{page}", _shell_endpoint(shell)),
    ]


def show_health(_: Request) -> Response:
    """Say that the app lives, how long its log is, and which version it is."""
    events = len(house().desk.workspace.events)
    return JSONResponse(
        {"status": "ok", "events": events, "version": version("countersign")}
    )


def open_view(request: Request) -> Response:
    """Lead to the page of a saved view."""
    token = request.path_params["token"]
    view = load_view(house().desk, token)
    return Redirect(f"/{quote(view.page, safe='')}?view={quote(token, safe='')}", 302)


def say_error(error: CountersignError) -> Response:
    """Return an error as a short page: the sentence and the next step."""
    page = PAGE.format(sentence=escape(str(error)), hint=escape(error.hint))
    return HTMLResponse(page, 404 if isinstance(error, NotFoundError) else 400)


def _told(answer: Endpoint) -> Endpoint:
    """Return the endpoint with its errors told on a page; it runs in a thread."""

    def endpoint(request: Request) -> Response:
        try:
            return answer(request)
        except CountersignError as error:
            return say_error(error)

    return endpoint


def _card_endpoint(cards: CardDesk) -> Endpoint:
    def hand_out(request: Request) -> Response:
        evaluation, format_ = (
            request.path_params[part] for part in ("evaluation", "format")
        )
        desk = house().desk
        data = cards.make(desk, evaluation, format_)
        name = quote(cards.name(desk, evaluation, format_))
        kept = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
        return Response(data, headers=kept, media_type=cards.types[format_])

    return hand_out


def _shell_endpoint(shell: Shell) -> Endpoint:
    def open_page(request: Request) -> Response:
        if "." in request.path_params.get("page", ""):
            return say_error(
                NotFoundError("There is no such page.", hint="Start again here.")
            )
        if takes_gzip(request.scope):
            packed = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
            return HTMLResponse(shell.packed, headers=packed)
        return HTMLResponse(shell.html, headers={"Vary": "Accept-Encoding"})

    return open_page


def _asset_routes(assets: Path) -> Iterator[Route]:
    yield _file_route("/favicon.png", assets / "icon.png", ICON)
    for file in sorted((assets / "fonts").iterdir()):
        kind = FONT if file.suffix == ".woff" else LICENCE
        yield _file_route(f"/fonts/{file.name}", file, kind)


def _file_route(address: str, file: Path, kind: str) -> Route:
    def serve(_: Request) -> Response:
        return FileResponse(file, headers={"Cache-Control": WEEK}, media_type=kind)

    return Route(address, serve)
