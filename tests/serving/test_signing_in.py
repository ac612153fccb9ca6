"""Signing in: only who knows a password comes in, and a form from elsewhere does nothing."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from argon2 import PasswordHasher
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from core.errors import WrongInputError
from core.records.reviews import Person
from core.serving.door import Door, Visitor
from core.serving.house import close_house, open_house
from core.serving.identity import Identity, identity_in
from core.serving.sessions import Sessions
from core.serving.signing_in import COOKIE, Gate, gate_in, login_routes
from core.serving.tries import Tries
from core.store.accounts import Accounts
from tests.serving.test_sessions import Clock

HERE = "http://localhost:8501"
PASSWORD = "a few plain words"  # noqa: S105 - of nobody
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PAGE = {"accept": "text/html"}


class Site:
    """An app behind a door that asks for a session, and a browser without script."""

    def __init__(self, folder: Path) -> None:
        self.clock = Clock()
        self.accounts = Accounts(folder, self.clock, hasher=QUICK)
        self.accounts.set_password("kim", PASSWORD)
        people = {"kim": Person("kim", "Kim Lund", frozenset())}
        self.gate = Gate(
            lambda: self.accounts, Sessions(self.clock), Tries(self.clock), people.get
        )

        async def page(request: Request) -> PlainTextResponse:
            return PlainTextResponse(request.headers["x-auth-user"])

        routes = [*login_routes(self.gate), Route("/{path:path}", page)]
        self.app = Door(Starlette(routes=routes), policy=self.gate.visitor)
        self.cookies = httpx.Cookies()

    def ask(self, path: str, **headers: str) -> httpx.Response:
        """Ask for a page."""
        return self._send("GET", path, headers=PAGE | headers)

    def post(
        self, path: str, said: dict[str, str], *, origin: str | None = HERE
    ) -> httpx.Response:
        """Send a form, from a page of this app unless said otherwise."""
        headers = PAGE | ({"origin": origin} if origin is not None else {})
        return self._send("POST", path, headers=headers, data=said)

    def sign_in(self, password: str = PASSWORD, to: str = "/") -> httpx.Response:
        """Sign in as kim."""
        where = f"/login?next={quote(to, safe='')}"
        return self.post(where, {"name": "kim", "password": password})

    def _send(self, method: str, path: str, **more: object) -> httpx.Response:
        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(
                transport=transport, base_url=HERE, cookies=self.cookies
            ) as client:
                answer = await client.request(method, path, **more)  # type: ignore[arg-type]
                self.cookies = client.cookies
                return answer

        return asyncio.run(send())


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A site where kim has an account."""
    return Site(tmp_path)


@pytest.mark.parametrize("path", ["/", "/slices", "/v/abc", "/card", "/loginx", "/login/x"])
def test_who_is_not_signed_in_is_led_to_the_form(site: Site, path: str) -> None:
    """No page, link or file is answered, and the way back is kept."""
    answer = site.ask(f"{path}?a=1&b=2")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/login?next={quote(path + '?a=1&b=2', safe='')}"


def test_who_asks_for_no_page_is_refused(site: Site) -> None:
    """A script reads a status, not a form."""
    answer = site._send("GET", "/api", headers={"accept": "application/json"})
    assert (answer.status_code, answer.text) == (401, "Sign in first.\n")


def test_signing_in_leads_back_and_names_the_person(site: Site) -> None:
    """A deep link survives the form, and the page knows who is there."""
    answer = site.sign_in(to="/slices?ways=Two")
    assert (answer.status_code, answer.headers["location"]) == (303, "/slices?ways=Two")
    assert site.ask("/slices").text == "kim"


def test_the_cookie_is_kept_from_scripts_and_other_sites(site: Site) -> None:
    """HttpOnly, SameSite=Lax, the whole site, gone with the browser."""
    told = site.sign_in().headers["set-cookie"]
    assert "HttpOnly" in told
    assert "SameSite=lax" in told
    assert "Path=/" in told
    assert "Max-Age" not in told
    assert "expires" not in told.lower()


@pytest.mark.parametrize(
    "to",
    ["//evil.example", "https://evil.example/", "/\\evil.example", "evil", "javascript:1"],
)
def test_nobody_is_led_elsewhere(site: Site, to: str) -> None:
    """After signing in an address of another site becomes the first page."""
    assert site.sign_in(to=to).headers["location"] == "/"


def test_all_failures_read_the_same(site: Site) -> None:
    """A wrong password, an unknown name and an empty form do not tell who has an account."""
    site.accounts.set_password("gone", PASSWORD)  # an account of nobody who is known
    texts = {
        site.post("/login", said).text
        for said in (
            {"name": "kim", "password": "wrong"},
            {"name": "nobody", "password": PASSWORD},
            {"name": "gone", "password": PASSWORD},
            {},
        )
    }
    assert len(texts) == 1
    assert "Name or password is wrong" in texts.pop()
    assert COOKIE not in site.cookies


def test_guessing_is_slowed_even_with_the_right_password(site: Site) -> None:
    """After three failures the right password is not even looked at until the wait is over."""
    for _ in range(3):
        assert site.sign_in("wrong").status_code == 401
    late = site.sign_in()
    assert late.status_code == 429
    assert "Wait 2 seconds" in late.text
    site.clock.now += timedelta(seconds=3)
    assert site.sign_in().status_code == 303


