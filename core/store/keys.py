"""The workspace key: made once, kept beside the records, readable by its owner alone."""

from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from core.errors import BrokenWorkspaceError
from core.store.disk import appearing, open_private

NAME: Final = "signing.pem"
DIGITS: Final = 16
_MAKING: Final = Lock()


def signing_key(folder: Path) -> Ed25519PrivateKey:
    """Return the key of the workspace in `folder`, made now if there is none.

    Raises:
        BrokenWorkspaceError: the file holds no such key.
    """
    place = folder / NAME
    with _MAKING:  # two who sign at once must not make two keys
        if not place.exists():
            _make(place)
    try:
        key = load_pem_private_key(place.read_bytes(), None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise BrokenWorkspaceError(
            f"{NAME} holds no signing key.", hint="Restore it from a backup."
        )
    return key


def key_id(key: Ed25519PublicKey) -> str:
    """Return the name of a key: the first 16 digits of the SHA-256 of its 32 bytes."""
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return sha256(raw).hexdigest()[:DIGITS]


def _make(place: Path) -> None:
    """Write a new key whole, or not at all."""
    key = Ed25519PrivateKey.generate()
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with appearing(place) as aside, open_private(aside) as file:
        file.write(text)
