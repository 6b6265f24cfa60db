"""A document on its way from the order management system to its owner, never as a whole in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any, Final

from fastapi import Response
from fastapi.responses import StreamingResponse

from as_iomconnector.document_names import file_name
from iomconnector.application import Application
from iomconnector.model.customer_users import OrderOwner
from iomconnector.ports.document_service import DocumentStream

HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Referrer-Policy": "no-referrer",
}


class _Download(StreamingResponse):
    """Gives the document back when it is sent, or when nobody reads it any more."""

    def __init__(self, opened: AsyncExitStack, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._opened = opened

    async def __call__(self, *arguments: Any) -> None:
        async with self._opened:
            await super().__call__(*arguments)


async def download(
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
        HistoryUnavailableError: The order management system cannot be asked now.
    """
    async with AsyncExitStack() as stack:
        history = application.order_history
        stream = await stack.enter_async_context(history.open_document(owner, order_id, document_id))
        beginning = await anext(stream.chunks, b"")
        headers = {
            **HEADERS,
            "Content-Disposition": f'attachment; filename="{file_name(name, stream.mime_type)}"',
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