def test_guesses_sent_at_once_are_slowed_too(site: Site) -> None:
    """Of twelve at the same moment three are looked at; the others have to wait."""

    async def guess() -> list[int]:
        transport = httpx.ASGITransport(app=site.app)
        async with httpx.AsyncClient(transport=transport, base_url=HERE) as client:
            said = {"name": "kim", "password": "wrong"}
            asked = [
                client.post("/login", data=said, headers=PAGE | {"origin": HERE})
                for _ in range(12)
            ]
            return [answer.status_code for answer in await asyncio.gather(*asked)]

    assert sorted(asyncio.run(guess())) == [401] * 3 + [429] * 9


@pytest.mark.parametrize("path", ["/login", "/logout", "/password"])
@pytest.mark.parametrize(
    "origin", [None, "null", "http://evil.example", "http://localhost:9999"]
)
def test_forms_of_other_sites_do_nothing(site: Site, path: str, origin: str | None) -> None:
    """Without this app as their origin they are refused, and who was signed in stays so."""
    site.sign_in()
    said = {"name": "kim", "password": PASSWORD, "new": "quite other words"}
    assert site.post(path, said, origin=origin).status_code == 403
    assert site.ask("/").text == "kim"
    assert site.accounts.check("kim", PASSWORD)


def test_a_session_cannot_be_planted(site: Site) -> None:
    """The secret is a new one after signing in, whatever the browser held before."""
    site.cookies.set(COOKIE, "planted", domain="localhost.local")
    site.sign_in()
    first = site.cookies[COOKIE]
    site.sign_in()
    assert len({"planted", first, site.cookies[COOKIE]}) == 3
    site.cookies = httpx.Cookies({COOKIE: first})
    assert site.ask("/").status_code == 303


@pytest.mark.parametrize("name", ["x-auth-user", "X-Auth-Session", "X-AUTH-CHECKED"])
def test_nobody_writes_who_they_are(site: Site, name: str) -> None:
    """Headers that only the door writes do not let anybody in, nor change who is there."""
    assert site.ask("/", **{name: "ola"}).status_code == 303
    site.sign_in()
    assert site.ask("/", **{name: "ola"}).text == "kim"


def test_signing_out_ends_the_session(site: Site) -> None:
    """The old cookie opens nothing, and pages that are still open learn of it."""
    site.sign_in()
    secret = site.cookies[COOKIE]
    found = site.gate.sessions.find(secret)
    assert found is not None
    assert site.gate.lives(found[0])
    assert site.post("/logout", {}).headers["location"] == "/login"
    site.cookies = httpx.Cookies({COOKIE: secret})
    assert site.ask("/").status_code == 303
    assert not site.gate.lives(found[0])


def test_a_one_time_password_opens_the_change_alone(site: Site) -> None:
    """Until another is chosen no page answers; then the wanted one does."""
    once = site.accounts.one_time_password("kim")
    answer = site.sign_in(once, to="/review?x=1")
    assert answer.headers["location"] == f"/password?next={quote('/review?x=1', safe='')}"
    assert site.ask("/review").status_code == 303
    there = answer.headers["location"]
    assert "old password is wrong" in site.post(there, {"password": "no", "new": "x"}).text
    easy = site.post(there, {"password": once, "new": "short"})
    assert (easy.status_code, "too easy" in easy.text) == (400, True)
    done = site.post(there, {"password": once, "new": "quite other words"})
    assert done.headers["location"] == "/review?x=1"
    assert site.ask("/review").text == "kim"


def test_a_reset_ends_what_was_open(site: Site) -> None:
    """A new password, or none any more, closes sessions that began before it."""
    site.sign_in()
    site.clock.now += timedelta(seconds=1)
    site.accounts.set_password("kim", "quite other words")
    assert site.ask("/").status_code == 303
    site.sign_in("quite other words")
    site.accounts.drop("kim")
    assert site.ask("/").status_code == 303


def test_an_endless_form_is_not_read(site: Site) -> None:
    """Beyond four kilobytes it counts as empty."""
    answer = site.post("/login", {"name": "kim", "password": "x" * 100_000})
    assert answer.status_code == 401


def test_what_is_typed_is_not_run(site: Site) -> None:
    """Nothing of an address becomes part of the page as it is."""
    text = site.ask('/login?next=/"><script>alert(1)</script>').text
    assert "<script>" not in text


def test_settings_choose_the_identity() -> None:
    """Nothing said is the demo, `local` asks for passwords, anything else is refused."""
    assert gate_in({}) is None
    assert gate_in({"COUNTERSIGN_IDENTITY": "local"}) is not None
    assert identity_in({}).assurance == "identity not checked"
    assert Identity.LOCAL.assurance == "local password"
    with pytest.raises(WrongInputError, match="is `oidc`"):
        identity_in({"COUNTERSIGN_IDENTITY": "oidc"})


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[Path]:
    """A folder for a house that is closed afterwards."""
    yield tmp_path / "house"
    close_house()


def test_a_page_that_was_open_is_told(closed: Path) -> None:
    """When its session is over, whatever the page asks for is refused in one sentence."""
    open_sessions = {"k1"}
    home = open_house(closed, stand_in=None, lives=open_sessions.__contains__)
    headers = {"x-auth-user": "kim", "x-auth-checked": "yes", "x-auth-session": "k1"}
    assert home.visitor(headers) == Visitor("kim", "", checked=True, session="k1")
    open_sessions.clear()
    with pytest.raises(WrongInputError, match="You were signed out"):
        home.visitor(headers)
