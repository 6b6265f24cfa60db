"""``iomconnector account``."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from iomconnector.cli.acting_user import acting_user
from iomconnector.cli.invocation import invocation_of
from iomconnector.cli.terminal import Format, FormatOption, print_json, print_table
from iomconnector.model.accounts import Account, Role, account_name

if TYPE_CHECKING:
    from iomconnector.application import Application
    from iomconnector.cli.new_passwords import NewPassword

app = typer.Typer(help="Accounts of the people who sign in.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The name of the account.")]
RoleOption = Annotated[
    Role, typer.Option(help="What they may do: look, do the daily work, or change everything.")
]
PasswordFile = Annotated[
    Path | None,
    typer.Option(
        "--password-file",
        metavar="FILE",
        help="Read the password from a file; - is standard input. Without it, the terminal asks.",
    ),
]
Generate = Annotated[bool, typer.Option("--generate", help="Make up a password and print it, this once.")]


@app.command("add")
def add_account(
    context: typer.Context,
    name: Name,
    role: RoleOption,
    display_name: Annotated[str, typer.Option(help="The name for people.")] = "",
    password_file: PasswordFile = None,
    generate: Generate = False,
) -> None:
    """Make an account. Its password is never an argument: others could see it in the list of processes."""
    password = _new_password(account_name(name), password_file, generate)

    async def work(application: "Application") -> Account:
        return await application.accounts.add(
            name, password.text, role, display_name=display_name, by=acting_user()
        )

    account = invocation_of(context).run(work)
    _tell(password, f"Account {account.name} is added, with the role {account.role.value}.")


@app.command("list")
def list_accounts(context: typer.Context, output: FormatOption = Format.TABLE) -> None:
    """Show who may sign in, and what they may do."""

    async def work(application: "Application") -> list[Account]:
        return list(await application.accounts.all())

    accounts = invocation_of(context).run(work)
    if output is Format.JSON:
        print_json([_document(account) for account in accounts])
        return
    print_table(
        "Accounts",
        ("Name", "Display name", "Role", "State", "Created"),
        [
            (each.name, each.display_name, each.role.value, _state(each), f"{each.created_at:%Y-%m-%d %H:%M}")
            for each in accounts
        ],
    )


@app.command("password")
def set_password(
    context: typer.Context, name: Name, password_file: PasswordFile = None, generate: Generate = False
) -> None:
    """Give an account another password. Its sessions and its lock end."""
    password = _new_password(account_name(name), password_file, generate)

    async def work(application: "Application") -> None:
        await application.accounts.set_password(name, password.text, by=acting_user())

    invocation_of(context).run(work)
    _tell(password, f"The password of {account_name(name)} is changed; its sessions are over.")


@app.command("role")
def set_role(
    context: typer.Context,
    name: Name,
    role: Annotated[Role, typer.Argument(help="The role that it gets.")],
) -> None:
    """Change what somebody may do. Their sessions end."""
    account = _change(
        context, lambda application: application.accounts.set_role(name, role, by=acting_user())
    )
    typer.echo(f"Account {account.name} has the role {account.role.value}.")


@app.command("activate")
def activate(context: typer.Context, name: Name) -> None:
    """Let somebody sign in again."""
    account = _change(context, lambda application: application.accounts.activate(name, by=acting_user()))
    typer.echo(f"Account {account.name} is active.")


@app.command("deactivate")
def deactivate(context: typer.Context, name: Name) -> None:
    """Let somebody sign in no more. Their sessions end."""
    account = _change(context, lambda application: application.accounts.deactivate(name, by=acting_user()))
    typer.echo(f"Account {account.name} is not active; its sessions are over.")


@app.command("unlock")
def unlock(context: typer.Context, name: Name) -> None:
    """End the lock of an account after repeated failures to sign in."""

    async def work(application: "Application") -> bool:
        return await application.accounts.unlock(name, by=acting_user())

    done = invocation_of(context).run(work)
    typer.echo(f"Account {account_name(name)} {'is unlocked' if done else 'had no failures to forget'}.")


@app.command("unlock-address")
def unlock_address(
    context: typer.Context,
    address: Annotated[str, typer.Argument(help="The address, as the audit trail shows it.")],
) -> None:
    """End the lock of an address from which too many sign-ins failed."""

    async def work(application: "Application") -> bool:
        return await application.accounts.unlock_address(address, by=acting_user())

    done = invocation_of(context).run(work)
    typer.echo(f"The address {address} {'is unlocked' if done else 'had no failures to forget'}.")


@app.command("remove")
def remove(context: typer.Context, name: Name) -> None:
    """Remove an account. What it did stays in the audit trail."""

    async def work(application: "Application") -> None:
        await application.accounts.remove(name, by=acting_user())

    invocation_of(context).run(work)
    typer.echo(f"Account {account_name(name)} is removed.")


def _change(context: typer.Context, change: "Callable[[Application], Awaitable[Account]]") -> Account:
    return invocation_of(context).run(change)


def _new_password(name: str, file: Path | None, generate: bool) -> "NewPassword":
    from iomconnector.cli.new_passwords import new_password

    return new_password(name, file, generate=generate)


def _tell(password: "NewPassword", sentence: str) -> None:
    typer.echo(sentence, err=password.generated)
    if password.generated:
        typer.echo(password.text)
        typer.echo("Hand it over safely: it cannot be shown again.", err=True)


def _state(account: Account) -> str:
    if not account.active:
        return "not active"
    return f"locked until {account.locked_until:%Y-%m-%d %H:%M:%S}" if account.locked_until else "active"


def _document(account: Account) -> dict[str, object]:
    return {
        "name": account.name,
        "display_name": account.display_name,
        "role": account.role.value,
        "active": account.active,
        "locked_until": account.locked_until.isoformat() if account.locked_until else None,
        "created_at": account.created_at.isoformat(),
    }
