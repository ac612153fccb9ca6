"""Views: a page with every control's value and every pinned version, under a token."""

from dataclasses import dataclass

from core.records.canonical import digest


@dataclass(frozen=True, slots=True)
class View:
    """What somebody looked at, exactly.

    `controls` holds (parameter, value) pairs of every control, defaults included;
    `pins` holds (noun, hash) pairs: dataset, model, evaluation, policy, code.
    """

    page: str
    controls: tuple[tuple[str, str], ...]
    pins: tuple[tuple[str, str], ...]

    @property
    def token(self) -> str:
        """16 hexadecimal digits that name the view; equal views have equal tokens."""
        return digest(self)[:16]


def make_view(page: str, controls: dict[str, str], pins: dict[str, str]) -> View:
    """Return the view with controls and pins in one order, so that its token is stable."""
    return View(page, tuple(sorted(controls.items())), tuple(sorted(pins.items())))
