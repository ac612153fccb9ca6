"""Headers: what every answer tells the browser it may do, which is little."""

from collections.abc import Iterable
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY: Final = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self' 'unsafe-inline'",  # the frontend writes its styles at run time
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "worker-src": "'self' blob:",
    "manifest-src": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
}
FIXED: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
KEPT: Final = ("/static/", "/fonts/", "/favicon.png")


def content_policy(scripts: Iterable[str]) -> str:
    """Return the Content-Security-Policy that lets the given inline scripts run.

    >>> content_policy(["'sha256-abc'"]).split("; ")[1]
    "script-src 'self' 'sha256-abc'"
    """
    policy = POLICY | {"script-src": " ".join(["'self'", *scripts])}
    return "; ".join(f"{name} {sources}" for name, sources in policy.items())


class Headers:
    """ASGI middleware that adds the headers; only the frontend's own files may be kept."""

    def __init__(self, app: ASGIApp, *, scripts: Iterable[str]) -> None:
        self._app = app
        self._headers = FIXED | {"Content-Security-Policy": content_policy(scripts)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and add to what comes back."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(self._headers)
                if not scope["path"].startswith(KEPT) or message["status"] != 200:  # noqa: PLR2004
                    headers["Cache-Control"] = "no-store"
            await send(message)

        await self._app(scope, receive, send_with_headers)
