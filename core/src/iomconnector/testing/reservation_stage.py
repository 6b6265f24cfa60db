"""A shop that holds pieces, in processes that die at any time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from iomconnector.errors import ConnectorError
from iomconnector.model.endpoints import EndpointRule
from iomconnector.observability.telemetry import Telemetry
from iomconnector.ports.export_desk import ExportDesk
from iomconnector.ports.export_ledger import ExportLedger
from iomconnector.ports.inventory_service import (
    InventoryService,
    InventoryUnavailableError,
    ReservationUnclearError,
)
from iomconnector.ports.order_repository import OrderRepository
from iomconnector.ports.reservation_ledger import ReservationLedger
from iomconnector.testing.memory import ManualClock, MemoryEndpointStates
from iomconnector.testing.mortal import Mortal, Mortality
from iomconnector.usecases.ask_inventory import AskInventory
from iomconnector.usecases.gates import Gates
from iomconnector.usecases.inventory_source import InventorySource
from iomconnector.usecases.reserve_stock import ReserveStock, reserve_stock

CHANGES = ("reserve", "extend", "release", "fulfil", "restock")
PATIENT = EndpointRule(open_after=1_000_000)


class StockSeen(Protocol):
    """What is true of the stock, whoever says what."""

    async def on_hand(self) -> Mapping[str, int]:
        """Product -> pieces that are there, those that are held included."""
        ...

    async def held(self) -> Mapping[str, Mapping[str, int]]:
        """Reservation -> pieces that it holds now."""
        ...

    async def taken(self) -> Mapping[str, Sequence[Mapping[str, int]]]:
        """Order -> what was taken for it, once for each time."""
        ...

    async def arrive(self, order: str, reservation: str | None) -> None:
        """An order arrives in the order management system, which uses its reservation up, if it has one."""
        ...


@dataclass(frozen=True, slots=True)
class ReservationParts:
    """What outlives the processes.

    Arguments:
        ledger: The shop's reservations.
        orders: The shop's orders.
        exports: Their exports.
        desk: What operators do with them.
        service: The inventory service.
        stock: What is true of the stock.
    """

    ledger: ReservationLedger
    orders: OrderRepository
    exports: ExportLedger
    desk: ExportDesk
    service: InventoryService
    stock: StockSeen


class ReservationStage:
    """The parts, and one process after another that uses them.

    Arguments:
        parts: The parts.
        clock: Tells all of them the time.
        patience: So long the inventory service is waited for.
    """

    def __init__(
        self, parts: ReservationParts, clock: ManualClock, *, patience: timedelta = timedelta(seconds=10)
    ) -> None:
        self._patience = patience
        self.parts = parts
        self.clock = clock
        self.mortality = Mortality()
        self.trouble = ""
        self.telemetry = Telemetry()
        self._gates = self._new_gates()
        self.process = self._new_process()

    async def next_process(self) -> None:
        """Begin another process."""
        self.mortality.revive()
        await self._gates.aclose()
        self._gates = self._new_gates()
        self.process = self._new_process()

    async def aclose(self) -> None:
        """End."""
        await self._gates.aclose()

    def _new_gates(self) -> Gates:
        return Gates(
            MemoryEndpointStates(),
            "worker",
            self.clock,
            interval=0.01,
            monotonic=lambda: self.clock.now().timestamp(),
        )

    def _new_process(self) -> ReserveStock:
        service = Mortal(self.parts.service, self.mortality, self._disturb)

        async def resolve(channel: str) -> InventorySource:
            if self.trouble == "inactive":
                raise ConnectorError("No adapter is operational.", context=channel)
            return InventorySource(service, "service")

        ask = AskInventory(self._gates, self.clock, self.telemetry)
        return reserve_stock(
            Mortal(self.parts.ledger, self.mortality),
            ask,
            resolve,
            self.clock,
            self.telemetry,
            patience=self._patience,
        )

    def _disturb(self, call: str, done: bool) -> None:
        if self.trouble == "down" and not done:
            raise InventoryUnavailableError("The inventory is down.")
        if self.trouble == "loses answers" and done:
            if call in CHANGES:
                raise ReservationUnclearError("The answer was lost.")
            raise InventoryUnavailableError("The answer was lost.")
