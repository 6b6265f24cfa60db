"""The clock that moves orders and change requests on: one sweep for all of them, no task for each."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress

from dev_iomconnector_iom.config import ClockConfig, ClockMode, ShopConfig
from dev_iomconnector_iom.fulfilment.progress import fresh_progress
from dev_iomconnector_iom.fulfilment.states import CHECKED
from dev_iomconnector_iom.fulfilment.walk import LONGEST_WALK, has_next_step, take_step
from dev_iomconnector_iom.store.change_requests import (
    ACCEPTED,
    APPLIED,
    FAILED_TO_APPLY,
    OPEN,
    ChangeRequestTable,
    StoredChangeRequest,
)
from dev_iomconnector_iom.store.database import Database
from dev_iomconnector_iom.store.orders import OrderTable, StoredOrder, utc

_BATCH = 50
"""Orders in one transaction of the sweep; requests are answered between two batches."""
_LONGEST_PAUSE = 1.0
_SHORTEST_PAUSE = 0.01


class OrderClock:
    """Moves orders on.

    Arguments:
        database: Where orders and change requests are.
        orders: The orders.
        shops: The shops by id.
        config: How time passes until :meth:`set` says otherwise.
    """

    def __init__(
        self,
        database: Database,
        orders: OrderTable,
        shops: Mapping[int, ShopConfig],
        config: ClockConfig,
    ) -> None:
        self.mode = config.mode
        self.seconds_per_step = config.seconds_per_step
        self._stop_at = config.stop_at
        self._database = database
        self._shops = shops
        self._orders = orders
        self._change_requests = ChangeRequestTable(database)
        self._wake = asyncio.Event()

    def order_arrived(self) -> None:
        """Say that an order or a change request was stored; only a fast clock looks at once."""
        if self.mode is ClockMode.FAST:
            self._wake.set()

    def set(self, mode: ClockMode, seconds_per_step: float | None = None) -> None:
        """Change how time passes, from now on."""
        self.mode = mode
        if seconds_per_step is not None:
            self.seconds_per_step = seconds_per_step
        self._wake.set()

    async def run(self) -> None:
        """Sweep until cancelled."""
        while True:
            self._wake.clear()
            if self.sweep() == _BATCH:
                await asyncio.sleep(0)
                continue
            pause = None
            if self.mode is ClockMode.REAL:
                pause = min(max(self.seconds_per_step / 4, _SHORTEST_PAUSE), _LONGEST_PAUSE)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), pause)

    def sweep(self) -> int:
        """Move on what is due now, at most one batch of orders; answers how many orders moved."""
        if self.mode is ClockMode.MANUAL:
            return 0
        now = time.time()
        step = self.seconds_per_step if self.mode is ClockMode.REAL else 0.0
        due = self._orders.waiting(now - step, _BATCH)
        if due:
            with self._database.transaction():
                for identity, since in due:
                    self._walk(identity, since, now, step)
        requests = self._change_requests.undecided(now - step)
        if requests:
            with self._database.transaction():
                for request in requests:
                    self._move_request(request)
            self.order_arrived()
        return len(due)

    def step(self, steps: int, order_id: int | None = None) -> int:
        """Move every order, or one of them, on by some steps; answers how many steps were taken.

        Change requests move on by the same number of steps when all orders do, or when their order does.
        """
        moved = 0
        for _ in range(steps):
            with self._database.transaction():
                identities = self._orders.waiting_ids()
                for identity in identities:
                    if order_id is None or identity == order_id:
                        self._walk(identity, time.time(), time.time(), None)
                        moved += 1
                for request in self._change_requests.undecided(time.time()):
                    if order_id is None or request.order_id == order_id:
                        self._move_request(request)
                        moved += 1
        return moved

    def save(self, order: StoredOrder) -> None:
        """Store an order after somebody changed its progress."""
        with self._database.transaction():
            self._keep(order, time.time())
        self.order_arrived()

    def push(self, order: StoredOrder) -> None:
        """Move one order a step on, even one that waits for somebody to look at it."""
        with self._database.transaction():
            take_step(order, self._shops[order.shop], utc(time.time()))
            self._keep(order, time.time())
        self.order_arrived()

    def _walk(self, identity: int, since: float, now: float, step: float | None) -> None:
        """Take one step (``step`` None), all steps (0), or those that fit between since and now."""
        order = self._orders.by_id(identity)
        assert order is not None
        last = since if step else now
        for _ in range(1 if step is None else LONGEST_WALK):
            moment = last + step if step else now
            if moment > now or not has_next_step(order.progress, stop_at=self._stop_at):
                break
            take_step(order, self._shops[order.shop], utc(moment))
            last = moment
        self._keep(order, last)

    def _keep(self, order: StoredOrder, since: float) -> None:
        self._orders.save(order, waiting=has_next_step(order.progress, stop_at=self._stop_at), since=since)

    def _move_request(self, request: StoredChangeRequest) -> None:
        """OPEN to ACCEPTED; ACCEPTED to APPLIED if nothing happened to any piece yet, else it failed."""
        if request.status == OPEN:
            self._change_requests.set_status(request.id, ACCEPTED)
            return
        order = self._orders.by_id(request.order_id)
        if order is None or not order.progress.nothing_happened:
            self._change_requests.set_status(request.id, FAILED_TO_APPLY)
            return
        self._orders.replace_document(order, request.document)
        kept = order.progress
        order.progress = fresh_progress(request.document)
        order.progress.notes, order.progress.documents = kept.notes, kept.documents
        order.progress.payments = kept.payments
        order.progress.stage = CHECKED
        self._keep(order, time.time())
        self._change_requests.set_status(request.id, APPLIED)
