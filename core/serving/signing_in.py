"""Signing in: a plain page without script, one message for every failure, a new session."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from math import ceil
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from core.errors import WrongInputError
from core.records.reviews import Person
from core.serving.door import Visitor
from core.serving.house import house
from core.serving.identity import Identity, identity_in
from core.serving.leaving import leave
from core.serving.sessions import Session, Sessions
from core.serving.tries import Tries
from core.store.accounts import Accounts
from core.store.workspace import utc_now

COOKIE: Final = "countersign_sid"
OPEN: Final = ("/login", "/healthz", "/favicon.png")  # seen without signing in
AT_FIRST: Final = ("/password", "/logout")  # seen with a password for one sign-in
LARGEST: Final = 4_096  # bytes of a form
LONGEST_NAME: Final = 40  # letters; no id of a person has more
WRONG: Final = "Name or password is wrong."
TOO_MANY: Final = "Too many tries. Wait {seconds} seconds, then try again."
FORM: Final = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Sign in to Countersign</title></head>
<body style="font-family:Inter,sans-serif;background:#f4f7f6;color:#1b2426;margin:0">
<main style="max-width:360px;margin:12vh auto;background:#fff;padding:24px;border-radius:8px">
<h1 style="font-size:20px">{title}</h1>{message}
<form method="post" action="{action}">{fields}
<button style="font-size:16px;padding:8px 16px;background:#0b6e69;color:#fff;border:0;border-radius:6px">
{button}</button></form></main></body></html>"""
FIELD: Final = (
    '<p><label>{label}<br><input name="{name}" type="{type}" autocomplete="{auto}" required '
    'style="font-size:16px;width:100%;box-sizing:border-box;padding:6px"></label></p>'
)
FIELDS: Final = {
    "name": FIELD.format(label="Name", name="name", type="text", auto="username"),
    "password": FIELD.format(
        label="Password", name="password", type="password", auto="current-password"
    ),
    "new": FIELD.format(
        label="New password", name="new", type="password", auto="new-password"
    ),
}
FindPerson = Callable[[str], Person | None]


@dataclass(frozen=True, slots=True)
class Gate:
    """What knows who is signed in."""

    accounts: Callable[[], Accounts]
    sessions: Sessions
    tries: Tries
    person: FindPerson

    def visitor(self, connection: HTTPConnection) -> Visitor | None:
        """Return who a connection comes from, by its session; None where nobody is signed in.

        What anybody may see before signing in is seen by nobody in particular.
        """
        path = connection.scope["path"]
        found = self.sessions.find(connection.cookies.get(COOKIE, ""))
        person = self.person(found[1].person) if found and self._holds(found[1]) else None
        may = path in AT_FIRST or not (person and self.accounts().must_change(person.id))
        if found is None or person is None or not may:
            return Visitor("", "", checked=False) if path in OPEN else None
        return Visitor(person.id, "", checked=True, session=found[0])

    def lives(self, key: str) -> bool:
        """Return whether the session behind a page is still open."""
        session = self.sessions.by_key(key)
        return session is not None and self._holds(session)

    def _holds(self, session: Session) -> bool:
        """Return whether nobody changed the password since the session began."""
        changed = self.accounts().changed(session.person)
        return changed is not None and session.since >= changed


def gate_in(settings: Mapping[str, str]) -> Gate | None:
    """Return the gate that the settings ask for; None in the demo, where everybody comes in.

    A setting that cannot be used ends the process with one sentence.
    """
    try:
        identity = identity_in(settings)
    except WrongInputError as error:
        leave(f"{error} {error.hint}")
    if identity is Identity.DEMO:
        return None
    return Gate(_accounts, Sessions(utc_now), Tries(utc_now), _known)


@cache
def _accounts_of(folder: Path) -> Accounts:
    return Accounts(folder, utc_now)


def _accounts() -> Accounts:
    return _accounts_of(house().desk.workspace.folder)


def _known(id_: str) -> Person | None:
    return house().desk.workspace.state.decided.people.get(id_)


def login_routes(gate: Gate) -> list[BaseRoute]:
    """Return the routes of signing in, out, and changing a password."""

    async def login(request: Request) -> Response:
        posted = request.method == "POST"
        return await _sign_in(gate, request) if posted else _form(_next(request), "")

    async def password(request: Request) -> Response:
        return await _change(gate, request)

    async def logout(request: Request) -> Response:
        return _sign_out(gate, request)

    both = ["GET", "POST"]
    return [
        Route("/login", login, methods=both),
        Route("/password", password, methods=both),
        Route("/logout", logout, methods=both),
    ]


