"""The shop's orders: commands and routes to place, approve, list and export them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iomconnector.cartridges.descriptor import CartridgeDescriptor
from iomconnector.cli.commands import Command
from iomconnector.hooks import hookimpl

if TYPE_CHECKING:
    import typer
    from fastapi import APIRouter

descriptor = CartridgeDescriptor(display_name="Orders")


def _order_commands() -> typer.Typer:
    from bc_order.order_commands import app

    return app


def _reconcile_command() -> typer.Typer:
    from bc_order.reconcile_command import app

    return app


def _privacy_commands() -> typer.Typer:
    from bc_order.privacy_commands import app

    return app


def _retention_command() -> typer.Typer:
    from bc_order.retention_command import app

    return app


@hookimpl
def iomconnector_commands() -> list[Command]:
    """``order``, ``reconcile``, ``privacy`` and ``retention``."""
    return [
        Command("order", "Place, approve, list and export orders.", _order_commands),
        Command("reconcile", "Compare with the order management system over a period.", _reconcile_command),
        Command("privacy", "Show and erase personal data.", _privacy_commands),
        Command("retention", "Remove what is older than the settings say.", _retention_command),
    ]


@hookimpl
def iomconnector_routers() -> list[APIRouter]:
    """The routes below ``/api/orders``."""
    from bc_order.routes import router

    return [router]
