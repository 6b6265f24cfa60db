"""Compare the shop's orders with their copies in the order management system."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from iomconnector.ports.order_export_service import OrderExportError, OrderExportService
from iomconnector.ports.order_repository import StoredOrder


class Verdict(StrEnum):
    """What the comparison of one order says."""

    SAME = "same"
    DIFFERENT = "different"
    MISSING = "missing"
    UNKNOWN = "unknown"
    """The order management system could not be asked."""


@dataclass(frozen=True, slots=True)
class CheckedOrder:
    """The comparison of one order.

    Arguments:
        channel: Its channel.
        number: Its number.
        verdict: Same, different, missing or unknown.
        detail: What differs, or why it is unknown.
    """

    channel: str
    number: str
    verdict: Verdict
    detail: str = ""


class _Services(Protocol):
    async def export_service(self, channel: str) -> OrderExportService: ...


async def check_order(services: _Services, stored: StoredOrder) -> CheckedOrder:
    """Ask the order management system for an order and compare the two copies.

    Arguments:
        services: Gives the export service of a channel.
        stored: The shop's order.
    """
    channel, number = stored.request.channel, stored.request.number
    try:
        found = await (await services.export_service(channel)).find(stored.placed)
    except OrderExportError as error:
        return CheckedOrder(channel, number, Verdict.UNKNOWN, str(error))
    if found is None:
        return CheckedOrder(channel, number, Verdict.MISSING)
    if found.differences:
        return CheckedOrder(channel, number, Verdict.DIFFERENT, "; ".join(map(str, found.differences)))
    return CheckedOrder(channel, number, Verdict.SAME)
