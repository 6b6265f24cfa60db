"""An order management system in memory: it takes one order of a number, in the mood that a test gives it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from iomconnector.model.exports import PlacedOrder
from iomconnector.model.order_documents import dump_order
from iomconnector.model.orders import Order
from iomconnector.ports.order_export_service import Difference, FoundOrder, OrderRefusedError, Receipt
from iomconnector.testing.memory.moods import Mood, MoodyFarSide

DUPLICATE = "order.number.taken"
REFUSED = "order.content.refused"


@dataclass(frozen=True, slots=True)
class StoredCopy:
    """An order as it stands there.

    Arguments:
        reference: Where.
        order: The order.
        planted: Whether it did not come through the service.
    """

    reference: str
    order: Order
    planted: bool = False


class MemoryOrderManagement(MoodyFarSide):
    """Implements :class:`~iomconnector.testing.contracts.FarSide`.

    Arguments:
        unique_numbers: Whether it refuses a second order of a number, as real ones do. Without, a test sees
            what its caller does by itself against sending twice.
    """

    def __init__(self, *, unique_numbers: bool = True) -> None:
        super().__init__()
        self.refused_numbers: set[str] = set()
        self._unique_numbers = unique_numbers
        self._copies: list[StoredCopy] = []
        self._references = (f"/orders/{number}" for number in count(1))

    @property
    def copies(self) -> Sequence[StoredCopy]:
        """Every order that stands there, in the order of their arrival."""
        return tuple(self._copies)

    def copies_of(self, channel: str, number: str) -> Sequence[StoredCopy]:
        """Every order of that number; more than one is what must never be."""
        return [copy for copy in self._copies if (copy.order.channel, copy.order.number) == (channel, number)]

    def store(self, order: Order) -> Receipt:
        """Take an order in, whatever the mood.

        Raises:
            OrderRefusedError: Its number is taken, or it is one of those to refuse.
        """
        if self.mood is Mood.REFUSING or order.number in self.refused_numbers:
            raise OrderRefusedError(
                f"Order {order.number} was refused: its content is wrong.",
                their_code=REFUSED,
                order=order.number,
            )
        if self._unique_numbers and self.copies_of(order.channel, order.number):
            raise OrderRefusedError(
                f"Order {order.number} was refused: the number is taken.",
                their_code=DUPLICATE,
                order=order.number,
            )
        copy = StoredCopy(next(self._references), order)
        self._copies.append(copy)
        return Receipt(copy.reference)

    def look_up(self, placed: PlacedOrder) -> FoundOrder | None:
        """Look for an order of that number, whatever the mood, and compare."""
        order = placed.order
        copies = self.copies_of(order.channel, order.number)
        if not copies:
            return None
        differences = differences_between(order, copies[0].order)
        superseded = bool(placed.revision and differences and not copies[0].planted)
        return FoundOrder(copies[0].reference, differences, superseded)

    async def refuse(self) -> str:
        """Refuse every order for its content."""
        self.mood = Mood.REFUSING
        return REFUSED

    async def forget(self, number: str) -> None:
        """Lose the orders of a number."""
        self._copies = [copy for copy in self._copies if copy.order.number != number]

    async def alter(self, number: str) -> None:
        """Change the orders of a number."""
        self._copies = [
            replace(copy, order=copy.order.model_copy(update={"project": "altered there"}))
            if copy.order.number == number
            else copy
            for copy in self._copies
        ]

    async def plant(self, placed: PlacedOrder) -> None:
        """Put an order there that did not come through the service."""
        self._copies.append(StoredCopy(next(self._references), placed.order, planted=True))

    async def numbers(self) -> Sequence[str]:
        """The number of every order that stands there, in the order of their arrival."""
        return [copy.order.number for copy in self._copies]


def differences_between(ours: Order, theirs: Order) -> tuple[Difference, ...]:
    """Where two orders differ, field by field."""
    flat = [dict(_flat(json.loads(dump_order(order)), "")) for order in (ours, theirs)]
    return tuple(
        Difference(path, flat[0].get(path, "nothing"), flat[1].get(path, "nothing"))
        for path in sorted(flat[0].keys() | flat[1].keys())
        if flat[0].get(path) != flat[1].get(path)
    )


def _flat(node: Any, path: str) -> list[tuple[str, str]]:
    if isinstance(node, dict):
        return [leaf for name, child in node.items() for leaf in _flat(child, f"{path}.{name}".lstrip("."))]
    if isinstance(node, list):
        return [leaf for index, child in enumerate(node) for leaf in _flat(child, f"{path}[{index}]")]
    return [(path, str(node))]
