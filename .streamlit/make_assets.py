# noqa: INP001 - a script beside what it makes
"""Make the fonts, the icon and the logo again: `python .streamlit/make_assets.py FOLDER_OF_INTER`.

FOLDER_OF_INTER holds the OTF files of Inter 4.0, `/usr/share/fonts/opentype/inter` on Debian.
The same input gives the same bytes.
"""

import sys
from pathlib import Path
from typing import Final

from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw

HERE: Final = Path(__file__).parent
TEAL: Final = "#208c85"  # 3:1 or more on the sidebars of both themes
DIAMOND: Final = ((32, 3), (61, 32), (32, 61), (3, 32))
CHECK: Final = ((19.0, 33.0), (28.5, 42.5), (46.0, 24.0))
WEIGHTS: Final = {400: "Regular", 500: "Medium", 600: "SemiBold", 700: "Bold"}
SIGNS: Final = (
    *range(0x20, 0x7F),
    *range(0xA0, 0x180),  # Latin
    *range(0x391, 0x3CA),  # Greek
    *range(0x2009, 0x200C),
    *range(0x2010, 0x2027),  # dashes, quotes, bullets
    *(0x202F, 0x2030, 0x2032, 0x2033, 0x2039, 0x203A, 0x2044, 0x20AC, 0x2122),
    *range(0x2070, 0x208A),  # raised and lowered digits
    *range(0x2190, 0x219A),  # arrows
    *(0x2212, 0x2215, 0x2248, 0x2260, 0x2264, 0x2265),
    *range(0x25A0, 0x25D0),  # the shapes of verdicts
    *(0x2713, 0x2717),
)
FEATURES: Final = ["kern", "mark", "mkmk", "ccmp", "locl", "calt", "tnum", "zero", "case"]


def main(inter: Path) -> None:
    """Write everything beside this file."""
    for weight, name in WEIGHTS.items():
        cut_font(inter / f"Inter-{name}.otf", HERE / "fonts" / f"inter-{weight}.woff")
    draw_icon(HERE / "icon.png")
    draw_logo(inter / "Inter-SemiBold.otf", HERE / "logo.svg")


def cut_font(source: Path, into: Path) -> None:
    """Keep the signs that the pages use."""
    font = TTFont(source, recalcTimestamp=False)
    subsetter = Subsetter(Options(layout_features=FEATURES))
    subsetter.populate(unicodes=SIGNS)
    subsetter.subset(font)
    font.flavor = "woff"
    font.save(into)


def draw_icon(into: Path, *, side: int = 64, finer: int = 8) -> None:
    """Draw the mark, large, and make it small."""
    scale = finer * side / 64
    image = Image.new("RGBA", (side * finer, side * finer), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.polygon([(x * scale, y * scale) for x, y in DIAMOND], fill=TEAL)
    points = [(x * scale, y * scale) for x, y in CHECK]
    draw.line(points, fill="white", width=int(6 * scale), joint="curve")
    for x, y in points:
        end = 3 * scale
        draw.ellipse((x - end, y - end, x + end, y + end), fill="white")
    image.resize((side, side), Image.Resampling.LANCZOS).save(into, optimize=True)


def draw_logo(source: Path, into: Path) -> None:
    """Write the mark and the name, as paths: an image may load no font."""
    font = TTFont(source)
    letters, names, x = font.getGlyphSet(), font.getBestCmap(), 76.0
    scale = 36 / font["head"].unitsPerEm
    pen = SVGPathPen(letters, ntos=lambda number: f"{number:.2f}".rstrip("0").rstrip("."))
    for sign in "Countersign":
        letter = letters[names[ord(sign)]]
        letter.draw(TransformPen(pen, (scale, 0, 0, -scale, x, 45)))
        x += letter.width * scale
    mark = "".join(f"{'ML'[i > 0]}{px} {py}" for i, (px, py) in enumerate(DIAMOND)) + "Z"
    check = "".join(f"{'ML'[i > 0]}{px} {py}" for i, (px, py) in enumerate(CHECK))
    into.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {x + 4:.0f} 64">\n'
        f'  <path d="{mark}" fill="{TEAL}"/>\n'
        f'  <path d="{check}" fill="none" stroke="#fff" stroke-width="6"'
        ' stroke-linecap="round" stroke-linejoin="round"/>\n'
        f'  <path d="{pen.getCommands()}" fill="{TEAL}"/>\n</svg>\n',
        encoding="utf-8",
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
