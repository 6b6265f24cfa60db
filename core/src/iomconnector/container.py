"""The composition root: the only place that knows which class stands behind which port."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from dependency_injector import containers, providers

from iomconnector import wiring
from iomconnector.application import Application
from iomconnector.assemblies.resolution import Assembly
from iomconnector.cartridges.loaded import LoadedCartridges
from iomconnector.cartridges.offers import require_sound_offers
from iomconnector.jobs.clock import SystemClock
from iomconnector.jobs.worker_name import worker_name
from iomconnector.observability.observed_messages import ObservedMessageLog
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
from iomconnector.storage.reservation_ledger import SqlReservationLedger
from iomconnector.storage.retention_store import SqlRetentionStore
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
from iomconnector.usecases.customer_users import CustomerUsers
from iomconnector.usecases.explain_export import ExplainExport
from iomconnector.usecases.number_orders import NumberOrders
from iomconnector.usecases.operate_exports import OperateExports
from iomconnector.usecases.order_life import OrderLives
from iomconnector.usecases.order_number_sequences import OrderNumberSequences
from iomconnector.usecases.pause_exports import PauseExports
from iomconnector.usecases.place_orders import PlaceOrders
from iomconnector.usecases.sign_in import SignIn


class Container(containers.DeclarativeContainer):
    """Wires one system of settings and cartridges. Any provider can be overridden, in tests for example."""

    settings = providers.Dependency(instance_of=Settings)
    cartridges = providers.Dependency(instance_of=LoadedCartridges)
    assembly: providers.Object[Assembly | None] = providers.Object(None)

    clock = providers.Singleton(SystemClock)
    worker = providers.Singleton(worker_name)
    database = providers.Singleton(Database, url=settings.provided.database)
    secret_store = providers.Singleton(wiring.secret_store, settings)
    contexts = providers.Singleton(SqlContextRepository, database)
    ledger = providers.Singleton(SqlExportLedger, database)
    export_queries = providers.Singleton(SqlExportQueries, database)
    export_desk = providers.Singleton(SqlExportDesk, database)
    export_pauses = providers.Singleton(SqlExportPauses, database)
    telemetry = providers.Singleton(wiring.telemetry, settings, contexts, worker, clock)
    message_log = providers.Singleton(
        ObservedMessageLog, providers.Singleton(SqlMessageLog, database), telemetry
    )
    service_configuration_store = providers.Singleton(SqlServiceConfigurationStore, database)
    access_token_store = providers.Singleton(SqlAccessTokenStore, database)
    preparation_protocol = providers.Singleton(SqlPreparationProtocol, database)
    account_repository = providers.Singleton(SqlAccountRepository, database)
    session_store = providers.Singleton(SqlSessionStore, database)
    failed_sign_ins = providers.Singleton(SqlFailedSignIns, database)
    password_hasher = providers.Singleton(wiring.password_hasher, settings)
    audit_trail = providers.Singleton(SqlAuditTrail, database)
    job_engine = providers.Singleton(wiring.job_engine, database, settings)
    export_hints = providers.Singleton(wiring.export_hints, database, job_engine.provider)
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
        database,
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
        database,
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
        providers.Singleton(wiring.sign_in_rules, settings),
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
        providers.Singleton(wiring.sign_in_rules, settings),
    )
    customer_token_store = providers.Singleton(SqlCustomerTokenStore, database)
    customer_tokens = providers.Singleton(
        wiring.customer_tokens,
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
    export_service_of = providers.Singleton(wiring.export_service_of, resolver)
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

    gates = providers.Singleton(wiring.gates, endpoint_states, worker, clock, settings)

    cache = providers.Singleton(wiring.cache, settings)
    order_history = providers.Singleton(
        wiring.order_history, customer_orders, order_state_store, cache, resolver, gates, clock, telemetry
    )

    availability = providers.Singleton(
        wiring.availability, cache, cartridges, database, resolver, gates, clock, telemetry
    )

    catalog = providers.Singleton(wiring.catalog, cartridges, database, clock)
    basket_repository = providers.Singleton(wiring.basket_repository, cartridges, database, clock)

    reservation_ledger = providers.Singleton(SqlReservationLedger, database)
    reservations = providers.Singleton(
        wiring.reservations, reservation_ledger, resolver, gates, clock, telemetry
    )

    scrape = providers.Singleton(
        wiring.scrape, telemetry, export_queries, endpoint_states, job_engine.provider, clock
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
        availability=availability,
        reservation_ledger=reservation_ledger,
        reservations=reservations,
        catalog=catalog,
        basket_repository=basket_repository,
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
    wiring.mask_in_the_log(container.settings())
    application: Application = container.application()
    application.database.observe_commits(application.telemetry.committed)
    wiring.settle_reservations_at_once(application)
    try:
        yield application
    finally:
        await application.aclose()
