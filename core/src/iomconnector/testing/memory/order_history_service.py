"""Reading back from an order management system in memory."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC
from itertools import count
from typing import NoReturn

from iomconnector.model.endpoints import Endpoint
from iomconnector.model.exports import PlacedOrder
from iomconnector.model.order_states import DocumentKind, OrderDocument, OrderState, PositionState
from iomconnector.model.order_status import Phase, StatusName
from iomconnector.model.orders import Order
from iomconnector.ports.document_service import DocumentNotFoundError, DocumentStream
from iomconnector.ports.order_history_service import (
    HistoryRules,
    HistoryUnavailableError,
    StateChanges,
    StateOrder,
    StatePage,
    StateQuery,
)
from iomconnector.testing.memory.moods import Mood
from iomconnector.testing.memory.order_management import MemoryOrderManagement, StoredCopy

STATUSES = (
    StatusName(code="RECEIVED", texts={"en": "Received", "de": "Eingegangen"}, phase=Phase.RECEIVED),
    StatusName(code="PACKED", texts={"en": "Packed", "de": "Verpackt"}, phase=Phase.PROCESSING),
    StatusName(code="SENT", texts={"en": "Sent", "de": "Versandt"}, phase=Phase.SHIPPED),
    StatusName(code="BACK", texts={"en": "Returned", "de": "Zurückgesandt"}, phase=Phase.RETURNED),
    StatusName(code="GONE", texts={"en": "Cancelled", "de": "Storniert"}, phase=Phase.CANCELLED),
)
"""The life of an order in this system."""

CHUNK = 65_536


class MemoryOrderHistory(MemoryOrderManagement):
    """An order management system in memory that remembers what happens to its orders.

    It implements :class:`~iomconnector.testing.contracts.HistoryFarSide`.

    ``asked`` has the numbers of each question that came in. While ``answering`` is not set, none is answered.
    """

    def __init__(self, *, unique_numbers: bool = True) -> None:
        super().__init__(unique_numbers=unique_numbers)
        self.asked: list[tuple[str, ...]] = []
        self.answering = asyncio.Event()
        self.answering.set()
        self._steps: dict[str, int] = {}
        self._documents: dict[str, dict[str, bytes]] = {}
        self._ids = count(1)
        self._changed: list[str] = []

    async def plant(self, placed: PlacedOrder) -> None:
        """Put an order there."""
        await super().plant(placed)
        self._changed.append(placed.order.number)

    async def advance(self, number: str) -> None:
        """Let an order get its next status."""
        self._steps[number] = min(self.step(number) + 1, len(STATUSES) - 1)
        self._changed.append(number)

    async def add_document(self, number: str, content: bytes) -> None:
        """Give an order one more document."""
        self._documents.setdefault(number, {})[f"document-{next(self._ids)}"] = content
        self._changed.append(number)

    def questions(self) -> int:
        """How many requests for states came in."""
        return len(self.asked)

    def step(self, number: str) -> int:
        """How far an order is in its life, from 0."""
        return self._steps.get(number, 0)

    def changed_since(self, place: int) -> Sequence[str]:
        """The numbers of the orders that changed, one for each change."""
        return self._changed[place:]

    def contents(self, number: str) -> Mapping[str, bytes]:
        """The documents of an order, by their ids."""
        return self._documents.get(number, {})

    def states(self) -> Sequence[tuple[Order, OrderState]]:
        """Every order that stands there with its state, in the order of their arrival."""
        return [(copy.order, self._state(copy)) for copy in self.copies]

    def _state(self, copy: StoredCopy) -> OrderState:
        order = copy.order
        status = STATUSES[self.step(order.number)]
        return OrderState(
            number=order.number,
            created_at=order.created_at,
            status=status,
            customer=order.customer.number,
            total=order.total.to_pay,
            positions=tuple(
                PositionState(
                    position=item.position, sku=item.product.sku, name=item.product.name, status=status
                )
                for item in order.line_items
            ),
            documents=tuple(
                OrderDocument(
                    id=document,
                    type="Invoice",
                    kind=DocumentKind.INVOICE,
                    name=f"Invoice_{order.number}_{document}",
                    created_at=order.created_at,
                    mime_type="application/pdf",
                )
                for document in self.contents(order.number)
            ),
        )


class MemoryOrderHistoryService:
    """Implements :class:`~iomconnector.ports.order_history_service.OrderHistoryService` and
    :class:`~iomconnector.ports.document_service.DocumentService`.

    Arguments:
        management: Where orders are.
        rules: What the configuration says about reading.
        endpoint: What the requests go to.
    """

    def __init__(
        self,
        management: MemoryOrderHistory,
        rules: HistoryRules | None = None,
        endpoint: Endpoint | None = None,
    ) -> None:
        self.management = management
        self.rules = rules or HistoryRules()
        self.endpoint = endpoint or Endpoint("memory")

    @property
    def statuses(self) -> Sequence[StatusName]:
        """Every status of the system."""
        return STATUSES

    async def states(self, numbers: Sequence[str]) -> Sequence[OrderState]:
        """The states of the orders that have one of these numbers."""
        if not numbers:
            return ()
        self.management.asked.append(tuple(numbers))
        await self._answer()
        return [state for _, state in self.management.states() if state.number in numbers]

    async def search(self, query: StateQuery) -> StatePage:
        """Find states."""
        self.management.asked.append(())
        await self._answer()
        found = [(order, state) for order, state in self.management.states() if _meets(order, state, query)]
        found.sort(key=lambda each: _place(query.order, *each), reverse=query.newest_first)
        page = found[query.offset : query.offset + query.limit]
        return StatePage(tuple(state for _, state in page), len(found))

    async def changes(self, mark: str | None, *, limit: int = 1000) -> StateChanges:
        """States that changed since a mark."""
        await self._answer()
        place = len(self.management.changed_since(0)) if mark is None else int(mark or 0)
        changed = self.management.changed_since(place)
        numbers = changed[:limit]
        states = {state.number: state for _, state in self.management.states()}
        return StateChanges(
            tuple(states[number] for number in dict.fromkeys(numbers) if number in states),
            str(place + len(numbers)),
            len(changed) > len(numbers),
        )

    @asynccontextmanager
    async def open_document(self, number: str, document_id: str) -> AsyncIterator[DocumentStream]:
        """Fetch a document."""
        await self._answer()
        content = self.management.contents(number).get(document_id)
        if content is None or all(copy.order.number != number for copy in self.management.copies):
            raise DocumentNotFoundError(f"Order {number} has no such document.", order=number)
        yield DocumentStream("application/pdf", len(content), _pieces(content))

    async def aclose(self) -> None:
        """There is nothing to give back."""

    async def _answer(self) -> None:
        management = self.management
        await asyncio.sleep(0)
        await management.answering.wait()
        if management.mood is Mood.THROTTLING:
            self._unavailable(retry_after=management.throttled_for)
        if management.mood not in (Mood.ACCEPTING, Mood.REFUSING):
            self._unavailable()

    def _unavailable(self, retry_after: float | None = None) -> NoReturn:
        raise HistoryUnavailableError(
            f"The order management system does not answer: {self.management.mood}.", retry_after=retry_after
        )


async def _pieces(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), CHUNK):
        yield content[start : start + CHUNK]


def _meets(order: Order, state: OrderState, query: StateQuery) -> bool:
    day = order.created_at.astimezone(UTC).date()
    skus = {position.sku for position in state.positions}
    contact = order.invoice_address.contact
    email = contact.email if contact is not None else None
    return (
        (not query.numbers or state.number in query.numbers)
        and (not query.customers or state.customer in query.customers)
        and (not query.skus or bool(skus & {*query.skus}))
        and (not query.statuses or state.status.code in query.statuses)
        and (not query.emails or (email or "").lower() in {each.lower() for each in query.emails})
        and (query.created_from is None or query.created_from <= day)
        and (query.created_to is None or day <= query.created_to)
    )


def _place(order: StateOrder, content: Order, state: OrderState) -> tuple[str, str]:
    keys = {
        StateOrder.CREATED: content.created_at.astimezone(UTC).isoformat(),
        StateOrder.NUMBER: "",
        StateOrder.CUSTOMER: state.customer or "",
    }
    return keys[order], state.number
