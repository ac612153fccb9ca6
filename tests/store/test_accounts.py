"""Accounts: passwords are kept as slow hashes, in a file of its own."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from core.errors import BrokenWorkspaceError, WrongInputError
from core.store.accounts import LONGEST, NAME, SHORTEST, Accounts, holders

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
GOOD = "a few plain words"
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture
def accounts(tmp_path: Path) -> Accounts:
    """Accounts whose hashes are quick."""
    return Accounts(tmp_path, lambda: NOON, hasher=QUICK)


def test_only_the_right_password_of_the_right_person_is_right(accounts: Accounts) -> None:
    """Neither another's password, nor none, nor one too long opens an account."""
    accounts.set_password("kim", GOOD)
    accounts.set_password("ola", "other plain words")
    assert accounts.check("kim", GOOD)
    for name, said in [
        ("kim", "other plain words"),
        ("kim", ""),
        ("kim", GOOD + " "),
        ("nobody", GOOD),
    ]:
        assert not accounts.check(name, said)


def test_no_password_is_written_down(accounts: Accounts, tmp_path: Path) -> None:
    """The file holds argon2id hashes and can be read by its owner alone."""
    accounts.set_password("kim", GOOD)
    file = tmp_path / NAME
    assert GOOD not in file.read_text()
    assert "$argon2id$" in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_what_is_used_by_default_is_slow() -> None:
    """RFC 9106, section 4, second recommendation: 64 MiB, 3 passes, 4 lanes."""
    used = PasswordHasher()
    assert (used.memory_cost, used.time_cost, used.parallelism) == (65_536, 3, 4)


@pytest.mark.parametrize(
    "password", ["", "x" * (SHORTEST - 1), "ab" * SHORTEST, "abcdefgh" * LONGEST]
)
def test_easy_and_endless_passwords_are_refused(
    accounts: Accounts, tmp_path: Path, password: str
) -> None:
    """Too short, the same letters over and over, or longer than anybody types."""
    with pytest.raises(WrongInputError, match="too easy, or longer"):
        accounts.set_password("kim", password)
    assert holders(tmp_path) == frozenset()


def test_a_one_time_password_has_to_be_changed(accounts: Accounts) -> None:
    """It is right once more than never, and a chosen one takes its place."""
    password = accounts.one_time_password("kim")
    assert accounts.check("kim", password)
    assert accounts.must_change("kim")
    accounts.set_password("kim", GOOD)
    assert not accounts.must_change("kim")
    assert not accounts.check("kim", password)


def test_a_dropped_account_opens_nothing(accounts: Accounts) -> None:
    """Who has no account has no date of a password either."""
    accounts.set_password("kim", GOOD)
    assert accounts.changed("kim") == NOON
    accounts.drop("kim")
    assert not accounts.check("kim", GOOD)
    assert accounts.changed("kim") is None


def test_accounts_outlive_the_process(tmp_path: Path) -> None:
    """Another process reads the same file, and sees a change at once."""
    first = Accounts(tmp_path, lambda: NOON, hasher=QUICK)
    second = Accounts(tmp_path, lambda: NOON + timedelta(1), hasher=QUICK)
    first.set_password("kim", GOOD)
    assert second.check("kim", GOOD)
    second.set_password("kim", GOOD)
    assert first.changed("kim") == NOON + timedelta(1)


def test_a_broken_file_is_no_empty_one(accounts: Accounts, tmp_path: Path) -> None:
    """Nobody is let in, and nothing is written over it."""
    (tmp_path / NAME).write_text('{"kim":')
    with pytest.raises(BrokenWorkspaceError, match="cannot be read"):
        accounts.check("kim", GOOD)
