"""A shop in memory whose shoppers ask what they can buy."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from iomconnector.errors import ConnectorError, StorageError
from iomconnector.model.availability import ProductStock
from iomconnector.model.endpoints import Endpoint, EndpointRule
from iomconnector.observability.telemetry import Telemetry
from iomconnector.ports.cache import Cache
from iomconnector.ports.inventory_service import InventoryRules, InventoryService
from iomconnector.testing.memory import (
    ManualClock,
    MemoryCache,
    MemoryEndpointStates,
    MemoryInventory,
    MemoryInventoryService,
)
from iomconnector.usecases.availability import CheckAvailability, check_availability
from iomconnector.usecases.gates import Gates
from iomconnector.usecases.inventory_source import InventorySource

RULES = InventoryRules(keep=timedelta(seconds=5), budget=timedelta(seconds=20), check_locally_on_failure=True)


class ShopsOwnStock:
    """Implements :class:`~iomconnector.ports.local_stock.LocalStock` in memory."""

    def __init__(self) -> None:
        self.pieces: dict[str, int] = {}
        self.readable = True

    async def stock(self, channel: str, skus: Sequence[str]) -> Mapping[str, ProductStock]:
        """What there is of products."""
        if not self.readable:
            raise StorageError("The database is gone.")
        return {
            sku: ProductStock(sku=sku, available=self.pieces[sku] > 0, quantity=self.pieces[sku])
            for sku in skus
            if sku in self.pieces
        }


@dataclass
class InventoryStage:
    """An inventory service, the shop's own stock, and what is between them and shoppers.

    Arguments:
        rules: What the configuration of the service says.
        endpoint: What the questions go to.
    """

    rules: InventoryRules = RULES
    endpoint: Endpoint = field(default_factory=lambda: Endpoint("memory", EndpointRule(open_after=3)))

    def __post_init__(self) -> None:
        self.clock = ManualClock()
        self.inventory = MemoryInventory(self.clock)
        self.local = ShopsOwnStock()
        self.states = MemoryEndpointStates()
        self.telemetry = Telemetry()
        self.active = True
        self.identity = "service"
        self.service: InventoryService = MemoryInventoryService(self.inventory, self.rules, self.endpoint)

    def cache(self) -> MemoryCache:
        """A cache whose time is that of the stage."""
        return MemoryCache(lambda: self.clock.now().timestamp())

    @asynccontextmanager
    async def process(
        self, cache: Cache | None = None, name: str = "worker"
    ) -> AsyncIterator[CheckAvailability]:
        """The use case as one process has it; closed at the end of the block.

        Arguments:
            cache: Its cache; an empty one in memory where omitted.
            name: The name of the process.
        """

        async def resolve(channel: str) -> InventorySource:
            if not self.active:
                raise ConnectorError("No adapter is operational.", context=channel)
            return InventorySource(self.service, self.identity)

        gates = Gates(
            self.states,
            name,
            self.clock,
            interval=0.01,
            monotonic=lambda: self.clock.now().timestamp(),
        )
        use_case = check_availability(
            cache or self.cache(), self.local, resolve, gates, self.clock, self.telemetry
        )
        try:
            yield use_case
        finally:
            await use_case.aclose()
            await gates.aclose()
