"""The card as JSON: the same facts, for programs."""

import json

from core.cards.card import Card, card_digest
from core.records.canonical import to_plain


def write_json(card: Card) -> bytes:
    """Return the card as JSON; `card_sha256` is the digest of its canonical form."""
    whole = {
        "format": "countersign card 1",
        "signed": False,
        "card_sha256": card_digest(card),
        "card": to_plain(card),
    }
    return (json.dumps(whole, indent=2, ensure_ascii=False) + "\n").encode()
