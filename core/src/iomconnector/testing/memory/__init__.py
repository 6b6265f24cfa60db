"""Adapters that keep everything in memory: small, honest, and held to the same contracts as the others.

Extension authors test with them what needs no database.
"""

from iomconnector.testing.memory.access_tokens import MemoryAccessTokenStore
from iomconnector.testing.memory.accounts import (
    FastPasswordHasher,
    MemoryAccountRepository,
    MemoryFailedSignIns,
    MemorySessionStore,
)
from iomconnector.testing.memory.audit_trail import MemoryAuditTrail
from iomconnector.testing.memory.basket_repository import MemoryBasketRepository
from iomconnector.testing.memory.cache import MemoryCache
from iomconnector.testing.memory.clock import ManualClock
from iomconnector.testing.memory.contexts import MemoryContextRepository
from iomconnector.testing.memory.customer_orders import MemoryCustomerOrders
from iomconnector.testing.memory.customer_users import (
    MemoryCustomerTokenStore,
    MemoryCustomerUserRepository,
)
from iomconnector.testing.memory.endpoint_states import MemoryEndpointStates
from iomconnector.testing.memory.export_desk import MemoryExportDesk
from iomconnector.testing.memory.export_ledger import MemoryExportLedger
from iomconnector.testing.memory.export_pauses import MemoryExportPauses
from iomconnector.testing.memory.export_queries import MemoryExportQueries
from iomconnector.testing.memory.inventory_service import MemoryInventory, MemoryInventoryService
from iomconnector.testing.memory.mail_sender import MemoryMailbox, MemoryMailSender
from iomconnector.testing.memory.message_log import MemoryMessageLog
from iomconnector.testing.memory.moods import Mood
from iomconnector.testing.memory.order_directory import MemoryOrderDirectory
from iomconnector.testing.memory.order_export_service import MemoryOrderExportService
from iomconnector.testing.memory.order_history_service import MemoryOrderHistory, MemoryOrderHistoryService
from iomconnector.testing.memory.order_management import MemoryOrderManagement
from iomconnector.testing.memory.order_repository import MemoryOrderRepository
from iomconnector.testing.memory.order_rows import MemoryShop
from iomconnector.testing.memory.order_state_store import MemoryOrderStateStore
from iomconnector.testing.memory.personal_data import MemoryPersonalData
from iomconnector.testing.memory.preparation_protocol import MemoryPreparationProtocol
from iomconnector.testing.memory.product_catalog import MemoryProductCatalog
from iomconnector.testing.memory.reconciliation_store import MemoryReconciliationStore
from iomconnector.testing.memory.reservation_ledger import MemoryReservationLedger
from iomconnector.testing.memory.retention_store import MemoryRetentionStore
from iomconnector.testing.memory.secret_store import MemorySecretStore
from iomconnector.testing.memory.sequences import (
    MemoryNumberAssignments,
    MemorySequenceStore,
    MemoryUsedNumbers,
)
from iomconnector.testing.memory.service_configurations import MemoryServiceConfigurationStore

__all__ = [
    "FastPasswordHasher",
    "ManualClock",
    "MemoryAccessTokenStore",
    "MemoryAccountRepository",
    "MemoryAuditTrail",
    "MemoryBasketRepository",
    "MemoryCache",
    "MemoryContextRepository",
    "MemoryCustomerOrders",
    "MemoryCustomerTokenStore",
    "MemoryCustomerUserRepository",
    "MemoryEndpointStates",
    "MemoryExportDesk",
    "MemoryExportLedger",
    "MemoryExportPauses",
    "MemoryExportQueries",
    "MemoryFailedSignIns",
    "MemoryInventory",
    "MemoryInventoryService",
    "MemoryMailSender",
    "MemoryMailbox",
    "MemoryMessageLog",
    "MemoryNumberAssignments",
    "MemoryOrderDirectory",
    "MemoryOrderExportService",
    "MemoryOrderHistory",
    "MemoryOrderHistoryService",
    "MemoryOrderManagement",
    "MemoryOrderRepository",
    "MemoryOrderStateStore",
    "MemoryPersonalData",
    "MemoryPreparationProtocol",
    "MemoryProductCatalog",
    "MemoryReconciliationStore",
    "MemoryReservationLedger",
    "MemoryRetentionStore",
    "MemorySecretStore",
    "MemorySequenceStore",
    "MemoryServiceConfigurationStore",
    "MemorySessionStore",
    "MemoryShop",
    "MemoryUsedNumbers",
    "Mood",
]
