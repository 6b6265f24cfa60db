"""The demonstration, act by act."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bc_order.order_files import Entry
from bc_order.placing import PlacingReport, place_entries
from dev_demo_iomconnector.exporter_process import exporter_process
from dev_demo_iomconnector.scenario import FAULTS, Scenario
from dev_demo_iomconnector.stand_in_process import StandInProcess
from iomconnector.application import Application
from iomconnector.cli.invocation import Invocation
from iomconnector.model.approvals import Decision
from iomconnector.model.exports import ExportState, PlacedOrder
from iomconnector.model.order_documents import dump_order
from iomconnector.ports.order_repository import StoredOrder
from iomconnector.preparation import Watcher, prepare_database
from iomconnector.usecases.approve_orders import open_step
from iomconnector.usecases.check_orders import CheckedOrder, check_order

EXPORT_SECONDS = 180
KEEP_WAITING = 3
EVERY_NTH_REJECTED = 15


@dataclass(slots=True)
class Outcome:
    """What the demonstration saw.

    Arguments:
        placing: What placing reported.
        orders: Every order with the state of its export.
        checked: Each exported order compared with IOM's copy.
        in_iom: Order numbers in IOM, for each channel, in the order of arrival.
        faults: How often each kind of fault struck.
        seconds: How long the export took.
        kills: What was killed in the middle.
    """

    placing: PlacingReport
    orders: list[StoredOrder] = field(default_factory=list)
    checked: list[CheckedOrder] = field(default_factory=list)
    in_iom: dict[str, list[str]] = field(default_factory=dict)
    faults: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    kills: list[str] = field(default_factory=list)


class Demonstration:
    """Places orders, lets things go wrong while they are exported, and compares both sides.

    Arguments:
        application: The system, with the cartridges of the database list loaded.
        invocation: Assembly and environment, for the exporting process.
        stand_in: The stand-in, not started yet.
        scenario: What to place.
        say: Is told what happens, one line at a time.
    """

    def __init__(
        self,
        application: Application,
        invocation: Invocation,
        stand_in: StandInProcess,
        scenario: Scenario,
        say: Callable[[str], None],
    ) -> None:
        self._application = application
        self._invocation = invocation
        self._stand_in = stand_in
        self._scenario = scenario
        self._say = say

    async def prepare(self) -> None:
        """Start the stand-in and prepare the database."""
        await asyncio.to_thread(self._stand_in.start)
        self._say(f"The IOM stand-in listens on {self._stand_in.url}.")
        watcher = Watcher(ended=lambda step, entry: self._say(f"{step.title}: {entry.message}"))
        await prepare_database(self._application, watcher)
        for configuration in await self._application.services.all():
            if "base_url" in configuration.values:
                await self._application.services.change(
                    configuration.id, values={"base_url": self._stand_in.url}, by="demonstration"
                )

    async def place(self, advance: Callable[[int], None]) -> Outcome:
        """Place the orders and decide on approvals; a few keep waiting, a few are rejected."""
        self._scenario = self._scenario.shared_among(await self._application.customer_users.all())
        entries = (
            Entry(line, dump_order(order), order=order, number=order.number)
            for line, order in enumerate(self._scenario.orders, 1)
        )
        report = await place_entries(entries, self._application.place_orders, advance)
        await self._decide()
        return Outcome(report)

    async def _decide(self) -> None:
        waiting = [order for order in self._scenario.orders if order.approval_steps]
        for index, order in enumerate(waiting[KEEP_WAITING:]):
            reject = index % EVERY_NTH_REJECTED == 0
            decision = Decision.REJECTED if reject else Decision.APPROVED
            stored = await self._application.orders.get(order.channel, order.number)
            steps = [open_step(stored.placed)] if reject else list(enumerate(order.approval_steps))
            for step in filter(None, steps):
                await self._application.approve_orders.decide(
                    order.channel,
                    order.number,
                    decision,
                    by=step[1].approvers[0],
                    comment="Over budget." if reject else "Fine.",
                )

    async def trouble(self) -> None:
        """Let IOM know two of the orders already, and let it misbehave from now on."""
        duplicate, conflicting = self._scenario.duplicate, self._scenario.conflicting
        other = conflicting.model_copy(update={"customer_order_number": "of somebody else"})
        service = await self._application.export_service(duplicate.channel)
        await service.submit(PlacedOrder(duplicate))
        service = await self._application.export_service(other.channel)
        shops = await self._shops()
        planted = service.preview(PlacedOrder(other))
        await asyncio.to_thread(self._stand_in.plant, shops[other.channel], planted)
        await asyncio.to_thread(self._stand_in.set_faults, FAULTS)

    async def export(self, outcome: Outcome, progress: Callable[[int, int], None]) -> None:
        """Export everything; the exporter and IOM are each killed once on the way."""
        started = time.monotonic()
        total = await self._open()
        logs = self._application.settings.data_directory
        exporter = exporter_process(self._invocation, wait=EXPORT_SECONDS, logs=logs)
        exporter.begin()
        await self._until(lambda left: left <= total * 2 // 3, total, progress)
        await asyncio.to_thread(exporter.kill)
        outcome.kills.append("the exporting process, with kill -9, after a third")
        exporter.begin()
        await self._until(lambda left: left <= total // 3, total, progress)
        await asyncio.to_thread(self._stand_in.count_faults)
        await asyncio.to_thread(self._stand_in.kill)
        outcome.kills.append("IOM, with kill -9, after two thirds")
        await asyncio.to_thread(self._stand_in.start)
        await asyncio.to_thread(self._stand_in.set_faults, FAULTS)
        await self._until(lambda left: left == 0, total, progress)
        await asyncio.to_thread(exporter.wait, seconds=EXPORT_SECONDS)
        await asyncio.to_thread(self._stand_in.count_faults)
        await asyncio.to_thread(self._stand_in.set_faults, ())
        outcome.faults = dict(self._stand_in.faults)
        outcome.seconds = time.monotonic() - started

    async def _open(self) -> int:
        counts = await self._application.ledger.counts()
        return counts[ExportState.DUE] + counts[ExportState.SENDING]

    async def _until(
        self, reached: Callable[[int], bool], total: int, progress: Callable[[int, int], None]
    ) -> None:
        end = time.monotonic() + EXPORT_SECONDS
        while not reached(left := await self._open()):
            progress(total - left, total)
            if time.monotonic() > end:
                return
            await asyncio.sleep(0.05)
        progress(total - left, total)

    async def compare(self, outcome: Outcome, advance: Callable[[int], None]) -> None:
        """Gather both sides, order by order."""
        after = 0
        while page := await self._application.orders.page(after=after, limit=50):
            outcome.orders += page
            exported = [each for each in page if each.request.state is ExportState.EXPORTED]
            checks = (check_order(self._application, each) for each in exported)
            outcome.checked += await asyncio.gather(*checks)
            advance(len(page))
            after = page[-1].request.order_id
        for channel, shop in (await self._shops()).items():
            numbers = await asyncio.to_thread(self._stand_in.control.stored_numbers, shop)
            outcome.in_iom[channel] = numbers

    async def _shops(self) -> dict[str, int]:
        """IOM's shop of each channel."""
        services = await self._application.services.all()
        return {each.context: int(each.values["shop_id"]) for each in services if "shop_id" in each.values}
