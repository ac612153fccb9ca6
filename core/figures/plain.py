"""Plain: text that plotly shows as it is."""

from typing import Final

ENTITIES: Final = {ord(mark): f"&#{ord(mark)};" for mark in "&<>$%"}


def plain(text: str) -> str:
    """Return text that plotly shows as it is: it would read tags, entities and formulae."""
    return text.translate(ENTITIES)
