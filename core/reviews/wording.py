"""Wording: why a finding matters, what nobody knows, and what to ask."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import yaml

from core.records.estimate import Gate

TEXTS: Final = Path(__file__).parent / "texts"
OTHER: Final = "other"


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside a finding."""

    why: str
    unknown: str
    ask: str


def beside(gate: Gate, language: str = "en") -> Beside:
    """Return the texts for a rule: by its id (a check), by what it measures, or for any rule."""
    texts = texts_of(language)
    return texts.get(gate.id) or texts.get(gate.metric) or texts[OTHER]


@cache
def texts_of(language: str) -> dict[str, Beside]:
    """Return all texts of a language."""
    plain = yaml.safe_load((TEXTS / f"{language}.yaml").read_text(encoding="utf-8"))
    return {key: Beside(**texts) for key, texts in plain.items()}
