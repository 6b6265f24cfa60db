"""The order management system behind an adapter, as a test controls it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from iomconnector.model.exports import PlacedOrder
from iomconnector.ports.order_export_service import OrderExportService


class FarSide(Protocol):
    """What a test does to the order management system that an adapter talks to.

    Each of the first nine methods sets its mood from then on, for submitting and for finding alike. At the
    beginning it accepts orders.
    """

    async def accept(self) -> None:
        """Handle every request and answer it as it should be answered."""
        ...

    async def go_down(self) -> None:
        """Listen no more: a connection cannot be made."""
        ...

    async def ignore(self) -> None:
        """Take requests, handle none, and break the connection or let it time out instead of answering."""
        ...

    async def lose_answers(self) -> None:
        """Handle requests, and break the connection or let it time out instead of answering."""
        ...

    async def fail(self) -> None:
        """Handle no request and answer with an error of the server's own (such as HTTP status 500)."""
        ...

    async def garble(self) -> None:
        """Handle requests and answer what cannot be read, such as half a document."""
        ...

    async def throttle(self, seconds: int) -> None:
        """Handle no request and ask to come back after so many seconds (such as HTTP status 429)."""
        ...

    async def forbid(self) -> None:
        """Handle no request, because the user lacks the right (such as HTTP status 403)."""
        ...

    async def refuse(self) -> str:
        """Refuse every order for its content, and answer questions as they should be answered.

        Returns:
            The code that it gives as its reason; empty where it gives none.
        """
        ...

    async def plant(self, placed: PlacedOrder) -> None:
        """Put an order there that does not come through the adapter, whatever the mood."""
        ...

    async def numbers(self) -> Sequence[str]:
        """The number of every order that stands there, in any order; one that stands there twice, twice."""
        ...


@dataclass(frozen=True, slots=True)
class ExportScene:
    """An adapter and what is behind it.

    Arguments:
        service: The adapter.
        far_side: The order management system.
    """

    service: OrderExportService
    far_side: FarSide
