"""Who is asked what is available in a channel."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import sha256

from iomconnector.model.endpoints import LONGEST_NAME, Endpoint
from iomconnector.ports.inventory_service import InventoryService

INVENTORY = " (inventory)"


@dataclass(frozen=True, slots=True)
class InventorySource:
    """A service, and what tells it from itself with other settings.

    Arguments:
        service: The service.
        identity: Another one for each service, context and set of settings; the same in all processes.
    """

    service: InventoryService
    identity: str

    @property
    def endpoint(self) -> Endpoint:
        """What the questions go to. It has a circuit of its own: where stock cannot be asked for, orders go
        on, and the other way round."""
        endpoint = self.service.endpoint
        return Endpoint(f"{endpoint.name[: LONGEST_NAME - len(INVENTORY)]}{INVENTORY}", endpoint.rule)

    def key(self, sku: str) -> str:
        """Under what the answer about a product is cached."""
        parts = (self.identity, sku)
        text = "".join(f"{len(part)}:{part}" for part in parts)
        return "stock-" + sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


ResolveInventory = Callable[[str], Awaitable[InventorySource]]
"""Gives the source of a channel.

Raises:
    ConnectorError: No service is operational, or several are.
"""
