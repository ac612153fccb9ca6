"""Inks: the colours of marks by role, the same on screen and on paper."""

from dataclasses import dataclass
from typing import Final

from core.records.estimate import Word


@dataclass(frozen=True, slots=True)
class Inks:
    """Colours of one theme. `chosen` marks what is selected, `rest` all others.

    What is written in `text` or `faint` has a contrast of at least 4.5 to the page (WCAG 2.2,
    1.4.3).
    """

    text: str
    faint: str
    chosen: str
    rest: str
    words: tuple[tuple[Word, str], ...]
    series: tuple[str, ...]
    warning: str
    deepest: str  # the ground of the deepest cell of a heat table
    ramp: tuple[str, ...]  # five steps from low to high

    def of(self, word: Word | None, *, chosen: bool, warns: bool = False) -> str:
        """Return the colour of a point: its verdict's, else chosen or rest."""
        plain = self.chosen if chosen else self.rest
        if warns:
            return self.warning
        return dict(self.words).get(word, plain) if word else plain


LIGHT: Final = Inks(
    text="#1b2426",
    faint="#617075",
    chosen="#0b6e69",
    rest="#5b6b70",
    words=(
        (Word.PASS, "#157f3d"),
        (Word.FAIL, "#b42318"),
        (Word.INSUFFICIENT, "#5b6b70"),
        (Word.NOT_MEASURED, "#5b6b70"),
    ),
    series=("#0b6e69", "#c2571a", "#3b5bdb", "#a61e4d"),
    warning="#b54708",
    deepest="#7fc4bf",
    ramp=("#b8dcd9", "#86c2be", "#4fa39e", "#1f807b", "#06504c"),
)
DARK: Final = Inks(
    text="#e7ecec",
    faint="#84949a",
    chosen="#4fc3bb",
    rest="#9fb0b6",
    words=(
        (Word.PASS, "#5fd38d"),
        (Word.FAIL, "#ff8a7a"),
        (Word.INSUFFICIENT, "#9fb0b6"),
        (Word.NOT_MEASURED, "#9fb0b6"),
    ),
    series=("#4fc3bb", "#f4a26b", "#91a7ff", "#f783ac"),
    warning="#ffb454",
    deepest="#17655f",
    ramp=("#1d4f4c", "#2b7470", "#3f9a95", "#67c2bc", "#b3e8e4"),
)
WARNING_SHAPE: Final = "triangle-up"
SHAPES: Final[dict[Word | None, str]] = {
    Word.PASS: "circle",
    Word.FAIL: "square",
    Word.INSUFFICIENT: "diamond-open",
    Word.NOT_MEASURED: "circle-open",
}
