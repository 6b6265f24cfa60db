"""The contract of :class:`~iomconnector.ports.customer_orders.CustomerOrders`."""

from abc import abstractmethod
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from iomconnector.errors import NotFoundError
from iomconnector.model.customer_users import OrderOwner
from iomconnector.model.exports import ExportState
from iomconnector.model.orders import Order
from iomconnector.model.values import ChannelId
from iomconnector.ports.clock import Clock
from iomconnector.ports.customer_orders import CustomerOrderQuery, CustomerOrders, HistorySort
from iomconnector.ports.order_repository import OrderRepository
from iomconnector.testing.contracts.contract import Contract
from iomconnector.testing.memory.clock import ManualClock
from iomconnector.testing.samples import CHANNEL, NOON, OTHER_CHANNEL, sample_order

PATRICIA = OrderOwner(ChannelId(CHANNEL), "1001")
ALL = CustomerOrderQuery(limit=100)


@dataclass(frozen=True, slots=True)
class CustomerOrderStorage:
    """The shop's orders, and customers looking for theirs. There are the sample contexts.

    Arguments:
        orders: Places orders.
        customer_orders: The adapter to test.
    """

    orders: OrderRepository
    customer_orders: CustomerOrders

    async def place(self, *orders: Order, state: ExportState = ExportState.DUE) -> None:
        """Place orders."""
        await self.orders.place([(order, state) for order in orders])

    async def numbers(self, owner: OrderOwner, query: CustomerOrderQuery = ALL) -> list[str]:
        """The numbers that a question finds, in their order."""
        page = await self.customer_orders.page(owner, query)
        return [each.request.number for each in page.orders]


def _of(customer: str, number: str, *, channel: str = CHANNEL, email: str = "", **fields: Any) -> Order:
    kind = {"type": "private", "number": customer}
    order = sample_order(number, channel=channel, **{"customer": kind, **fields})
    contact = order.invoice_address.contact
    if not email or contact is None:
        return order
    address = order.invoice_address.model_copy(
        update={"contact": contact.model_copy(update={"email": email})}
    )
    return order.model_copy(update={"invoice_address": address})


