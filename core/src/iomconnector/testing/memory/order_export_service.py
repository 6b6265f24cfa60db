"""Handing orders to the order management system in memory."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from iomconnector.model.endpoints import Endpoint
from iomconnector.model.exports import PlacedOrder
from iomconnector.model.order_documents import dump_order
from iomconnector.ports.order_export_service import (
    ExportUnavailableError,
    FoundOrder,
    OrderNotExportableError,
    OrderRefusedError,
    OutcomeUnclearError,
    Receipt,
)
from iomconnector.testing.memory.moods import Mood
from iomconnector.testing.memory.order_management import MemoryOrderManagement

_WITHOUT_ANSWER = {
    Mood.IGNORING: "gave no answer",
    Mood.LOSING_ANSWERS: "gave no answer",
    Mood.FAILING: "failed",
    Mood.GARBLING: "answered what nobody can read",
}
_WITHOUT_EFFECT = (Mood.IGNORING, Mood.FAILING)


class MemoryOrderExportService:
    """Implements :class:`~iomconnector.ports.order_export_service.OrderExportService`.

    Orders with more than one payment are not exportable.

    Arguments:
        management: Where orders go.
    """

    def __init__(self, management: MemoryOrderManagement) -> None:
        self._management = management

    @property
    def endpoint(self) -> Endpoint:
        """That of the order management system."""
        return Endpoint("memory")

    async def submit(self, placed: PlacedOrder) -> Receipt:
        """Send the order once."""
        self.preview(placed)
        await asyncio.sleep(0)
        self._require_service(placed)
        mood = self._management.mood
        if mood in _WITHOUT_ANSWER:
            if mood not in _WITHOUT_EFFECT:
                with suppress(OrderRefusedError):
                    self._management.store(placed.order)
            raise OutcomeUnclearError(
                f"The order management system {_WITHOUT_ANSWER[mood]} to order {placed.order.number}.",
                order=placed.order.number,
            )
        return self._management.store(placed.order)

    async def find(self, placed: PlacedOrder) -> FoundOrder | None:
        """Look for an order of that number, and compare it with this one."""
        self.preview(placed)
        await asyncio.sleep(0)
        self._require_service(placed)
        mood = self._management.mood
        if mood in _WITHOUT_ANSWER:
            raise ExportUnavailableError(
                f"The order management system {_WITHOUT_ANSWER[mood]} about order {placed.order.number}.",
                order=placed.order.number,
            )
        return self._management.look_up(placed)

    def preview(self, placed: PlacedOrder) -> Mapping[str, Any]:
        """The document that ``submit`` would send, without sending it."""
        if len(placed.order.payments) != 1:
            raise OrderNotExportableError(
                f"Order {placed.order.number} has {len(placed.order.payments)} payments, 1 is allowed.",
                order=placed.order.number,
            )
        document: Mapping[str, Any] = json.loads(dump_order(placed.order))
        return document

    def notes(self, placed: PlacedOrder) -> Sequence[str]:
        """Nothing is lost."""
        return ()

    async def aclose(self) -> None:
        """There is nothing to give back."""

    def _require_service(self, placed: PlacedOrder) -> None:
        number, management = placed.order.number, self._management
        if management.mood is Mood.DOWN:
            raise ExportUnavailableError(f"Nobody listens for order {number}.", order=number)
        if management.mood is Mood.THROTTLING:
            raise ExportUnavailableError(
                f"Order {number} has to wait.", retry_after=management.throttled_for, order=number
            )
        if management.mood is Mood.FORBIDDING:
            raise ExportUnavailableError(
                f"The user may not export order {number}.", whole_service=True, order=number
            )
