"""The tables of the shop's database, one module a topic."""

from iomconnector.storage.tables.access_tokens import access_tokens
from iomconnector.storage.tables.accounts import accounts, failed_sign_ins, sessions
from iomconnector.storage.tables.audit import audit_entries
from iomconnector.storage.tables.contexts import contexts
from iomconnector.storage.tables.customer_users import customer_sessions, customer_tokens, customer_users
from iomconnector.storage.tables.endpoints import endpoint_shares, endpoints
from iomconnector.storage.tables.messages import messages
from iomconnector.storage.tables.metadata import Key, Utc, metadata
from iomconnector.storage.tables.order_states import change_feeds, order_states
from iomconnector.storage.tables.orders import (
    approval_decisions,
    export_attempts,
    export_pauses,
    export_requests,
    order_corrections,
    order_products,
    orders,
)
from iomconnector.storage.tables.preparation import preparation_steps, prepared_cartridges
from iomconnector.storage.tables.sequences import order_number_assignments, order_number_sequences
from iomconnector.storage.tables.services import (
    service_configurations,
    service_enablements,
    service_overrides,
    service_revision,
)
from iomconnector.storage.tables.stock_holds import stock_holds

__all__ = [
    "Key",
    "Utc",
    "access_tokens",
    "accounts",
    "approval_decisions",
    "audit_entries",
    "change_feeds",
    "contexts",
    "customer_sessions",
    "customer_tokens",
    "customer_users",
    "endpoint_shares",
    "endpoints",
    "export_attempts",
    "export_pauses",
    "export_requests",
    "failed_sign_ins",
    "messages",
    "metadata",
    "order_corrections",
    "order_number_assignments",
    "order_number_sequences",
    "order_products",
    "order_states",
    "orders",
    "preparation_steps",
    "prepared_cartridges",
    "service_configurations",
    "service_enablements",
    "service_overrides",
    "service_revision",
    "sessions",
    "stock_holds",
]
