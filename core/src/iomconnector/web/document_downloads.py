"""A document on its way from the order management system to its owner, never as a whole in memory."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any, Final
from urllib.parse import quote

from fastapi import Response
from fastapi.responses import StreamingResponse

from iomconnector.application import Application
from iomconnector.model.customer_users import OrderOwner
from iomconnector.ports.document_service import DocumentStream

HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Referrer-Policy": "no-referrer",
}

ENDINGS: Final = {
    "application/pdf": ".pdf",
    "application/xml": ".xml",
    "text/xml": ".xml",
    "text/plain": ".txt",
    "text/csv": ".csv",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/tiff": ".tif",
    "application/zip": ".zip",
}
LONGEST_NAME: Final = 120
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+")


def file_name(name: str, mime_type: str) -> str:
    """A name for a file of letters, digits and ``._-``, with the ending of what it is.

    Arguments:
        name: What the document is called.
        mime_type: What it is.
    """
    plain = _UNSAFE.sub("-", name).strip("-.")[:LONGEST_NAME] or "document"
    ending = _ending(mime_type)
    return plain if plain.lower().endswith(ending) and ending else plain + ending


def attachment(name: str, mime_type: str) -> str:
    """The header that says under which name a document is kept: in characters that every file system takes,
    and as it is for clients that know how.

    Arguments:
        name: The name without ending.
        mime_type: What the document is.
    """
    plain = file_name(name, mime_type)
    whole = f"{name}{_ending(mime_type)}".encode("utf-8", "replace")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(whole, safe='')}"


def _ending(mime_type: str) -> str:
    return ENDINGS.get(mime_type.partition(";")[0].strip().lower(), "")


class _Download(StreamingResponse):
    """Gives the document back when it is sent, or when nobody reads it any more."""

    def __init__(self, opened: AsyncExitStack, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._opened = opened

    async def __call__(self, *arguments: Any) -> None:
        async with self._opened:
            await super().__call__(*arguments)


async def document_download(
    application: Application, owner: OrderOwner, order_id: int, document_id: str, name: str
) -> Response:
    """A document as an attachment.

    Arguments:
        application: The system.
        owner: Whose order it is.
        order_id: The key of the order.
        document_id: The id of the document.
        name: What the file is to be called, without its ending.

    Raises:
        DocumentNotFoundError: There is no such document, or it is somebody else's.
        DocumentRefusedError: What came may not be passed on, and its beginning shows it.
        DocumentsBusyError: Too many documents are on their way.
        HistoryUnavailableError: The order management system cannot be asked now.
    """
    async with AsyncExitStack() as stack:
        history = application.order_history
        stream = await stack.enter_async_context(history.open_document(owner, order_id, document_id))
        beginning = await anext(stream.chunks, b"")
        headers = {
            **HEADERS,
            "Content-Disposition": attachment(name, stream.mime_type),
        }
        if stream.size is not None:
            headers["Content-Length"] = str(stream.size)
        return _Download(
            stack.pop_all(), _chunks(beginning, stream), headers=headers, media_type=stream.mime_type
        )


async def _chunks(beginning: bytes, stream: DocumentStream) -> AsyncIterator[bytes]:
    yield beginning
    async for chunk in stream.chunks:
        yield chunk
