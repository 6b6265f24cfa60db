"""The root of the command line: commands of the core, then those that the assembly's cartridges add.

A command is imported when it is called, not when it is listed, so that the list of commands comes quickly.
"""

from __future__ import annotations

import os
import traceback
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from iomconnector.cli.commands import Command
from iomconnector.cli.invocation import (
    ASSEMBLY_VARIABLE,
    DEFAULT_ASSEMBLY,
    DEFAULT_ENVIRONMENT,
    ENVIRONMENT_VARIABLE,
    SKIP_BROKEN_VARIABLE,
    Invocation,
)
from iomconnector.errors import ConfigurationError, ConnectorError
from iomconnector.suggestion import suggestion

TOLD = "iomconnector.cli.root.told"


def _account() -> typer.Typer:
    from iomconnector.cli.account_commands import app

    return app


def _assembly() -> typer.Typer:
    from iomconnector.cli.assembly_commands import app

    return app


def _customer() -> typer.Typer:
    from iomconnector.cli.customer_commands import app

    return app


def _cartridge() -> typer.Typer:
    from iomconnector.cli.cartridge_commands import app

    return app


def _context() -> typer.Typer:
    from iomconnector.cli.context_commands import app

    return app


def _dbinit() -> typer.Typer:
    from iomconnector.cli.database_commands import dbinit_app

    return dbinit_app


def _dbprepare() -> typer.Typer:
    from iomconnector.cli.database_commands import app

    return app


def _job() -> typer.Typer:
    from iomconnector.cli.job_commands import app

    return app


def _sequence() -> typer.Typer:
    from iomconnector.cli.sequence_commands import app

    return app


def _serve() -> typer.Typer:
    from iomconnector.cli.serve_command import app

    return app


def _reservation() -> typer.Typer:
    from iomconnector.cli.reservation_commands import app

    return app


def _service() -> typer.Typer:
    from iomconnector.cli.service_commands import app

    return app


def _token() -> typer.Typer:
    from iomconnector.cli.token_commands import app

    return app


def _worker() -> typer.Typer:
    from iomconnector.cli.worker_command import app

    return app


CORE_COMMANDS = {
    command.name: command
    for command in (
        Command("account", "Accounts of the people who sign in.", _account),
        Command("assembly", "Which cartridges load, in what order, and why.", _assembly),
        Command("cartridge", "The installed cartridges and who binds to what.", _cartridge),
        Command("context", "Organizations, channels and applications.", _context),
        Command("customer", "People who buy, and sign in at a storefront.", _customer),
        Command("dbinit", "Prepare the database, of all cartridges or of some.", _dbinit),
        Command("dbprepare", "Prepare the database: schema and content.", _dbprepare),
        Command("job", "Background jobs and schedules: what waits, what failed, try again.", _job),
        Command("reservation", "Pieces held for baskets and orders: show, free.", _reservation),
        Command("sequence", "Sequences of order numbers: show, compute a start, move on.", _sequence),
        Command("serve", "Run the web application and the exporter until stopped.", _serve),
        Command("service", "Managed services: types, configurations, activation.", _service),
        Command("token", "Access tokens for the web application.", _token),
        Command("worker", "Export orders and work in the background until stopped, without web.", _worker),
    )
}


class _Listed(TyperCommand):
    """Stands for a command in lists; the real one is loaded when it is called."""

    def __init__(self, command: Command, offered_by: str) -> None:
        super().__init__(command.name, help=command.help)
        self._command = command
        self._offered_by = offered_by

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        return self._load().make_context(info_name, args, parent=parent, **extra)

    def _load(self) -> Any:
        try:
            application = self._command.load()
        except Exception as error:
            place = traceback.extract_tb(error.__traceback__)[-1]
            raise CommandLoadError(
                f"The command {self._command.name!r} of {self._offered_by} cannot be loaded: "
                f"{type(error).__name__}: {error} ({place.filename}:{place.lineno}).",
                hint=f"Mend {self._offered_by}, or take it out of the assembly.",
                command=self._command.name,
                cartridge=self._offered_by,
            ) from error
        application._add_completion = False
        return typer.main.get_command(application)


class CommandLoadError(ConfigurationError):
    """A command cannot be imported."""

    code = "command.load_failed"


class RootGroup(TyperGroup):
    """Finds commands in the core and in the assembly's cartridges."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The names of all commands; those of the core alone where the assembly cannot be loaded."""
        try:
            return sorted({*CORE_COMMANDS, *_cartridge_commands(ctx)})
        except ConnectorError as error:
            if TOLD not in ctx.meta:
                ctx.meta[TOLD] = True
                typer.echo(
                    "The commands of the assembly's cartridges are missing here: "
                    f"{str(error).splitlines()[0]}\n"
                    "`iomconnector assembly check` shows everything that is wrong.",
                    err=True,
                )
            return sorted(CORE_COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name, or none.

        Raises:
            ConnectorError: The core has none, and the assembly cannot be loaded to look further.
        """
        if cmd_name in CORE_COMMANDS:
            return _Listed(CORE_COMMANDS[cmd_name], "the core")
        found = _cartridge_commands(ctx).get(cmd_name)
        return None if found is None else _Listed(found[1], found[0])

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The command that the arguments call; for an unknown one, the name that was probably meant."""
        name = args[0]
        if not name.startswith("-") and self.get_command(ctx, name) is None:
            ctx.fail(f"There is no command {name!r}. {suggestion(name, self.list_commands(ctx))}".rstrip())
        return super().resolve_command(ctx, args)


def _cartridge_commands(ctx: Any) -> dict[str, tuple[str, Command]]:
    from iomconnector.cartridges.importing import CartridgeLoadError
    from iomconnector.cartridges.offers import find_command_problems

    given = ctx.params
    if ctx.obj is None:
        ctx.obj = Invocation(
            given.get("assembly") or os.environ.get(ASSEMBLY_VARIABLE) or DEFAULT_ASSEMBLY,
            given.get("environment") or os.environ.get(ENVIRONMENT_VARIABLE) or DEFAULT_ENVIRONMENT,
            skip_broken=bool(given.get("skip_broken") or _is_on(os.environ.get(SKIP_BROKEN_VARIABLE, ""))),
        )
    loaded = ctx.obj.cartridges
    problems = find_command_problems(loaded, CORE_COMMANDS)
    if problems:
        raise CartridgeLoadError(tuple(problems))
    return {command.name: (name, command) for name, command in loaded.collect("iomconnector_commands")}


def _is_on(text: str) -> bool:
    return text.lower() in {"1", "true", "t", "yes", "y", "on"}
