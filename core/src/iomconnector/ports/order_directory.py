"""Which orders an order management system has, asked for in bulk."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable

from iomconnector.model.exports import PlacedOrder
from iomconnector.ports.order_export_service import Difference


@dataclass(frozen=True, slots=True)
class RemoteOrder:
    """An order as the order management system shows it.

    Arguments:
        number: The shop's number of it.
        created_at: When the shop created it, as it says there; none where that cannot be read.
        reference: Where it stands there.
        content: What it has of the order, for ``compare`` of the adapter that gave it.
    """

    number: str
    created_at: datetime | None
    reference: str
    content: object = field(repr=False)


@runtime_checkable
class OrderDirectory(Protocol):
    """What an order management system can be asked about many orders at once, without a change. An adapter of
    :class:`~iomconnector.ports.order_export_service.OrderExportService` may be one too."""

    def number_space(self) -> str:
        """Within what its numbers are unique, for people; the same text for the same orders."""
        ...

    def orders_between(self, start: datetime, end: datetime) -> AsyncIterator[Sequence[RemoteOrder]]:
        """The orders that were created in a period, page by page.

        Every order that is there from the first page to the last, and that the shop created at ``start`` or
        later and before ``end``, comes once; one that stands there twice comes twice. One that arrives
        meanwhile may come or not. Orders from before and after the period may come too: the
        caller looks at ``created_at``. No more than a few pages are held at a time.

        Raises:
            ExportUnavailableError: The system could not answer.
        """
        ...

    async def look_up(self, numbers: Sequence[str]) -> Sequence[RemoteOrder]:
        """The orders that have one of these numbers, whenever they were created, in any order; one that
        stands there twice comes twice. It takes few questions for many numbers.

        Raises:
            ExportUnavailableError: The system could not answer.
        """
        ...

    async def compare(self, placed: PlacedOrder, remote: RemoteOrder) -> Sequence[Difference]:
        """What differs between the shop's order and the one there; empty where it is the same order. What was
        erased here is left out. The order management system is not asked.

        Raises:
            OrderNotExportableError: The order cannot be mapped, so that it cannot be compared.
        """
        ...
