"""The root of the command line: commands of the core, then those that the assembly's cartridges add.

A command is imported when it is called, not when it is listed, so that the list of commands comes quickly.
"""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from iomconnector.cli.commands import Command
from iomconnector.cli.invocation import DEFAULT_ASSEMBLY, DEFAULT_ENVIRONMENT, Invocation
from iomconnector.errors import ConnectorError


def _assembly() -> typer.Typer:
    from iomconnector.cli.assembly_commands import app

    return app


def _cartridge() -> typer.Typer:
    from iomconnector.cli.cartridge_commands import app

    return app


def _context() -> typer.Typer:
    from iomconnector.cli.context_commands import app

    return app


def _dbprepare() -> typer.Typer:
    from iomconnector.cli.database_commands import app

    return app


def _serve() -> typer.Typer:
    from iomconnector.cli.serve_command import app

    return app


def _service() -> typer.Typer:
    from iomconnector.cli.service_commands import app

    return app


def _token() -> typer.Typer:
    from iomconnector.cli.token_commands import app

    return app


CORE_COMMANDS = {
    command.name: command
    for command in (
        Command("assembly", "Which cartridges load, in what order, and why.", _assembly),
        Command("cartridge", "The installed cartridges and who binds to what.", _cartridge),
        Command("context", "Organizations, channels and applications.", _context),
        Command("dbprepare", "Prepare the database: schema and content.", _dbprepare),
        Command("serve", "Run the web application and the exporter until stopped.", _serve),
        Command("service", "Managed services: types, configurations, activation.", _service),
        Command("token", "Access tokens for the web application.", _token),
    )
}


class _Listed(TyperCommand):
    """Stands for a command in lists; the real one is loaded when it is called."""

    def __init__(self, command: Command) -> None:
        super().__init__(command.name, help=command.help)
        self._command = command

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        real = typer.main.get_command(self._command.load())
        return real.make_context(info_name, args, parent=parent, **extra)


class RootGroup(TyperGroup):
    """Finds commands in the core and in the assembly's cartridges."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The names of all commands; those of the core alone where the assembly cannot be loaded."""
        try:
            return sorted({*CORE_COMMANDS, *_cartridge_commands(ctx)})
        except ConnectorError as error:
            typer.echo(
                f"The commands of the assembly's cartridges are missing here: {str(error).splitlines()[0]}\n"
                "`iomconnector assembly check` shows everything that is wrong.",
                err=True,
            )
            return sorted(CORE_COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name, or none."""
        command = CORE_COMMANDS.get(cmd_name) or _cartridge_commands(ctx).get(cmd_name)
        return None if command is None else _Listed(command)


def _cartridge_commands(ctx: Any) -> dict[str, Command]:
    given = ctx.params
    if ctx.obj is None:
        ctx.obj = Invocation(
            given.get("assembly") or DEFAULT_ASSEMBLY, given.get("environment") or DEFAULT_ENVIRONMENT
        )
    offered = ctx.obj.cartridges.collect("iomconnector_commands")
    return {command.name: command for _, command in offered}
