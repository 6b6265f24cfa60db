"""Place orders: the order and its export request commit together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from iomconnector.errors import NotFoundError
from iomconnector.model.exports import ExportState
from iomconnector.model.orders import Order
from iomconnector.model.unnumbered_orders import UnnumberedOrder
from iomconnector.model.values import OrderNumber
from iomconnector.observability.telemetry import Telemetry
from iomconnector.ports.context_repository import ContextRepository
from iomconnector.ports.order_repository import OrderConflictError, OrderRepository, PlacementOutcome
from iomconnector.usecases.channels import require_channel
from iomconnector.usecases.number_orders import KeyReusedError, NumberOrders

REFUSED = (PlacementOutcome.CONFLICT, PlacementOutcome.TAKEN_ELSEWHERE)


@dataclass(frozen=True, slots=True)
class Placement:
    """What became of one order.

    Arguments:
        order: The order; with its number, unless it came without one and was refused.
        outcome: What the shop's orders made of it; none where it did not come so far.
        reason: Why it was not placed.
    """

    order: Order | UnnumberedOrder
    outcome: PlacementOutcome | None
    reason: str = ""

    @property
    def number(self) -> OrderNumber:
        """The number of the order; empty where it has none."""
        return self.order.number if isinstance(self.order, Order) else OrderNumber("")


class PlaceOrders:
    """Places orders, once for each number of a channel, or for each idempotency key.

    Arguments:
        orders: The shop's orders.
        contexts: The channels.
        numbers: Gives numbers to orders that come without.
        telemetry: Counts the orders that were placed.
    """

    def __init__(
        self,
        orders: OrderRepository,
        contexts: ContextRepository,
        numbers: NumberOrders,
        telemetry: Telemetry | None = None,
    ) -> None:
        self._orders = orders
        self._contexts = contexts
        self._numbers = numbers
        self._telemetry = telemetry or Telemetry()
        self._when_placed: list[Callable[[], None]] = []

    def when_placed(self, call: Callable[[], None]) -> None:
        """Have something called whenever orders were placed."""
        self._when_placed.append(call)

    async def one(self, order: Order | UnnumberedOrder) -> Placement:
        """Place an order. Placing the same order again changes nothing.

        Returns:
            Whether it was placed now or before, and with which number.

        Raises:
            NotFoundError: Its channel is unknown; the order was not stored.
            OrderConflictError: Another order of that number exists in its channel, or one of another channel
                of the organization got that number from the sequence.
            KeyReusedError: Another order of that idempotency key exists.
            SequenceExhaustedError: The next number would be longer than permitted.
            SequenceWouldRepeatError: The clock was set back, to numbers of an earlier pattern.
            SequenceBehindError: Orders have the next thousand numbers already.
            StorageError: It was not stored.
        """
        await require_channel(self._contexts, order.channel)
        [placed] = await self._place([order])
        if isinstance(placed, KeyReusedError):
            raise placed
        if placed.outcome in REFUSED:
            raise OrderConflictError(
                placed.reason,
                hint="Give the new order another number.",
                order=placed.number,
                channel=order.channel,
            )
        return placed

    async def many(self, orders: Sequence[Order | UnnumberedOrder]) -> Sequence[Placement]:
        """Place orders in one transaction; one that cannot be placed does not hinder the others.

        Orders whose number was taken meanwhile come in a second one. Where an error is raised, none was
        stored, or only those whose number was free at once; placing all of them again goes on.

        Raises:
            SequenceExhaustedError: The next number would be longer than permitted.
            SequenceWouldRepeatError: The clock was set back, to numbers of an earlier pattern.
            SequenceBehindError: Orders have the next thousand numbers already.
            StorageError: They cannot be stored at present.
        """
        refused: dict[int, str] = {}
        known: dict[str, str] = {}
        for index, order in enumerate(orders):
            if order.channel not in known:
                known[order.channel] = await self._problem_of(order.channel)
            if known[order.channel]:
                refused[index] = known[order.channel]
        accepted = [order for index, order in enumerate(orders) if index not in refused]
        placed = iter(await self._place(accepted))
        return [
            Placement(order, None, refused[index]) if index in refused else _placement(order, next(placed))
            for index, order in enumerate(orders)
        ]

    async def _place(self, orders: Sequence[Order | UnnumberedOrder]) -> list[Placement | KeyReusedError]:
        """Number and place orders; those whose number was taken meanwhile get the next."""
        without = [order for order in orders if isinstance(order, UnnumberedOrder)]
        theirs = {order.number for order in orders if isinstance(order, Order)}
        made = iter(await self._numbers.numbered(without, apart_from=theirs))
        settled: list[Order | Placement | KeyReusedError] = [
            next(made) if isinstance(order, UnnumberedOrder) else order for order in orders
        ]
        while to_place := [(at, order) for at, order in enumerate(settled) if isinstance(order, Order)]:
            outcomes = await self._orders.place(
                [(order, first_state(order)) for _, order in to_place],
                from_sequence={
                    (order.channel, order.number)
                    for at, order in to_place
                    if isinstance(orders[at], UnnumberedOrder)
                },
            )
            self._tell(outcomes)
            for (at, order), outcome in zip(to_place, outcomes, strict=True):
                if outcome is PlacementOutcome.PLACED:
                    self._telemetry.placed(order.channel)
                source = orders[at]
                if outcome in REFUSED and isinstance(source, UnnumberedOrder):
                    settled[at] = await self._numbers.renumbered(source, order.number)
                else:
                    settled[at] = Placement(order, outcome, refusal(order, outcome))
        return [each for each in settled if not isinstance(each, Order)]

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


def refusal(order: Order, outcome: PlacementOutcome) -> str:
    """Why an order with a number of its own was not placed; empty where it was."""
    if outcome is PlacementOutcome.TAKEN_ELSEWHERE:
        return (
            f"The number {order.number} is that of an order in another channel of the organization, "
            "which got it from the sequence."
        )
    if outcome is PlacementOutcome.CONFLICT:
        return f"Order {order.number} exists in channel {order.channel} with other content."
    return ""


def _placement(order: Order | UnnumberedOrder, placed: Placement | KeyReusedError) -> Placement:
    return Placement(order, None, str(placed)) if isinstance(placed, KeyReusedError) else placed
