"""The inventory behind an adapter, as a test controls it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from iomconnector.ports.inventory_service import InventoryService


class InventoryFarSide(Protocol):
    """What a test does to an inventory. At the beginning it has no products."""

    async def put(self, sku: str, quantity: int) -> None:
        """Have so many pieces of a product in one place, those that are reserved included."""
        ...

    async def pass_time(self, seconds: int) -> None:
        """Let time pass there."""
        ...

    def now(self) -> datetime:
        """The time there."""
        ...

    def questions(self) -> int:
        """How many requests about what is available came in until now."""
        ...


class RemoteInventoryFarSide(InventoryFarSide, Protocol):
    """An inventory that is reached over a network. Each of the next eight methods sets its mood from then on;
    at the beginning it answers. ``put`` and ``pass_time`` work whatever the mood."""

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
        """Answer what cannot be read, such as half a document."""
        ...

    async def throttle(self, seconds: int) -> None:
        """Handle no request and ask to come back after so many seconds (such as HTTP status 429)."""
        ...

    async def forbid(self) -> None:
        """Handle no request, because the user lacks the right (such as HTTP status 403)."""
        ...


@dataclass(frozen=True, slots=True)
class InventoryScene:
    """An adapter and what is behind it.

    Arguments:
        service: The adapter.
        far_side: The inventory.
    """

    service: InventoryService
    far_side: InventoryFarSide


@dataclass(frozen=True, slots=True)
class RemoteInventoryScene:
    """An adapter and what is behind it, over a network.

    Arguments:
        service: The adapter.
        far_side: The inventory.
    """

    service: InventoryService
    far_side: RemoteInventoryFarSide
