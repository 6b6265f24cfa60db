"""What a page of order history costs, beside the bare question to the order management system.

A page has 25 orders of one customer, all exported to a stand-in in a process of its own. Measured are the
bare question with a bare client, the same page without anything known (cold), from the cache, as REST and as
a web page, and how many questions 1,000 views at once need. With ``--orders`` a customer has so many orders,
and the pages that could be slow are measured beside the same page of a customer with 25. Run:
``.venv/bin/python benchmarks/order_history.py --orders 100000``.
"""

import argparse
import asyncio
import json
import logging
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import httpx
import structlog
from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection
from surroundings import as_json, durable_database, scratch, shop, stand_in

from iomconnector.application import Application
from iomconnector.errors import StorageError
from iomconnector.jobs.work_off import work_off
from iomconnector.model.customer_users import CustomerUser, OrderOwner
from iomconnector.model.exports import ExportState
from iomconnector.model.order_documents import digest_of, dump_order
from iomconnector.model.order_states import StateSource
from iomconnector.model.values import ChannelId
from iomconnector.ports.customer_orders import CustomerOrderQuery
from iomconnector.storage.order_repository import product_rows, searched_columns
from iomconnector.storage.tables import export_requests, order_products, order_states, orders
from iomconnector.testing.samples import CHANNEL, NOON, sample_order
from iomconnector.web.app import create_web_application
from iomconnector.web.customer_sessions import customer_cookie

SHOP = 10010
PAGE = 25
FEW, MANY = "1001", "2002"
BATCH = 5_000
PASSWORD = "a horse that reads"
REST = f"/INTERSHOP/rest/WFS/{CHANNEL}-Site/-"
USER = CustomerUser(
    channel=ChannelId(CHANNEL),
    login="patricia",
    customer=FEW,
    business=False,
    company="",
    first_name="Patricia",
    last_name="Miller",
    email="patricia@example.com",
    sees_all_orders=False,
    active=True,
    created_at=NOON,
)
Step = Callable[[], Awaitable[object]]


async def median_ms(step: Step, before: Step | None, times: int) -> float:
    """Milliseconds of a step, each time after another one that does not count."""
    taken = []
    for _ in range(times + 1):
        if before is not None:
            await before()
        began = time.perf_counter()
        await step()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken[1:])


async def measure_page(application: Application, iom: str, times: int) -> dict[str, Any]:
    """A page of 25 orders in every way."""
    numbers = [f"{number:08}" for number in range(1, PAGE + 1)]
    await application.place_orders.many([sample_order(number) for number in numbers])
    await work_off(application, wait=0)
    owner, query = OrderOwner(ChannelId(CHANNEL), FEW), CustomerOrderQuery(limit=PAGE)
    await application.customer_users.register(USER, PASSWORD, by="benchmark")
    address = f"{iom}/rest/order-service/shops/{SHOP}/order-states"
    params = [("shopOrderNumbers", number) for number in numbers] + [("limit", "500")]
    asked: list[str] = []
    counting = aiohttp.encode_basic_auth("webservice_shop", "!InterShop00!")

    async def look() -> StateSource:
        found = await application.order_history.page(owner, query)
        assert len(found.orders) == PAGE
        [source] = {view.source for view in found.orders}
        return source

    async def page() -> None:
        assert await look() is StateSource.ORDER_MANAGEMENT

    async def forget() -> None:
        await application.order_state_store.forget(CHANNEL, numbers)

    async with aiohttp.ClientSession(headers={"Authorization": counting}) as session:

        async def bare() -> None:
            async with session.get(address, params=params) as answer:
                assert len((await answer.json())["data"]) == PAGE

        bare_ms = await median_ms(bare, None, times)
        cold_ms = await median_ms(page, forget, times)
    cached_ms = await median_ms(page, None, times)
    service = await application.history_service(CHANNEL)
    states = service.states

    async def counted(wanted: Sequence[str]) -> Any:
        asked.append("question")
        return await states(wanted)

    service.states = counted  # type: ignore[method-assign, assignment]
    await forget()
    await page()
    questions = len(asked)
    asked.clear()
    await forget()
    began = time.perf_counter()
    looks = await asyncio.gather(*(_unless_busy(look) for _ in range(1000)))
    burst_seconds, burst_questions = time.perf_counter() - began, len(asked)
    web_ms, rest_ms = await pages_over_http(application, times)
    return {
        "bare question, ms": round(bare_ms, 2),
        "cold page, ms": round(cold_ms, 2),
        "cold page / bare question": round(cold_ms / bare_ms, 2),
        "cold page over the bare question, ms": round(cold_ms - bare_ms, 2),
        "cached page, ms": round(cached_ms, 2),
        "cached page / bare question": round(cached_ms / bare_ms, 2),
        "REST page, cached, ms": round(rest_ms, 2),
        "web page, cached, ms": round(web_ms, 2),
        "questions of a cold page": questions,
        "questions of 1000 views at once": burst_questions,
        "live answers of 1000 views at once": looks.count(StateSource.ORDER_MANAGEMENT),
        "of them without a database connection in time": looks.count(None),
        "1000 views at once, s": round(burst_seconds, 2),
    }


async def _unless_busy(look: Callable[[], Awaitable[StateSource]]) -> StateSource | None:
    """Who answered; none where a view had to wait so long for a connection that a customer is told to come
    back."""
    try:
        return await look()
    except StorageError:
        return None


