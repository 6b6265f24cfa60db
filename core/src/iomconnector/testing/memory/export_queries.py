"""Looking for exports in memory."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from iomconnector.errors import NotFoundError
from iomconnector.model.contexts import ContextKind
from iomconnector.model.export_filters import (
    ExportFilter,
    ExportOrder,
    ExportSummary,
    page_mark,
    read_page_mark,
)
from iomconnector.model.exports import ExportAttempt, ExportState, OrderCorrection
from iomconnector.ports.export_queries import ChannelBacklog, ExportPage, ReasonCount, UnreadableOrder
from iomconnector.ports.order_repository import StoredOrder
from iomconnector.testing.memory.order_rows import MemoryShop, OrderRow


class MemoryExportQueries:
    """Implements :class:`~iomconnector.ports.export_queries.ExportQueries` for the orders of a shop."""

    def __init__(self, shop: MemoryShop) -> None:
        self._shop = shop

    def _matching(self, wanted: ExportFilter) -> Iterator[ExportSummary]:
        return (row.summary for row in self._shop if wanted.matches(row.summary))

    async def page(
        self,
        wanted: ExportFilter,
        *,
        order: ExportOrder = ExportOrder.NEWEST,
        after: str | None = None,
        limit: int = 50,
    ) -> ExportPage:
        """Some of the exports that meet conditions."""
        found = [each for each in self._matching(wanted) if _is_listed(each, order)]
        found.sort(key=lambda each: _place(each, order))
        if after is not None:
            moment, key = read_page_mark(after, order)
            behind = _behind(order, moment, key)
            found = [each for each in found if _place(each, order) > behind]
        rows = found[:limit]
        return ExportPage(rows, page_mark(rows[-1], order) if len(found) > limit else None)

    async def count(self, wanted: ExportFilter, *, limit: int | None = None) -> int:
        """How many exports meet conditions."""
        found = sum(1 for _ in self._matching(wanted))
        return found if limit is None else min(found, limit)

    async def counts_by_reason(self, wanted: ExportFilter) -> Mapping[tuple[ExportState, str | None], int]:
        """How many exports that meet conditions there are of each state and code of a reason."""
        return Counter((each.request.state, each.request.reason_code) for each in self._matching(wanted))

    async def counts(self) -> Mapping[tuple[str, ExportState], int]:
        """How many exports there are of each channel and state."""
        return Counter((row.request.channel, row.request.state) for row in self._shop)

    async def reasons(self, *, channels: Sequence[str] = ()) -> Sequence[ReasonCount]:
        """For which reasons exports wait, are parked or were given up."""
        counted: Counter[tuple[str, ExportState, str]] = Counter()
        examples: dict[tuple[str, ExportState, str], str] = {}
        for row in self._shop:
            request = row.request
            if request.reason_code is not None and (not channels or request.channel in channels):
                key = (request.channel, request.state, request.reason_code)
                counted[key] += 1
                examples.setdefault(key, request.reason or "")
        found = [ReasonCount(*key, count, examples[key]) for key, count in counted.items()]
        return sorted(found, key=lambda each: (-each.count, each.channel, each.state, each.reason_code))

    async def backlog(self, *, now: datetime) -> Sequence[ChannelBacklog]:
        """What has not left the shop, for each channel."""
        channels = [each.id for each in await self._shop.contexts.all() if each.kind is ContextKind.CHANNEL]
        return [self._backlog(channel, now) for channel in sorted(channels)]

    def _backlog(self, channel: str, now: datetime) -> ChannelBacklog:
        requests = [row.request for row in self._shop if row.request.channel == channel]
        counted = Counter(request.state for request in requests)
        due = [request for request in requests if request.state is ExportState.DUE]
        first = min(due, key=lambda request: (request.due_at, request.order_id), default=None)
        return ChannelBacklog(
            channel=channel,
            counts={state: counted[state] for state in ExportState if state is not ExportState.EXPORTED},
            due_now=sum(1 for request in due if request.due_at <= now),
            oldest_due_since=first.requested_at if first else None,
            next_due_at=first.due_at if first else None,
            pause=self._shop.paused.get(channel),
        )

    async def summary(self, channel: str, number: str) -> ExportSummary:
        """The export of the order of that number."""
        row = self._shop.find(channel, number)
        if row is None:
            raise NotFoundError(
                f"There is no order {number} in channel {channel}.", order=number, channel=channel
            )
        return row.summary

    async def orders(self, order_ids: Sequence[int]) -> Mapping[int, StoredOrder | UnreadableOrder]:
        """The orders of these keys."""
        return {row.request.order_id: row.stored for row in self._rows(order_ids)}

    async def attempts(self, order_id: int) -> Sequence[ExportAttempt]:
        """The attempts to export an order whose outcome is known."""
        return [attempt for row in self._rows([order_id]) for attempt in row.attempts]

    async def corrections(self, order_id: int) -> Sequence[OrderCorrection]:
        """The corrections of an order's content."""
        return [correction for row in self._rows([order_id]) for correction in row.corrections]

    def _rows(self, order_ids: Sequence[int]) -> list[OrderRow]:
        return [row for order_id in order_ids if (row := self._shop.get(order_id)) is not None]


def _is_listed(summary: ExportSummary, order: ExportOrder) -> bool:
    return order is not ExportOrder.DUE or summary.request.state is ExportState.DUE


def _place(summary: ExportSummary, order: ExportOrder) -> tuple[float, int]:
    return _behind(order, summary.request.due_at, summary.request.order_id)


def _behind(order: ExportOrder, moment: datetime | None, key: int) -> tuple[float, int]:
    if order is ExportOrder.DUE and moment is not None:
        return (moment.timestamp(), key)
    return (0.0, -key if order is ExportOrder.NEWEST else key)
