"""Post: notices go out by webhook or mail, with retries, beside the app's own work."""

import json
import logging
import smtplib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from email.message import EmailMessage
from threading import Event, Thread
from time import monotonic
from typing import Final
from urllib.error import URLError
from urllib.parse import unquote, urlsplit
from urllib.request import Request, urlopen

from core.errors import CountersignError, WrongInputError
from core.runs.desk import Desk
from core.runs.notices import Notice, moved_standings, notices_of, standings_of

LOG: Final = logging.getLogger("countersign.post")
WEBHOOK: Final = "COUNTERSIGN_WEBHOOK"
SMTP: Final = "COUNTERSIGN_SMTP"  # smtp://user:password@host:587
FROM: Final = "COUNTERSIGN_MAIL_FROM"
TO: Final = "COUNTERSIGN_MAIL_TO"
WAITS: Final = (1.0, 4.0, 16.0)  # seconds between tries
PATIENCE: Final = 10.0  # seconds of one try
TICK: Final = 1.0
STANDINGS: Final = 60.0  # seconds between looks at what expired
Send = Callable[[Notice], None]


def channels_in(settings: Mapping[str, str]) -> tuple[Send, ...]:
    """Return how notices go out, as the settings say; nothing where they say nothing.

    Raises:
        WrongInputError: a setting cannot be used.
    """
    found: list[Send] = []
    if address := settings.get(WEBHOOK, ""):
        if urlsplit(address).scheme not in ("http", "https"):
            raise WrongInputError(f"{WEBHOOK} is no web address.", hint="Use https://…")
        found.append(lambda notice: post_to(address, notice))
    if server := settings.get(SMTP, ""):
        parts = urlsplit(server)
        sender, to = settings.get(FROM, ""), settings.get(TO, "")
        if (
            parts.scheme not in ("smtp", "smtps")
            or not parts.hostname
            or not (sender and to)
        ):
            raise WrongInputError(
                f"{SMTP} needs smtp://host:port, and {FROM} and {TO}.",
                hint="See the README.",
            )
        found.append(lambda notice: mail_by(server, sender, to, notice))
    return tuple(found)


def post_to(address: str, notice: Notice) -> None:
    """Send a notice to a web address as JSON."""
    body = json.dumps(asdict(notice)).encode()
    request = Request(address, body, {"Content-Type": "application/json"})  # noqa: S310 - checked when it was read
    with urlopen(request, timeout=PATIENCE):  # noqa: S310 - as above
        pass


def mail_by(server: str, sender: str, to: str, notice: Notice) -> None:
    """Send a notice by mail."""
    parts = urlsplit(server)
    message = EmailMessage()
    message["Subject"] = f"Countersign: {' '.join(notice.about.split())}"
    message["From"], message["To"] = sender, to
    message.set_content(notice.sentence)
    kind = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
    with kind(parts.hostname or "", parts.port or 0, timeout=PATIENCE) as mail:
        if parts.username:
            mail.starttls() if parts.scheme == "smtp" else None
            mail.login(unquote(parts.username), unquote(parts.password or ""))
        mail.send_message(message)


@dataclass(slots=True)
class Postman:
    """Watches the log and the standings, and sends what people have to know."""

    desk: Desk
    channels: tuple[Send, ...]
    waits: tuple[float, ...] = WAITS

    def start(self) -> Callable[[], None]:
        """Start watching; what is returned ends it."""
        ended = Event()
        thread = Thread(target=self._watch, args=(ended,), daemon=True)
        thread.start()

        def end() -> None:
            ended.set()
            thread.join()

        return end

    def _watch(self, ended: Event) -> None:
        seen = len(self.desk.workspace.events)
        standings, looked = standings_of(self.desk), monotonic()
        while not ended.wait(TICK):
            events = self.desk.workspace.events
            if len(events) == seen and monotonic() - looked < STANDINGS:
                continue
            try:
                now = standings_of(self.desk)
                notices = [
                    n for event in events[seen:] for n in notices_of(self.desk, event)
                ]
                notices += moved_standings(self.desk, standings, now)
            except CountersignError as error:  # the next look sees it again
                LOG.warning("Notices could not be made: %s", error)
                continue
            seen, standings, looked = len(events), now, monotonic()
            for notice in notices:
                self.send(notice, ended)

    def send(self, notice: Notice, ended: Event) -> bool:
        """Send a notice by every channel, trying again; return whether all took it."""
        taken = [self._try(channel, notice, ended) for channel in self.channels]
        return all(taken)

    def _try(self, channel: Send, notice: Notice, ended: Event) -> bool:
        for wait in (*self.waits, None):
            try:
                channel(notice)
            except (URLError, OSError, smtplib.SMTPException) as error:
                if wait is None or ended.wait(wait):
                    LOG.warning("A notice was not taken: %s", type(error).__name__)
                    return False
            else:
                return True
        return False
