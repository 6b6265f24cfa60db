"""What every answer tells the browser, so that a page can do no harm even where something slipped into it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Scripts and styles are files of this site, never text within a page; nobody frames a page."""

PAGE_HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}
"""For HTML; a page that sets one of them itself keeps its own."""

SIGNED_IN: Final = "signed_in"
"""In the state of a request: that its answer is for somebody who is signed in."""


class SecurityHeaders:
    """Adds the headers: :data:`PAGE_HEADERS` to HTML, ``nosniff`` to everything, and to what is for somebody
    who is signed in that it is not to be stored."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                _add(MutableHeaders(scope=message), signed_in=bool(state.get(SIGNED_IN)))
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _add(headers: MutableHeaders, *, signed_in: bool) -> None:
    headers.setdefault("X-Content-Type-Options", "nosniff")
    if signed_in:
        headers["Cache-Control"] = "no-store"
    if headers.get("content-type", "").startswith("text/html"):
        for name, value in PAGE_HEADERS.items():
            headers.setdefault(name, value)
