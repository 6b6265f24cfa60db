"""Fetching the documents of orders."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from iomconnector.errors import ConnectorError, NotFoundError


class DocumentNotFoundError(NotFoundError):
    """The order has no such document (any more)."""

    code = "document.not_found"


class DocumentRefusedError(ConnectorError):
    """What came is no document that may be passed on: its type is not allowed, or it is too large."""

    code = "document.refused"


class DocumentsBusyError(ConnectorError):
    """So many documents are on their way that no other one is fetched now; nothing is wrong with this one."""

    code = "document.busy"


@dataclass(frozen=True, slots=True)
class DocumentStream:
    """A document on its way.

    Arguments:
        mime_type: What it is, checked.
        size: Bytes; none where it is not known before the end.
        chunks: Its bytes. Where they end too early, or are more than allowed, iterating raises
            :class:`DocumentRefusedError`.
    """

    mime_type: str
    size: int | None
    chunks: AsyncIterator[bytes]


@runtime_checkable
class DocumentService(Protocol):
    """Gives the documents that :class:`~iomconnector.model.order_states.OrderState` names. An adapter of
    :class:`~iomconnector.ports.order_history_service.OrderHistoryService` may be one too."""

    def open_document(self, number: str, document_id: str) -> AbstractAsyncContextManager[DocumentStream]:
        """Fetch a document; it is read while the block lasts, and never as a whole into memory.

        Entering asks the order management system which documents the order has, so that an id of another
        order opens nothing.

        Raises:
            DocumentNotFoundError: The order has no such document.
            DocumentRefusedError: What came may not be passed on.
            DocumentsBusyError: Too many are on their way.
            HistoryUnavailableError: The system could not answer.
        """
        ...
