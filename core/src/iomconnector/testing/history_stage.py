"""A shop in memory whose customers look at their orders."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from typing import Any

from iomconnector.errors import ConnectorError
from iomconnector.model.customer_users import OrderOwner
from iomconnector.model.endpoints import Endpoint, EndpointRule
from iomconnector.model.exports import ExportRequest, ExportState, PlacedOrder
from iomconnector.model.values import ChannelId, OrderNumber
from iomconnector.observability.telemetry import Telemetry
from iomconnector.ports.cache import Cache
from iomconnector.ports.order_history_service import HistoryRules, OrderHistoryService
from iomconnector.ports.order_repository import StoredOrder
from iomconnector.testing.memory import (
    ManualClock,
    MemoryCache,
    MemoryCustomerOrders,
    MemoryEndpointStates,
    MemoryOrderHistory,
    MemoryOrderHistoryService,
    MemoryOrderStateStore,
)
from iomconnector.testing.samples import CHANNEL, placed_order, sample_order
from iomconnector.usecases.gates import Gates
from iomconnector.usecases.history_source import HistorySource
from iomconnector.usecases.order_history import OrderHistory, order_history

PATRICIA = OrderOwner(ChannelId(CHANNEL), "1001")
"""Who owns sample orders."""

RULES = HistoryRules(
    keep_states=timedelta(seconds=5), keep_documents=timedelta(seconds=60), budget=timedelta(seconds=20)
)


@dataclass
class HistoryStage:
    """Orders in a shop, and what stands of them in an order management system.

    Arguments:
        rules: What the configuration of the service says.
        endpoint: What the questions go to.
    """

    rules: HistoryRules = RULES
    endpoint: Endpoint = field(default_factory=lambda: Endpoint("memory", EndpointRule(open_after=3)))

    def __post_init__(self) -> None:
        self.clock = ManualClock()
        self.management = MemoryOrderHistory()
        self.store = MemoryOrderStateStore()
        self.states = MemoryEndpointStates()
        self.telemetry = Telemetry()
        self.orders: dict[int, StoredOrder] = {}
        self.active = True
        self.identity = "service"
        self.service: OrderHistoryService = MemoryOrderHistoryService(
            self.management, self.rules, self.endpoint
        )
        self._keys = count(1)

    async def place(
        self, number: str, *, customer: str = "1001", state: ExportState = ExportState.EXPORTED, **fields: Any
    ) -> int:
        """Place an order, which stands in the order management system as well where it is exported.

        Returns:
            Its key.
        """
        fields = {"customer": {"type": "private", "number": customer}, **fields}
        placed = placed_order(sample_order(number, **fields))
        key = self.put(placed, ExportState.DUE)
        if state is ExportState.EXPORTED:
            await self.export(key)
        else:
            self.move(key, state)
        return key

    def put(self, placed: PlacedOrder, state: ExportState) -> int:
        """Put an order into the shop alone."""
        key, now = next(self._keys), self.clock.now()
        request = ExportRequest(
            order_id=key,
            channel=placed.order.channel,
            number=OrderNumber(placed.order.number),
            state=state,
            attempts=0,
            unclear=False,
            due_at=now,
            lease_until=None,
            reference=None,
            reason_code=None,
            reason=None,
            requested_at=now,
            updated_at=now,
            exported_at=None,
        )
        self.orders[key] = StoredOrder(placed, request)
        return key

    async def export(self, key: int) -> None:
        """Hand an order over."""
        await self.management.plant(self.orders[key].placed)
        self.move(key, ExportState.EXPORTED)

    def move(self, key: int, state: ExportState) -> None:
        """Give the export of an order another state."""
        stored = self.orders[key]
        self.orders[key] = replace(stored, request=replace(stored.request, state=state))

    @asynccontextmanager
    async def process(self, cache: Cache | None = None, name: str = "worker") -> AsyncIterator[OrderHistory]:
        """The use case as one process has it; closed at the end of the block.

        Arguments:
            cache: Its cache; an empty one in memory where omitted.
            name: The name of the process.
        """

        async def resolve(channel: str) -> HistorySource:
            if not self.active:
                raise ConnectorError("No adapter is operational.", context=channel)
            return HistorySource(self.service, self.identity)

        gates = Gates(
            self.states,
            name,
            self.clock,
            interval=0.01,
            monotonic=lambda: self.clock.now().timestamp(),
        )
        history = order_history(
            MemoryCustomerOrders(lambda: [*self.orders.values()]),
            self.store,
            cache or MemoryCache(),
            resolve,
            gates,
            self.clock,
            self.telemetry,
        )
        try:
            yield history
        finally:
            await history.aclose()
            await gates.aclose()
