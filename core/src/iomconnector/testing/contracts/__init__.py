"""Contract suites: the promises of the ports as tests that any adapter can run.

A suite is a class; a subclass of it whose name begins with ``Test`` says how to make the adapter::

    class TestRedisMessageLog(MessageLogContract):
        def message_log(self) -> AbstractAsyncContextManager[MessageLog]:
            return redis_message_log(self.folder)
"""

from iomconnector.testing.contracts.access_token_store import AccessTokenStoreContract
from iomconnector.testing.contracts.clock import ClockContract
from iomconnector.testing.contracts.context_repository import ContextRepositoryContract
from iomconnector.testing.contracts.contract import Contract
from iomconnector.testing.contracts.export_claims import ExportClaimContract
from iomconnector.testing.contracts.export_ledger import ExportLedgerContract
from iomconnector.testing.contracts.export_outcomes import ExportOutcomeContract
from iomconnector.testing.contracts.far_side import ExportScene, FarSide
from iomconnector.testing.contracts.message_log import MessageLogContract
from iomconnector.testing.contracts.order_approval import OrderApprovalContract
from iomconnector.testing.contracts.order_export_service import OrderExportServiceContract
from iomconnector.testing.contracts.order_placing import OrderPlacingContract
from iomconnector.testing.contracts.order_repository import OrderRepositoryContract
from iomconnector.testing.contracts.order_storage import OrderStorage
from iomconnector.testing.contracts.secret_store import SecretStoreContract
from iomconnector.testing.contracts.service_configuration_store import ServiceConfigurationStoreContract

__all__ = [
    "AccessTokenStoreContract",
    "ClockContract",
    "ContextRepositoryContract",
    "Contract",
    "ExportClaimContract",
    "ExportLedgerContract",
    "ExportOutcomeContract",
    "ExportScene",
    "FarSide",
    "MessageLogContract",
    "OrderApprovalContract",
    "OrderExportServiceContract",
    "OrderPlacingContract",
    "OrderRepositoryContract",
    "OrderStorage",
    "SecretStoreContract",
    "ServiceConfigurationStoreContract",
]