async def pages_over_http(application: Application, times: int) -> tuple[float, float]:
    """Milliseconds of the web page and of the REST resource, in this process."""
    transport = httpx.ASGITransport(create_web_application(application))
    async with httpx.AsyncClient(transport=transport, base_url="http://shop.example") as client:
        form = {"grant_type": "password", "username": USER.login, "password": PASSWORD}
        token = (await client.post(f"{REST}/token", data=form)).json()["access_token"]
        session = await application.customer_sign_in.sign_in(
            CHANNEL, USER.login, PASSWORD, client="192.0.2.1"
        )
        client.cookies.set(customer_cookie(CHANNEL), session.token)

        async def rest() -> None:
            answer = await client.get(
                f"{REST}/orders?limit={PAGE}&include=commonShipToAddress",
                headers={"authentication-token": token},
            )
            assert len(answer.json()["data"]) == PAGE

        async def web() -> None:
            answer = await client.get(f"/shop/{CHANNEL}/orders")
            assert answer.status_code == 200
            assert "00000025" in answer.text

        return await median_ms(web, None, times), await median_ms(rest, None, times)


async def add_orders(application: Application, count: int) -> None:
    """So many exported orders of one customer, with last known states."""
    order = sample_order("M0", customer={"type": "private", "number": MANY})
    content, now = dump_order(order), application.clock.now()
    searched, digest = searched_columns(order), digest_of(order)
    state = json.dumps({"number": "M0", "status": {"code": "STATE_DISPATCHED", "phase": "shipped"}})

    async def store(connection: AsyncConnection, first: int, last: int) -> None:
        numbers = [f"M{number:07}" for number in range(first, last)]
        common = {"channel": CHANNEL, "digest": digest, "placed_at": now, "from_sequence": False, **searched}
        await connection.execute(
            insert(orders),
            [{**common, "number": each, "content": content.replace('"M0"', f'"{each}"')} for each in numbers],
        )
        keys = (
            await connection.execute(select(orders.c.id, orders.c.number).where(orders.c.number.in_(numbers)))
        ).all()
        request = {
            "channel": CHANNEL,
            "state": ExportState.EXPORTED.value,
            "attempts": 1,
            "failures": 0,
            "unclear": False,
            **dict.fromkeys(("due_at", "requested_at", "updated_at", "exported_at"), now),
        }
        await connection.execute(insert(export_requests), [{**request, "order_id": key.id} for key in keys])
        products = [
            {**row, "sku": f"SKU{key.id % 1000}"} for key in keys for row in product_rows(key.id, order)
        ]
        await connection.execute(insert(order_products), products)
        await connection.execute(
            insert(order_states),
            [
                {
                    "channel": CHANNEL,
                    "number": each,
                    "version": 1,
                    "observed_at": now,
                    "status": "STATE_DISPATCHED" if index % 100 else "STATE_RETURNED",
                    "content": state.replace("M0", each),
                }
                for index, each in enumerate(numbers)
            ],
        )

    for first in range(0, count, BATCH):
        last = min(count, first + BATCH)
        await application.database.write(partial(store, first=first, last=last))

    async def analyze(connection: AsyncConnection) -> None:
        await connection.execute(text("ANALYZE"))

    await application.database.write(analyze)


async def measure_many(application: Application, count: int, times: int) -> dict[str, Any]:
    """Pages of a customer with many orders, beside one of a customer with 25."""
    await add_orders(application, count)
    few, many = (OrderOwner(ChannelId(CHANNEL), customer) for customer in (FEW, MANY))
    first = CustomerOrderQuery(limit=PAGE)
    ways = {
        "the first page": first,
        "the last page": replace(first, offset=count - PAGE),
        "by number": replace(first, numbers=(f"M{count // 2:07}",)),
        "by a part of the number": replace(first, number_part=f"{count // 2:07}"[2:]),
        "by product": replace(first, skus=("SKU500",)),
        "by a frequent status": replace(first, status_codes=("STATE_DISPATCHED",)),
        "by a rare status": replace(first, status_codes=("STATE_RETURNED",)),
        "by date": replace(first, created_from=(NOON - timedelta(days=1)).date()),
    }

    async def limit() -> None:
        await application.customer_orders.page(few, first)

    limit_ms = await median_ms(limit, None, times)
    figures: dict[str, Any] = {"a customer with 25 orders, ms": round(limit_ms, 2)}
    for name, query in ways.items():

        async def page(query: CustomerOrderQuery = query) -> None:
            assert (await application.customer_orders.page(many, query)).orders

        taken = await median_ms(page, None, times)
        figures[f"{name}, ms"] = round(taken, 2)
        figures[f"{name} / 25 orders"] = round(taken / limit_ms, 1)
    return figures


async def measure(kind: str, count: int, times: int) -> dict[str, Any]:
    """All figures on one kind of database."""
    with scratch() as directory:
        iom_directory: Path = directory / "iom"
        async with (
            durable_database(kind, directory) as database,
            stand_in(iom_directory) as iom,
            shop(database, directory / "shop", iom) as application,
        ):
            figures = await measure_page(application, iom, times)
            if count:
                figures |= await measure_many(application, count, times)
            return figures


def main() -> None:
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--orders", type=int, default=0, help="orders of the customer with many")
    parser.add_argument("--times", type=int, default=30)
    options = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    for kind in options.databases:
        print(kind, as_json(asyncio.run(measure(kind, options.orders, options.times))), flush=True)


if __name__ == "__main__":
    main()
