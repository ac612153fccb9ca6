"""Sessions: they end when they should, and their secrets are not kept."""

from datetime import UTC, datetime, timedelta

from core.serving.sessions import IDLE, LONGEST, MOST, Sessions, key_of


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 25, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Return what it was set to."""
        return self.now


def test_a_session_is_found_by_its_secret_alone() -> None:
    """What the process keeps does not sign anybody in."""
    sessions = Sessions(Clock())
    secret = sessions.start("kim")
    found = sessions.find(secret)
    assert found is not None
    assert found[1].person == "kim"
    assert found[0] == key_of(secret)
    assert sessions.find(found[0]) is None
    assert sessions.find("") is None


def test_every_sign_in_has_a_secret_of_its_own() -> None:
    """256 random bits each; one person may sit at two screens."""
    sessions = Sessions(Clock())
    secrets = {sessions.start("kim") for _ in range(50)}
    assert len(secrets) == 50
    assert min(map(len, secrets)) >= 43


def test_who_does_nothing_is_signed_out() -> None:
    """Eight hours without a request; a request begins them anew."""
    clock = Clock()
    sessions = Sessions(clock)
    secret = sessions.start("kim")
    clock.now += IDLE
    assert sessions.find(secret)
    clock.now += IDLE + timedelta(seconds=1)
    assert sessions.by_key(key_of(secret)) is None
    assert sessions.find(secret) is None


def test_nobody_stays_for_ever() -> None:
    """Twelve hours after signing in it is over, however busy somebody was."""
    clock = Clock()
    sessions = Sessions(clock)
    secret = sessions.start("kim")
    for _ in range(24):
        clock.now += timedelta(minutes=30)
        assert sessions.find(secret)
    clock.now += LONGEST - timedelta(hours=12) + timedelta(seconds=1)
    assert sessions.find(secret) is None


def test_signing_out_ends_one_session_and_a_new_password_all() -> None:
    """Other people's sessions stay."""
    sessions = Sessions(Clock())
    here, there, other = sessions.start("kim"), sessions.start("kim"), sessions.start("ola")
    sessions.end(here)
    assert sessions.find(here) is None
    assert sessions.find(there)
    sessions.end_all("kim")
    assert sessions.find(there) is None
    assert sessions.find(other)


def test_sessions_do_not_fill_the_memory() -> None:
    """Beyond the most, whoever was unseen longest has to sign in again."""
    clock = Clock()
    sessions = Sessions(clock)
    first = sessions.start("first")
    for n in range(MOST - 1):
        clock.now += timedelta(milliseconds=1)
        sessions.start(f"p{n}")
    last = sessions.start("last")
    assert sessions.count() == MOST
    assert sessions.find(first) is None
    assert sessions.find(last)
