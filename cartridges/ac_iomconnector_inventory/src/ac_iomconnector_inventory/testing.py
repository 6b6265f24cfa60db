"""The inventory of an IOM for tests."""

from typing import Any

import httpx

from ac_iomconnector_inventory.configuration import InventoryConfiguration
from ac_iomconnector_inventory.service import IomInventoryService
from ac_iomconnector_rest_common.client import RestClient
from ac_iomconnector_rest_common.inventory_api import BASE_PATH, MEDIA_TYPE
from ac_iomconnector_rest_common.testing.rest_clients import KeptMessages, connection_settings
from iomconnector.cartridges.extensions import Extensions
from iomconnector.jobs.clock import SystemClock
from iomconnector.services.definition import AdapterContext
from iomconnector.testing.samples import CHANNEL


def configuration_of(url: str, **settings: Any) -> InventoryConfiguration:
    """Settings of a service that talks to a server, without retries.

    Arguments:
        url: Where the server listens.
        settings: Settings that differ from their defaults.
    """
    connection = connection_settings(url, read_retries=0).model_dump()
    return InventoryConfiguration.model_validate({**connection, **settings})


def client_of(
    configuration: InventoryConfiguration, transport: httpx.AsyncBaseTransport | None = None
) -> RestClient:
    """A client of ``/servlets/services``."""
    return RestClient(
        configuration,
        base_path=BASE_PATH,
        media_type=MEDIA_TYPE,
        clock=SystemClock(),
        message_log=KeptMessages(),
        service="iom-inventory",
        channel=CHANNEL,
        transport=transport,
    )


def inventory_at(url: str, *, log: KeptMessages | None = None, **settings: Any) -> IomInventoryService:
    """A service that talks to a server, without retries.

    Arguments:
        url: Where the server listens.
        log: Where messages are kept.
        settings: Settings that differ from their defaults.
    """
    context = AdapterContext(
        service="iom-inventory",
        channel=CHANNEL,
        clock=SystemClock(),
        message_log=log or KeptMessages(),
        extensions=Extensions(),
    )
    return IomInventoryService(configuration_of(url, **settings), context)
