"""What it costs to tell what is available, beside the bare question to IOM.

A lookup is one page of 50 products, asked of a stand-in in a process of its own that has 2,000. Measured are
lookups a second with a bare client, without anything known (cold), several at a time (coalesced) and from the
cache; how many requests 1,000 lookups at once send; and how long an answer takes while IOM hangs. Run:
``.venv/bin/python benchmarks/inventory.py``.
"""

import argparse
import asyncio
import logging
import random
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import product
from typing import Any

import aiohttp
import httpx
import structlog
from surroundings import as_json, controlled_stand_in, durable_database, scratch, shop

from dev_iomconnector_iom.control.client import ControlClient
from dev_iomconnector_iom.control.stock_messages import StockEntry
from dev_iomconnector_iom.faults.rules import FaultKind, FaultRule
from iomconnector.application import Application
from iomconnector.model.availability import AvailabilityReason, AvailabilitySource, Quality
from iomconnector.testing.samples import CHANNEL
from iomconnector.web.app import create_web_application

SHOP, SERVICE = 10010, "iom-inventory-intronics"
PAGE, PRODUCTS, AT_ONCE, BURST = 50, 2000, 20, 1000
SKUS = [f"2018{number:05}-01" for number in range(PRODUCTS)]
SAME = SKUS[:PAGE]
SOLD = "896737"
"""A product of the sample shop, for its page."""
REST = f"/INTERSHOP/rest/WFS/{CHANNEL}-Site/-/inventories"
Lookup = Callable[[Sequence[str]], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Rate:
    """How fast lookups are.

    Arguments:
        lookups: A second.
        processor_ms: Milliseconds of this process's processor time a lookup.
        done: How many there were.
    """

    lookups: float
    processor_ms: float
    done: int

    def shown(self) -> dict[str, float]:
        """For the report."""
        return {"lookups/s": round(self.lookups), "processor ms a lookup": round(self.processor_ms, 2)}


async def rate(lookup: Lookup, seconds: float, *, at_once: int = 1, vary: bool = False) -> Rate:
    """Look up again and again.

    Arguments:
        lookup: Looks up a page.
        seconds: For how long.
        at_once: So many at a time.
        vary: Whether each page has other products.
    """
    draw, done = random.Random(7), 0
    await lookup(SAME)
    began, used = time.perf_counter(), time.process_time()

    async def again_and_again() -> None:
        nonlocal done
        while time.perf_counter() - began < seconds:
            await lookup(draw.sample(SKUS, PAGE) if vary else SAME)
            done += 1

    await asyncio.gather(*(again_and_again() for _ in range(at_once)))
    used = time.process_time() - used
    return Rate(done / (time.perf_counter() - began), used / done * 1000, done)


@asynccontextmanager
async def bare_client(iom: str) -> AsyncIterator[Lookup]:
    """The same question without anything around it."""
    authorization = aiohttp.encode_basic_auth("webservice_shop", "!InterShop00!")
    async with aiohttp.ClientSession(headers={"Authorization": authorization}) as session:

        async def ask(skus: Sequence[str]) -> None:
            address = f"{iom}/servlets/services/atp/{SHOP}/{'%2C'.join(skus)}"
            async with session.get(address) as answer:
                assert len((await answer.json())["data"]) == PAGE

        yield ask


def looking(application: Application, quality: Quality = Quality.BROWSE) -> Lookup:
    """A lookup in this process."""

    async def look(skus: Sequence[str]) -> None:
        told = await application.availability.of(CHANNEL, skus, quality=quality)
        assert {each.source for each in told.values()} == {AvailabilitySource.INVENTORY_SERVICE}

    return look


async def keep_for(application: Application, seconds: float) -> None:
    """Let answers be kept for so long from now on."""
    await application.services.change(SERVICE, values={"availability_cache": seconds}, by="benchmark")
    while (await application.inventory_service(CHANNEL)).rules.keep.total_seconds() != seconds:  # noqa: ASYNC110
        await asyncio.sleep(0.05)


async def burst(
    application: Application, control: ControlClient, quality: Quality, *, vary: bool, keep: float
) -> dict[str, Any]:
    """Lookups at once, nothing of which is known.

    Arguments:
        application: The shop.
        control: Counts the requests.
        quality: How good answers have to be.
        vary: Whether each page has other products.
        keep: For how many seconds answers are kept; a new number, so that nothing is used from before.
    """
    draw = random.Random(11)
    await keep_for(application, keep)
    pages = [draw.sample(SKUS, PAGE) if vary else SAME for _ in range(BURST)]
    before = (await asyncio.to_thread(control.statistics)).requests
    began = time.perf_counter()
    told = await asyncio.gather(
        *(application.availability.of(CHANNEL, page, quality=quality) for page in pages)
    )
    seconds = time.perf_counter() - began
    sources = [each.source for answer in told for each in answer.values()]
    return {
        "requests to IOM": (await asyncio.to_thread(control.statistics)).requests - before,
        "answered by IOM": sources.count(AvailabilitySource.INVENTORY_SERVICE) / len(sources),
        "s": round(seconds, 2),
    }


async def measure_rates(
    application: Application, iom: str, control: ControlClient, seconds: float
) -> dict[str, Any]:
    """Everything while IOM answers."""
    look = looking(application)
    figures: dict[str, Any] = {}
    async with bare_client(iom) as bare:
        figures["bare client"] = (await rate(bare, seconds)).shown()
        figures[f"bare client, {AT_ONCE} at a time"] = (await rate(bare, seconds, at_once=AT_ONCE)).shown()
    await keep_for(application, 0)
    figures["cold"] = (await rate(look, seconds)).shown()
    for name, vary in (("the same products", False), ("other products each", True)):
        before = (await asyncio.to_thread(control.statistics)).requests
        coalesced = await rate(look, seconds, at_once=AT_ONCE, vary=vary)
        requests = (await asyncio.to_thread(control.statistics)).requests - before
        figures[f"coalesced, {AT_ONCE} at a time, {name}"] = {
            **coalesced.shown(),
            "lookups a request": round(coalesced.done / requests, 1),
        }
    for number, (quality, vary) in enumerate(product((Quality.BROWSE, Quality.CART), (False, True))):
        name = f"{BURST} lookups at once, {quality}, {'other products each' if vary else 'the same products'}"
        figures[name] = await burst(application, control, quality, vary=vary, keep=5 + number / 100)
    await keep_for(application, 3600)
    figures["cached"] = (await rate(look, seconds)).shown()
    return figures


async def times(ask: Callable[[], Awaitable[object]], count: int) -> list[float]:
    """Milliseconds of each of so many answers, one after the other."""
    taken = []
    for _ in range(count):
        began = time.perf_counter()
        await ask()
        taken.append((time.perf_counter() - began) * 1000)
    return taken


async def measure_hanging(application: Application, control: ControlClient) -> dict[str, Any]:
    """How long shoppers wait while IOM takes requests and never answers."""
    transport = httpx.ASGITransport(create_web_application(application))
    async with httpx.AsyncClient(transport=transport, base_url="http://shop.example") as client:

        async def page() -> None:
            answer = await client.get(f"/shop/{CHANNEL}/products/{SOLD}")
            assert answer.status_code == 200

        async def rest() -> None:
            answer = await client.get(REST, params=[("sku", sku) for sku in SAME])
            assert answer.status_code == 200

        await page()
        answered_ms = await times(page, 50)
        await keep_for(application, 0)
        await asyncio.to_thread(control.add_fault, FaultRule(kind=FaultKind.HANG))
        began = time.perf_counter()
        waited: list[float] = []
        while await _reason(application) is not AvailabilityReason.CIRCUIT_OPEN:
            waited += await times(page, 1)
            await asyncio.sleep(0.1)
        opened = time.perf_counter() - began
        open_ms, rest_ms = await times(page, 50), await times(rest, 50)
    await asyncio.to_thread(control.clear_faults)
    return {
        "product page, stock from the cache, ms": round(statistics.median(answered_ms), 1),
        "product page, IOM hangs, longest, ms": round(max(waited)),
        "product page, IOM hangs, median, ms": round(statistics.median(waited), 1),
        "IOM hangs: until the circuit opens, s": round(opened, 1),
        "product page, circuit open, ms": round(statistics.median(open_ms), 1),
        f"REST inventories of {PAGE} products, circuit open, ms": round(statistics.median(rest_ms), 1),
    }


async def _reason(application: Application) -> AvailabilityReason | None:
    """Why IOM says nothing."""
    return (await application.availability.of(CHANNEL, SAME[:1]))[SAME[0]].reason


async def measure(kind: str, seconds: float) -> dict[str, Any]:
    """All figures on one kind of database."""
    with scratch() as directory:
        async with (
            durable_database(kind, directory) as database,
            controlled_stand_in(directory / "iom") as (iom, control),
            shop(database, directory / "shop", iom) as application,
        ):
            stock = [StockEntry(product=sku, pieces=number % 50) for number, sku in enumerate([*SKUS, SOLD])]
            await asyncio.to_thread(control.stock.put, SHOP, *stock)
            figures = await measure_rates(application, iom, control, seconds)
            return figures | await measure_hanging(application, control)


def main() -> None:
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--databases", nargs="+", default=["sqlite"])
    parser.add_argument("--seconds", type=float, default=5, help="of each measurement of lookups a second")
    options = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    for kind in options.databases:
        print(kind, as_json(asyncio.run(measure(kind, options.seconds))), flush=True)


if __name__ == "__main__":
    main()
