"""Proofs hold for what is in the tree, and for nothing else."""

from functools import cache
from hashlib import sha256

import numpy as np
import pytest

from core.errors import WrongInputError
from core.reviews.merkle import (
    consistency_proof,
    extends,
    includes,
    inclusion_proof,
    leaf_hash,
    node_hash,
    tree_hash,
)

# The entries and roots with which implementations of RFC 6962 are compared (the test data
# of certificate-transparency's merkle_tree_test).
ENTRIES = (
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
)
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
MOST = 40


def leaves(size: int) -> list[bytes]:
    """Return that many different leaves."""
    return [leaf_hash(b"entry %d" % k) for k in range(size)]


@cache
def defined(size: int, start: int = 0) -> bytes:
    """Return the tree hash straight from the definition: cut at the largest power below."""
    if size == 0:
        return sha256(b"").digest()
    if size == 1:
        return leaf_hash(b"entry %d" % start)
    k = 1
    while 2 * k < size:
        k *= 2
    return node_hash(defined(k, start), defined(size - k, start + k))


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_that_others_compute(size: int) -> None:
    """The known answers of trees of one to eight entries."""
    known = [leaf_hash(bytes.fromhex(entry)) for entry in ENTRIES[:size]]
    assert tree_hash(known).hex() == ROOTS[size - 1]


def test_a_tree_of_seven_by_hand() -> None:
    """The example of RFC 6962, section 2.1.3: its paths and its consistency proofs."""
    a, b, c, d, e, f, j = d0 = leaves(7)
    g, h, i = node_hash(a, b), node_hash(c, d), node_hash(e, f)
    k, m = node_hash(g, h), node_hash(i, j)
    assert tree_hash(d0) == node_hash(k, m)
    assert inclusion_proof(d0, 0) == (b, h, m)
    assert inclusion_proof(d0, 3) == (c, g, m)
    assert inclusion_proof(d0, 4) == (f, j, k)
    assert inclusion_proof(d0, 6) == (i, k)
    assert consistency_proof(d0, 3) == (c, d, g, m)
    assert consistency_proof(d0, 4) == (m,)
    assert consistency_proof(d0, 6) == (i, j, k)


@pytest.mark.parametrize("size", range(MOST))
def test_the_root_is_the_one_defined(size: int) -> None:
    """Level by level from below gives the tree that the definition cuts from above."""
    assert tree_hash(leaves(size)) == defined(size)


@pytest.mark.parametrize("size", range(1, MOST))
def test_every_inclusion_proof_holds_and_for_its_place_alone(size: int) -> None:
    """Each leaf at its index; no other leaf, no other index, no other size's root."""
    all_, root = leaves(size), defined(size)
    for index, leaf in enumerate(all_):
        proof = inclusion_proof(all_, index)
        assert includes(leaf, index, size, proof, root)
        held = [k for k in range(-1, size + 1) if includes(leaf, k, size, proof, root)]
        assert held == [index]
        assert not includes(leaf_hash(b"other"), index, size, proof, root)
        assert not includes(leaf, index, size, proof, defined(size + 1))
        assert not includes(leaf, index, size, (*proof, root), root)
        assert not proof or not includes(leaf, index, size, proof[:-1], root)


@pytest.mark.parametrize("size", range(1, MOST))
def test_every_consistency_proof_holds_and_for_its_trees_alone(size: int) -> None:
    """From each older size; an older tree that was changed does not pass."""
    all_, root = leaves(size), defined(size)
    for older in range(1, size + 1):
        proof = consistency_proof(all_, older)
        assert extends(older, defined(older), size, root, proof)
        assert not extends(older, leaf_hash(b"other"), size, root, proof)
        assert not extends(older, defined(older), size, leaf_hash(b"other"), proof)
        assert not extends(older, defined(older), size, root, (*proof, root))
        assert not proof or not extends(older, defined(older), size, root, proof[1:])


def test_no_mutated_proof_holds() -> None:
    """One bit of one hash, two hashes swapped: 3,000 seeded tries over all kinds."""
    rng = np.random.default_rng(20261125)
    for _ in range(3000):
        size = int(rng.integers(3, MOST))
        all_, root = leaves(size), defined(size)
        index, older = int(rng.integers(size)), int(rng.integers(1, size))
        inclusion = list(inclusion_proof(all_, index))
        consistency = list(consistency_proof(all_, older))
        for proof in (inclusion, consistency):
            k = int(rng.integers(len(proof)))
            if len(proof) > 1 and rng.random() < 0.3:
                proof[k], proof[k - 1] = proof[k - 1], proof[k]
            else:
                bits = bytearray(proof[k])
                bits[rng.integers(32)] ^= 1 << rng.integers(8)
                proof[k] = bytes(bits)
        assert not includes(all_[index], index, size, inclusion, root)
        assert not extends(older, defined(older), size, root, consistency)


def test_a_proof_is_short() -> None:
    """Of ten thousand entries 14 hashes prove one."""
    all_ = leaves(10_000)
    assert max(len(inclusion_proof(all_, index)) for index in (0, 5000, 9999)) <= 14


def test_what_is_not_there_has_no_proof() -> None:
    """An index outside, an older tree that is empty or larger."""
    with pytest.raises(WrongInputError, match="no entry 4 among 3"):
        inclusion_proof(leaves(3), 3)
    for older in (0, 4):
        with pytest.raises(WrongInputError, match=f"A tree of {older} cannot have become"):
            consistency_proof(leaves(3), older)
        assert not extends(older, b"", 3, defined(3), ())
