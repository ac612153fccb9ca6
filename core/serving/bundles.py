"""Bundles: Streamlit's scripts and styles, packed once and kept in memory.

Streamlit serves them as they are (7.4 MB for the first page with a chart); packed they are
2.5 MB. Their names hold a hash of their content, so that a browser may keep them for good.
"""

import mimetypes
from gzip import compress
from pathlib import Path
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

PACKED_TYPES: Final = frozenset({".js", ".css", ".json", ".svg", ".wasm"})
FOREVER: Final = "public, immutable, max-age=31536000"


class Bundles:
    """ASGI middleware that answers for the files of the frontend's `static` folder."""

    def __init__(self, app: ASGIApp, *, folder: Path) -> None:
        self._app = app
        files = (file for file in (folder / "static").rglob("*") if file.is_file())
        self._files = {
            f"/{file.relative_to(folder).as_posix()}": file
            for file in files
            if file.suffix in PACKED_TYPES
        }
        self._packed: dict[str, bytes] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with a packed file, or let the app answer."""
        file = None
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD"):
            file = self._files.get(scope["path"]) if takes_gzip(scope) else None
        if file is None:
            await self._app(scope, receive, send)
            return
        data = await self._pack(scope["path"], file)
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        headers = {
            "Cache-Control": FOREVER,
            "Content-Encoding": "gzip",
            "Content-Length": str(len(data)),
            "Vary": "Accept-Encoding",
        }
        body = data if scope["method"] == "GET" else None
        await Response(body, headers=headers, media_type=kind)(scope, receive, send)

    async def _pack(self, path: str, file: Path) -> bytes:
        if path not in self._packed:
            self._packed[path] = await run_in_threadpool(_pack, file)
        return self._packed[path]


def takes_gzip(scope: Scope) -> bool:
    """Return whether the browser of a request unpacks gzip."""
    accepted = Headers(scope=scope).get("accept-encoding", "")
    names = (part.split(";")[0].strip() for part in accepted.split(","))
    return "gzip" in names


def _pack(file: Path) -> bytes:
    return compress(file.read_bytes(), 6, mtime=0)
