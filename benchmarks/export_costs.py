"""What the export of one order costs a worker beside its database: microseconds of CPU, stage by stage.

Run: ``make bench``, or ``.venv/bin/python benchmarks/export_costs.py --rounds 7``. The orders are
those of the demo, mapped with the B2B extensions; the server is that of ``http_client.py``, in a process of
its own. CPU time of this process alone, medians over the rounds; the limits are measured in the same rounds.
"""

import argparse
import asyncio
import gc
import json
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from http_client import CONNECTIONS, HEADERS, ORDERS, PATH, server_process, session
from observation_steps import WATCH_OFF, WATCH_ON, telemetry_to, watching

from ac_iomconnector_orderexport.mapping.order import OrderMapper
from ac_iomconnector_orderexport.settings import MappingSettings
from ac_iomconnector_orderexport.testing.mapping import bound
from ac_iomconnector_orderexport_b2b.cartridge import iomconnector_extensions
from ac_iomconnector_rest_common.attempt import Attempt, Call, RawAnswer
from ac_iomconnector_rest_common.attempt_log import AttemptLog
from ac_iomconnector_rest_common.json_numbers import encode
from ac_iomconnector_rest_common.masking import SecretMask
from ac_iomconnector_rest_common.order_api_version import OrderApiVersion
from ac_iomconnector_rest_common.testing.rest_clients import (
    NOON,
    KeptMessages,
    connection_settings,
    order_rest_client,
)
from dev_demo_iomconnector.sample_orders import sample_orders
from iomconnector.model.exports import PlacedOrder
from iomconnector.model.order_documents import dump_order, parse_order
from iomconnector.observability.telemetry import Telemetry
from iomconnector.ports.message_log import Message
from iomconnector.testing.span_collector import span_collector

VERSION: Final = OrderApiVersion.V2_4
LOADS_AND_DUMPS: Final = "json.loads and json.dumps of the stored order"
BARE_POST: Final = "bare aiohttp POST of the ready document"
READ: Final = "read the order from its stored JSON"
MAP: Final = "map it, extensions and checks included"
ENCODE: Final = "encode the document"
SEND: Final = "send it with RestClient"
MASK: Final = "masking, of these"
LOG: Final = "the message for the log, of these"
WHOLE: Final = "all of it, one order after the other"


@dataclass(frozen=True)
class Sample:
    """One order in the forms that it has on its way.

    Arguments:
        stored: As it stands in the database.
        placed: As the worker reads it.
        document: What the mapper makes of it.
        body: What is sent.
    """

    stored: bytes
    placed: PlacedOrder
    document: Any
    body: bytes

    @property
    def number(self) -> str:
        """The number of the order."""
        return self.placed.order.number


Step = Callable[[Sample], object]
Wait = Callable[[Sample], Awaitable[object]]


class ForgottenMessages(KeptMessages):
    """A message log that keeps nothing, so that no stage pays for the memory of another."""

    async def record(self, message: Message) -> None:
        """Forget it."""


def order_mapper() -> OrderMapper:
    """A mapper with the B2B extensions."""
    return OrderMapper(
        MappingSettings(),
        bound([("ac_iomconnector_orderexport_b2b", each) for each in iomconnector_extensions()]),
    )


def samples(count: int, mapper: OrderMapper) -> list[Sample]:
    """So many sample orders that need no approval."""
    orders = [
        PlacedOrder(order)
        for order in sample_orders(3 * count, seed=1, first_number=1)
        if not order.approval_steps
    ][:count]
    documents = [mapper.map(placed, VERSION).document for placed in orders]
    return [
        Sample(dump_order(placed.order).encode(), placed, document, encode(document))
        for placed, document in zip(orders, documents, strict=True)
    ]


def steps(mapper: OrderMapper) -> dict[str, Step]:
    """The stages that wait for nobody."""
    return {
        LOADS_AND_DUMPS: lambda sample: json.dumps(json.loads(sample.stored)),
        READ: lambda sample: PlacedOrder(parse_order(sample.stored)),
        MAP: lambda sample: mapper.map(sample.placed, VERSION),
        ENCODE: lambda sample: encode(sample.document),
    }


