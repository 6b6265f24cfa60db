"""Whoever interrupts the placing of a file is told of every order that is on disk."""

import asyncio
from collections.abc import Sequence
from typing import cast

import pytest

from bc_order.order_files import Entry
from bc_order.placing import PlacingReport, place_entries
from bc_order.testing.order_documents import order_document
from iomconnector.errors import StorageError
from iomconnector.model.order_documents import order_from
from iomconnector.model.orders import Order
from iomconnector.ports.order_repository import PlacementOutcome
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.usecases.place_orders import Placement, PlaceOrders


class Committing:
    """Places orders, and takes a while over saying so; or fails."""

    def __init__(self, fails: bool = False) -> None:
        self.committed = asyncio.Event()
        self.go_on = asyncio.Event()
        self.fails = fails

    async def many(self, orders: Sequence[Order]) -> list[Placement]:
        """Place them."""
        self.committed.set()
        await self.go_on.wait()
        if self.fails:
            raise StorageError("The disk is full.")
        return [Placement(order, PlacementOutcome.PLACED) for order in orders]


async def interrupted(place: Committing) -> PlacingReport:
    """Cancel the placing of 130 orders while the first batch is committed; the report."""
    report = PlacingReport()
    entries = [Entry(line, "", order_from(order_document(str(line)))) for line in range(1, 131)]
    task = asyncio.ensure_future(
        place_entries(entries, cast(PlaceOrders, place), lambda _: None, report=report)
    )
    await place.committed.wait()
    task.cancel()
    await asyncio.sleep(0)
    place.go_on.set()
    await asyncio.wait({task})
    with pytest.raises(StorageError if place.fails else asyncio.CancelledError):
        task.result()
    return report


@in_event_loop
async def test_a_batch_that_is_on_disk_is_counted_and_no_other_is_begun() -> None:
    assert (await interrupted(Committing())).placed == 100


@in_event_loop
async def test_a_batch_that_fails_meanwhile_tells_why() -> None:
    assert (await interrupted(Committing(fails=True))).total == 0
