"""The IOM Order History Service as a managed service. The adapter is imported when one is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ac_iomconnector_orderhistory.configuration import OrderHistoryConfiguration
from iomconnector.ports.order_history_service import OrderHistoryService
from iomconnector.services.definition import AdapterContext, ServiceDefinition

if TYPE_CHECKING:
    from ac_iomconnector_orderhistory.service import IomOrderHistoryService


def _adapter(configuration: OrderHistoryConfiguration, context: AdapterContext) -> IomOrderHistoryService:
    from ac_iomconnector_orderhistory.service import IomOrderHistoryService

    return IomOrderHistoryService(configuration, context)


async def _check(service: IomOrderHistoryService) -> str:
    return await service.check()


SERVICE = ServiceDefinition(
    id="iom-order-history",
    display_name="IOM Order History Service",
    group="Order Management",
    port=OrderHistoryService,
    configuration=OrderHistoryConfiguration,
    adapter=_adapter,
    help="Shows customers where IOM stands with their orders: states, payment, documents, parcels.",
    check=_check,
)
