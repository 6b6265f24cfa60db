"""The command line of the stand-in."""

from __future__ import annotations

import asyncio
import signal
import tomllib
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from dev_iomconnector_iom.config import ClockMode, StandInConfig
from dev_iomconnector_iom.contract.versions import ApiVersion
from dev_iomconnector_iom.sample_stock import with_sample_stock
from dev_iomconnector_iom.server import StandIn, StandInStartError

app = typer.Typer(add_completion=False, pretty_exceptions_show_locals=False)

STORAGE_NAME = "orders.sqlite3"
WRONG_CONFIGURATION = 3
"""The exit code of a command that cannot begin as it is set up."""


@app.command()
def serve(
    config: Annotated[Path | None, typer.Option(help="A TOML file; the options below win over it.")] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 takes a free one.")] = None,
    api_version: Annotated[ApiVersion | None, typer.Option(help="Minor version of Order REST.")] = None,
    data_dir: Annotated[
        Path | None, typer.Option(help="Keeps orders over restarts; without it they go with the process.")
    ] = None,
    control_token: Annotated[
        str | None,
        typer.Option(envvar="IOM_STAND_IN_CONTROL_TOKEN", help="Switches the control interface on."),
    ] = None,
    clock: Annotated[ClockMode | None, typer.Option(help="How orders move on.")] = None,
    seconds_per_step: Annotated[
        float | None, typer.Option(help="Seconds for a step of the real clock.")
    ] = None,
    sample_stock: Annotated[
        bool, typer.Option("--sample-stock", help="Begin with the stock of IOM's demo.")
    ] = False,
) -> None:
    """Run a stand-in for IOM until SIGTERM or Ctrl+C. The first line printed is its URL."""
    overrides: dict[str, Any] = {
        "host": host,
        "port": port,
        "api_version": api_version,
        "storage": data_dir / STORAGE_NAME if data_dir is not None else None,
        "control_token": control_token,
    }
    clock_overrides = {"mode": clock, "seconds_per_step": seconds_per_step}
    try:
        settings = _settings(config, _given(overrides), _given(clock_overrides))
        asyncio.run(_serve(with_sample_stock(settings) if sample_stock else settings))
    except (ValidationError, tomllib.TOMLDecodeError, OSError, StandInStartError) as error:
        typer.echo(f"The stand-in does not start: {_explained(error)}", err=True)
        raise typer.Exit(WRONG_CONFIGURATION) from None


def _settings(path: Path | None, overrides: dict[str, Any], clock: dict[str, Any]) -> StandInConfig:
    base = StandInConfig.from_toml(path) if path is not None else StandInConfig()
    values: dict[str, Any] = {name: getattr(base, name) for name in StandInConfig.model_fields}
    values["clock"] = base.clock.model_dump() | clock
    return StandInConfig.model_validate(values | overrides)


def _given(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}


def _explained(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return "; ".join(
            f"{'.'.join(map(str, each['loc'])) or 'configuration'}: {each['msg']}"
            for each in error.errors(include_input=False, include_url=False)
        )
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename} cannot be used: {error.strerror}."
    return str(error)


async def _serve(settings: StandInConfig) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stop.set)
    async with StandIn(settings) as stand_in:
        typer.echo(f"IOM stand-in (Order REST {settings.api_version.value}) listens on {stand_in.url}")
        await stop.wait()
