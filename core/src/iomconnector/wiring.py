"""How the parts of a system are made that need more than their parts: what the composition root wires."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from iomconnector.jobs.hints import ExportHints
from iomconnector.model.lockout import LockoutRule
from iomconnector.observability.masking import KNOWN_SECRETS
from iomconnector.observability.telemetry import Telemetry
from iomconnector.observability.tracing import pipeline_of
from iomconnector.ports.audit_trail import AuditTrail
from iomconnector.ports.basket_repository import BasketRepository
from iomconnector.ports.cache import Cache
from iomconnector.ports.clock import Clock
from iomconnector.ports.context_repository import ContextRepository
from iomconnector.ports.customer_orders import CustomerOrders
from iomconnector.ports.customer_token_store import CustomerTokenStore
from iomconnector.ports.customer_user_repository import CustomerUserRepository
from iomconnector.ports.endpoint_states import EndpointStates
from iomconnector.ports.export_queries import ExportQueries
from iomconnector.ports.inventory_service import InventoryService
from iomconnector.ports.job_engine import JobEngine
from iomconnector.ports.local_stock import LocalStock
from iomconnector.ports.order_export_service import OrderExportService
from iomconnector.ports.order_history_service import OrderHistoryService
from iomconnector.ports.order_state_store import OrderStateStore
from iomconnector.ports.password_hasher import PasswordHasher
from iomconnector.ports.product_catalog import ProductCatalog
from iomconnector.ports.reservation_ledger import ReservationLedger
from iomconnector.services.resolution import ServiceResolver
from iomconnector.settings import Settings
from iomconnector.storage.database import Database
from iomconnector.storage.disk_cache import DiskCache
from iomconnector.storage.secret_store import FernetSecretStore
from iomconnector.usecases import order_history as history
from iomconnector.usecases.ask_inventory import AskInventory
from iomconnector.usecases.availability import CheckAvailability, check_availability
from iomconnector.usecases.customer_sign_in import CustomerSignIn
from iomconnector.usecases.customer_tokens import CustomerTokens
from iomconnector.usecases.empty_catalog import EmptyCatalog
from iomconnector.usecases.gates import Gates
from iomconnector.usecases.history_source import HistorySource
from iomconnector.usecases.inventory_source import InventorySource
from iomconnector.usecases.order_history import OrderHistory
from iomconnector.usecases.reserve_stock import ReserveStock, reserve_stock
from iomconnector.usecases.sign_in import SignInRules

if TYPE_CHECKING:
    from iomconnector.application import Application
    from iomconnector.cartridges.loaded import LoadedCartridges
    from iomconnector.observability.scrape import Scrape

SHARE_OF_GRACE = 0.8
"""Jobs that take longer than this share of the process' grace go back to the queue in what is left of it."""


def secret_store(settings: Settings) -> FernetSecretStore:
    """Where secrets are sealed, with the key of the settings or the file beside the data."""
    key = settings.secret_key.get_secret_value() if settings.secret_key else None
    return FernetSecretStore(settings.data_directory / "secret.key", key)


def telemetry(settings: Settings, contexts: ContextRepository, worker: str, clock: Clock) -> Telemetry:
    """Traces and measures, by organization."""

    async def organization_of(channel: str) -> str | None:
        path = await contexts.path_to(channel)
        return path[-1].id

    return Telemetry(pipeline_of(settings, worker), organization_of, clock.now)


def export_service_of(resolver: ServiceResolver) -> Callable[[str], Awaitable[OrderExportService]]:
    """Gives the order export service of a channel."""

    async def export_service(channel: str) -> OrderExportService:
        service: OrderExportService = await resolver.resolve(OrderExportService, channel)
        return service

    return export_service


def cache(settings: Settings) -> Cache:
    """The cache of this machine."""
    size_limit = settings.cache_megabytes * 1_000_000
    return DiskCache(settings.data_directory / "cache", size_limit=size_limit)


def order_history(
    orders: CustomerOrders,
    store: OrderStateStore,
    cache: Cache,
    resolver: ServiceResolver,
    gates: Gates,
    clock: Clock,
    telemetry: Telemetry,
) -> OrderHistory:
    """Shows orders to customers."""

    async def resolve(channel: str) -> HistorySource:
        found = await resolver.resolution(OrderHistoryService, channel)
        return HistorySource(found.adapter, found.identity)

    return history.order_history(orders, store, cache, resolve, gates, clock, telemetry)


def availability(
    cache: Cache,
    cartridges: LoadedCartridges,
    database: Database,
    resolver: ServiceResolver,
    gates: Gates,
    clock: Clock,
    telemetry: Telemetry,
) -> CheckAvailability:
    """Tells shoppers what they can buy."""

    async def resolve(channel: str) -> InventorySource:
        found = await resolver.resolution(InventoryService, channel)
        return InventorySource(found.adapter, found.identity)

    offered = cartridges.collect("iomconnector_local_stocks", database=database, clock=clock)
    local: LocalStock | None = offered[0][1] if offered else None
    return check_availability(cache, local, resolve, gates, clock, telemetry)


