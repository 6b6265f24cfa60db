"""The composition root: the only place that knows which class stands behind which port."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from dependency_injector import containers, providers

from iomconnector.application import Application
from iomconnector.cartridges.loading import LoadedCartridges
from iomconnector.jobs.clock import SystemClock
from iomconnector.services.configurations import ServiceConfigurations
from iomconnector.services.registry import ServiceDefinitions
from iomconnector.services.resolution import ServiceResolver
from iomconnector.settings import Settings
from iomconnector.storage.access_token_store import SqlAccessTokenStore
from iomconnector.storage.context_repository import SqlContextRepository
from iomconnector.storage.database import Database
from iomconnector.storage.export_ledger import SqlExportLedger
from iomconnector.storage.message_log import SqlMessageLog
from iomconnector.storage.order_repository import SqlOrderRepository
from iomconnector.storage.secret_store import FernetSecretStore
from iomconnector.storage.service_configuration_store import SqlServiceConfigurationStore
from iomconnector.usecases.access_tokens import AccessTokens
from iomconnector.usecases.approve_orders import ApproveOrders
from iomconnector.usecases.place_orders import PlaceOrders


def _secret_store(settings: Settings) -> FernetSecretStore:
    key = settings.secret_key.get_secret_value() if settings.secret_key else None
    return FernetSecretStore(settings.data_directory / "secret.key", key)


class Container(containers.DeclarativeContainer):
    """Wires one system of settings and cartridges. Any provider can be overridden, in tests for example."""

    settings = providers.Dependency(instance_of=Settings)
    cartridges = providers.Dependency(instance_of=LoadedCartridges)

    clock = providers.Singleton(SystemClock)
    database = providers.Singleton(Database, url=settings.provided.database)
    secret_store = providers.Singleton(_secret_store, settings)
    contexts = providers.Singleton(SqlContextRepository, database)
    orders = providers.Singleton(SqlOrderRepository, database, clock)
    ledger = providers.Singleton(SqlExportLedger, database)
    message_log = providers.Singleton(SqlMessageLog, database)
    service_configuration_store = providers.Singleton(SqlServiceConfigurationStore, database)
    access_token_store = providers.Singleton(SqlAccessTokenStore, database)

    extensions = providers.Singleton(LoadedCartridges.extensions, cartridges)
    definitions = providers.Singleton(
        ServiceDefinitions, cartridges.provided.collect.call("iomconnector_service_definitions")
    )
    services = providers.Singleton(
        ServiceConfigurations, service_configuration_store, definitions, contexts, secret_store, clock
    )
    resolver = providers.Singleton(
        ServiceResolver, definitions, services, contexts, extensions, clock, message_log
    )
    access_tokens = providers.Singleton(AccessTokens, access_token_store, contexts, clock)
    place_orders = providers.Singleton(PlaceOrders, orders, contexts)
    approve_orders = providers.Singleton(ApproveOrders, orders, clock)

    application = providers.Singleton(
        Application,
        settings=settings,
        cartridges=cartridges,
        clock=clock,
        database=database,
        contexts=contexts,
        orders=orders,
        ledger=ledger,
        message_log=message_log,
        definitions=definitions,
        services=services,
        resolver=resolver,
        access_tokens=access_tokens,
        place_orders=place_orders,
        approve_orders=approve_orders,
    )


@asynccontextmanager
async def running(container: Container) -> AsyncIterator[Application]:
    """The application of a container; closed at the end of the block."""
    application: Application = container.application()
    try:
        yield application
    finally:
        await application.aclose()
