"""A scripted IOM over a real socket, and an order export service that talks to it."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from typing import Any, Final

from ac_iomconnector_orderexport.configuration import OrderExportConfiguration
from ac_iomconnector_orderexport.service import IomOrderExportService
from ac_iomconnector_orderexport.testing.mapping import bound
from ac_iomconnector_orderexport.testing.samples import full_order
from ac_iomconnector_rest_common.json_numbers import encode
from ac_iomconnector_rest_common.testing.raw_server import RawConnection, RawServer
from ac_iomconnector_rest_common.testing.rest_clients import KeptMessages, StoppedClock, connection_settings
from iomconnector.model.exports import PlacedOrder
from iomconnector.services.definition import AdapterContext

PLACED: Final = PlacedOrder(full_order())
ORDERS: Final = "/rest/order-service/shops/10020/orders"
STATES: Final = "/rest/order-service/shops/10020/order-states"
ORDER: Final = f"{ORDERS}/00000042"

Answer = tuple[int, Any, Sequence[str]]
"""Status, document and headers."""
Answers = Mapping[str, Answer | None]
"""The answer to a method and path, such as ``GET /rest/...``; none breaks the connection without one."""
Running = tuple[IomOrderExportService, RawServer]

CREATED: Final[Answer] = (201, None, (f"Location: http://iom.example.com{ORDER}",))
"""IOM took the order."""


def iom(answers: Answers) -> RawServer:
    """A server with fixed answers; anything else is not found."""

    async def behaviour(connection: RawConnection) -> None:
        while True:
            request = await connection.read_request()
            answer = answers.get(f"{request.method} {request.target.partition('?')[0]}", (404, None, ()))
            if answer is None:
                connection.reset()
                return
            status, body, headers = answer
            content = b"" if body is None else encode(body)
            await connection.answer(status, content, "Content-Type: application/json", *headers)

    return RawServer(behaviour)


def service_at(
    url: str, *, api_version: str = "2.4", log: KeptMessages | None = None, **settings: Any
) -> IomOrderExportService:
    """A service that talks to a server, without retries.

    Arguments:
        url: Where the server listens.
        api_version: What the configuration says of it.
        log: Where messages are kept.
        settings: Further settings that differ from their defaults.
    """
    connection = connection_settings(url, read_retries=0).model_dump()
    configuration = OrderExportConfiguration.model_validate(
        {**connection, "api_version": api_version, **settings}
    )
    context = AdapterContext(
        service="iom-order-export",
        channel=PLACED.order.channel,
        clock=StoppedClock(),
        message_log=log or KeptMessages(),
        extensions=bound([]),
    )
    return IomOrderExportService(configuration, context)


@asynccontextmanager
async def running(answers: Answers, **settings: Any) -> AsyncIterator[Running]:
    """A server with fixed answers and a service that talks to it; settings as for :func:`service_at`."""
    async with iom(answers) as server, aclosing(service_at(server.url, **settings)) as service:
        yield service, server