def _sign_out(gate: Gate, request: Request) -> Response:
    if request.method == "GET":
        return _page("Sign out of Countersign", "", "/logout", ("", "Sign out"), 200)
    if not _same_origin(request):
        return _refused()
    gate.sessions.end(request.cookies.get(COOKIE, ""))
    answer = RedirectResponse("/login", 303)
    answer.delete_cookie(COOKIE, path="/")
    return answer


async def _sign_in(gate: Gate, request: Request) -> Response:
    if not _same_origin(request):
        return _refused()
    said = await _said(request)
    name = said.get("name", "").strip().lower()[:LONGEST_NAME]
    wait = gate.tries.wait(name)
    if seconds := ceil(wait.total_seconds()):
        return _form(_next(request), TOO_MANY.format(seconds=seconds), 429)
    gate.tries.fail(name)  # before the check, so that guesses at once count each other
    accounts = gate.accounts()
    right = await run_in_threadpool(accounts.check, name, said.get("password", ""))
    if not right or gate.person(name) is None:
        return _form(_next(request), WRONG, 401)
    gate.tries.succeed(name)
    gate.sessions.end(request.cookies.get(COOKIE, ""))  # what was there before is not kept
    to = _next(request)
    first = f"/password?next={quote(to, safe='')}"
    answer = RedirectResponse(first if accounts.must_change(name) else to, 303)
    _give_cookie(answer, gate.sessions.start(name))
    return answer


async def _change(gate: Gate, request: Request) -> Response:
    found = gate.sessions.find(request.cookies.get(COOKIE, ""))
    if found is None:
        return RedirectResponse("/login", 303)
    person = found[1].person
    if request.method == "GET":
        return _change_form(_next(request), "")
    if not _same_origin(request):
        return _refused()
    said = await _said(request)
    accounts = gate.accounts()
    right = await run_in_threadpool(accounts.check, person, said.get("password", ""))
    if not right:
        return _change_form(_next(request), "The old password is wrong.", 401)
    try:
        await run_in_threadpool(accounts.set_password, person, said.get("new", ""))
    except WrongInputError as error:
        return _change_form(_next(request), f"{error} {error.hint}", 400)
    gate.sessions.end_all(person)
    answer = RedirectResponse(_next(request), 303)
    _give_cookie(answer, gate.sessions.start(person))
    return answer


async def _said(request: Request) -> dict[str, str]:
    """Return the fields of a small form; nothing where it is no such form."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST:
            return {}
    request._body = body  # noqa: SLF001 - what was read is the body of the form
    async with request.form(max_files=0, max_fields=10) as form:
        return {key: value for key, value in form.items() if isinstance(value, str)}


def _same_origin(request: Request) -> bool:
    """Return whether a form was sent by a page of this app."""
    host = request.headers.get("host", "")
    return urlsplit(request.headers.get("origin", "")).netloc == host


def _next(request: Request) -> str:
    """Return the wanted address, only ever one of this app."""
    wanted = request.query_params.get("next", "/")
    parts = urlsplit(wanted)
    plain = wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    return wanted if plain and not parts.netloc and not parts.scheme else "/"


def _give_cookie(answer: Response, secret: str) -> None:
    # Not Secure: the app answers on this computer only, over plain HTTP.
    answer.set_cookie(COOKIE, secret, httponly=True, samesite="lax", path="/")


def _form(to: str, message: str, status: int = 200) -> Response:
    action = f"/login?next={quote(to, safe='')}"
    fields = FIELDS["name"] + FIELDS["password"]
    return _page("Sign in to Countersign", message, action, (fields, "Sign in"), status)


def _change_form(to: str, message: str, status: int = 200) -> Response:
    action = f"/password?next={quote(to, safe='')}"
    fields = FIELDS["password"] + FIELDS["new"]
    parts = (fields, "Change password")
    return _page("Choose a new password", message, action, parts, status)


def _page(
    title: str, message: str, action: str, parts: tuple[str, str], status: int
) -> Response:
    said = f"<p role=alert>{escape(message)}</p>" if message else ""
    text = FORM.format(
        title=title, message=said, action=escape(action), fields=parts[0], button=parts[1]
    )
    return HTMLResponse(text, status, headers={"Cache-Control": "no-store"})


def _refused() -> Response:
    return HTMLResponse("<p>This form came from elsewhere.</p>", 403)
