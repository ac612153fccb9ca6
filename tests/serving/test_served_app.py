"""The running app, asked over HTTP, the websocket and the socket."""

import json
import signal
import socket
import stat
import time
from pathlib import Path

import httpx
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from core.runs.desk import open_desk
from core.runs.line import ask_running_app
from core.runs.people import name_person
from core.store.accounts import Accounts
from tests.serving.conftest import ROOT, VIEW, Served, serving, start


def knock(app: Served, host: str, **headers: str) -> ClientConnection:
    """Open the websocket of the app's pages under a host name."""
    return connect(
        f"ws://{host}:{app.port}/_stcore/stream",
        sock=socket.create_connection(("127.0.0.1", app.port)),
        origin=Origin(f"http://localhost:{app.port}"),
        subprotocols=[Subprotocol("streamlit")],
        additional_headers=headers,
    )


def first_run(app: Served, page: str, **headers: str) -> list[ForwardMsg]:
    """Return what the first run of a page sends to the browser."""
    ask = BackMsg()
    ask.rerun_script.page_name = page
    told: list[ForwardMsg] = []
    with knock(app, "localhost", **headers) as line:
        line.send(ask.SerializeToString())
        while not told or told[-1].WhichOneof("type") != "script_finished":
            told.append(ForwardMsg.FromString(bytes(line.recv(20, decode=False))))
    return told


def test_health_names_the_version_and_counts_the_log(served: Served) -> None:
    """Three events: the workspace, its first policy, the view of the fixture."""
    answer = httpx.get(f"{served.address}/healthz").json()
    assert answer == {"status": "ok", "events": 3, "version": "0.1.0"}


@pytest.mark.parametrize("path", ["/", "/deep", "/healthz", "/v/none", "/_stcore/health"])
def test_every_answer_is_guarded(served: Served, path: str) -> None:
    """Pages, routes, refusals and Streamlit's own routes carry the same headers."""
    headers = httpx.get(f"{served.address}{path}").headers
    assert "script-src 'self' 'sha256-" in headers["content-security-policy"]
    assert "unsafe-eval" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cache-control"] == "no-store"
    assert "server" not in headers


def test_bundles_come_packed_and_may_be_kept(served: Served) -> None:
    """The frontend's first script is sent as gzip, under a name that never changes."""
    page = httpx.get(f"{served.address}/deep").text
    script = page.split('crossorigin src="')[1].split('"')[0]
    packed = httpx.get(f"{served.address}{script}")
    plain = httpx.get(f"{served.address}{script}", headers={"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "immutable" in packed.headers["cache-control"]
    assert int(packed.headers["content-length"]) < len(plain.content) / 2
    assert packed.content == plain.content


def test_the_shell_tells_the_frontend_where_the_server_is(served: Served) -> None:
    """A deep link opens without a probe below its own address."""
    assert "BACKEND_BASE_URL:location.origin" in httpx.get(f"{served.address}/deep").text


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "10.0.0.1", ""])
def test_another_host_name_is_refused(served: Served, host: str) -> None:
    """A page of another site cannot pretend to be this app by its DNS name."""
    answer = httpx.get(f"{served.address}/healthz", headers={"host": host})
    assert answer.status_code == 421
    assert "this computer only" in answer.text
    assert "content-security-policy" in answer.headers


@pytest.mark.parametrize("name", ["X-Forwarded-For", "X-Forwarded-Host", "Forwarded"])
def test_a_proxy_is_refused(served: Served, name: str) -> None:
    """Nobody signs in yet, so nobody may put the app on a network."""
    answer = httpx.get(f"{served.address}/", headers={name: "for=10.0.0.1"})
    assert (answer.status_code, "proxy" in answer.text) == (400, True)


@pytest.mark.parametrize(
    ("host", "headers"),
    [("evil.example", {}), ("localhost", {"X-Forwarded-For": "10.0.0.1"})],
)
def test_the_websocket_has_the_same_door(
    served: Served, host: str, headers: dict[str, str]
) -> None:
    """What is refused over HTTP is refused over the websocket, before any page runs."""
    with pytest.raises((InvalidStatus, ConnectionClosed)):
        knock(served, host, **headers)


def test_nobody_writes_their_own_name(served: Served) -> None:
    """The name that a page reads comes from the door, whatever the client sends."""
    told = first_run(served, "deep", **{"X-Auth-User": "root"})
    texts = {message.delta.new_element.text.body for message in told}
    assert texts - {""} == {"the router ran", "visitor analyst"}


def test_a_run_of_a_page_is_not_held_up(served: Served) -> None:
    """The messages of a small page arrive in less than the 40 ms of one late receipt."""
    ask = BackMsg()
    ask.rerun_script.page_name = ""
    taken: list[float] = []
    with knock(served, "localhost") as line:
        for _ in range(10):
            began = time.perf_counter()
            line.send(ask.SerializeToString())
            while not ForwardMsg.FromString(bytes(line.recv(20, decode=False))).HasField(
                "script_finished"
            ):
                continue
            taken.append(time.perf_counter() - began)
    assert min(taken) < 0.03


