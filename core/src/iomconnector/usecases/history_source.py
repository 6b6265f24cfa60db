"""What is asked about the orders of a channel."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import sha256

from iomconnector.model.endpoints import LONGEST_NAME, Endpoint
from iomconnector.ports.order_history_service import OrderHistoryService

READING = " (order history)"


@dataclass(frozen=True, slots=True)
class HistorySource:
    """A service, and what tells it from itself with other settings.

    Arguments:
        service: The service.
        identity: Another one for each service, context and set of settings; the same in all processes.
    """

    service: OrderHistoryService
    identity: str

    @property
    def endpoint(self) -> Endpoint:
        """What the questions go to. It has a circuit of its own: where orders are not taken they can still be
        asked for, and where questions fail orders must go on."""
        endpoint = self.service.endpoint
        return Endpoint(f"{endpoint.name[: LONGEST_NAME - len(READING)]}{READING}", endpoint.rule)

    def key(self, customer: str, number: str) -> str:
        """Under what the state of an order is cached: nobody else's has the same key."""
        parts = (self.identity, customer, number)
        return "state-" + sha256("".join(f"{len(part)}:{part}" for part in parts).encode()).hexdigest()


ResolveHistory = Callable[[str], Awaitable[HistorySource]]
"""Gives the source of a channel.

Raises:
    ConnectorError: No service is operational, or several are.
"""
