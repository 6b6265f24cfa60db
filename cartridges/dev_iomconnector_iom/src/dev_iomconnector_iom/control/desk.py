"""The control interface inside the process; the HTTP one is a thin layer over it."""

from __future__ import annotations

import time
from collections.abc import Callable
from copy import deepcopy
from datetime import datetime
from typing import Any

from dev_iomconnector_iom.config import ShopConfig
from dev_iomconnector_iom.contract.intake import RefusedError, read_order
from dev_iomconnector_iom.control import messages
from dev_iomconnector_iom.control.stock_desk import StockDesk
from dev_iomconnector_iom.faults.rules import ActiveFault, FaultBook, FaultRule
from dev_iomconnector_iom.faults.statistics import Statistics, StatisticsReport
from dev_iomconnector_iom.fulfilment import actions, states
from dev_iomconnector_iom.fulfilment.walk import LONGEST_WALK, has_next_step
from dev_iomconnector_iom.store.orders import DuplicateOrderError, StoredOrder, utc
from dev_iomconnector_iom.web.context import Context


class UnknownOrderError(LookupError):
    """The shop has no order with that number."""


class ControlDesk:
    """Everything that can be done to a stand-in from behind; use it in the thread of the event loop.

    Arguments:
        context: The parts of the stand-in.
        faults: The fault rules at work.
        statistics: The counts.
    """

    def __init__(self, context: Context, faults: FaultBook, statistics: Statistics) -> None:
        self._context = context
        self._faults = faults
        self._statistics = statistics
        self.stock = StockDesk(context.inventory, context.shops)
        """Stock and reservations."""

    def shops(self) -> list[messages.ShopReport]:
        """How many orders each shop has."""
        counts = self._context.orders.counts()
        return [
            messages.ShopReport(id=shop.id, name=shop.name, orders=counts.get(shop.id, 0))
            for shop in self._context.shops.values()
        ]

    def stored_numbers(self, shop: int) -> list[str]:
        """The numbers of a shop's orders in the order of their arrival."""
        return self._context.orders.numbers(shop)

    def order(self, shop: int, number: str) -> messages.OrderReport:
        """An order's state; raises UnknownOrderError."""
        return self._report(self._find(shop, number))

    def document(self, shop: int, number: str) -> bytes:
        """The body that created the order, byte by byte; raises UnknownOrderError."""
        received = self._context.orders.received(shop, number)
        if received is None:
            raise UnknownOrderError(f"Shop {shop} has no order {number!r}.")
        return received

    def forget(self, shop: int, number: str) -> None:
        """Lose an order, as a restore from an old backup does; raises UnknownOrderError."""
        self._context.orders.remove(self._find(shop, number))

    def alter(self, shop: int, number: str, command: messages.AlterCommand) -> messages.OrderReport:
        """Change fields of an order, as somebody does who works in the database.

        Raises:
            UnknownOrderError: There is no such order.
            ActionRefusedError: It has no such field.
        """
        order = self._find(shop, number)
        document = deepcopy(order.document)
        for path, value in command.fields.items():
            _set(document, path, value)
        self._context.orders.replace_document(order, document)
        self._context.clock.save(order)
        return self._report(order)

    def add_order(self, shop: int, body: bytes) -> messages.OrderReport:
        """Put an order there that came on another way: from another installation, or by hand.

        Raises:
            UnknownOrderError: There is no such shop.
            ActionRefusedError: It breaks the contract, or its number is taken.
        """
        owner = self._shop(shop, "")
        try:
            document = read_order(body, owner, owner.country, self._context.config.api_version)
            self._context.orders.add(shop, document, body)
        except (RefusedError, DuplicateOrderError) as error:
            raise actions.ActionRefusedError(f"The order is not stored: {error}.") from error
        self._context.clock.order_arrived()
        return self.order(shop, document["shopOrderNumber"])

    def step(self, command: messages.StepCommand) -> int:
        """Move orders and change requests on; answers how many steps were taken."""
        identity = None
        if command.shop is not None and command.number is not None:
            identity = self._find(command.shop, command.number).id
        return self._context.clock.step(command.steps, identity)

    def set_clock(self, command: messages.ClockCommand) -> None:
        """Change how time passes."""
        self._context.clock.set(command.mode, command.seconds_per_step)

    def push(self, shop: int, number: str, command: messages.PushCommand) -> messages.OrderReport:
        """Push an order on, also where it waits for a manual check; an approval it cannot replace.

        Raises:
            UnknownOrderError: There is no such order.
            ActionRefusedError: The order cannot go on, or does not come through the wanted state.
        """
        order = self._find(shop, number)
        for _ in range(1 if command.to is None else LONGEST_WALK):
            if order.state == command.to:
                break
            stage = order.progress.stage
            if stage != states.NOT_CHECKED and not has_next_step(order.progress, stop_at=states.DISPATCHED):
                raise actions.ActionRefusedError(f"Order {number!r} stays in {order.state}.")
            self._context.clock.push(order)
        if command.to is not None and order.state != command.to:
            raise actions.ActionRefusedError(f"Order {number!r} is in {order.state}, beyond {command.to}.")
        return self._report(order)

    def decide(self, shop: int, number: str, *, approved: bool) -> messages.OrderReport:
        """Approve or reject an order that waits for it."""
        return self._act(
            shop, number, lambda order: actions.decide_approval(order, _now(), approved=approved)
        )

    def cancel(self, shop: int, number: str, command: messages.CancelCommand) -> messages.OrderReport:
        """Cancel open pieces."""
        pieces = [each.as_pieces() for each in command.pieces]
        return self._act(
            shop,
            number,
            lambda order: actions.cancel(order, pieces, command.reason, command.text, _now()),
        )

    def dispatch(self, shop: int, number: str, command: messages.DispatchCommand) -> messages.OrderReport:
        """Dispatch open pieces; the invoice follows at once."""
        pieces = [each.as_pieces() for each in command.pieces]
        seller = self._shop(shop, number)
        return self._act(
            shop,
            number,
            lambda order: actions.send_parcel(
                order,
                seller,
                pieces,
                _now(),
                carrier=command.carrier,
                tracking_number=command.tracking_number,
                packages=command.packages,
            ),
        )

    def take_back(self, shop: int, number: str, command: messages.ReturnCommand) -> messages.OrderReport:
        """Take dispatched pieces back; a credit note follows, except for cancellations and recalls."""
        pieces = [each.as_pieces() for each in command.pieces]
        seller = self._shop(shop, number)
        return self._act(
            shop,
            number,
            lambda order: actions.take_back(order, seller, pieces, command.reason, command.type, _now()),
        )

    def add_note(self, shop: int, number: str, command: messages.NoteCommand) -> messages.OrderReport:
        """Write a note on the order."""
        return self._act(
            shop, number, lambda order: actions.add_note(order, command.message, command.type, _now())
        )

    def add_document(self, shop: int, number: str, command: messages.DocumentCommand) -> messages.OrderReport:
        """Add a document to the order."""
        return self._act(
            shop,
            number,
            lambda order: actions.add_document(
                order, command.type, command.title, command.lines, _now(), content=command.content
            ),
        )

    def book_payment(self, shop: int, number: str, command: messages.PaymentCommand) -> messages.OrderReport:
        """Book money that came in for the order."""
        return self._act(
            shop,
            number,
            lambda order: actions.book_payment(order, command.amount, command.comment, _now()),
        )

    def faults(self) -> list[ActiveFault]:
        """The fault rules at work, with their counts."""
        return self._faults.active()

    def add_fault(self, rule: FaultRule) -> ActiveFault:
        """Put a fault rule to work."""
        return self._faults.add(rule)

    def remove_fault(self, identity: int) -> bool:
        """Take a fault rule off; False if there is none with that id."""
        return self._faults.remove(identity)

    def clear_faults(self) -> None:
        """Take all fault rules off."""
        self._faults.clear()

    def statistics(self) -> StatisticsReport:
        """The counts of requests, answers and faults."""
        return self._statistics.report()

    def reset(self) -> None:
        """Forget all orders, stock, reservations, fault rules and counts; the clock goes on as it does."""
        self._context.database.empty()
        self._faults.clear()
        self._statistics.clear()

    def _find(self, shop: int, number: str) -> StoredOrder:
        order = self._context.orders.get(shop, number)
        if order is None:
            raise UnknownOrderError(f"Shop {shop} has no order {number!r}.")
        return order

    def _shop(self, shop: int, number: str) -> ShopConfig:
        if shop not in self._context.shops:
            raise UnknownOrderError(f"There is no shop {shop}, and so no order {number!r} of it.")
        return self._context.shops[shop]

    def _act(self, shop: int, number: str, act: Callable[[StoredOrder], None]) -> messages.OrderReport:
        order = self._find(shop, number)
        act(order)
        self._context.clock.save(order)
        return self._report(order)

    def _report(self, order: StoredOrder) -> messages.OrderReport:
        return messages.OrderReport(
            id=order.id,
            shop=order.shop,
            number=order.number,
            state=order.state,
            positions={
                each.number: states.PREFIX + states.position_state(order.progress, each)
                for each in order.progress.positions
            },
            documents=tuple(document.type for document in order.progress.documents),
            trace_parent=self._context.orders.trace_parent(order.id),
        )


def _set(document: Any, path: str, value: Any) -> None:
    """Change a field; its path is of names and indexes, as ``shippingBuckets.0.positions.1.quantity``."""
    *parents, last = path.split(".")
    node = document
    try:
        for part in parents:
            node = node[int(part)] if isinstance(node, list) else node[part]
        key: Any = int(last) if isinstance(node, list) else last
        node[key] = value
    except (KeyError, IndexError, ValueError, TypeError) as error:
        raise actions.ActionRefusedError(f"The order has no {path}.") from error


def _now() -> datetime:
    return utc(time.time())
