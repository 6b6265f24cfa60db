"""The settings of an IOM Order Export Service."""

from ac_iomconnector_common.connection import ConnectionSettings
from ac_iomconnector_common.endpoint import EndpointSettings
from ac_iomconnector_orderexport.settings import MappingSettings
from ac_iomconnector_rest_common.order_api_settings import OrderApiSettings


class OrderExportConfiguration(OrderApiSettings, MappingSettings, EndpointSettings, ConnectionSettings):
    """Where IOM is, and how orders become its documents."""
