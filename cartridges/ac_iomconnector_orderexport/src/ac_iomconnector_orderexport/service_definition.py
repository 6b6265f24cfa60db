"""The IOM Order Export Service as a managed service."""

from ac_iomconnector_orderexport.configuration import OrderExportConfiguration
from ac_iomconnector_orderexport.service import IomOrderExportService
from iomconnector.ports.order_export_service import OrderExportService
from iomconnector.services.definition import ServiceDefinition

SERVICE = ServiceDefinition(
    id="iom-order-export",
    display_name="IOM Order Export Service",
    group="Order Management",
    port=OrderExportService,
    configuration=OrderExportConfiguration,
    adapter=IomOrderExportService,
)
