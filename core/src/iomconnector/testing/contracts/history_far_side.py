"""The order management system behind an adapter that reads, as a test controls it."""

from dataclasses import dataclass
from typing import Protocol

from iomconnector.model.exports import PlacedOrder
from iomconnector.ports.document_service import DocumentService
from iomconnector.ports.order_history_service import OrderHistoryService


class HistoryFarSide(Protocol):
    """What a test does to the order management system.

    Each of the first seven methods sets its mood from then on; at the beginning it answers.
    """

    async def accept(self) -> None:
        """Answer every request as it should be answered."""
        ...

    async def go_down(self) -> None:
        """Listen no more: a connection cannot be made."""
        ...

    async def ignore(self) -> None:
        """Take requests, and break the connection or let it time out instead of answering."""
        ...

    async def fail(self) -> None:
        """Answer with an error of the server's own (such as HTTP status 500)."""
        ...

    async def garble(self) -> None:
        """Answer what cannot be read, such as half a document."""
        ...

    async def throttle(self, seconds: int) -> None:
        """Ask to come back after so many seconds (such as HTTP status 429)."""
        ...

    async def forbid(self) -> None:
        """Refuse everything, because the user lacks the right (such as HTTP status 403)."""
        ...

    async def plant(self, placed: PlacedOrder) -> None:
        """Put an order there, whatever the mood; it is newer there than those that were put there before."""
        ...

    async def advance(self, number: str) -> None:
        """Let something happen to an order that gives it another status, at most four times."""
        ...

    async def add_document(self, number: str, content: bytes) -> None:
        """Give an order one more document, a PDF of this content."""
        ...

    def questions(self) -> int:
        """How many requests for states came in until now, whatever became of them."""
        ...


class HistoryAndDocuments(OrderHistoryService, DocumentService, Protocol):
    """An adapter that tells what became of orders and gives their documents."""


@dataclass(frozen=True, slots=True)
class HistoryScene:
    """An adapter and what is behind it.

    Arguments:
        service: The adapter.
        far_side: The order management system.
    """

    service: OrderHistoryService
    far_side: HistoryFarSide


@dataclass(frozen=True, slots=True)
class DocumentScene:
    """An adapter and what is behind it.

    Arguments:
        service: The adapter.
        far_side: The order management system.
    """

    service: HistoryAndDocuments
    far_side: HistoryFarSide
