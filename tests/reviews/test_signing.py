"""A signature fits one statement, one key and one way to write both down."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from core.errors import WrongInputError
from core.records.reviews import Decision, Role
from core.reviews.signing import (
    AGAINST,
    PAYLOAD,
    encode,
    make_statement,
    meaning_of,
    seal,
    unseal,
)

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEYS = {"k": KEY.public_key()}
ROOT = "a" * 64


def envelope() -> bytes:
    """Give a sealed statement."""
    return seal(make_statement(ROOT, {"decision": "approve"}), KEY, "k")


def test_what_is_sealed_comes_out_again() -> None:
    """The subject is the evidence root, the predicate what was decided."""
    found = unseal(envelope(), KEYS)
    assert found["subject"] == [{"name": "evidence", "digest": {"sha256": ROOT}}]
    assert found["predicate"] == {"decision": "approve"}


def test_the_pre_authentication_encoding_is_that_of_dsse() -> None:
    """By hand, from the specification: both lengths in bytes, in decimal."""
    assert encode("ä", b"\x00b") == b"DSSEv1 2 \xc3\xa4 2 \x00b"
    assert encode(PAYLOAD, b"").startswith(b"DSSEv1 28 application/vnd.in-toto+json 0 ")


def test_no_flipped_bit_is_accepted() -> None:
    """All bits of the whole envelope, the encoding included."""
    whole = envelope()
    for place in range(8 * len(whole)):
        changed = bytearray(whole)
        changed[place // 8] ^= 1 << place % 8
        with pytest.raises(WrongInputError, match="does not fit"):
            unseal(bytes(changed), KEYS)


@pytest.mark.parametrize(
    "keys",
    [{}, {"k": Ed25519PrivateKey.generate().public_key()}, {"other": KEY.public_key()}],
)
def test_another_key_is_refused(keys: dict[str, Ed25519PublicKey]) -> None:
    """None, a stranger's, or the right one under another name."""
    with pytest.raises(WrongInputError, match="does not fit"):
        unseal(envelope(), keys)


@pytest.mark.parametrize("broken", [b"", b"{}", b"[]", b"null", b'{"payload": 1}', b"\xff"])
def test_what_is_no_envelope_is_refused(broken: bytes) -> None:
    """Cut short, or something else."""
    with pytest.raises(WrongInputError, match="does not fit"):
        unseal(broken, KEYS)


def test_each_role_means_something_of_its_own() -> None:
    """Who approves says what they did; who does not, that their reasons are kept."""
    approving = (Role.OWNER, Role.DEVELOPER, Role.VALIDATOR, Role.PRIVACY, Role.EXECUTIVE)
    assert len({meaning_of(role, Decision.APPROVE) for role in approving}) == len(approving)
    assert meaning_of(Role.OWNER, Decision.REJECT) == AGAINST
