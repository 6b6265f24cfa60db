"""A worker that is killed under load: how long until its orders are exported by the other one.

Two workers export a backlog to an IOM stand-in that takes a while for each order. One is killed with
``kill -9``. Its orders wait until their leases end, at most for the lease: that is the limit for the first
one. The others then take their turn among all that is due.

Run: ``make bench``, or ``.venv/bin/python benchmarks/takeover.py --leases 3 15 30 --database postgresql``.
"""

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from dev_demo_iomconnector.soak import database_of
from dev_demo_iomconnector.trial import Trial, orders_without_approval
from dev_iomconnector_iom.faults.rules import FaultKind, FaultRule
from iomconnector.application import Application
from iomconnector.model.exports import ExportState
from iomconnector.ports.order_repository import StoredOrder
from iomconnector.testing.faults.conditions import until
from iomconnector.testing.faults.postgresql_servers import faulty_postgresql
from iomconnector.testing.faults.verdict import assert_sound

LATENCY = FaultRule(kind=FaultKind.LATENCY, method="POST", latency_ms=200)
PAGE = 200


@dataclass(frozen=True, slots=True)
class Takeover:
    """What was seen.

    Arguments:
        lease: Seconds of a lease.
        orders: How many orders the killed worker had under way.
        first: Seconds from the kill until the first of them was exported by the other worker.
        last: The same for the last of them.
        rate: Orders a second that the other worker exported between the kill and the last of them.
    """

    lease: float
    orders: int
    first: float
    last: float
    rate: float


@contextmanager
def trial(database: str, lease: float) -> Iterator[Trial]:
    """A shop with a lease of its own, and an IOM that takes a while."""
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = None
        if database == "postgresql":
            url = database_of(stack.enter_context(faulty_postgresql()))
        settings = {"IOMC_EXPORT_LEASE": str(lease)}
        yield stack.enter_context(Trial(directory, database_url=url, settings=settings).open())


def measure(database: str, lease: float) -> Takeover:
    """Kill one of two workers under load."""
    count = int(120 * lease) + 600
    with trial(database, lease) as shop:
        orders = orders_without_approval(count, seed=1)
        shop.iom.set_faults((LATENCY,))
        shop.within(lambda application: application.place_orders.many(orders))
        victim, other = shop.worker("victim"), shop.worker("other")
        for worker in (victim, other):
            worker.begin()
        until(lambda: victim.is_ready and other.is_ready, "both workers work")
        until(lambda: shop.counts()[ExportState.EXPORTED] >= 100, "both are under load")
        name = victim.said.partition("Worker ")[2].partition(" exports")[0]
        victim.kill()
        killed_at = datetime.now(UTC)
        left_behind = {
            each.request.order_id for each in shop.within(_under_way) if each.request.held_by == name
        }
        shop.until_quiet(seconds=10 * lease + 600)
        stored = shop.within(_all)
        assert_sound(shop.evidence(()), of={"lease": lease})
    seconds = {
        each.request.order_id: (each.request.exported_at - killed_at).total_seconds()
        for each in stored
        if each.request.exported_at is not None
    }
    left = sorted(seconds[order_id] for order_id in left_behind)
    meanwhile = sum(0 < each <= left[-1] for each in seconds.values())
    return Takeover(lease, len(left), left[0], left[-1], meanwhile / left[-1])


async def _under_way(application: Application) -> Sequence[StoredOrder]:
    return await application.orders.page(states=[ExportState.SENDING], limit=PAGE)


async def _all(application: Application) -> list[StoredOrder]:
    stored: list[StoredOrder] = []
    while page := await application.orders.page(
        after=stored[-1].request.order_id if stored else 0, limit=PAGE
    ):
        stored += page
    return stored


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leases", type=float, nargs="+", default=[3.0, 10.0], help="Seconds.")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="postgresql")
    arguments = parser.parse_args()
    print(f"kill -9 of one of two workers under load, {arguments.database}; seconds from the kill")
    print(f"{'lease (the limit)':>18} {'its orders':>11} {'first exported':>15} {'last exported':>14} "
          f"{'of the lease':>13} {'others meanwhile':>17}")  # fmt: skip
    for lease in arguments.leases:
        seen = measure(arguments.database, lease)
        print(
            f"{seen.lease:16.0f} s {seen.orders:11} {seen.first:13.2f} s {seen.last:12.2f} s "
            f"{seen.last / seen.lease:13.2f} {seen.rate:11.0f} /s"
        )


if __name__ == "__main__":
    main()
