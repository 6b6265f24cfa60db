"""Arguments and options that several commands of ``iomconnector service`` have."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from iomconnector.cli.invocation import invocation_of

if TYPE_CHECKING:
    from structlog.typing import EventDict, WrappedLogger

    from iomconnector.application import Application

T = TypeVar("T")

ServiceId = Annotated[str, typer.Argument(metavar="ID", help="The id of the service configuration.")]
TypeId = Annotated[
    str, typer.Argument(metavar="TYPE", help="The id of the service type; see `service types`.")
]
Settings = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="NAME=VALUE",
        help="Settings; NAME=@FILE and NAME=- read the value from a file or from standard input.",
    ),
]
Replace = Annotated[
    bool, typer.Option("--replace", help="Deactivate what cannot be operational together with it.")
]
Organization = Annotated[
    str | None,
    typer.Option("--organization", help="The organization; can be left out where there is only one."),
]


async def organization_of(application: Application, named: str | None) -> str:
    """The organization that is named, or the only one that there is.

    Raises:
        ConfigurationError: None is named, and there is not exactly one.
    """
    from iomconnector.errors import ConfigurationError
    from iomconnector.model.contexts import ContextKind

    if named is not None:
        return named
    known = [each.id for each in await application.contexts.all() if each.kind is ContextKind.ORGANIZATION]
    if len(known) == 1:
        return known[0]
    if not known:
        raise ConfigurationError("There is no organization.", hint="Add one with `iomconnector context add`.")
    raise ConfigurationError(
        f"There are several organizations: {', '.join(known)}.", hint="Name one with --organization."
    )


def run_change(context: typer.Context, change: Callable[[Application], Awaitable[T]]) -> T:
    """Run what changes services; a refusal is told once, by the command, and not by the log too.

    Raises:
        ConnectorError: It was refused, or the application cannot run.
    """

    async def work(application: Application) -> T:
        with _without_refusals_in_the_log():
            return await change(application)

    return invocation_of(context).run(work)


@contextmanager
def _without_refusals_in_the_log() -> Iterator[None]:
    import structlog

    from iomconnector.services.errors import ServiceConflictError

    def left_out(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        if event.get("code") == ServiceConflictError.code:
            raise structlog.DropEvent
        return event

    processors = structlog.get_config()["processors"]
    structlog.configure(processors=[left_out, *processors])
    try:
        yield
    finally:
        structlog.configure(processors=processors)
