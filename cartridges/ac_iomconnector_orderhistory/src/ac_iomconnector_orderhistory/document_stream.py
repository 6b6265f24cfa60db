"""A document on its way from IOM to a customer, checked."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from ac_iomconnector_orderhistory.configuration import OrderHistoryConfiguration
from ac_iomconnector_orderhistory.failures import history_failure
from ac_iomconnector_orderhistory.reading.documents import LinkedDocument
from ac_iomconnector_rest_common.client import RestClient
from ac_iomconnector_rest_common.download import Download
from ac_iomconnector_rest_common.errors import IomNotFound, IomRestError
from iomconnector.errors import ConnectorError
from iomconnector.model.order_states import OrderDocument
from iomconnector.ports.document_service import (
    DocumentNotFoundError,
    DocumentRefusedError,
    DocumentStream,
)

_BEGINNINGS: Final = {
    "application/pdf": b"%PDF-",
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff",
}
"""What files of these types begin with, so that nothing else is passed on under their name."""
_LONGEST_BEGINNING: Final = 8


@asynccontextmanager
async def opened(
    client: RestClient,
    linked: LinkedDocument,
    path: str,
    *,
    configuration: OrderHistoryConfiguration,
    number: str,
) -> AsyncIterator[DocumentStream]:
    """A document, read while the block lasts.

    Raises:
        DocumentNotFoundError: IOM does not have it (any more).
        DocumentRefusedError: It may not be passed on.
        HistoryUnavailableError: IOM could not answer.
    """
    types = configuration.document_types.split()
    check = _Check(linked.document, number, types, configuration.largest_document)
    began = False
    try:
        async with client.download(
            path,
            linked.query,
            accept=", ".join(types),
            most=configuration.largest_document,
            order_number=number,
            route=f"{configuration.document_path}...",
        ) as download:
            check.headers(download)
            began = True
            yield DocumentStream(download.content_type, download.size, check.pieces(download))
    except IomNotFound as error:
        raise DocumentNotFoundError(
            f"IOM does not have document {linked.document.name} of order {number} any more.",
            order=number,
            document=linked.document.id,
        ) from error
    except ConnectorError as error:
        if began or not isinstance(error, IomRestError):
            raise
        raise history_failure(error, number) from error


class _Check:
    """Keeps back what may not be passed on."""

    def __init__(self, document: OrderDocument, number: str, types: list[str], most: int) -> None:
        self._document = document
        self._number = number
        self._types = types
        self._most = most

    def headers(self, download: Download) -> None:
        """Check what is known before the first byte."""
        if download.content_type not in self._types:
            raise self._refused(f"is {download.content_type or 'of no type'}, which is not allowed")
        if download.size is not None and download.size > self._most:
            raise self._refused(f"has {download.size} bytes; at most {self._most} are allowed")

    async def pieces(self, download: Download) -> AsyncIterator[bytes]:
        """The bytes, after a look at the first of them."""
        expected = _BEGINNINGS.get(download.content_type, b"")
        beginning = b""
        looked, empty = not expected, True
        try:
            async for piece in download.pieces():
                empty = False
                if looked:
                    yield piece
                    continue
                beginning += piece
                if len(beginning) >= _LONGEST_BEGINNING:
                    self._look(beginning, expected, download.content_type)
                    looked = True
                    yield beginning
            if not looked:
                self._look(beginning, expected, download.content_type)
                yield beginning
            elif empty:
                raise self._refused("is empty")
        except IomRestError as error:
            raise self._refused(f"did not arrive whole: {error.message}") from error

    def _look(self, beginning: bytes, expected: bytes, content_type: str) -> None:
        if not beginning.startswith(expected):
            raise self._refused(f"is not what it says: it does not begin like {content_type}")

    def _refused(self, what: str) -> DocumentRefusedError:
        return DocumentRefusedError(
            f"Document {self._document.name} of order {self._number} {what}.",
            hint="See the message log for what IOM answered.",
            order=self._number,
            document=self._document.id,
        )
