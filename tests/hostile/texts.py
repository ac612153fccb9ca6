"""Names and values that somebody might bring to have them read as something else.

Each text holds the word KRAKEN: where a browser makes an element, an address or a formula of
it, the word is found there.
"""

from collections.abc import Iterator
from typing import Final

MARKUP: Final = (
    "<script>window.kraken=1</script>",
    "<img src=x onerror=window.kraken=2 class=kraken>",
    "</title></style><b class=kraken>kraken</b>",
    "</text><text class='kraken'>kraken",
    "]]><!-- kraken -->",
    "[kraken](javascript:window.kraken=3)",
    "![kraken](http://127.0.0.1:9/kraken.png)",
    "<https://kraken.example>",
    "https://kraken.example/x?y=1",
    "www.kraken.example",
    "kraken@kraken.example",
    "mailto:kraken@kraken.example",
    ":red[kraken]",
    ":color[kraken]{background=red}",
    ":red-badge[kraken]",
    ":material/home: kraken",
    ":material_home: kraken",
    ":streamlit: kraken",
    ":+1: :smile: kraken",
    ":help[kraken]",
    "$\\frac{kraken}{0}$",
    "$$kraken$$",
    "&lt;kraken&gt; &#x202e; &copy;",
    "kraken -> a <- b <-> c -- d >= e <= f ~= g",
    "# kraken",
    "- [ ] kraken",
    "1. kraken",
    "    kraken",
    "> kraken",
    "`kraken` *kraken* __kraken__ ~~kraken~~",
    "a | kraken | b",
    "kraken[^1] \\* \\",
    "::: kraken",
    "--- kraken",
    "{{7*7}} {% kraken %}",
    "%{x} %{customdata[0]} %(kraken)s {kraken}",
    "_kraken_",
    "kraken'; drop table x; --",
)
FORMULAE: Final = (
    "=cmd|' /C calc'!A0 kraken",
    '=HYPERLINK("http://127.0.0.1:9","kraken")',
    "+1+kraken",
    "-1-kraken",
    "@SUM(kraken)",
)
TURNED: Final = (
    "kraken \u202egnp.exe\u202c",
    "\u2067kraken\u2069 \u061c\u200e\u200f",
)
UNSEEN: Final = (
    "kra\u200bken\ufeff",
    "kraken\x00\x07\x1b[31m\x7f\x9b",
    "kraken\ttab\r\nline\u2028line\u2029end",
    "kraken\U000e0041\U000e007f\u00ad\u3164",
    "kraken\ufffe\ufdd0\ue000",
)
LONG: Final = (
    "kraken" * 30,
    "W" * 180 + "kraken",
)
ORDINARY: Final = (
    "Süd & Nord",
    "שלום קראקן kraken",
    "كراكن kraken",
    "می‌خواهم",
    "日本 👩‍🔬 ❤️ 🏳️‍🌈 1️⃣",
    'it\'s 100% "fine"; really, yes/no?',
)
HOSTILE: Final = MARKUP + FORMULAE + TURNED + UNSEEN + LONG


def parts() -> Iterator[str]:
    """Give all letters that begin, end or build markup, and all texts: for mixtures."""
    yield from "\\`*_{}[]()#+-.!|<>$~:&;@=/^%\"' \t\nwW1a"
    yield from ("www.", "https://", "a@b.c", ":material/", ":red[", "--", "->", "\u202e")
    yield from HOSTILE
