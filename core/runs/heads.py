"""Heads: the whole log under one signed hash, so that a cut end or a new log is found.

A chain shows any line that was changed, but not that its end is missing, nor that all of it
was written anew. The root of the Merkle tree over all lines (RFC 6962), signed and kept
elsewhere, shows both. Whoever holds the folder also holds its key: only a head that was
handed out proves anything against them.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from cattrs.errors import BaseValidationError
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from core.errors import BrokenWorkspaceError, NotFoundError, WrongInputError
from core.records.canonical import canonical, from_plain, to_plain
from core.records.events import Event
from core.reviews.merkle import (
    consistency_proof,
    includes,
    inclusion_proof,
    leaf_hash,
    tree_hash,
)
from core.reviews.signing import encode
from core.runs.desk import Desk
from core.store.heads import keep_head, kept_heads
from core.store.keys import key_id, signing_key
from core.store.log import seal

KIND: Final = "application/vnd.countersign.head+json"
AGAIN: Final = "Ask for the proof again, from its source."
RESTORE: Final = "Restore a backup, and ask who could write to the folder."


@dataclass(frozen=True, slots=True)
class Head:
    """The first `size` lines of the log as they were at a moment; `root` is their hash."""

    size: int
    root: str
    at: str


@dataclass(frozen=True, slots=True)
class SignedHead:
    """A head under an Ed25519 signature (base64) over its canonical JSON, by DSSE's PAE."""

    head: Head
    key: str
    signature: str

    @property
    def moment(self) -> datetime:
        """When it was signed."""
        return datetime.fromisoformat(self.head.at)


@dataclass(frozen=True, slots=True)
class Proof:
    """What shows to an outsider that one line is in the log; `path` holds hex hashes."""

    event: Event
    path: tuple[str, ...]
    head: SignedHead
    public_key: str  # 32 bytes, hex


def sign_head(desk: Desk, *, actor: str) -> SignedHead:
    """Sign the log as it is now; the head becomes its next line, and a line of its own file."""
    workspace = desk.workspace
    events = workspace.events
    at = workspace.now().isoformat(timespec="seconds")
    head = Head(len(events), root_of(events).hex(), at)
    key = signing_key(workspace.folder)
    signature = b64encode(key.sign(encode(KIND, canonical(head)))).decode()
    signed = SignedHead(head, key_id(key.public_key()), signature)
    workspace.record(actor, "head.signed", "", to_plain(signed))
    keep_head(workspace.folder, to_plain(signed))
    return signed


def root_of(events: Sequence[Event]) -> bytes:
    """Return the tree hash of lines of the log; a leaf is the line's own hash."""
    return tree_hash(_leaves(events))


def heads_of(desk: Desk) -> tuple[SignedHead, ...]:
    """Return every head that is known here, of the log and of the file, the oldest first.

    Raises:
        BrokenWorkspaceError: what should be a head is none.
    """
    workspace = desk.workspace
    plain = [e.payload for e in workspace.events if e.action == "head.signed"]
    found = {read_head(each) for each in (*plain, *kept_heads(workspace.folder))}
    return tuple(sorted(found, key=lambda signed: (signed.head.size, signed.head.at)))


def read_head(plain: Mapping[str, Any]) -> SignedHead:
    """Return a head from its JSON.

    Raises:
        BrokenWorkspaceError: it is none.
    """
    try:
        return from_plain(plain, SignedHead)
    except (BaseValidationError, TypeError, ValueError):
        raise BrokenWorkspaceError("This is no signed head.", hint=AGAIN) from None


def check_head(desk: Desk, signed: SignedHead, events: Sequence[Event]) -> None:
    """Check that the log still begins with what a head covers.

    Raises:
        BrokenWorkspaceError: the signature does not fit, the log is shorter, or another.
    """
    head, key = signed.head, signing_key(desk.workspace.folder).public_key()
    if not _fits(signed, key):
        raise BrokenWorkspaceError(
            f"The head of {head.at} is not signed by the key of this workspace.", hint=AGAIN
        )
    if head.size > len(events):
        raise BrokenWorkspaceError(
            f"The log has {len(events):,} events, but the head signed at {head.at} covers "
            f"{head.size:,}: its end was cut off.",
            hint=RESTORE,
        )
    if root_of(events[: head.size]).hex() != head.root:
        raise BrokenWorkspaceError(
            f"The first {head.size:,} events are not those that were signed at {head.at}: "
            "the log was written anew.",
            hint=RESTORE,
        )


def proof_of(desk: Desk, seq: int) -> Proof:
    """Return the proof that line `seq` is in the log, under the newest head that covers it.

    Raises:
        NotFoundError: there is no such line, or no head covers it yet.
    """
    events = desk.workspace.events
    covering = [s for s in heads_of(desk) if seq <= s.head.size <= len(events)]
    if not 1 <= seq <= len(events) or not covering:
        raise NotFoundError(
            f"No signed head covers event {seq:,} yet.", hint="Sign the head now."
        )
    signed = covering[-1]
    path = inclusion_proof(_leaves(events[: signed.head.size]), seq - 1)
    key = signing_key(desk.workspace.folder).public_key()
    return Proof(events[seq - 1], tuple(h.hex() for h in path), signed, _raw(key).hex())


def growth_proof(desk: Desk, older: Head, newer: Head) -> tuple[str, ...]:
    """Return the hashes that show that the log under `newer` begins with that of `older`."""
    leaves = _leaves(desk.workspace.events[: newer.size])
    return tuple(h.hex() for h in consistency_proof(leaves, older.size))


def write_proof(proof: Proof) -> bytes:
    """Return a proof as one JSON text (RFC 8785)."""
    return canonical(asdict(proof))


def check_proof(text: bytes, trusted: str) -> Proof:
    """Return the proof that a text holds if it proves its event under a trusted key.

    `trusted` is the id of the workspace's key, as the outsider has it from elsewhere. A
    text that is not written in the one canonical way is refused.

    Raises:
        WrongInputError: it is no proof, or it does not hold.
    """
    try:
        proof = from_plain(json.loads(text), Proof)
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(proof.public_key))
        path = [bytes.fromhex(h) for h in proof.path]
        root, leaf = bytes.fromhex(proof.head.head.root), _leaves([proof.event])[0]
    except (BaseValidationError, AttributeError, TypeError, ValueError):
        raise WrongInputError("This is no proof.", hint=AGAIN) from None
    index, size = proof.event.seq - 1, proof.head.head.size
    reasons = {
        "it is not written as proofs are": write_proof(proof) == text
        and all(h == h.lower() for h in (*proof.path, proof.public_key)),
        "the event does not match its hash": seal(proof.event) == proof.event.hash,
        "the event is not in the tree": includes(leaf, index, size, path, root),
        "another key signed it": key_id(key) == trusted,
        "the signature of its head is broken": _fits(proof.head, key),
    }
    for reason, holds in reasons.items():
        if not holds:
            raise WrongInputError(f"This proof does not hold: {reason}.", hint=AGAIN)
    return proof


def _fits(signed: SignedHead, key: Ed25519PublicKey) -> bool:
    try:
        signature = b64decode(signed.signature, validate=True)
        key.verify(signature, encode(KIND, canonical(signed.head)))
    except (ValueError, InvalidSignature):
        return False
    return signed.key == key_id(key) and b64encode(signature).decode() == signed.signature


def _leaves(events: Sequence[Event]) -> list[bytes]:
    return [leaf_hash(bytes.fromhex(event.hash)) for event in events]


def _raw(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)
