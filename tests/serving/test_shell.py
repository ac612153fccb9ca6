"""The shell that is served in place of Streamlit's `index.html`."""

from base64 import b64encode
from gzip import decompress
from hashlib import sha256
from pathlib import Path

from core.serving.headers import content_policy
from core.serving.shell import BACKEND, read_shell, static_folder

INDEX = """<!-- licence -->
<html><head><title>Streamlit</title>
<link rel="service-desc" href="./_stcore/agent/openapi.json" />
<script>one()</script><script type="module" src="./static/js/a.js"></script>
</head><body><noscript>agents <b>welcome</b></noscript></body></html>"""


def test_the_shell_says_what_the_app_is(tmp_path: Path) -> None:
    """Name, server address and scripts are there; the agent API is not."""
    (tmp_path / "index.html").write_text(INDEX)
    html = read_shell(tmp_path).html.decode()
    assert "<title>Countersign</title>" in html
    assert html.index(BACKEND) < html.index("one()")
    assert 'src="/static/js/a.js"' in html
    assert "agent" not in html
    assert "licence" not in html


def test_every_inline_script_has_its_hash(tmp_path: Path) -> None:
    """The policy names the hash of each inline script, as a browser computes it."""
    (tmp_path / "index.html").write_text(INDEX)
    expected = b64encode(sha256(b"one()").digest()).decode()
    shell = read_shell(tmp_path)
    assert f"'sha256-{expected}'" in content_policy(shell.scripts)
    assert len(shell.scripts) == 2


def test_the_packed_shell_is_the_same_page() -> None:
    """What a browser unpacks is the page, made from the Streamlit that is installed."""
    shell = read_shell(static_folder())
    assert decompress(shell.packed) == shell.html
    assert shell.html.count(b"<script>") == len(shell.scripts) == 2
    assert b"agent" not in shell.html
