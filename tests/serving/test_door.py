"""The door, without a server around it."""

import asyncio

import httpx
import pytest
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse
from starlette.types import Message, Receive, Scope, Send

from core.serving.door import (
    DEMO_ANALYST,
    REFUSED,
    Door,
    Visitor,
    admit_demo_analyst,
    visitor_in,
)

ANNA = Visitor("Änna: Ø", "validator", checked=True)


async def tell(scope: Scope, receive: Receive, send: Send) -> None:
    """An app that tells which headers of the door reached it."""
    told = {
        k: v for k, v in HTTPConnection(scope).headers.items() if k.startswith("x-auth")
    }
    await JSONResponse(told)(scope, receive, send)


def closed(_: HTTPConnection) -> None:
    """A policy that lets nobody in."""


def let_anna_in(_: HTTPConnection) -> Visitor:
    """A policy that sees Anna in everybody."""
    return ANNA


def ask(door: Door, **headers: str) -> httpx.Response:
    """Return what the app behind a door answers on localhost."""

    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(door)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://localhost"
        ) as client:
            return await client.get("/", headers=headers)

    return asyncio.run(asked())


def test_everybody_is_the_demo_analyst() -> None:
    """Whoever comes is the analyst, and nobody checked it."""
    told = ask(Door(tell)).json()
    assert (
        visitor_in(told)
        == DEMO_ANALYST
        == admit_demo_analyst(HTTPConnection({"type": "http"}))
    )
    assert not DEMO_ANALYST.checked


def test_a_policy_names_the_visitor() -> None:
    """Names survive the way through headers, whatever letters they have."""
    told = ask(
        Door(tell, policy=let_anna_in), **{"X-Auth-User": "root", "X-AUTH-Extra": "1"}
    )
    assert visitor_in(told.json()) == ANNA
    assert "x-auth-extra" not in told.json()


def test_without_headers_nobody_is_there() -> None:
    """A connection that the door did not see has no visitor."""
    assert visitor_in({"host": "localhost"}) is None


def test_a_closed_door_asks_for_a_sign_in() -> None:
    """Over HTTP an anonymous visitor gets 401 and a sentence."""
    answer = ask(Door(tell, policy=closed))
    assert (answer.status_code, answer.text) == (401, "Sign in first.\n")


def test_a_closed_door_closes_the_websocket() -> None:
    """Over the websocket an anonymous visitor is closed out with its own code."""
    sent: list[Message] = []
    headers = [(b"host", b"localhost")]
    scope = {"type": "websocket", "path": "/_stcore/stream", "headers": headers}

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(Door(tell, policy=closed)(scope, receive, send))
    assert [(m["type"], m["code"]) for m in sent] == [("websocket.close", REFUSED)]


HOSTS = {
    "localhost": 200,
    "LOCALHOST:1": 200,
    "127.0.0.1:8501": 200,
    "[::1]:80": 200,
    "localhost.": 421,
    "127.0.0.2": 421,
    "a@localhost": 421,
    "localhost:x": 421,
}


@pytest.mark.parametrize(("host", "status"), [*HOSTS.items()])
def test_only_names_of_this_computer_pass(host: str, status: int) -> None:
    """A name passes when it is this computer's, with any port, and nothing else."""
    assert ask(Door(tell), host=host).status_code == status