class CustomerOrdersContract(Contract):
    """Promises of what finds the orders of customers."""

    @abstractmethod
    def customer_order_storage(self, clock: Clock) -> AbstractAsyncContextManager[CustomerOrderStorage]:
        """The adapter to test with a shop that is empty."""

    def _storage(self) -> AbstractAsyncContextManager[CustomerOrderStorage]:
        return self.customer_order_storage(ManualClock())

    async def test_nobody_finds_what_is_somebody_elses(self) -> None:
        async with self._storage() as storage:
            await storage.place(
                _of("1001", "1"), _of("1002", "2"), _of("1001", "3", channel=OTHER_CHANNEL), _of("100", "4")
            )
            assert await storage.numbers(PATRICIA) == ["1"]
            assert await storage.numbers(replace(PATRICIA, customer="1003")) == []
            assert await storage.numbers(replace(PATRICIA, customer="")) == []
            assert await storage.numbers(OrderOwner(ChannelId(OTHER_CHANNEL), "1001")) == ["3"]
            mine = await storage.customer_orders.by_number(PATRICIA, "1")
            assert (await storage.customer_orders.get(PATRICIA, mine.request.order_id)) == mine
            for number in ("2", "3", "4", "5", ""):
                with pytest.raises(NotFoundError):
                    await storage.customer_orders.by_number(PATRICIA, number)
            for other in (replace(PATRICIA, customer="1002"), OrderOwner(ChannelId(OTHER_CHANNEL), "1001")):
                with pytest.raises(NotFoundError):
                    await storage.customer_orders.get(other, mine.request.order_id)
            for key in (0, -1, 2**63, 2**70):
                with pytest.raises(NotFoundError):
                    await storage.customer_orders.get(PATRICIA, key)

    async def test_a_buyer_finds_the_orders_of_the_own_address_in_any_case(self) -> None:
        buyer = replace(PATRICIA, email="Änne@Example.com")
        async with self._storage() as storage:
            await storage.place(
                _of("1001", "1", email="änne@example.COM"), _of("1001", "2", email="carl@example.com")
            )
            assert await storage.numbers(buyer) == ["1"]
            assert (await storage.customer_orders.page(buyer, ALL)).total == 1
            assert await storage.numbers(PATRICIA) == ["2", "1"]
            assert await storage.numbers(replace(buyer, email="")) == []
            with pytest.raises(NotFoundError):
                await storage.customer_orders.by_number(buyer, "2")

    async def test_a_buyer_without_an_address_finds_nothing(self) -> None:
        order = _of("1001", "1")
        nobody = order.invoice_address.model_copy(update={"contact": None})
        async with self._storage() as storage:
            await storage.place(order, order.model_copy(update={"number": "2", "invoice_address": nobody}))
            assert await storage.numbers(replace(PATRICIA, email="")) == []
            with pytest.raises(NotFoundError):
                await storage.customer_orders.by_number(replace(PATRICIA, email=""), "2")

    async def test_long_numbers_and_addresses_are_told_apart_to_the_end(self) -> None:
        long = "9" * 400
        name = "a" * 400
        async with self._storage() as storage:
            await storage.place(
                _of(f"{long}1", "1", email=f"{name}@one.example"),
                _of(f"{long}2", "2", email=f"{name}@one.example"),
                _of(f"{long}1", "3", email=f"{name}@two.example"),
            )
            customer = OrderOwner(ChannelId(CHANNEL), f"{long}1")
            buyer = replace(customer, email=f"{name}@one.example")
            for owner, mine in ((customer, ["3", "1"]), (buyer, ["1"])):
                assert await storage.numbers(owner) == mine
                for number in {"1", "2", "3"} - {*mine}:
                    with pytest.raises(NotFoundError):
                        await storage.customer_orders.by_number(owner, number)

    async def test_pages_are_complete_and_free_of_repeats(self) -> None:
        numbers = [f"{number:02}" for number in range(1, 12)]
        async with self._storage() as storage:
            for number in numbers:
                await storage.place(_of("1001", number), _of("1002", f"x{number}"))
            for sort, expected in ((HistorySort.NEWEST, numbers[::-1]), (HistorySort.OLDEST, numbers)):
                seen: list[str] = []
                for offset in range(0, 15, 3):
                    query = CustomerOrderQuery(sort=sort, offset=offset, limit=3)
                    page = await storage.customer_orders.page(PATRICIA, query)
                    assert page.total == len(numbers)
                    seen += [each.request.number for each in page.orders]
                assert seen == expected

    async def test_conditions_narrow_each_other_and_values_are_alternatives(self) -> None:
        async with self._storage() as storage:
            await storage.place(
                _of("1001", "A-1", customer_order_number="PO 7"),
                _of("1001", "A-2", created_at=NOON + timedelta(days=2), email="other@example.com"),
                _of("1001", "b-3", created_at=NOON + timedelta(days=4)),
            )

            async def found(**conditions: Any) -> list[str]:
                return await storage.numbers(PATRICIA, CustomerOrderQuery(**conditions))

            assert await found(numbers=("A-1", "b-3", "nothing")) == ["b-3", "A-1"]
            assert await found(number_part="a-") == ["A-2", "A-1"]
            assert await found(number_part="B") == ["b-3"]
            assert await found(number_part="%") == []
            assert await found(customer_order_numbers=("PO 7", "PO 8")) == ["A-1"]
            assert await found(skus=("201807231-01",)) == ["b-3", "A-2", "A-1"]
            assert await found(skus=("201807231",)) == []
            assert await found(emails=("OTHER@example.com",)) == ["A-2"]
            day = NOON.date()
            assert await found(created_from=day + timedelta(days=1)) == ["b-3", "A-2"]
            assert await found(created_to=day + timedelta(days=2)) == ["A-2", "A-1"]
            assert await found(created_from=day, created_to=day) == ["A-1"]
            assert await found(numbers=("A-1",), created_from=day + timedelta(days=1)) == []
            for odd in ("\0", "A-1\0", "\ud800", "A" * 10_000):
                for name in ("numbers", "customer_order_numbers", "skus", "emails", "status_codes"):
                    assert await found(**{name: (odd,)}) == [], name
                assert await found(number_part=odd) == []
                with pytest.raises(NotFoundError):
                    await storage.customer_orders.by_number(PATRICIA, odd)

    async def test_the_state_of_the_export_is_a_condition(self) -> None:
        async with self._storage() as storage:
            await storage.place(_of("1001", "1"))
            await storage.place(_of("1001", "2"), state=ExportState.WAITING_FOR_APPROVAL)
            due = CustomerOrderQuery(export_states=(ExportState.DUE, ExportState.SENDING))
            waiting = CustomerOrderQuery(export_states=(ExportState.WAITING_FOR_APPROVAL,))
            both = replace(due, export_states=(*due.export_states, *waiting.export_states))
            assert await storage.numbers(PATRICIA, due) == ["1"]
            assert await storage.numbers(PATRICIA, waiting) == ["2"]
            assert await storage.numbers(PATRICIA, both) == ["2", "1"]
            assert await storage.numbers(PATRICIA, replace(due, status_codes=("ANY",))) == ["1"]
            assert await storage.numbers(PATRICIA, CustomerOrderQuery(status_codes=("ANY",))) == []
