"""Identity: how this app knows who is there; set once, when it starts."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from core.errors import WrongInputError

IDENTITY: Final = "COUNTERSIGN_IDENTITY"


class Identity(StrEnum):
    """`demo`: everybody chooses who they are. `local`: people sign in with a password."""

    DEMO = "demo"
    LOCAL = "local"

    @property
    def assurance(self) -> str:
        """How sure a signature can be of its person."""
        return "local password" if self is Identity.LOCAL else "identity not checked"


def identity_in(settings: Mapping[str, str]) -> Identity:
    """Return the identity that the settings ask for.

    Raises:
        WrongInputError: there is no such mode.
    """
    said = settings.get(IDENTITY, Identity.DEMO)
    if said not in set(Identity):
        raise WrongInputError(
            f"{IDENTITY} is `{said}`.", hint=f"Use one of {', '.join(Identity)}."
        )
    return Identity(said)
