"""Signatures: a decision as an in-toto statement in a DSSE envelope, sealed by Ed25519.

The statement's subject is the evidence root, so that a signature cannot be moved to other
evidence; its predicate holds who decided what, in which role, and what the signature means.
Sources: in-toto Statement v1; DSSE v1 (PAE); RFC 8032 (Ed25519).
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from core.errors import WrongInputError
from core.records.canonical import canonical
from core.records.reviews import Decision, Role

STATEMENT: Final = "https://in-toto.io/Statement/v1"
PREDICATE: Final = "https://countersign.dev/signoff/v1"
PAYLOAD: Final = "application/vnd.in-toto+json"
SIMPLE: Final = "simple electronic signature, sealed by the workspace key"
MEANINGS: Final[dict[tuple[bool, Role], str]] = {
    (True, Role.OWNER): "I prepared this and attest that it is complete to my knowledge.",
    (
        True,
        Role.DEVELOPER,
    ): "I built this model and attest that its files are the ones I made.",
    (True, Role.VALIDATOR): (
        "I looked at the evidence independently and answered every finding that failed or "
        "is open."
    ),
    (True, Role.DOMAIN): "I speak for the people concerned and do not object to this use.",
    (True, Role.PRIVACY): "I looked at how personal data is used and do not object.",
    (True, Role.EXECUTIVE): (
        "I accept the residual risk for the stated use until the day given, subject to the "
        "conditions."
    ),
}
AGAINST: Final = "I do not agree; my reasons are part of the record."


def meaning_of(role: Role, decision: Decision) -> str:
    """Return what a signature means; it is shown above the button and signed."""
    return MEANINGS.get((decision.approves, role), AGAINST)


def make_statement(root: str, predicate: Mapping[str, Any]) -> dict[str, Any]:
    """Return the statement that `predicate` was decided over the evidence root."""
    return {
        "_type": STATEMENT,
        "subject": [{"name": "evidence", "digest": {"sha256": root}}],
        "predicateType": PREDICATE,
        "predicate": dict(predicate),
    }


def seal(statement: Mapping[str, Any], key: Ed25519PrivateKey, key_id: str) -> bytes:
    """Return the envelope of a statement, as canonical JSON."""
    body = canonical(dict(statement))
    signature = key.sign(encode(PAYLOAD, body))
    return canonical(
        {
            "payloadType": PAYLOAD,
            "payload": b64encode(body).decode(),
            "signatures": [{"keyid": key_id, "sig": b64encode(signature).decode()}],
        }
    )


def unseal(envelope: bytes, keys: Mapping[str, Ed25519PublicKey]) -> dict[str, Any]:
    """Return the statement of an envelope that one of `keys` (by id) has sealed.

    Anything but the one way to write an envelope down is refused, so that no bit of it
    can be changed without notice.

    Raises:
        WrongInputError: the envelope is none, or its seal is broken or unknown.
    """
    try:
        plain: dict[str, Any] = json.loads(envelope)
        body = b64decode(plain["payload"], validate=True)
        (signed,) = plain["signatures"]
        statement: dict[str, Any] = json.loads(body)
        signature = b64decode(signed["sig"], validate=True)
        written = (
            canonical(plain) == envelope
            and canonical(statement) == body
            and b64encode(signature).decode() == signed["sig"]
            and b64encode(body).decode() == plain["payload"]
        )
        key = keys[signed["keyid"]] if written else None
        if key is None:
            raise KeyError  # noqa: TRY301 - it ends as every other misfit does
        key.verify(signature, encode(plain["payloadType"], body))
    except (ValueError, KeyError, TypeError, InvalidSignature):
        raise WrongInputError(
            "This signature does not fit what it stands under.",
            hint="Ask for the document again, from its source.",
        ) from None
    return statement


def encode(kind: str, body: bytes) -> bytes:
    """Return the pre-authentication encoding of DSSE v1: what is really signed.

    >>> encode("http://example.com/HelloWorld", b"hello world")
    b'DSSEv1 29 http://example.com/HelloWorld 11 hello world'
    """
    name = kind.encode()
    return b"DSSEv1 %d %b %d %b" % (len(name), name, len(body), body)