def log_steps(mask: SecretMask) -> dict[str, Wait]:
    """What of sending is masking, and what is the message with its masking; no log keeps it."""
    log = AttemptLog(ForgottenMessages(), mask)
    answer = RawAnswer(201, {"Location": f"{PATH}/4", "Content-Length": "0"}, b"")

    async def masked(sample: Sample) -> None:
        mask.text(sample.body.decode())
        mask.headers(HEADERS)
        mask.headers(answer.headers)

    async def logged(sample: Sample) -> None:
        call = Call("POST", PATH, (), sample.body, (201,), "iom-order-export", "inTRONICS", sample.number)
        attempt = Attempt(call, sample.number, NOON, PATH)
        await log.record(attempt, headers=HEADERS, answer=answer, failure=None, duration_ms=1.0)

    return {MASK: masked, LOG: logged}


def cpu_of_steps(step: Step, orders: Sequence[Sample]) -> float:
    """CPU microseconds for one order."""
    started = time.process_time()
    for sample in orders:
        step(sample)
    return (time.process_time() - started) / len(orders) * 1e6


async def cpu_of_waits(wait: Wait, orders: Sequence[Sample]) -> float:
    """CPU microseconds for one order, as many under way at once as there are connections."""
    waiting = iter(orders)

    async def work() -> None:
        for sample in waiting:
            await wait(sample)

    started = time.process_time()
    await asyncio.gather(*(work() for _ in range(CONNECTIONS)))
    return (time.process_time() - started) / len(orders) * 1e6


async def measure(url: str, collector: str, count: int, rounds: int) -> dict[str, float]:
    """The median of each stage, after one round that does not count."""
    mapper = order_mapper()
    orders = samples(count, mapper)
    settings = connection_settings(url, max_connections=CONNECTIONS)
    client = order_rest_client(settings, ForgottenMessages())

    async def sent(number: str, body: bytes) -> None:
        await client.send("POST", ORDERS, body=body, order_number=number, accept=(201,))

    async def whole(sample: Sample) -> None:
        placed = PlacedOrder(parse_order(sample.stored))
        await sent(placed.order.number, encode(mapper.map(placed, VERSION).document))

    watch_off, traced = watching(Telemetry()), telemetry_to(collector)
    watch_on = watching(traced)

    async with session() as bare:

        async def posted(sample: Sample) -> None:
            async with bare.post(f"{url}{PATH}", data=sample.body, headers=HEADERS) as answer:
                await answer.read()

        waits: dict[str, Wait] = {
            BARE_POST: posted,
            SEND: lambda sample: sent(sample.number, sample.body),
            **log_steps(SecretMask(settings)),
            WHOLE: whole,
            WATCH_OFF: lambda sample: watch_off(sample.placed),
            WATCH_ON: lambda sample: watch_on(sample.placed),
        }
        gc.collect()
        gc.freeze()  # the orders of all rounds are here at once, which those of a worker are not
        seen: list[dict[str, float]] = []
        for _ in range(rounds + 1):
            taken = {name: cpu_of_steps(step, orders) for name, step in steps(mapper).items()}
            taken |= {name: await cpu_of_waits(wait, orders) for name, wait in waits.items()}
            taken[LOG] -= taken[MASK]
            seen.append(taken)
    await client.aclose()
    await traced.aclose()
    return {name: statistics.median(taken[name] for taken in seen[1:]) for name in seen[0]}


def show(figures: dict[str, float]) -> None:
    """Print the table."""

    def line(name: str, limit: float, indent: str = "") -> None:
        print(f"{indent + name:50}{figures[name]:9.1f}{figures[name] / limit:12.2f}")

    json_limit, post_limit = figures[LOADS_AND_DUMPS], figures[BARE_POST]
    print(f"{'CPU microseconds an order':50}{'':>9}{': its limit':>12}")
    line(LOADS_AND_DUMPS, json_limit)
    for name in (READ, MAP, ENCODE):
        line(name, json_limit, "  ")
    line(BARE_POST, post_limit)
    line(SEND, post_limit, "  ")
    line(MASK, post_limit, "    ")
    line(LOG, post_limit, "    ")
    line(WHOLE, json_limit + post_limit)
    line(WATCH_OFF, figures[WHOLE], "  ")
    line(WATCH_ON, figures[WHOLE], "  ")


def main() -> None:
    """Measure and print the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--orders", type=int, default=300, help="Orders a round.")
    arguments.add_argument("--rounds", type=int, default=7, help="Rounds; medians are printed.")
    options = arguments.parse_args()
    with server_process() as url, span_collector() as collector:
        figures = asyncio.run(measure(url, collector.endpoint, options.orders, options.rounds))
    print(f"{options.rounds} rounds of {options.orders} orders, {CONNECTIONS} requests at once")
    show(figures)


if __name__ == "__main__":
    main()
