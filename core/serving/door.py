"""The door: who comes in, over HTTP and over the websocket, before any page runs.

The app answers on this computer only. In the demo everybody comes in, and nobody's identity
is checked; with accounts a policy asks for a session, and who has none is led to sign in.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

LOOPBACK: Final = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?", re.IGNORECASE)
HIDDEN: Final = ("/_stcore/metrics", "/_stcore/agent/", "/_stcore/script-health-check")
REFUSED: Final = 4401  # close code of a websocket that may not come in


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is there; `checked` says whether anybody proved to be that person.

    `session` is the key of their session, empty in the demo.
    """

    name: str
    role: str
    checked: bool
    session: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request may not come in: an HTTP status and one sentence."""

    status: int
    sentence: str


Policy = Callable[[HTTPConnection], Visitor | None]
DEMO_ANALYST: Final = Visitor("analyst", "analyst", checked=False)
ANONYMOUS: Final = Refusal(401, "Sign in first.")
NOT_THERE: Final = Refusal(404, "There is nothing here.")


def admit_demo_analyst(_: HTTPConnection) -> Visitor:
    """Let everybody in as the demo analyst."""
    return DEMO_ANALYST


class Door:
    """ASGI middleware that refuses, or writes the visitor into the headers.

    `x-auth-*` headers of a client are thrown away; those that a page reads were written here.
    """

    def __init__(self, app: ASGIApp, *, policy: Policy = admit_demo_analyst) -> None:
        self._app = app
        self._policy = policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request pass with its visitor's headers, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        refusal = refusal_of(scope)
        visitor = None if refusal else self._policy(HTTPConnection(scope))
        if visitor is None:
            await _turn_away(refusal, scope, receive, send)
            return
        kept = [
            pair for pair in scope["headers"] if not pair[0].lower().startswith(b"x-auth-")
        ]
        scope["headers"] = [*kept, *_written(visitor)]
        await self._app(scope, receive, send)


def refusal_of(scope: Scope) -> Refusal | None:
    """Return why a request is refused whoever sends it; None when it may ask to come in."""
    headers = Headers(scope=scope)
    hosts = headers.getlist("host")
    if len(hosts) != 1 or not LOOPBACK.fullmatch(hosts[0]):
        return Refusal(421, "Countersign answers on this computer only, as localhost.")
    if any(name == "forwarded" or name.startswith("x-forwarded-") for name in headers):
        return Refusal(
            400,
            "Countersign was reached through a proxy; it answers on this computer only.",
        )
    return NOT_THERE if f"{scope['path']}/".startswith(_hidden()) else None


def visitor_in(headers: Mapping[str, str]) -> Visitor | None:
    """Return the visitor that the door wrote into the headers of a connection."""
    name = headers.get("x-auth-user", "")
    if not name:
        return None
    checked = headers.get("x-auth-checked", "") == "yes"
    role, session = (headers.get(f"x-auth-{key}", "") for key in ("role", "session"))
    return Visitor(unquote(name), unquote(role), checked, session)


def _hidden() -> tuple[str, ...]:
    return tuple(f"{path.rstrip('/')}/" for path in HIDDEN)


def _written(visitor: Visitor) -> Iterator[tuple[bytes, bytes]]:
    yield b"x-auth-user", quote(visitor.name).encode()
    yield b"x-auth-role", quote(visitor.role).encode()
    yield b"x-auth-checked", b"yes" if visitor.checked else b"no"
    yield b"x-auth-session", visitor.session.encode()


async def _turn_away(
    refusal: Refusal | None, scope: Scope, receive: Receive, send: Send
) -> None:
    """Refuse; who only has to sign in and asks for a page is led there and back again."""
    headers = Headers(scope=scope)
    wants_page = "text/html" in headers.get("accept", "")
    if refusal is None and scope["type"] == "http" and wants_page:
        asked = scope["path"] + (
            "?" + scope["query_string"].decode() if scope["query_string"] else ""
        )
        answer = RedirectResponse(f"/login?next={quote(asked, safe='')}", 303)
        await answer(scope, receive, send)
        return
    await _refuse(refusal or ANONYMOUS, scope, receive, send)


async def _refuse(refusal: Refusal, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        close = {"type": "websocket.close", "code": REFUSED, "reason": refusal.sentence}
        await send(close)
        return
    answer = PlainTextResponse(f"{refusal.sentence}\n", status_code=refusal.status)
    await answer(scope, receive, send)
