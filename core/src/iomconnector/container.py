"""The composition root: the only place that knows which class stands behind which port."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from dependency_injector import containers, providers
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from iomconnector.application import Application
from iomconnector.assemblies.resolution import Assembly
from iomconnector.cartridges.loaded import LoadedCartridges
from iomconnector.cartridges.offers import require_sound_offers
from iomconnector.jobs.clock import SystemClock
from iomconnector.jobs.hints import ExportHints
from iomconnector.jobs.worker_name import worker_name
from iomconnector.model.lockout import LockoutRule
from iomconnector.observability.masking import KNOWN_SECRETS
from iomconnector.observability.observed_messages import ObservedMessageLog
from iomconnector.observability.telemetry import Telemetry
from iomconnector.observability.tracing import pipeline_of
from iomconnector.ports.audit_trail import AuditTrail
from iomconnector.ports.cache import Cache
from iomconnector.ports.clock import Clock
from iomconnector.ports.context_repository import ContextRepository
from iomconnector.ports.customer_orders import CustomerOrders
from iomconnector.ports.customer_token_store import CustomerTokenStore
from iomconnector.ports.customer_user_repository import CustomerUserRepository
from iomconnector.ports.endpoint_states import EndpointStates
from iomconnector.ports.export_queries import ExportQueries
from iomconnector.ports.job_engine import JobEngine
from iomconnector.ports.order_export_service import OrderExportService
from iomconnector.ports.order_history_service import OrderHistoryService
from iomconnector.ports.order_state_store import OrderStateStore
from iomconnector.ports.password_hasher import PasswordHasher
from iomconnector.services.managed import ManagedServices
from iomconnector.services.registry import ServiceDefinitions
from iomconnector.services.resolution import ServiceResolver
from iomconnector.services.setting_values import SettingValues
from iomconnector.settings import Settings
from iomconnector.storage.access_token_store import SqlAccessTokenStore
from iomconnector.storage.account_failures import SqlFailedSignIns
from iomconnector.storage.account_repository import SqlAccountRepository
from iomconnector.storage.audit_trail import SqlAuditTrail
from iomconnector.storage.context_repository import SqlContextRepository
from iomconnector.storage.customer_orders import SqlCustomerOrders
from iomconnector.storage.customer_token_store import SqlCustomerTokenStore
from iomconnector.storage.customer_user_repository import SqlCustomerUserRepository
from iomconnector.storage.database import Database
from iomconnector.storage.disk_cache import DiskCache
from iomconnector.storage.endpoint_states import SqlEndpointStates
from iomconnector.storage.export_desk import SqlExportDesk
from iomconnector.storage.export_ledger import SqlExportLedger
from iomconnector.storage.export_pauses import SqlExportPauses
from iomconnector.storage.export_queries import SqlExportQueries
from iomconnector.storage.message_log import SqlMessageLog
from iomconnector.storage.number_assignments import SqlNumberAssignments
from iomconnector.storage.order_number_sequence import SqlSequenceStore, SqlUsedNumbers
from iomconnector.storage.order_repository import SqlOrderRepository
from iomconnector.storage.order_state_store import SqlOrderStateStore
from iomconnector.storage.personal_data import SqlPersonalData
from iomconnector.storage.preparation_protocol import SqlPreparationProtocol
from iomconnector.storage.reconciliation_store import SqlReconciliationStore
from iomconnector.storage.retention_store import SqlRetentionStore
from iomconnector.storage.secret_store import FernetSecretStore
from iomconnector.storage.service_configuration_store import SqlServiceConfigurationStore
from iomconnector.storage.session_store import SqlSessionStore
from iomconnector.storage.tables import customer_sessions
from iomconnector.usecases.access_tokens import AccessTokens
from iomconnector.usecases.accounts import Accounts
from iomconnector.usecases.approve_orders import ApproveOrders
from iomconnector.usecases.blockwise_sequence import BlockwiseSequence
from iomconnector.usecases.channel_outlook import ChannelOutlooks, known_endpoint
from iomconnector.usecases.correct_orders import CorrectOrders
from iomconnector.usecases.customer_sign_in import CustomerSignIn
from iomconnector.usecases.customer_tokens import CustomerTokens
from iomconnector.usecases.customer_users import CustomerUsers
from iomconnector.usecases.explain_export import ExplainExport
from iomconnector.usecases.gates import Gates
from iomconnector.usecases.history_source import HistorySource
from iomconnector.usecases.number_orders import NumberOrders
from iomconnector.usecases.operate_exports import OperateExports
from iomconnector.usecases.order_history import OrderHistory, order_history
from iomconnector.usecases.order_life import OrderLives
from iomconnector.usecases.order_number_sequences import OrderNumberSequences
from iomconnector.usecases.pause_exports import PauseExports
from iomconnector.usecases.place_orders import PlaceOrders
from iomconnector.usecases.sign_in import SignIn, SignInRules

if TYPE_CHECKING:
    from iomconnector.observability.scrape import Scrape

SHARE_OF_GRACE = 0.8
"""Jobs that take longer than this share of the process' grace go back to the queue in what is left of it."""


