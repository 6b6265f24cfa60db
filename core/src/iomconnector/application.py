"""A running system, as commands, routes and cartridges see it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from iomconnector.cartridges.loading import LoadedCartridges
from iomconnector.jobs.exporter import Exporter
from iomconnector.model.retention import Kept, RetentionRule
from iomconnector.observability.telemetry import Telemetry
from iomconnector.ports.audit_trail import AuditTrail
from iomconnector.ports.basket_repository import BasketRepository
from iomconnector.ports.cache import Cache
from iomconnector.ports.clock import Clock
from iomconnector.ports.context_repository import ContextRepository
from iomconnector.ports.customer_orders import CustomerOrders
from iomconnector.ports.customer_user_repository import CustomerUserRepository
from iomconnector.ports.endpoint_states import EndpointStates
from iomconnector.ports.export_desk import ExportDesk
from iomconnector.ports.export_ledger import ExportLedger
from iomconnector.ports.export_pauses import ExportPauses
from iomconnector.ports.export_queries import ExportQueries
from iomconnector.ports.inventory_service import InventoryService
from iomconnector.ports.job_engine import JobEngine
from iomconnector.ports.mail_sender import MailSender
from iomconnector.ports.message_log import MessageLog
from iomconnector.ports.order_export_service import OrderExportService
from iomconnector.ports.order_history_service import OrderHistoryService
from iomconnector.ports.order_number_sequence import OrderNumberSequence
from iomconnector.ports.order_repository import OrderRepository
from iomconnector.ports.order_state_store import OrderStateStore
from iomconnector.ports.personal_data import PersonalData
from iomconnector.ports.personal_records import PersonalRecords
from iomconnector.ports.preparation_protocol import PreparationProtocol
from iomconnector.ports.product_catalog import ProductCatalog
from iomconnector.ports.reconciliation_store import ReconciliationStore
from iomconnector.ports.reservation_ledger import ReservationLedger
from iomconnector.ports.retention_store import RetentionStore
from iomconnector.services.managed import ManagedServices
from iomconnector.services.registry import ServiceDefinitions
from iomconnector.services.resolution import ServiceResolver
from iomconnector.settings import Settings
from iomconnector.storage.database import Database
from iomconnector.usecases.access_tokens import AccessTokens
from iomconnector.usecases.accounts import Accounts
from iomconnector.usecases.approve_orders import ApproveOrders
from iomconnector.usecases.availability import CheckAvailability
from iomconnector.usecases.channel_outlook import ChannelOutlooks
from iomconnector.usecases.check_out import CheckOut
from iomconnector.usecases.close_circuits import CloseCircuits
from iomconnector.usecases.correct_orders import CorrectOrders
from iomconnector.usecases.customer_sign_in import CustomerSignIn
from iomconnector.usecases.customer_tokens import CustomerTokens
from iomconnector.usecases.customer_users import CustomerUsers
from iomconnector.usecases.explain_export import ExplainExport
from iomconnector.usecases.export_gates import ExportGates
from iomconnector.usecases.export_orders import ExportOrders, ExportResult, RetryPolicy
from iomconnector.usecases.follow_orders import FollowOrders
from iomconnector.usecases.free_reservations import FreeReservations
from iomconnector.usecases.gates import Gates
from iomconnector.usecases.operate_exports import OperateExports
from iomconnector.usecases.order_history import OrderHistory
from iomconnector.usecases.order_life import OrderLives
from iomconnector.usecases.order_number_sequences import OrderNumberSequences
from iomconnector.usecases.pause_exports import PauseExports
from iomconnector.usecases.place_orders import PlaceOrders
from iomconnector.usecases.privacy import Privacy
from iomconnector.usecases.reconcile import Reconcile
from iomconnector.usecases.reserve_stock import ReserveStock
from iomconnector.usecases.retention import Retention
from iomconnector.usecases.shop_baskets import ShopBaskets
from iomconnector.usecases.sign_in import SignIn

if TYPE_CHECKING:
    from iomconnector.assemblies.resolution import Assembly
    from iomconnector.observability.scrape import Scrape


@dataclass(frozen=True, slots=True)
class Application:
    """Everything that a part of the system may ask for, wired by :mod:`iomconnector.container`.

    ``assembly`` is what the cartridges were loaded from; none where no
    assembly brought them together, as in tests. ``worker`` is the name of this process.
    """

    settings: Settings
    cartridges: LoadedCartridges
    clock: Clock
    database: Database
    contexts: ContextRepository
    orders: OrderRepository
    customer_orders: CustomerOrders
    order_state_store: OrderStateStore
    ledger: ExportLedger
    export_queries: ExportQueries
    export_desk: ExportDesk
    export_pauses: ExportPauses
    outlooks: ChannelOutlooks
    operate_exports: OperateExports
    correct_orders: CorrectOrders
    pause_exports: PauseExports
    explain_export: ExplainExport
    order_lives: OrderLives
    message_log: MessageLog
    telemetry: Telemetry
    definitions: ServiceDefinitions
    services: ManagedServices
    resolver: ServiceResolver
    access_tokens: AccessTokens
    accounts: Accounts
    sign_in: SignIn
    customer_user_repository: CustomerUserRepository
    customer_users: CustomerUsers
    customer_sign_in: CustomerSignIn
    customer_tokens: CustomerTokens
    order_numbers: OrderNumberSequence
    sequences: OrderNumberSequences
    place_orders: PlaceOrders
    approve_orders: ApproveOrders
    reconciliation_store: ReconciliationStore
    personal_data: PersonalData
    retention_store: RetentionStore
    preparation_protocol: PreparationProtocol
    audit_trail: AuditTrail
    make_job_engine: Callable[[], JobEngine]
    endpoint_states: EndpointStates
    gates: Gates
    cache: Cache
    order_history: OrderHistory
    availability: CheckAvailability
    reservation_ledger: ReservationLedger
    reservations: ReserveStock
    catalog: ProductCatalog
    basket_repository: BasketRepository | None
    make_scrape: Callable[[], Scrape]
    assembly: Assembly | None = None
    worker: str = "worker"

    @property
    def job_engine(self) -> JobEngine:
        """What runs background jobs and schedules; made when it is first asked for."""
        return self.make_job_engine()

    @property
    def scrape(self) -> Scrape:
        """The metrics of this process as Prometheus reads them; made when they are first asked for."""
        return self.make_scrape()

    async def export_service(self, channel: str) -> OrderExportService:
        """The order export service of a channel.

        Raises:
            ServiceResolutionError: None or several are operational.
        """
        service: OrderExportService = await self.resolver.resolve(OrderExportService, channel)
        return service

    @property
    def close_circuits(self) -> CloseCircuits:
        """Closes circuits for operators."""
        return CloseCircuits(self.gates, self.audit_trail, self.clock)

    @property
    def free_reservations(self) -> FreeReservations:
        """Frees the pieces of baskets for operators."""
        return FreeReservations(self.reservation_ledger, self.reservations.settling, self.clock)

    @property
    def privacy(self) -> Privacy:
        """Shows and erases personal data."""
        offered = self.cartridges.collect("iomconnector_personal_records", database=self.database)
        records: list[PersonalRecords] = [each for _, each in offered]
        return Privacy(self.personal_data, self.customer_user_repository, self.clock, records)

    @property
    def retention(self) -> Retention:
        """Removes what is older than the settings say."""
        settings = self.settings
        days = {
            Kept.MESSAGE_BODIES: settings.message_body_days,
            Kept.MESSAGES: settings.message_days,
            Kept.ATTEMPTS: settings.attempt_days,
            Kept.AUDIT_ENTRIES: settings.audit_days,
            Kept.PERSONAL_DATA: settings.order_content_days,
        }
        rule = RetentionRule({kept: limit for kept, limit in days.items() if limit != "never"})
        return Retention(rule, self.retention_store, self.personal_data, self.clock)

    async def history_service(self, channel: str) -> OrderHistoryService:
        """The order history service of a channel.

        Raises:
            ServiceResolutionError: None or several are operational.
        """
        service: OrderHistoryService = await self.resolver.resolve(OrderHistoryService, channel)
        return service

    async def inventory_service(self, channel: str) -> InventoryService:
        """The inventory service of a channel.

        Raises:
            ServiceResolutionError: None or several are operational.
        """
        service: InventoryService = await self.resolver.resolve(InventoryService, channel)
        return service

    async def mail_sender(self, channel: str) -> MailSender:
        """What sends the mails of a channel.

        Raises:
            ServiceResolutionError: None or several are operational.
        """
        service: MailSender = await self.resolver.resolve(MailSender, channel)
        return service

    @property
    def baskets(self) -> ShopBaskets | None:
        """Fills baskets; none where nobody keeps them, so that nothing can be bought."""
        if self.basket_repository is None:
            return None
        return ShopBaskets(self.basket_repository, self.catalog, self.clock)

    @property
    def check_out(self) -> CheckOut | None:
        """Orders baskets; none where nobody keeps them."""
        if self.basket_repository is None:
            return None
        return CheckOut(
            self.basket_repository,
            self.catalog,
            self.reservations,
            self.availability,
            self.place_orders,
            self.clock,
        )

    @property
    def follow_orders(self) -> FollowOrders:
        """Keeps the last known states of orders fresh."""
        return FollowOrders(self.contexts, self.history_service, self.order_state_store, self.clock)

    @property
    def reconcile(self) -> Reconcile:
        """Compares the shop with its order management systems."""
        return Reconcile(
            self.reconciliation_store, self.contexts, self.export_service, self.export_desk, self.clock
        )

    def exporter(
        self,
        observe: Callable[[ExportResult], None] | None = None,
        *,
        channels: Collection[str] = (),
    ) -> Exporter:
        """An engine that works off the export ledger, as the settings say.

        Arguments:
            observe: Is told of each attempt.
            channels: Only the orders of these channels; of all where empty.
        """
        settings = self.settings
        policy = RetryPolicy(
            base=timedelta(seconds=settings.export_retry_base),
            limit=timedelta(seconds=settings.export_retry_limit),
            max_attempts=settings.export_max_attempts,
            max_abandoned=settings.export_max_abandoned,
        )
        gates = ExportGates(self.export_service, self.gates)
        return Exporter(
            self.ledger,
            ExportOrders(self.ledger, gates.service, self.clock, policy),
            self.clock,
            worker=self.worker,
            gate_of=gates.gate,
            concurrency=settings.export_concurrency,
            lease=timedelta(seconds=settings.export_lease),
            poll_interval=settings.export_poll_interval,
            channels=channels,
            observe=observe,
            telemetry=self.telemetry,
        )

    async def aclose(self) -> None:
        """Give back connections, close the database and send the spans that are left."""
        await self.order_history.aclose()
        await self.availability.aclose()
        await self.reservations.aclose()
        await self.gates.aclose()
        await self.resolver.aclose()
        await self.cache.aclose()
        await self.database.aclose()
        await self.telemetry.aclose()
