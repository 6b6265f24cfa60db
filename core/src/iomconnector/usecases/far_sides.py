"""The order management systems of channels, as a reconciliation asks them."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field

from iomconnector.model.exports import PlacedOrder
from iomconnector.model.reconciliation import Period
from iomconnector.ports.order_directory import OrderDirectory, RemoteOrder
from iomconnector.ports.order_export_service import Difference, OrderExportError, OrderExportService
from iomconnector.ports.reconciliation_store import ShopOrder

AT_ONCE = 8
"""So many questions about single orders are asked at a time."""

SHOWN_DIFFERENCES = 5


@dataclass(frozen=True, slots=True)
class Copy:
    """What the order management system has of an order.

    Arguments:
        reference: Where it stands there.
        differences: How it differs from the shop's; empty where it is the same order.
        failure: Why it could not be compared.
    """

    reference: str
    differences: tuple[Difference, ...] = ()
    failure: OrderExportError | None = None

    @property
    def told(self) -> str:
        """The first differences as a sentence."""
        shown = "; ".join(map(str, self.differences[:SHOWN_DIFFERENCES]))
        more = len(self.differences) - SHOWN_DIFFERENCES
        return f"{shown}; and {more} more" if more > 0 else shown


@dataclass(slots=True)
class FarSide:
    """An order management system, and the channels that send to it.

    Arguments:
        name: Within what its numbers are unique.
        directory: What can be asked in bulk; none where it can only be asked for one order at a time.
        services: The export service of each channel that sends to it.
        chosen: The channels that are to be compared.
    """

    name: str
    directory: OrderDirectory | None
    services: dict[str, OrderExportService] = field(default_factory=dict)
    chosen: list[str] = field(default_factory=list)

    async def pages(self, period: Period) -> AsyncIterator[Sequence[RemoteOrder]]:
        """The orders that were created there in the period; a system that cannot be asked in bulk shows none.

        Raises:
            ExportUnavailableError: It could not answer.
        """
        if self.directory is not None:
            async for page in self.directory.orders_between(period.start, period.end):
                yield page

    async def copies_of(self, orders: Sequence[ShopOrder]) -> Mapping[int, Sequence[Copy]]:
        """What it has of each order, by the order's key.

        Raises:
            ExportUnavailableError: It could not answer.
        """
        if self.directory is None:
            return await self._one_by_one(orders)
        numbers = sorted({order.number for order in orders})
        there: defaultdict[str, list[RemoteOrder]] = defaultdict(list)
        for remote in await self.directory.look_up(numbers) if numbers else ():
            there[remote.number].append(remote)
        found = {}
        for order in orders:
            copies = there.get(order.number, [])
            found[order.order_id] = [await self.compared(order, copy) for copy in copies]
        return found

    async def compared(self, order: ShopOrder, remote: RemoteOrder) -> Copy:
        """Compare an order with what a page shows. A difference is believed only when the order itself, asked
        for alone, shows it too.

        Arguments:
            order: The shop's order; it is readable.
            remote: What a page shows of it.
        """
        assert order.stored is not None
        service = self.services[order.channel]
        directory = service if isinstance(service, OrderDirectory) else self.directory
        assert directory is not None
        try:
            differences = await directory.compare(order.stored.placed, remote)
            if not differences:
                return Copy(remote.reference)
            found = await service.find(order.stored.placed)
        except OrderExportError as error:
            return Copy(remote.reference, failure=error)
        return Copy(remote.reference, found.differences if found else tuple(differences))

    async def _one_by_one(self, orders: Sequence[ShopOrder]) -> Mapping[int, Sequence[Copy]]:
        permits = asyncio.Semaphore(AT_ONCE)

        async def ask(order: ShopOrder) -> Sequence[Copy]:
            assert order.stored is not None
            async with permits:
                return await _asked(self.services[order.channel], order.stored.placed)

        answers = await asyncio.gather(*(ask(order) for order in orders))
        return {order.order_id: answer for order, answer in zip(orders, answers, strict=True)}


async def _asked(service: OrderExportService, placed: PlacedOrder) -> Sequence[Copy]:
    try:
        found = await service.find(placed)
    except OrderExportError as error:
        return [Copy("", failure=error)]
    return [] if found is None else [Copy(found.reference, found.differences)]


def far_sides_of(services: Mapping[str, OrderExportService], chosen: Sequence[str]) -> list[FarSide]:
    """The order management systems behind channels: channels whose orders stand in one are together.

    Arguments:
        services: The export service of each channel of the shop that has one.
        chosen: The channels that are to be compared; systems of other channels are left out.
    """
    sides: dict[str, FarSide] = {}
    for channel, service in services.items():
        directory = service if isinstance(service, OrderDirectory) else None
        name = directory.number_space() if directory is not None else f"the system of channel {channel}"
        side = sides.setdefault(name, FarSide(name, directory))
        side.services[channel] = service
        if channel in chosen:
            side.chosen.append(channel)
    return [side for side in sides.values() if side.chosen]