def test_a_cold_deep_link_passes_the_router(tmp_path: Path) -> None:
    """The first visit of the real app, below its start page, runs the router first.

    Streamlit would run a file of `pages/` beside `app.py` alone, around everything.
    """
    with serving(ROOT, tmp_path / "workspace") as app:
        told = first_run(app, "slices")
    pages = next(m.navigation for m in told if m.WhichOneof("type") == "navigation")
    opened = [
        page for page in pages.app_pages if page.page_script_hash == pages.page_script_hash
    ]
    assert [page.url_pathname for page in opened] == ["slices"]
    assert len(pages.app_pages) > 1


@pytest.mark.parametrize(
    "path", ["/_stcore/metrics", "/_stcore/agent/openapi.json", "/_stcore/agent/mcp"]
)
def test_what_no_page_needs_is_not_there(served: Served, path: str) -> None:
    """Streamlit's counters and its agent API are hidden."""
    assert httpx.get(f"{served.address}{path}").status_code == 404


def test_a_saved_view_leads_to_its_page(served: Served) -> None:
    """The token becomes the page's address with the token; the page restores the rest."""
    answer = httpx.get(f"{served.address}/v/{VIEW.token}")
    assert answer.status_code == 302
    assert answer.headers["location"] == f"/deep?view={VIEW.token}"


@pytest.mark.parametrize("path", ["/v/0123456789abcdef", "/card/0000.html", "/no.page"])
def test_what_is_not_kept_is_said_in_a_sentence(served: Served, path: str) -> None:
    """An unknown token, evaluation or file gets a page of one sentence and a way back."""
    answer = httpx.get(f"{served.address}{path}")
    assert answer.status_code == 404
    assert '<a href="/">' in answer.text


def test_fonts_and_icon_come_from_here(served: Served) -> None:
    """The font, its licence and the icon are served by the app itself."""
    font = httpx.get(f"{served.address}/fonts/inter-400.woff")
    assert (font.headers["content-type"], font.content[:4]) == ("font/woff", b"wOFF")
    assert "SIL OPEN FONT LICENSE" in httpx.get(f"{served.address}/fonts/OFL.txt").text
    icon = httpx.get(f"{served.address}/favicon.png")
    assert icon.content == (ROOT / ".streamlit" / "icon.png").read_bytes()


def test_only_this_user_reaches_the_socket(served: Served) -> None:
    """The socket of the command line is readable and writable for its owner alone."""
    place = served.workspace / "socket"
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(str(place))
        line.sendall(b'{"argv": "no list"}\n')
        answers = [json.loads(text) for text in line.makefile("rb")]
    assert "This is not a command." in answers[0]["out"]
    assert answers[-1] == {"exit": 2}


def test_the_running_app_carries_out_commands(served: Served) -> None:
    """A command over the socket gets the answer that it would get in a free folder."""
    said: list[str] = []
    argv = ["evaluate", "--model", "none", "--data", "none"]
    assert ask_running_app(served.workspace / "socket", argv, ROOT, said.append) == 2
    assert said[0].startswith("There is no model")


def test_a_held_workspace_ends_the_start_with_one_sentence(served: Served) -> None:
    """A second app on the same folder ends with code 2, a sentence, and no trace."""
    second = start(ROOT, served.workspace, 1)
    second.wait(20)
    said = (served.workspace.parent / "log-1").read_text()
    assert second.returncode == 2
    assert "Another process holds the workspace workspace. Close the app" in said
    assert "Traceback" not in said


def test_a_killed_app_leaves_nothing_in_the_way(fresh: Served) -> None:
    """It ends although a page is open, and removes its socket; a command finds nobody."""
    with knock(fresh, "localhost"):
        fresh.process.send_signal(signal.SIGTERM)
        assert fresh.process.wait(10) in (0, -signal.SIGTERM)
    assert not (fresh.workspace / "socket").exists()
    with pytest.raises(Exception, match="does not answer"):
        ask_running_app(fresh.workspace / "socket", ["list"], ROOT, print)


def test_with_accounts_nobody_comes_in_unsigned(launcher: Path, tmp_path: Path) -> None:
    """No page, link, file or websocket; after signing in the page knows the person."""
    workspace = tmp_path / "workspace"
    with open_desk(workspace) as desk:
        name_person(desk, "kim", "Kim Lund", actor="test")
        Accounts(workspace, desk.workspace.now).set_password("kim", "a few plain words")
    with (
        serving(launcher, workspace, COUNTERSIGN_IDENTITY="local") as app,
        httpx.Client(base_url=app.address) as browser,
    ):
        for path in (
            "/",
            "/deep",
            "/v/none",
            "/_stcore/host-config",
            "/fonts/inter-400.woff",
        ):
            assert browser.get(path).status_code == 401
        forged = {"X-Auth-User": "kim", "X-Auth-Checked": "yes"}
        with pytest.raises((InvalidStatus, ConnectionClosed)):
            first_run(app, "deep", **forged)
        form = {"name": "kim", "password": "a few plain words"}
        answer = browser.post("/login", data=form, headers={"origin": app.address})
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        told = first_run(app, "deep", cookie=cookie)
        assert "visitor kim" in {m.delta.new_element.text.body for m in told}


def test_an_identity_that_does_not_exist_ends_the_start(
    launcher: Path, tmp_path: Path
) -> None:
    """One sentence on the way out, and no app that lets everybody in."""
    process = start(launcher, tmp_path / "workspace", 0, COUNTERSIGN_IDENTITY="none")
    assert process.wait(30) == 2
    assert (
        "COUNTERSIGN_IDENTITY is `none`. Use one of demo, local."
        in (tmp_path / "log-0").read_text()
    )
