"""Compare the shop with its order management systems over a period, from both sides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from iomconnector.errors import ConnectorError, StorageError
from iomconnector.model.contexts import ContextKind
from iomconnector.model.export_acts import ActOrder, ExportAct
from iomconnector.model.reconciliation import Disagreement, Finding, Period, Tally
from iomconnector.ports.clock import Clock
from iomconnector.ports.context_repository import ContextRepository
from iomconnector.ports.export_desk import ExportDesk
from iomconnector.ports.order_export_service import OrderExportError, OrderExportService
from iomconnector.ports.reconciliation_store import OrderKey, ReconciliationStore, ShopOrder
from iomconnector.usecases.channels import require_channel
from iomconnector.usecases.far_sides import FarSide, far_sides_of
from iomconnector.usecases.judging import Judge
from iomconnector.usecases.order_keys import OrderKeys

PAGE = 500
MENDED_AT_ONCE = 200
REASON = "A comparison with the order management system asked for it."

ResolveExportService = Callable[[str], Awaitable[OrderExportService]]


@dataclass(slots=True)
class Comparison:
    """A comparison under way. Nothing of it grows with the number of orders but a bit for each.

    Arguments:
        period: What was placed when is compared.
        advance: Is told how many more orders of the shop are done.
        tally: How many agree; counts while the findings come.
    """

    period: Period
    advance: Callable[[int], None] = lambda _: None
    tally: Tally = field(default_factory=Tally)


class Reconcile:
    """Finds every order about which the shop and an order management system do not agree.

    First the order management system shows what was created in the period, page by page, and the shop is
    asked for those numbers; then the shop shows what it placed in the period, and the order management system
    is asked, in bulk, for what its pages did not have. The shop is read after the order management system
    where it counts, so that orders which are placed, sent and recorded meanwhile raise no false alarm.

    Arguments:
        store: The shop's side.
        contexts: The channels.
        resolve: Gives the export service of a channel.
        desk: Makes exports due.
        clock: Tells the time.
    """

    def __init__(
        self,
        store: ReconciliationStore,
        contexts: ContextRepository,
        resolve: ResolveExportService,
        desk: ExportDesk,
        clock: Clock,
    ) -> None:
        self._store = store
        self._contexts = contexts
        self._resolve = resolve
        self._desk = desk
        self._clock = clock

    async def channels(self, chosen: Sequence[str] = ()) -> Sequence[str]:
        """The channels to compare: those chosen, or all.

        Raises:
            NotFoundError: One of those chosen is no channel.
        """
        for channel in chosen:
            await require_channel(self._contexts, channel)
        if chosen:
            return list(dict.fromkeys(chosen))
        return [each.id for each in await self._contexts.all() if each.kind is ContextKind.CHANNEL]

    async def orders(self, channels: Sequence[str], period: Period) -> int:
        """How many orders the shop placed in the period."""
        return await self._store.count_placed(channels, period.start, period.end)

    async def compare(self, channels: Sequence[str], comparison: Comparison) -> AsyncIterator[Finding]:
        """Compare, and tell of each disagreement when it is found.

        Arguments:
            channels: The channels to compare.
            comparison: The period; counts what agrees.

        Raises:
            StorageError: The shop's database does not answer.
        """
        services, failures = await self._services()
        for channel in channels:
            if channel in failures:
                orders = await self.orders([channel], comparison.period)
                if orders:
                    comparison.advance(orders)
                    yield _unconfirmed(channel, orders, failures[channel])
        for side in far_sides_of(services, channels):
            async for finding in self._compare_side(side, comparison):
                yield finding

    async def mend(self, findings: Sequence[Finding], *, compared_at: datetime, by: str) -> int:
        """Make due what that can mend; the order management system is asked before anything is sent.

        Arguments:
            findings: What a comparison found.
            compared_at: When it began. An order that changed since then is left alone.
            by: Who wants it.

        Returns:
            How many orders are due now, and were not, or not yet.
        """
        due, now = 0, self._clock.now()
        for act, keys in _by_remedy(findings).items():
            todo = ActOrder(act, by, now, REASON, unchanged_since=compared_at)
            for first in range(0, len(keys), MENDED_AT_ONCE):
                due += len(await self._desk.act(keys[first : first + MENDED_AT_ONCE], todo))
        return due

    async def _services(self) -> tuple[Mapping[str, OrderExportService], Mapping[str, ConnectorError]]:
        services, failures = {}, {}
        for channel in await self.channels():
            try:
                services[channel] = await self._resolve(channel)
            except StorageError:
                raise
            except ConnectorError as error:
                failures[channel] = error
        return services, failures

    async def _compare_side(self, side: FarSide, comparison: Comparison) -> AsyncIterator[Finding]:
        seen, left = OrderKeys(), await self.orders(side.chosen, comparison.period)

        def advance(orders: int) -> None:
            nonlocal left
            left -= orders
            comparison.advance(orders)

        judge = Judge(side, comparison.period, comparison.tally, self._clock, advance)
        try:
            async for finding in self._compare_theirs(judge, seen):
                yield finding
            async for finding in self._compare_ours(judge, seen):
                yield finding
        except StorageError:
            raise
        except OrderExportError as error:
            comparison.advance(left)
            yield _unconfirmed(", ".join(side.chosen), max(left, 0), error)

    async def _compare_theirs(self, judge: Judge, seen: OrderKeys) -> AsyncIterator[Finding]:
        before: set[str] = set()
        async for page in judge.side.pages(judge.period):
            judge.tally.there += len(page)
            ours = _by_number(await self._store.of_numbers(sorted({remote.number for remote in page})))
            again: list[ShopOrder] = []
            unknown: set[str] = set()
            for remote in page:
                orders = [
                    order for order in ours.get(remote.number, ()) if order.channel in judge.side.services
                ]
                if not orders:
                    twice = remote.number in before or remote.number in unknown
                    unknown.add(remote.number)
                    elsewhere = ours.get(remote.number, ())
                    for finding in judge.unknown(remote, elsewhere, twice=twice):
                        yield finding
                for order in orders:
                    if judge.concerns(order):
                        if seen.add(order.order_id):
                            for finding in await judge.shown(order, remote):
                                yield finding
                        else:
                            again.append(order)
            for finding in await judge.twice(again):
                yield finding
            before = unknown

    async def _compare_ours(self, judge: Judge, seen: OrderKeys) -> AsyncIterator[Finding]:
        after: OrderKey | None = None
        period = judge.period
        while page := await self._store.placed_between(
            judge.side.chosen, period.start, period.end, after=after, limit=PAGE
        ):
            after = page[-1]
            unseen = {key.order_id: key.number for key in page if key.order_id not in seen}
            rest = await self._read(unseen)
            asked = judge.to_ask_for(rest)
            if asked:
                copies = await judge.side.copies_of(asked)
                again = await self._read({order.order_id: order.number for order in asked})
                now = {order.order_id: order for order in again}
                for order in asked:
                    for finding in judge.asked(order, now.get(order.order_id, order), copies[order.order_id]):
                        yield finding
            for finding in judge.not_asked(rest):
                yield finding

    async def _read(self, keys: Mapping[int, str]) -> Sequence[ShopOrder]:
        """Orders as they are now; their numbers by key."""
        found = await self._store.of_numbers(sorted(set(keys.values()))) if keys else ()
        return [order for order in found if order.order_id in keys]


def _by_number(orders: Sequence[ShopOrder]) -> Mapping[str, Sequence[ShopOrder]]:
    found: defaultdict[str, list[ShopOrder]] = defaultdict(list)
    for order in orders:
        found[order.number].append(order)
    return found


def _unconfirmed(channel: str, orders: int, error: ConnectorError) -> Finding:
    return Finding(Disagreement.UNCONFIRMED, "", channel, str(error), orders=orders)


def _by_remedy(findings: Sequence[Finding]) -> Mapping[ExportAct, Sequence[int]]:
    keys: defaultdict[ExportAct, list[int]] = defaultdict(list)
    for finding in findings:
        if finding.remedy is not None and finding.order_id is not None:
            keys[finding.remedy].append(finding.order_id)
    return keys