def _secret_store(settings: Settings) -> FernetSecretStore:
    key = settings.secret_key.get_secret_value() if settings.secret_key else None
    return FernetSecretStore(settings.data_directory / "secret.key", key)


def _telemetry(settings: Settings, contexts: ContextRepository, worker: str, clock: Clock) -> Telemetry:
    async def organization_of(channel: str) -> str | None:
        path = await contexts.path_to(channel)
        return path[-1].id

    return Telemetry(pipeline_of(settings, worker), organization_of, clock.now)


def _export_service_of(resolver: ServiceResolver) -> Callable[[str], Awaitable[OrderExportService]]:
    async def export_service(channel: str) -> OrderExportService:
        service: OrderExportService = await resolver.resolve(OrderExportService, channel)
        return service

    return export_service


def _cache(settings: Settings) -> Cache:
    size_limit = settings.cache_megabytes * 1_000_000
    return DiskCache(settings.data_directory / "cache", size_limit=size_limit)


def _order_history(
    orders: CustomerOrders,
    store: OrderStateStore,
    cache: Cache,
    resolver: ServiceResolver,
    gates: Gates,
    clock: Clock,
    telemetry: Telemetry,
) -> OrderHistory:
    async def resolve(channel: str) -> HistorySource:
        found = await resolver.resolution(OrderHistoryService, channel)
        return HistorySource(found.adapter, found.identity)

    return order_history(orders, store, cache, resolve, gates, clock, telemetry)


def _gates(states: EndpointStates, worker: str, clock: Clock, settings: Settings) -> Gates:
    """Permits are lent for as long as orders are: who takes over a lost worker's orders may send them."""
    return Gates(states, worker, clock, lease=timedelta(seconds=settings.export_lease))


def _scrape(
    telemetry: Telemetry,
    exports: ExportQueries,
    endpoints: EndpointStates,
    jobs: Callable[[], JobEngine],
    clock: Clock,
) -> Scrape:
    from iomconnector.observability.scrape import Scrape

    return Scrape(telemetry, exports, endpoints, jobs, clock)


def _password_hasher(settings: Settings) -> PasswordHasher:
    from iomconnector.storage.account_passwords import Argon2PasswordHasher

    return Argon2PasswordHasher(memory_kib=settings.password_memory_kib, passes=settings.password_passes)


def _job_engine(database: Database, settings: Settings) -> JobEngine:
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


def _export_hints(database: Database, engine: Callable[[], JobEngine]) -> ExportHints:
    return ExportHints(engine, wanted=_is_shared(database))


def _customer_tokens(
    users: CustomerUserRepository,
    store: CustomerTokenStore,
    sign_in: CustomerSignIn,
    audit: AuditTrail,
    clock: Clock,
    settings: Settings,
) -> CustomerTokens:
    return CustomerTokens(
        users,
        store,
        sign_in,
        audit,
        clock,
        access=timedelta(minutes=settings.customer_token_minutes),
        refresh=timedelta(hours=settings.customer_refresh_hours),
    )


def _sign_in_rules(settings: Settings) -> SignInRules:
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


