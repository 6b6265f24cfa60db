"""The IOM Order Export Service as a managed service.

The adapter is imported when one is made: lists of services, and every command that exports nothing, come
quickly without its HTTP client.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ac_iomconnector_orderexport.configuration import OrderExportConfiguration
from iomconnector.ports.order_export_service import OrderExportService
from iomconnector.services.definition import AdapterContext, ServiceDefinition

if TYPE_CHECKING:
    from ac_iomconnector_orderexport.service import IomOrderExportService


def _adapter(configuration: OrderExportConfiguration, context: AdapterContext) -> IomOrderExportService:
    from ac_iomconnector_orderexport.service import IomOrderExportService

    return IomOrderExportService(configuration, context)


async def _check(service: IomOrderExportService) -> str:
    from ac_iomconnector_orderexport.connection_check import check_connection

    return await check_connection(service)


SERVICE = ServiceDefinition(
    id="iom-order-export",
    display_name="IOM Order Export Service",
    group="Order Management",
    port=OrderExportService,
    configuration=OrderExportConfiguration,
    adapter=_adapter,
    help="Sends placed orders to IOM over its Order REST API, each exactly once.",
    check=_check,
)
