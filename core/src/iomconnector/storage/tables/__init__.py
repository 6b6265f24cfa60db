"""The tables of the shop's database, one module a topic."""

from iomconnector.storage.tables.access_tokens import access_tokens
from iomconnector.storage.tables.contexts import contexts
from iomconnector.storage.tables.messages import messages
from iomconnector.storage.tables.metadata import Utc, metadata
from iomconnector.storage.tables.orders import approval_decisions, export_requests, orders
from iomconnector.storage.tables.services import service_configurations

__all__ = [
    "Utc",
    "access_tokens",
    "approval_decisions",
    "contexts",
    "export_requests",
    "messages",
    "metadata",
    "orders",
    "service_configurations",
]