def catalog(cartridges: LoadedCartridges, database: Database, clock: Clock) -> ProductCatalog:
    """What the shop sells."""
    offered = cartridges.collect("iomconnector_product_catalogs", database=database, clock=clock)
    sold: ProductCatalog = offered[0][1] if offered else EmptyCatalog()
    return sold


def basket_repository(
    cartridges: LoadedCartridges, database: Database, clock: Clock
) -> BasketRepository | None:
    """Where baskets are kept; none where nobody keeps them."""
    offered = cartridges.collect("iomconnector_basket_repositories", database=database, clock=clock)
    return offered[0][1] if offered else None


def reservations(
    ledger: ReservationLedger, resolver: ServiceResolver, gates: Gates, clock: Clock, telemetry: Telemetry
) -> ReserveStock:
    """Holds pieces for shoppers."""

    async def resolve(channel: str) -> InventorySource:
        found = await resolver.resolution(InventoryService, channel)
        return InventorySource(found.adapter, found.identity)

    return reserve_stock(ledger, AskInventory(gates, clock, telemetry), resolve, clock, telemetry)


def gates(states: EndpointStates, worker: str, clock: Clock, settings: Settings) -> Gates:
    """Permits are lent for as long as orders are: who takes over a lost worker's orders may send them."""
    return Gates(states, worker, clock, lease=timedelta(seconds=settings.export_lease))


def scrape(
    telemetry: Telemetry,
    exports: ExportQueries,
    endpoints: EndpointStates,
    jobs: Callable[[], JobEngine],
    clock: Clock,
) -> Scrape:
    """The metrics of this process."""
    from iomconnector.observability.scrape import Scrape

    return Scrape(telemetry, exports, endpoints, jobs, clock)


def password_hasher(settings: Settings) -> PasswordHasher:
    """Hashes passwords as the settings say."""
    from iomconnector.storage.account_passwords import Argon2PasswordHasher

    return Argon2PasswordHasher(memory_kib=settings.password_memory_kib, passes=settings.password_passes)


def job_engine(database: Database, settings: Settings) -> JobEngine:
    """Runs jobs: in the database where processes share it, else in this process."""
    from iomconnector.jobs.engine.work import Pace

    pace = Pace(grace=timedelta(seconds=settings.shutdown_grace * SHARE_OF_GRACE))
    if _is_shared(database):
        from iomconnector.jobs.engine.postgresql import PostgresqlJobEngine

        return PostgresqlJobEngine(database, pace)
    from iomconnector.jobs.engine.embedded import EmbeddedJobEngine

    return EmbeddedJobEngine(pace)


def _is_shared(database: Database) -> bool:
    """Whether processes of several machines may use it."""
    return database.url.get_backend_name() != "sqlite"


def export_hints(database: Database, engine: Callable[[], JobEngine]) -> ExportHints:
    """Tells of exports that become due, where somebody else may wait for them."""
    return ExportHints(engine, wanted=_is_shared(database))


def customer_tokens(
    users: CustomerUserRepository,
    store: CustomerTokenStore,
    sign_in: CustomerSignIn,
    audit: AuditTrail,
    clock: Clock,
    settings: Settings,
) -> CustomerTokens:
    """Tokens of storefront programs, as long-lived as the settings say."""
    return CustomerTokens(
        users,
        store,
        sign_in,
        audit,
        clock,
        access=timedelta(minutes=settings.customer_token_minutes),
        refresh=timedelta(hours=settings.customer_refresh_hours),
    )


def sign_in_rules(settings: Settings) -> SignInRules:
    """How long sessions last and when sign-ins are locked, as the settings say."""

    def lockout(failures: int) -> LockoutRule:
        return LockoutRule(
            failures,
            window=timedelta(minutes=settings.lockout_window_minutes),
            first_lock=timedelta(minutes=settings.lockout_minutes),
            longest_lock=timedelta(minutes=settings.lockout_limit_minutes),
        )

    return SignInRules(
        idle=timedelta(minutes=settings.session_idle_minutes),
        longest=timedelta(hours=settings.session_hours),
        account=lockout(settings.lockout_failures),
        address=lockout(settings.lockout_address_failures),
    )


def settle_reservations_at_once(application: Application) -> None:
    """Look at reservations whenever something happened to their orders, and not only when the sweep comes."""
    wake = application.reservations.settling.wake
    application.place_orders.when_placed(wake)
    application.approve_orders.when_decided(wake)
    application.operate_exports.when_changed(wake)


def mask_in_the_log(settings: Settings) -> None:
    """Never write the secrets of the settings into the log."""
    KNOWN_SECRETS.remember_all(settings)
    with suppress(ArgumentError, ValueError):
        KNOWN_SECRETS.remember(make_url(settings.database).password or "")
