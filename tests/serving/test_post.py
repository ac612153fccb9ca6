"""Notices go out to a real server on this machine, again if it fails, and hold no values."""

import json
import socketserver
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Event, Thread
from typing import Any

import pytest
from typing_extensions import override

from core.errors import WrongInputError
from core.records.reviews import Decision, Standing
from core.runs.answering import Remark, comment_on
from core.runs.desk import Desk
from core.runs.notices import Notice, moved_standings, notices_of, standings_of
from core.runs.reviewing import review_of
from core.runs.stopping import suspend
from core.serving.post import FROM, SMTP, TO, WEBHOOK, Postman, channels_in
from tests.runs.test_reviewing import approve, begin, decide

NOTICE = Notice("Default v1", "Kim is asked to decide.", ("kim",))


class Taking(BaseHTTPRequestHandler):
    """Takes what is posted; refuses the first two."""

    taken: list[Any]
    refusals: int

    def do_POST(self) -> None:
        """Keep the body, or say no."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if type(self).refusals:
            type(self).refusals -= 1
            self.send_error(503)
            return
        type(self).taken.append(json.loads(body))
        self.send_response(204)
        self.end_headers()

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def web() -> Iterator[str]:
    """Give the address of a server on this machine."""
    Taking.taken, Taking.refusals = [], 2
    with HTTPServer(("127.0.0.1", 0), Taking) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/hook"
        server.shutdown()
        thread.join()


class Mail(socketserver.StreamRequestHandler):
    """A mail server of the few words that a message needs."""

    lines: list[str]

    @override
    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        inside = False
        for raw in self.rfile:
            line = raw.decode().rstrip("\r\n")
            if inside:
                inside = line != "."
                type(self).lines.append(line)
                if not inside:
                    self.wfile.write(b"250 kept\r\n")
                continue
            word = line.upper()
            inside = word == "DATA"
            said = {"DATA": b"354 go on", "QUIT": b"221 bye"}.get(word, b"250 fine")
            self.wfile.write(said + b"\r\n")
            if word == "QUIT":
                return


def test_a_notice_is_sent_again_until_it_is_taken(web: str) -> None:
    """Two refusals, then taken, once."""
    (channel,) = channels_in({WEBHOOK: web})
    assert Postman(None, (channel,), (0.0, 0.0, 0.0)).send(NOTICE, Event())  # type: ignore[arg-type]  # it only sends
    assert Taking.taken == [
        {"about": "Default v1", "sentence": "Kim is asked to decide.", "to": ["kim"]}
    ]


def test_a_server_that_never_takes_it_is_given_up(web: str) -> None:
    """After the last try nothing waits, and the app goes on."""
    Taking.refusals = 100
    (channel,) = channels_in({WEBHOOK: web})
    assert not Postman(None, (channel,), (0.0,)).send(NOTICE, Event())  # type: ignore[arg-type]  # it only sends
    assert Taking.refusals == 98


def test_a_notice_goes_out_by_mail() -> None:
    """Sender, receiver, subject and the sentence; a name cannot add a header."""
    Mail.lines = []
    with socketserver.TCPServer(("127.0.0.1", 0), Mail) as server:
        thread = Thread(target=server.handle_request)
        thread.start()
        port = server.server_address[1]
        said = {SMTP: f"smtp://127.0.0.1:{port}", FROM: "app@here.org", TO: "all@here.org"}
        (channel,) = channels_in(said)
        channel(Notice("Default\nBcc: x@y.z v1", "Kim is asked."))
        thread.join()
    assert "Subject: Countersign: Default Bcc: x@y.z v1" in Mail.lines
    assert "Kim is asked." in Mail.lines
    assert not any(line.startswith("Bcc") for line in Mail.lines)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({WEBHOOK: "ftp://x"}, "is no web address"),
        ({SMTP: "smtp://host"}, "needs smtp://host:port"),
        ({SMTP: "host", FROM: "a", TO: "b"}, "needs smtp://host:port"),
    ],
)
def test_a_setting_that_cannot_be_used_is_refused(said: dict[str, str], why: str) -> None:
    """At the start, in one sentence."""
    with pytest.raises(WrongInputError, match=why):
        channels_in(said)


def test_nothing_configured_sends_nothing() -> None:
    """The usual case."""
    assert channels_in({}) == ()


def test_asks_comments_and_standings_are_told(desk: Desk) -> None:
    """Who is asked, who said something, and where a model went; never what was said."""
    evaluation, review = begin(desk)
    asked = notices_of(desk, desk.workspace.events[-1])
    assert [notice.to for notice in asked] == [("ada",), ("kim",), ("lee",)]
    comment_on(desk, review, Remark("", "Row 17 is odd.", "ada"), actor="kim")
    (told,) = notices_of(desk, desk.workspace.events[-1])
    assert told.to == ("ada",)
    assert "Row 17" not in told.sentence
    before = standings_of(desk)
    approve(desk, review)
    now = standings_of(desk)
    (active,) = moved_standings(desk, before, now)
    assert active.sentence.endswith("is active now.")
    suspend(desk, evaluation.model, "complaints", actor="lee")
    (gone,) = moved_standings(desk, now, standings_of(desk))
    assert gone.sentence.endswith("is suspended now.")
    assert standings_of(desk)[evaluation.model] is Standing.SUSPENDED


def test_the_postman_sees_new_lines(desk: Desk, web: str) -> None:
    """Within seconds, while the app does its work."""
    Taking.refusals = 0
    _, review = begin(desk)
    end = Postman(desk, channels_in({WEBHOOK: web})).start()
    comment_on(desk, review, Remark("", "Hello."), actor="kim")
    for _ in range(50):
        if Taking.taken:
            break
        Event().wait(0.1)
    end()
    title = desk.workspace.state.model(review.model).title
    assert [note["sentence"] for note in Taking.taken] == [
        f"Kim said something on {title}."
    ]
    decide(desk, review_of(desk, review.id), "ada", Decision.APPROVE)
