"""The connection test of a service."""

import asyncio
import time
from typing import Any

import structlog
from pydantic import BaseModel

from iomconnector.errors import ConfigurationError, ConnectorError
from iomconnector.services.definition import AdapterContext, ServiceDefinition
from iomconnector.services.rows import ConnectionReport

log = structlog.get_logger(__name__)

PATIENCE_SECONDS = 60.0


async def connection_report(
    definition: ServiceDefinition[Any],
    settings: BaseModel,
    context: AdapterContext,
    *,
    patience: float = PATIENCE_SECONDS,
) -> ConnectionReport:
    """Make an adapter, test it, close it.

    Arguments:
        definition: The service type.
        settings: The settings to test.
        context: What the adapter gets.
        patience: Seconds after which the test is given up.

    Raises:
        ConfigurationError: The service type has no connection test.
    """
    check = definition.check
    if check is None:
        raise ConfigurationError(
            f"{definition.display_name} offers no connection test.",
            hint="Its first use shows whether it works.",
            service=context.service,
        )
    started = time.perf_counter()
    ok, message = False, f"There was no result after {patience:g} seconds, so the test was given up."
    try:
        async with asyncio.timeout(patience):
            adapter = definition.adapter(settings, context)
            try:
                ok, message = True, await check(adapter)
            finally:
                await adapter.aclose()
    except ConnectorError as error:
        ok, message = False, str(error)
    except TimeoutError:
        ok = False
    except Exception as error:
        log.error(
            "a connection test failed unexpectedly",
            service=context.service,
            type=definition.id,
            error=type(error).__name__,
        )
        ok, message = False, f"The test of {definition.display_name} is broken: {type(error).__name__}."
    return ConnectionReport(ok, message, time.perf_counter() - started)
