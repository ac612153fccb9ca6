"""Accounts: passwords of people, as argon2id hashes, in a file that only its owner reads.

They are no events: a log that others export must not hold them.
"""

import json
import secrets
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any, Final

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from core.errors import BrokenWorkspaceError, WrongInputError
from core.records.canonical import canonical
from core.store.disk import appearing, open_private

NAME: Final = "accounts.json"
SHORTEST: Final = 12  # letters; NIST SP 800-63B-4 asks for 8 with a second factor, else 15
LONGEST: Final = 200
FEW_LETTERS: Final = 5  # different ones
ONE_TIME_BYTES: Final = 15
_CHANGING: Final = Lock()


class Accounts:
    """The accounts of the workspace in `folder`."""

    def __init__(
        self,
        folder: Path,
        clock: Callable[[], datetime],
        *,
        hasher: PasswordHasher | None = None,
    ) -> None:
        self._place = folder / NAME
        self._clock = clock
        self._hasher = hasher or PasswordHasher()
        # Checked in place of an unknown name's, so that both take as long.
        self._nobody = self._hasher.hash(secrets.token_urlsafe(ONE_TIME_BYTES))

    def set_password(self, person: str, password: str, *, once: bool = False) -> None:
        """Give somebody a password; one to be used `once` has to be changed at sign-in.

        Raises:
            WrongInputError: it is too short, too long, or the same letters over and over.
        """
        if not SHORTEST <= len(password) <= LONGEST or len(set(password)) < FEW_LETTERS:
            raise WrongInputError(
                f"This password is too easy, or longer than {LONGEST} letters.",
                hint=f"Use {SHORTEST} letters or more; a few words are fine.",
            )
        with _CHANGING:
            accounts = _read(self._place)
            accounts[person] = {
                "hash": self._hasher.hash(password),
                "once": once,
                "changed": self._clock().isoformat(),
            }
            self._write(accounts)

    def one_time_password(self, person: str) -> str:
        """Give somebody a new password for one sign-in, and return it."""
        password = secrets.token_urlsafe(ONE_TIME_BYTES)
        self.set_password(person, password, once=True)
        return password

    def check(self, person: str, password: str) -> bool:
        """Return whether somebody knows their password; as slow for a stranger's name."""
        account = _read(self._place).get(person)
        stored = account["hash"] if account else self._nobody
        try:
            right = self._hasher.verify(stored, password[:LONGEST])
        except (Argon2Error, InvalidHashError):
            return False
        return account is not None and right

    def must_change(self, person: str) -> bool:
        """Return whether somebody has to choose a new password first."""
        return bool(_read(self._place).get(person, {}).get("once", False))

    def changed(self, person: str) -> datetime | None:
        """Return when somebody's password was set last; None without an account."""
        account = _read(self._place).get(person)
        return datetime.fromisoformat(account["changed"]) if account else None

    def drop(self, person: str) -> None:
        """Take somebody's account away; what they signed stays."""
        with _CHANGING:
            accounts = _read(self._place)
            accounts.pop(person, None)
            self._write(accounts)

    def _write(self, accounts: dict[str, Any]) -> None:
        with appearing(self._place) as aside, open_private(aside) as file:
            file.write(canonical(accounts))


def holders(folder: Path) -> frozenset[str]:
    """Return who has an account in a workspace."""
    return frozenset(_read(folder / NAME))


def _read(place: Path) -> dict[str, Any]:
    if not place.exists():
        return {}
    try:
        found: dict[str, Any] = json.loads(place.read_text(encoding="utf-8"))
    except ValueError:
        raise BrokenWorkspaceError(
            f"{NAME} cannot be read.", hint="Put the file back, or remove it and reset."
        ) from None
    return found