class Container(containers.DeclarativeContainer):
    """Wires one system of settings and cartridges. Any provider can be overridden, in tests for example."""

    settings = providers.Dependency(instance_of=Settings)
    cartridges = providers.Dependency(instance_of=LoadedCartridges)
    assembly: providers.Object[Assembly | None] = providers.Object(None)

    clock = providers.Singleton(SystemClock)
    worker = providers.Singleton(worker_name)
    database = providers.Singleton(Database, url=settings.provided.database)
    secret_store = providers.Singleton(_secret_store, settings)
    contexts = providers.Singleton(SqlContextRepository, database)
    ledger = providers.Singleton(SqlExportLedger, database)
    export_queries = providers.Singleton(SqlExportQueries, database)
    export_desk = providers.Singleton(SqlExportDesk, database)
    export_pauses = providers.Singleton(SqlExportPauses, database)
    telemetry = providers.Singleton(_telemetry, settings, contexts, worker, clock)
    message_log = providers.Singleton(
        ObservedMessageLog, providers.Singleton(SqlMessageLog, database), telemetry
    )
    service_configuration_store = providers.Singleton(SqlServiceConfigurationStore, database)
    access_token_store = providers.Singleton(SqlAccessTokenStore, database)
    preparation_protocol = providers.Singleton(SqlPreparationProtocol, database)
    account_repository = providers.Singleton(SqlAccountRepository, database)
    session_store = providers.Singleton(SqlSessionStore, database)
    failed_sign_ins = providers.Singleton(SqlFailedSignIns, database)
    password_hasher = providers.Singleton(_password_hasher, settings)
    audit_trail = providers.Singleton(SqlAuditTrail, database)
    job_engine = providers.Singleton(_job_engine, database, settings)
    export_hints = providers.Singleton(_export_hints, database, job_engine.provider)
    orders = providers.Singleton(SqlOrderRepository, database, clock, export_hints.provided.tell)
    customer_orders = providers.Singleton(SqlCustomerOrders, database)
    order_state_store = providers.Singleton(SqlOrderStateStore, database, clock)

    extensions = providers.Singleton(LoadedCartridges.extensions, cartridges)
    definitions = providers.Singleton(
        ServiceDefinitions, cartridges.provided.collect.call("iomconnector_service_definitions")
    )
    setting_values = providers.Singleton(SettingValues, definitions, secret_store)
    services = providers.Singleton(
        ManagedServices,
        service_configuration_store,
        definitions,
        contexts,
        setting_values,
        audit_trail,
        clock,
        message_log,
        extensions,
        telemetry,
    )
    resolver = providers.Singleton(
        ServiceResolver,
        definitions,
        service_configuration_store,
        setting_values,
        contexts,
        extensions,
        clock,
        message_log,
        telemetry,
    )
    access_tokens = providers.Singleton(AccessTokens, access_token_store, contexts, clock)
    accounts = providers.Singleton(
        Accounts, account_repository, session_store, failed_sign_ins, password_hasher, audit_trail, clock
    )
    sign_in = providers.Singleton(
        SignIn,
        account_repository,
        session_store,
        failed_sign_ins,
        password_hasher,
        audit_trail,
        clock,
        providers.Singleton(_sign_in_rules, settings),
    )
    customer_user_repository = providers.Singleton(SqlCustomerUserRepository, database)
    customer_session_store = providers.Singleton(SqlSessionStore, database, customer_sessions)
    customer_users = providers.Singleton(
        CustomerUsers,
        customer_user_repository,
        customer_session_store,
        failed_sign_ins,
        password_hasher,
        audit_trail,
        clock,
    )
    customer_sign_in = providers.Singleton(
        CustomerSignIn,
        customer_user_repository,
        customer_session_store,
        failed_sign_ins,
        password_hasher,
        audit_trail,
        clock,
        providers.Singleton(_sign_in_rules, settings),
    )
    customer_token_store = providers.Singleton(SqlCustomerTokenStore, database)
    customer_tokens = providers.Singleton(
        _customer_tokens,
        customer_user_repository,
        customer_token_store,
        customer_sign_in,
        audit_trail,
        clock,
        settings,
    )
    sequence_store = providers.Singleton(SqlSequenceStore, database)
    used_numbers = providers.Singleton(SqlUsedNumbers, database)
    number_assignments = providers.Singleton(SqlNumberAssignments, database)
    order_numbers = providers.Singleton(BlockwiseSequence, sequence_store, clock)
    sequences = providers.Singleton(OrderNumberSequences, sequence_store, used_numbers, contexts, clock)
    number_orders = providers.Singleton(
        NumberOrders, order_numbers, number_assignments, used_numbers, contexts
    )
    place_orders = providers.Singleton(PlaceOrders, orders, contexts, number_orders, telemetry)
    approve_orders = providers.Singleton(ApproveOrders, orders, clock)
    reconciliation_store = providers.Singleton(SqlReconciliationStore, database)
    personal_data = providers.Singleton(SqlPersonalData, database)
    retention_store = providers.Singleton(SqlRetentionStore, database)

    endpoint_states = providers.Singleton(SqlEndpointStates, database)
    export_service_of = providers.Singleton(_export_service_of, resolver)
    outlooks = providers.Singleton(
        ChannelOutlooks,
        export_pauses,
        export_service_of,
        providers.Singleton(known_endpoint, endpoint_states),
    )
    operate_exports = providers.Singleton(OperateExports, export_queries, export_desk, clock)
    correct_orders = providers.Singleton(CorrectOrders, export_queries, export_desk, export_service_of, clock)
    pause_exports = providers.Singleton(PauseExports, export_pauses, contexts, clock)
    explain_export = providers.Singleton(ExplainExport, export_queries, outlooks, audit_trail, clock)
    order_lives = providers.Singleton(OrderLives, export_queries, message_log, audit_trail, explain_export)

    gates = providers.Singleton(_gates, endpoint_states, worker, clock, settings)

    cache = providers.Singleton(_cache, settings)
    order_history = providers.Singleton(
        _order_history, customer_orders, order_state_store, cache, resolver, gates, clock, telemetry
    )

    scrape = providers.Singleton(
        _scrape, telemetry, export_queries, endpoint_states, job_engine.provider, clock
    )
    application = providers.Singleton(
        Application,
        settings=settings,
        cartridges=cartridges,
        clock=clock,
        database=database,
        contexts=contexts,
        orders=orders,
        customer_orders=customer_orders,
        order_state_store=order_state_store,
        ledger=ledger,
        export_queries=export_queries,
        export_desk=export_desk,
        export_pauses=export_pauses,
        outlooks=outlooks,
        operate_exports=operate_exports,
        correct_orders=correct_orders,
        pause_exports=pause_exports,
        explain_export=explain_export,
        order_lives=order_lives,
        message_log=message_log,
        telemetry=telemetry,
        definitions=definitions,
        services=services,
        resolver=resolver,
        access_tokens=access_tokens,
        accounts=accounts,
        sign_in=sign_in,
        customer_user_repository=customer_user_repository,
        customer_users=customer_users,
        customer_sign_in=customer_sign_in,
        customer_tokens=customer_tokens,
        order_numbers=order_numbers,
        sequences=sequences,
        place_orders=place_orders,
        approve_orders=approve_orders,
        reconciliation_store=reconciliation_store,
        personal_data=personal_data,
        retention_store=retention_store,
        preparation_protocol=preparation_protocol,
        audit_trail=audit_trail,
        make_job_engine=job_engine.provider,
        endpoint_states=endpoint_states,
        gates=gates,
        cache=cache,
        order_history=order_history,
        make_scrape=scrape.provider,
        assembly=assembly,
        worker=worker,
    )


@asynccontextmanager
async def running(container: Container) -> AsyncIterator[Application]:
    """The application of a container; closed at the end of the block.

    Raises:
        CartridgeLoadError: What cartridges offer cannot be used together; every problem is named.
    """
    require_sound_offers(container.cartridges())
    _mask_in_the_log(container.settings())
    application: Application = container.application()
    application.database.observe_commits(application.telemetry.committed)
    try:
        yield application
    finally:
        await application.aclose()


def _mask_in_the_log(settings: Settings) -> None:
    KNOWN_SECRETS.remember_all(settings)
    with suppress(ArgumentError, ValueError):
        KNOWN_SECRETS.remember(make_url(settings.database).password or "")
