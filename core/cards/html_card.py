"""The card as one HTML file: no script, no picture from elsewhere, prints on A4."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from core.cards.card import Card, card_digest
from core.estimates.wording import say_hash
from core.figures.marks import Figure
from core.figures.paper import draw_svg
from core.records.findings import Finding
from core.records.texts import say_text
from core.reviews.findings import light


def write_html(card: Card, figures: tuple[tuple[str, Figure], ...]) -> bytes:
    """Return the card as HTML; `figures` are (column, figure) pairs."""
    text = (
        _templates()
        .get_template("card.html")
        .render(
            card=card,
            digest=card_digest(card),
            drawings=[(name, Markup(draw_svg(f)), f.alt) for name, f in figures],  # noqa: S704 - our own SVG
        )
    )
    return text.encode()


@cache
def _templates() -> Environment:
    templates = Environment(
        loader=PackageLoader("core.cards", "templates"),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        finalize=_show,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters["short"] = say_hash
    templates.filters["light"] = light
    templates.filters["tone"] = _tone
    return templates


def _show(value: object) -> object:
    """Return what a template writes: a text with each unseen character written out."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return say_text(value)


def _tone(finding: Finding) -> str:
    """Return the CSS class of a finding: the first letter of its light's word."""
    return light(finding).split(" ", 1)[1].split(" ")[0].lower()
