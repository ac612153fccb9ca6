"""The card as JSON: the same facts, for programs."""

import json

from core.cards.card import Card, card_digest
from core.records.canonical import to_plain
from core.records.texts import write_unseen


def write_json(card: Card) -> bytes:
    """Return the card as JSON; `card_sha256` is the digest of its canonical form.

    Its values are exact: what cannot be seen is written as JSON's own escape.
    """
    whole = {
        "format": "countersign card 1",
        "signed": False,
        "card_sha256": card_digest(card),
        "card": to_plain(card),
    }
    lines = json.dumps(whole, indent=2, ensure_ascii=False).split("\n")
    return ("\n".join(write_unseen(line, _escape) for line in lines) + "\n").encode()


def _escape(letter: str) -> str:
    return json.dumps(letter)[1:-1]
