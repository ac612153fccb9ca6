"""Evidence: what is signed, each part by its digest, and what differs between two bodies.

The evidence root is the SHA-256 of the canonical list of (name, digest) pairs (RFC 8785).
It covers the data, the model, the policy, the threshold, the roll-ups, the results, the
findings and what people declared; never a decision, a signature or a rendering.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from core.records.canonical import digest
from core.records.reviews import Manifest

PARTS: Final[dict[str, str]] = {
    "data": "the data",
    "columns": "what the columns mean",
    "model": "the model",
    "answer": "what its scores mean",
    "policy": "the policy",
    "threshold": "the decision threshold",
    "scores": "the scores",
    "results": "the results",
    "findings": "the findings",
    "declared": "what people declared",
    "checks": "the checks of the data",
}


def make_manifest(entries: Mapping[str, str]) -> Manifest:
    """Return the manifest of named digests, in one order."""
    return Manifest(tuple(sorted(entries.items())))


def root_of(manifest: Manifest) -> str:
    """Return the evidence root: what people sign."""
    return digest(manifest)


def changed_parts(before: Manifest, after: Manifest) -> tuple[str, ...]:
    """Return the names of the parts that differ, in words, in a fixed order."""
    one, other = dict(before.entries), dict(after.entries)
    differ = {name for name in one | other if one.get(name) != other.get(name)}
    known = [words for name, words in PARTS.items() if name in differ]
    return (*known, *sorted(differ - set(PARTS)))


def say_changed(parts: Iterable[str]) -> str:
    """Return the sentence of what changed since people signed."""
    named = list(parts)
    if not named:
        return "Nothing changed since it was signed."
    listed = " and ".join(p for p in (", ".join(named[:-1]), named[-1]) if p)
    verb = "is" if len(named) == 1 else "are"
    return f"Since it was signed, {listed} {verb} not the same."
