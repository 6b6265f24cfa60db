"""Which order a command means."""

from __future__ import annotations

from iomconnector.application import Application
from iomconnector.errors import ConnectorError, NotFoundError
from iomconnector.model.export_filters import ExportSummary
from iomconnector.ports.order_repository import StoredOrder


class AmbiguousOrderError(ConnectorError):
    """Orders of that number were placed in several channels."""

    code = "order.ambiguous"
    exit_code = 2


async def chosen_order(application: Application, number: str, channel: str | None) -> StoredOrder:
    """The order of that number; the channel is needed only where several have one.

    Raises:
        NotFoundError: There is none.
        AmbiguousOrderError: Several channels have one.
        UnreadableOrderError: What stands in the database is no valid order.
    """
    return await application.orders.get(await _channel_of(application, number, channel), number)


async def chosen_export(application: Application, number: str, channel: str | None) -> ExportSummary:
    """The export of the order of that number, be the order readable or not.

    Raises:
        NotFoundError: There is none.
        AmbiguousOrderError: Several channels have one.
    """
    return await application.export_queries.summary(await _channel_of(application, number, channel), number)


async def _channel_of(application: Application, number: str, channel: str | None) -> str:
    if channel is not None:
        return channel
    channels = await application.orders.channels_of(number)
    if not channels:
        raise NotFoundError(
            f"There is no order {number}.", hint="`iomconnector order list` shows the orders that there are."
        )
    if len(channels) > 1:
        raise AmbiguousOrderError(
            f"Order {number} exists in the channels {', '.join(channels)}.", hint="Add --channel."
        )
    return channels[0]
