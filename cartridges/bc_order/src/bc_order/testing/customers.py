"""Customers who place orders over HTTP, and do not give up before they see them confirmed."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPException

from bc_order.testing.http_caller import Caller
from iomconnector.model.order_documents import dump_order
from iomconnector.model.orders import Order

CONFIRMED = frozenset({200, 201})
TRY_AGAIN = frozenset({429, 500, 502, 503, 504})
PAUSE = 0.1


class RefusedOrderError(AssertionError):
    """A shop said that it never takes an order that is sound."""


class Customers:
    """Several customers, each of whom places one order after the other.

    ``confirmed`` has channel and number of the orders that they know to be placed, ``given_up`` of those of
    which they do not know; ``unanswered`` counts requests without an answer, ``turned_away`` those that were
    to be sent again later.

    Arguments:
        addresses: ``host:port`` of each web application; an order is tried at one after the other.
        token: The access token.
        at_a_time: How many customers there are.
        patience: Seconds after which an order that nobody confirmed is given up.
        rest: Seconds that each of them waits before the next order.
    """

    def __init__(
        self,
        addresses: Sequence[str],
        token: str,
        *,
        at_a_time: int = 4,
        patience: float = 60,
        rest: float = 0,
    ) -> None:
        self.confirmed: set[tuple[str, str]] = set()
        self.given_up: set[tuple[str, str]] = set()
        self.unanswered = 0
        self.turned_away = 0
        self._addresses = tuple(addresses)
        self._token = token
        self._at_a_time = at_a_time
        self._patience = patience
        self._rest = rest
        self._lock = threading.Lock()
        self._refusals: list[str] = []
        self._stopped = threading.Event()

    @contextmanager
    def placing(self, orders: Iterable[Order]) -> Iterator[Customers]:
        """Place orders for the length of the block; it ends when all are confirmed or given up.

        Raises:
            RefusedOrderError: An order was refused for good.
        """
        waiting = iter(orders)
        threads = [
            threading.Thread(target=self._place_all, args=(waiting, index), daemon=True)
            for index in range(self._at_a_time)
        ]
        for thread in threads:
            thread.start()
        self._working = threads
        try:
            yield self
        finally:
            for thread in threads:
                thread.join()
        if self._refusals:
            raise RefusedOrderError("; ".join(self._refusals))

    def place(self, orders: Iterable[Order]) -> None:
        """Place orders, and come back when all are confirmed or given up."""
        with self.placing(orders):
            pass

    def stop(self) -> None:
        """Let no customer begin another order."""
        self._stopped.set()

    @property
    def busy(self) -> bool:
        """Whether anybody still places orders."""
        return any(thread.is_alive() for thread in self._working)

    def _place_all(self, orders: Iterator[Order], index: int) -> None:
        while not self._stopped.is_set():
            with self._lock:
                order = next(orders, None)
            if order is None:
                return
            self._place(order, index)
            self._stopped.wait(self._rest)

    def _place(self, order: Order, index: int) -> None:
        key, document = (str(order.channel), str(order.number)), dump_order(order)
        end = time.monotonic() + self._patience
        while time.monotonic() < end:
            status, words = self._ask(self._addresses[index % len(self._addresses)], document)
            if status in CONFIRMED:
                self.confirmed.add(key)
                return
            if status and status not in TRY_AGAIN:
                self._refusals.append(f"order {key[1]}: {status} {words}")
                return
            index += 1
            with self._lock:
                self.unanswered += not status
                self.turned_away += bool(status)
            time.sleep(PAUSE)
        self.given_up.add(key)

    def _ask(self, address: str, document: str) -> tuple[int, str]:
        """The status and the body; 0 where there was no answer."""
        try:
            answer = Caller(address, self._token).post("/api/orders", document)
        except (OSError, HTTPException):
            return 0, ""
        return answer.status, answer.body.decode(errors="replace")
