"""The face of the cartridge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iomconnector.cartridges.descriptor import CartridgeDescriptor, CartridgeStyle
from iomconnector.cli.commands import Command
from iomconnector.hooks import hookimpl

if TYPE_CHECKING:
    import typer

    from iomconnector.application import Application
    from iomconnector.jobs.background import BackgroundService

descriptor = CartridgeDescriptor(display_name="IOM stand-in", style=CartridgeStyle.DEVELOPMENT)


def _iom() -> typer.Typer:
    from dev_iomconnector_iom.cli import app

    return app


@hookimpl
def iomconnector_commands() -> list[Command]:
    """``iomconnector iom``."""
    return [Command("iom", "Run an IOM stand-in until stopped.", _iom)]


@hookimpl
def iomconnector_background_services(application: Application) -> list[BackgroundService]:
    """A stand-in beside the web application."""
    from dev_iomconnector_iom.beside_the_shop import stand_in_service

    return [stand_in_service(application.settings.data_directory / "iom")]
