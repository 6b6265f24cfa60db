"""Path segments that may hold anything, a slash included, once they are percent-encoded."""

from __future__ import annotations

from urllib.parse import quote, unquote

from starlette.convertors import Convertor, register_url_convertor
from starlette.types import ASGIApp, Receive, Scope, Send

CONVERTOR = "encoded_segment"


class EncodedSegment(Convertor[str]):
    """One segment of the encoded path; the handler gets it decoded."""

    regex = "[^/]+"

    def convert(self, value: str) -> str:
        return unquote(value)

    def to_string(self, value: str) -> str:
        return quote_segment(value)


def quote_segment(text: str) -> str:
    """The text as one path segment; an order number may hold a slash or a blank."""
    return quote(text, safe="")


class EncodedPaths:
    """Routes by the path as it was sent, so that ``%2F`` inside a segment does not split it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        raw = scope.get("raw_path") if scope["type"] == "http" else None
        if raw:
            path = raw.partition(b"?")[0].decode("latin-1")
            scope = {**scope, "path": path}
        await self._app(scope, receive, send)


register_url_convertor(CONVERTOR, EncodedSegment())
