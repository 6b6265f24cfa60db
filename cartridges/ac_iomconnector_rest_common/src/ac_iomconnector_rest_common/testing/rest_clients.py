"""A client with everything around it in memory."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Final

import httpx

from ac_iomconnector_common.connection import ConnectionSettings
from ac_iomconnector_rest_common.client import RestClient
from ac_iomconnector_rest_common.order_api import BASE_PATH, MEDIA_TYPE
from iomconnector.ports.message_log import Message

NOON: Final = datetime(2026, 3, 1, 12, tzinfo=UTC)
"""When it is in these tests."""


class StoppedClock:
    """Always noon."""

    def now(self) -> datetime:
        """Noon."""
        return NOON


class KeptMessages:
    """A message log in memory."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def record(self, message: Message) -> None:
        """Keep a message."""
        self.messages.append(message)

    async def of_order(self, channel: str, order_number: str) -> Sequence[Message]:
        """Every message about an order, oldest first."""
        return [m for m in self.messages if (m.channel, m.order_number) == (channel, order_number)]

    async def by_id(self, message_id: str) -> Message | None:
        """The message with that id, or none."""
        return next((m for m in self.messages if m.message_id == message_id), None)


def connection_settings(base_url: str, **changes: Any) -> ConnectionSettings:
    """Settings for a test: basic authentication, waits of milliseconds, everything else by default."""
    values: dict[str, Any] = {
        "base_url": base_url,
        "shop_id": 10020,
        "shop_name": "inTRONICS Business",
        "user": "webservice_shop",
        "password": "correct horse battery",
        "backoff_base": 0.001,
        "backoff_limit": 0.01,
    }
    return ConnectionSettings.model_validate(values | changes)


def order_rest_client(
    settings: ConnectionSettings, log: KeptMessages, transport: httpx.AsyncBaseTransport | None = None
) -> RestClient:
    """A client of Order REST."""
    return RestClient(
        settings,
        base_path=BASE_PATH,
        media_type=MEDIA_TYPE,
        clock=StoppedClock(),
        message_log=log,
        service="iom-order-export",
        channel="inSPIRED-inTRONICS_Business",
        transport=transport,
    )


@asynccontextmanager
async def open_order_client(base_url: str, log: KeptMessages, **changes: Any) -> AsyncIterator[RestClient]:
    """A client of Order REST with :func:`connection_settings`, closed at the end."""
    client = order_rest_client(connection_settings(base_url, **changes), log)
    try:
        yield client
    finally:
        await client.aclose()
