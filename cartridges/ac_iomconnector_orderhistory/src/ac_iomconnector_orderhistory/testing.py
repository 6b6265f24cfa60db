"""An IOM Order History Service for tests."""

from typing import Any

from ac_iomconnector_orderhistory.configuration import OrderHistoryConfiguration
from ac_iomconnector_orderhistory.service import IomOrderHistoryService
from ac_iomconnector_rest_common.testing.rest_clients import KeptMessages, connection_settings
from iomconnector.cartridges.extensions import Extensions
from iomconnector.jobs.clock import SystemClock
from iomconnector.services.definition import AdapterContext
from iomconnector.testing.samples import CHANNEL


def history_at(
    url: str, *, api_version: str = "2.4", log: KeptMessages | None = None, **settings: Any
) -> IomOrderHistoryService:
    """A service that talks to a server, without retries.

    Arguments:
        url: Where the server listens.
        api_version: What the configuration says of it.
        log: Where messages are kept.
        settings: Further settings that differ from their defaults.
    """
    connection = connection_settings(url, read_retries=0).model_dump()
    configuration = OrderHistoryConfiguration.model_validate(
        {**connection, "api_version": api_version, **settings}
    )
    context = AdapterContext(
        service="iom-order-history",
        channel=CHANNEL,
        clock=SystemClock(),
        message_log=log or KeptMessages(),
        extensions=Extensions(),
    )
    return IomOrderHistoryService(configuration, context)
