"""Place orders: the order and its export request commit together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from iomconnector.errors import NotFoundError
from iomconnector.model.exports import ExportState
from iomconnector.model.orders import Order
from iomconnector.ports.context_repository import ContextRepository
from iomconnector.ports.order_repository import OrderConflictError, OrderRepository, PlacementOutcome
from iomconnector.usecases.channels import require_channel


@dataclass(frozen=True, slots=True)
class Placement:
    """What became of one order.

    Arguments:
        order: The order.
        outcome: Placed, there already, or in conflict; none where the order was refused.
        reason: Why it was not placed.
    """

    order: Order
    outcome: PlacementOutcome | None
    reason: str = ""


class PlaceOrders:
    """Places orders, once for each number of a channel."""

    def __init__(self, orders: OrderRepository, contexts: ContextRepository) -> None:
        self._orders = orders
        self._contexts = contexts
        self._when_placed: list[Callable[[], None]] = []

    def when_placed(self, call: Callable[[], None]) -> None:
        """Have something called whenever orders were placed."""
        self._when_placed.append(call)

    async def one(self, order: Order) -> PlacementOutcome:
        """Place an order. Placing the same order again changes nothing.

        Returns:
            Whether it was placed now or before.

        Raises:
            NotFoundError: Its channel is unknown; the order was not stored.
            OrderConflictError: Another order of that number exists.
            StorageError: It was not stored.
        """
        await require_channel(self._contexts, order.channel)
        outcome = (await self._orders.place([(order, first_state(order))]))[0]
        if outcome is PlacementOutcome.CONFLICT:
            raise OrderConflictError(
                conflict_sentence(order),
                hint="Give the new order another number.",
                order=order.number,
                channel=order.channel,
            )
        self._tell([outcome])
        return outcome

    async def many(self, orders: Sequence[Order]) -> Sequence[Placement]:
        """Place orders in one transaction; one that cannot be placed does not hinder the others.

        Raises:
            StorageError: None of them was stored.
        """
        refused: dict[int, str] = {}
        known: dict[str, str] = {}
        for index, order in enumerate(orders):
            if order.channel not in known:
                known[order.channel] = await self._problem_of(order.channel)
            if known[order.channel]:
                refused[index] = known[order.channel]
        accepted = [order for index, order in enumerate(orders) if index not in refused]
        outcomes = await self._orders.place([(order, first_state(order)) for order in accepted])
        self._tell(outcomes)
        remaining = iter(outcomes)
        return [
            Placement(order, None, refused[index]) if index in refused else _placement(order, next(remaining))
            for index, order in enumerate(orders)
        ]

    def _tell(self, outcomes: Sequence[PlacementOutcome]) -> None:
        if PlacementOutcome.PLACED in outcomes:
            for call in self._when_placed:
                call()

    async def _problem_of(self, channel: str) -> str:
        try:
            await require_channel(self._contexts, channel)
        except NotFoundError as error:
            return str(error)
        return ""


def first_state(order: Order) -> ExportState:
    """The state in which the export of a newly placed order begins."""
    return ExportState.WAITING_FOR_APPROVAL if order.approval_steps else ExportState.DUE


def conflict_sentence(order: Order) -> str:
    """That another order of that number exists."""
    return f"Order {order.number} exists in channel {order.channel} with other content."


def _placement(order: Order, outcome: PlacementOutcome) -> Placement:
    return Placement(order, outcome, conflict_sentence(order) if outcome is PlacementOutcome.CONFLICT else "")
