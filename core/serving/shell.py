"""The shell: the one HTML file in which Streamlit's frontend starts, as this app serves it.

Streamlit's own `index.html` is changed in five places: the title, the hint for browsers without
JavaScript, a script that tells the frontend where the server is (a deep link then opens without
a failing probe), no font that no page uses, and no pointer to the agent API, which is off.
"""

import re
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from gzip import compress
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Final

BACKEND: Final = "<script>window.__streamlit={BACKEND_BASE_URL:location.origin}</script>"
NO_SCRIPT: Final = "<noscript><p>Countersign needs JavaScript.</p></noscript>"
INLINE: Final = re.compile(r"<script>(.*?)</script>", re.DOTALL)
COMMENT: Final = re.compile(r"\s*<!--.*?-->", re.DOTALL)
CHANGES: Final = (
    (COMMENT, ""),
    (re.compile(r"<title>.*?</title>", re.DOTALL), "<title>Countersign</title>"),
    (re.compile(r"\s*<link\s+rel=\"preload\"[^>]*SourceSans[^>]*>"), ""),
    (re.compile(r"\s*<link rel=\"service-desc\"[^>]*>"), ""),
    (re.compile(r"<noscript>.*?</noscript>", re.DOTALL), NO_SCRIPT),
    (re.compile("(?<=<head>)"), BACKEND),
)


@dataclass(frozen=True, slots=True)
class Shell:
    """The page shell, plain and packed, and what a policy must allow for it to run."""

    html: bytes
    packed: bytes
    scripts: tuple[str, ...]


def static_folder() -> Path:
    """Return where Streamlit keeps its frontend, without importing Streamlit.

    Raises:
        ModuleNotFoundError: Streamlit is not installed.
    """
    found = find_spec("streamlit")
    if found is None or found.origin is None:
        raise ModuleNotFoundError(name="streamlit")
    return Path(found.origin).parent / "static"


def read_shell(folder: Path) -> Shell:
    """Return the shell made of the `index.html` in `folder`.

    `scripts` holds a CSP source (`'sha256-…'`) for every inline script of the shell and of
    the file as it was: Streamlit serves that one below unknown folders.
    """
    given = (folder / "index.html").read_text(encoding="utf-8")
    text = given
    for pattern, replacement in CHANGES:
        text = pattern.sub(replacement, text, count=0 if pattern is COMMENT else 1)
    html = text.strip().replace("./static/", "/static/").encode()
    scripts = _hashes(INLINE.findall(text) + INLINE.findall(given))
    return Shell(html, compress(html, mtime=0), scripts)


def _hashes(scripts: Iterable[str]) -> tuple[str, ...]:
    """Return CSP sources, each once, in the order of the scripts.

    >>> _hashes(["", ""])
    ("'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='",)
    """
    digests = (b64encode(sha256(script.encode()).digest()).decode() for script in scripts)
    return tuple(dict.fromkeys(f"'sha256-{digest}'" for digest in digests))
