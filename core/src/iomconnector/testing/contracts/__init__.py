"""Contract suites: the promises of the ports as tests that any adapter can run.

A suite is a class; a subclass of it whose name begins with ``Test`` says how to make the adapter::

    class TestRedisMessageLog(MessageLogContract):
        def message_log(self) -> AbstractAsyncContextManager[MessageLog]:
            return redis_message_log(self.folder)
"""

from iomconnector.testing.contracts.access_token_store import AccessTokenStoreContract
from iomconnector.testing.contracts.account_repository import AccountRepositoryContract, AccountStorage
from iomconnector.testing.contracts.audit_trail import AuditTrailContract
from iomconnector.testing.contracts.basket_repository import BasketRepositoryContract
from iomconnector.testing.contracts.cache import CacheContract
from iomconnector.testing.contracts.clock import ClockContract
from iomconnector.testing.contracts.context_repository import ContextRepositoryContract
from iomconnector.testing.contracts.contract import Contract
from iomconnector.testing.contracts.customer_orders import CustomerOrdersContract, CustomerOrderStorage
from iomconnector.testing.contracts.customer_token_store import CustomerTokenStoreContract
from iomconnector.testing.contracts.customer_user_repository import (
    CustomerUserRepositoryContract,
    CustomerUserStorage,
)
from iomconnector.testing.contracts.document_service import DocumentServiceContract
from iomconnector.testing.contracts.endpoint_states import EndpointStatesContract
from iomconnector.testing.contracts.export_claims import ExportClaimContract
from iomconnector.testing.contracts.export_desk import ExportDeskContract
from iomconnector.testing.contracts.export_ledger import ExportLedgerContract
from iomconnector.testing.contracts.export_office import ExportOffice
from iomconnector.testing.contracts.export_outcomes import ExportOutcomeContract
from iomconnector.testing.contracts.export_queries import ExportQueriesContract
from iomconnector.testing.contracts.failed_sign_ins import FailedSignInsContract
from iomconnector.testing.contracts.far_side import ExportScene, FarSide
from iomconnector.testing.contracts.history_far_side import (
    DocumentScene,
    HistoryAndDocuments,
    HistoryFarSide,
    HistoryScene,
)
from iomconnector.testing.contracts.inventory_far_side import (
    InventoryFarSide,
    InventoryScene,
    RemoteInventoryFarSide,
    RemoteInventoryScene,
)
from iomconnector.testing.contracts.inventory_fulfilment import FulfilmentContract
from iomconnector.testing.contracts.inventory_service import (
    InventoryServiceContract,
    RemoteInventoryServiceContract,
)
from iomconnector.testing.contracts.job_engine import JobEngineContract, JobStage
from iomconnector.testing.contracts.mail_far_side import MailFarSide, MailScene, ReceivedMail
from iomconnector.testing.contracts.mail_sender import MailSenderContract
from iomconnector.testing.contracts.message_log import MessageLogContract
from iomconnector.testing.contracts.number_assignments import NumberAssignmentsContract
from iomconnector.testing.contracts.order_approval import OrderApprovalContract
from iomconnector.testing.contracts.order_directory import (
    DirectoryFarSide,
    DirectoryScene,
    OrderDirectoryContract,
)
from iomconnector.testing.contracts.order_export_service import OrderExportServiceContract
from iomconnector.testing.contracts.order_history_service import OrderHistoryServiceContract
from iomconnector.testing.contracts.order_number_sequence import OrderNumberSequenceContract
from iomconnector.testing.contracts.order_number_source import OrderNumberSourceContract
from iomconnector.testing.contracts.order_placing import OrderPlacingContract
from iomconnector.testing.contracts.order_repository import OrderRepositoryContract
from iomconnector.testing.contracts.order_state_store import OrderStateStoreContract
from iomconnector.testing.contracts.order_storage import OrderStorage
from iomconnector.testing.contracts.password_hasher import PasswordHasherContract
from iomconnector.testing.contracts.personal_data import PersonalDataContract, PrivacyStorage
from iomconnector.testing.contracts.preparation_protocol import PreparationProtocolContract
from iomconnector.testing.contracts.product_catalog import CatalogScene, ProductCatalogContract
from iomconnector.testing.contracts.reconciliation_store import (
    ReconciliationStorage,
    ReconciliationStoreContract,
)
from iomconnector.testing.contracts.reservation_ledger import (
    ReservationLedgerContract,
    ReservationStorage,
)
from iomconnector.testing.contracts.retention_store import RetentionStoreContract
from iomconnector.testing.contracts.secret_store import SecretStoreContract
from iomconnector.testing.contracts.sequence_store import (
    SequenceStorage,
    SequenceStoreContract,
    UsedNumbersContract,
)
from iomconnector.testing.contracts.service_configuration_store import ServiceConfigurationStoreContract
from iomconnector.testing.contracts.session_store import SessionStoreContract

__all__ = [
    "AccessTokenStoreContract",
    "AccountRepositoryContract",
    "AccountStorage",
    "AuditTrailContract",
    "BasketRepositoryContract",
    "CacheContract",
    "CatalogScene",
    "ClockContract",
    "ContextRepositoryContract",
    "Contract",
    "CustomerOrderStorage",
    "CustomerOrdersContract",
    "CustomerTokenStoreContract",
    "CustomerUserRepositoryContract",
    "CustomerUserStorage",
    "DirectoryFarSide",
    "DirectoryScene",
    "DocumentScene",
    "DocumentServiceContract",
    "EndpointStatesContract",
    "ExportClaimContract",
    "ExportDeskContract",
    "ExportLedgerContract",
    "ExportOffice",
    "ExportOutcomeContract",
    "ExportQueriesContract",
    "ExportScene",
    "FailedSignInsContract",
    "FarSide",
    "FulfilmentContract",
    "HistoryAndDocuments",
    "HistoryFarSide",
    "HistoryScene",
    "InventoryFarSide",
    "InventoryScene",
    "InventoryServiceContract",
    "JobEngineContract",
    "JobStage",
    "MailFarSide",
    "MailScene",
    "MailSenderContract",
    "MessageLogContract",
    "NumberAssignmentsContract",
    "OrderApprovalContract",
    "OrderDirectoryContract",
    "OrderExportServiceContract",
    "OrderHistoryServiceContract",
    "OrderNumberSequenceContract",
    "OrderNumberSourceContract",
    "OrderPlacingContract",
    "OrderRepositoryContract",
    "OrderStateStoreContract",
    "OrderStorage",
    "PasswordHasherContract",
    "PersonalDataContract",
    "PreparationProtocolContract",
    "PrivacyStorage",
    "ProductCatalogContract",
    "ReceivedMail",
    "ReconciliationStorage",
    "ReconciliationStoreContract",
    "RemoteInventoryFarSide",
    "RemoteInventoryScene",
    "RemoteInventoryServiceContract",
    "ReservationLedgerContract",
    "ReservationStorage",
    "RetentionStoreContract",
    "SecretStoreContract",
    "SequenceStorage",
    "SequenceStoreContract",
    "ServiceConfigurationStoreContract",
    "SessionStoreContract",
    "UsedNumbersContract",
]
