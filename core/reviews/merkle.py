"""Merkle trees: one hash over many entries, and short proofs of what it covers.

The tree of n leaves is cut at k, the largest power of two below n. A leaf is hashed behind
the byte 0, a node behind the byte 1, so that neither can pass for the other.
Source: RFC 6962 (Laurie, Langley, Kasper, 2013), sections 2.1, 2.1.1 and 2.1.2.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Final

from core.errors import WrongInputError

LEAF: Final = b"\x00"
NODE: Final = b"\x01"
Hashes = Sequence[bytes]


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of one entry: SHA-256(0x00 || entry)."""
    return sha256(LEAF + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of two subtrees: SHA-256(0x01 || left || right)."""
    return sha256(NODE + left + right).digest()


def tree_hash(leaves: Hashes) -> bytes:
    """Return the hash of the whole tree of leaf hashes, the root (section 2.1).

    The tree of nothing is the SHA-256 of nothing.

    >>> tree_hash([]).hex()[:8]
    'e3b0c442'
    """
    if not leaves:
        return sha256().digest()
    level = list(leaves)
    while len(level) > 1:  # from below, an odd last one rises: the same tree as cut at k
        pairs = zip(level[::2], level[1::2], strict=False)
        level = [node_hash(*pair) for pair in pairs] + level[len(level) & ~1 :]
    return level[0]


def inclusion_proof(leaves: Hashes, index: int) -> tuple[bytes, ...]:
    """Return what proves that leaf `index` is in the tree: about log2(n) hashes.

    Section 2.1.1, PATH(m, D[n]); the hashes beside the way from the leaf to the root.

    Raises:
        WrongInputError: there is no such leaf.
    """
    if not 0 <= index < len(leaves):
        raise WrongInputError(
            f"There is no entry {index + 1:,} among {len(leaves):,}.",
            hint="Choose one of the list.",
        )
    if len(leaves) == 1:
        return ()
    k = _cut(len(leaves))
    if index < k:
        return (*inclusion_proof(leaves[:k], index), tree_hash(leaves[k:]))
    return (*inclusion_proof(leaves[k:], index - k), tree_hash(leaves[:k]))


def includes(leaf: bytes, index: int, size: int, proof: Hashes, root: bytes) -> bool:
    """Whether `proof` shows that `leaf` stands at `index` of the tree of `size` and `root`.

    Goes the way of `inclusion_proof` back: the last hash belongs to the topmost cut.
    """
    if not 0 <= index < size or len(proof) != _steps(index, size):
        return False
    return _climb(leaf, index, size, proof) == root


def consistency_proof(leaves: Hashes, older: int) -> tuple[bytes, ...]:
    """Return what proves that the tree of the first `older` leaves was only added to.

    Section 2.1.2, PROOF(m, D[n]).

    Raises:
        WrongInputError: the older tree is empty, or larger than this one.
    """
    if not 0 < older <= len(leaves):
        raise WrongInputError(
            f"A tree of {older:,} cannot have become one of {len(leaves):,}.",
            hint="Compare with an earlier head of this log.",
        )
    return _subproof(leaves, older, whole=True)


def extends(older: int, older_root: bytes, size: int, root: bytes, proof: Hashes) -> bool:
    """Whether `proof` shows that the tree of `size` and `root` begins with the older tree."""
    if not 0 < older <= size:
        return False
    if older == size:
        return not proof and older_root == root
    left = list(proof)
    try:
        rebuilt = _rebuild(older, size, left.pop, older_root)
    except IndexError:
        return False
    return not left and rebuilt == (older_root, root)


def _cut(size: int) -> int:
    """Return the largest power of two below `size` (size >= 2)."""
    return 1 << ((size - 1).bit_length() - 1)


def _steps(index: int, size: int) -> int:
    steps = 0
    while size > 1:
        k = _cut(size)
        index, size = (index, k) if index < k else (index - k, size - k)
        steps += 1
    return steps


def _climb(leaf: bytes, index: int, size: int, proof: Hashes) -> bytes:
    if size == 1:
        return leaf
    k, beside = _cut(size), proof[-1]
    if index < k:
        return node_hash(_climb(leaf, index, k, proof[:-1]), beside)
    return node_hash(beside, _climb(leaf, index - k, size - k, proof[:-1]))


def _subproof(leaves: Hashes, older: int, *, whole: bool) -> tuple[bytes, ...]:
    """Return SUBPROOF(m, D[n], b); `whole` while the older tree is a known root itself."""
    if older == len(leaves):
        return () if whole else (tree_hash(leaves),)
    k = _cut(len(leaves))
    if older <= k:
        return (*_subproof(leaves[:k], older, whole=whole), tree_hash(leaves[k:]))
    return (*_subproof(leaves[k:], older - k, whole=False), tree_hash(leaves[:k]))


def _rebuild(
    older: int, size: int, take: Callable[[], bytes], known: bytes | None
) -> tuple[bytes, bytes]:
    """Return both roots from a proof, whose last hash belongs to the topmost cut.

    `known` is the older root while the older tree is all that lies to the left.

    Raises:
        IndexError: the proof is too short.
    """
    if older == size:
        both = take() if known is None else known
        return both, both
    k, beside = _cut(size), take()
    if older <= k:
        before, now = _rebuild(older, k, take, known)
        return before, node_hash(now, beside)
    before, now = _rebuild(older - k, size - k, take, None)
    return node_hash(beside, before), node_hash(beside, now)
