"""A managed service as a cartridge offers it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import BaseModel

if TYPE_CHECKING:
    from iomconnector.cartridges.extensions import Extensions
    from iomconnector.observability.telemetry import Telemetry
    from iomconnector.ports.clock import Clock
    from iomconnector.ports.message_log import MessageLog
    from iomconnector.storage.database import Database

ConfigurationT = TypeVar("ConfigurationT", bound=BaseModel)


def _of_its_own() -> Telemetry:
    from iomconnector.observability.telemetry import Telemetry

    return Telemetry()


@dataclass(frozen=True, slots=True)
class AdapterContext:
    """What an adapter gets from the framework.

    Arguments:
        service: The id of the service configuration.
        channel: The context for which it was resolved.
        clock: Tells the time.
        message_log: Where every exchanged message is kept.
        extensions: The extension points of the assembly and what is bound to them.
        telemetry: Traces and measures requests to other systems.
        database: The shop's database, for an adapter whose other side are tables of its cartridge; none where
            services run without one, as in tests.
    """

    service: str
    channel: str
    clock: Clock
    message_log: MessageLog
    extensions: Extensions
    telemetry: Telemetry = field(default_factory=_of_its_own, compare=False)
    database: Database | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class ServiceDefinition(Generic[ConfigurationT]):
    """A service type: operations of an outside system behind a port. [KB 2329M3]

    Arguments:
        id: Unique id, for example ``order-export``.
        display_name: For people.
        group: Service group under which it is listed.
        port: The port that its adapter implements.
        configuration: Pydantic model of its settings; ``pydantic.SecretStr`` fields are encrypted at rest
            and masked wherever they are shown. ``title`` and ``description`` of a field are shown to people,
            and its unit, which stands in ``json_schema_extra={"unit": "s"}``.
        adapter: Makes the adapter of a validated configuration. It must not connect to anything yet.
        help: What it is good for, one or two sentences.
        excludes: Ids of service types that cannot be operational together with it in one context.
        needs: Groups of ids of service types: of each group, one must be operational in the context.
        check: The connection test: makes a harmless call with an adapter, and returns one sentence that says
            what answered. It raises ``ConnectorError`` where the adapter would not work.
    """

    id: str
    display_name: str
    group: str
    port: type[Any]
    configuration: type[ConfigurationT]
    adapter: Callable[[ConfigurationT, AdapterContext], Any]
    help: str = ""
    excludes: tuple[str, ...] = ()
    needs: tuple[tuple[str, ...], ...] = ()
    check: Callable[[Any], Awaitable[str]] | None = None
