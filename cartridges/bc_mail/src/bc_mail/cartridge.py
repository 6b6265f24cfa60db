"""Mails of the shop: a service that sends them by SMTP, and a command that tries it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from iomconnector.cartridges.descriptor import CartridgeDescriptor
from iomconnector.cli.commands import Command
from iomconnector.hooks import hookimpl

if TYPE_CHECKING:
    import typer

    from iomconnector.services.definition import ServiceDefinition

descriptor = CartridgeDescriptor(display_name="Mail")


def _mail_commands() -> typer.Typer:
    from bc_mail.mail_commands import app

    return app


@hookimpl
def iomconnector_service_definitions() -> list[ServiceDefinition[Any]]:
    """``smtp``."""
    from bc_mail.service_definition import SERVICE

    return [SERVICE]


@hookimpl
def iomconnector_commands() -> list[Command]:
    """``mail``."""
    return [Command("mail", "Try whether mails can be sent.", _mail_commands)]
