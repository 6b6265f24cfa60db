"""``iomconnector token``."""

from typing import Annotated

import typer

from iomconnector.application import Application
from iomconnector.cli.invocation import invocation_of
from iomconnector.cli.terminal import Format, FormatOption, print_json, print_table
from iomconnector.errors import NotFoundError
from iomconnector.ports.access_token_store import AccessToken

app = typer.Typer(help="Access tokens for the web application.", no_args_is_help=True)


@app.command("create")
def create_token(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Who will use it.")],
    channel: Annotated[list[str], typer.Option(help="A channel that it gives access to; repeatable.")],
) -> None:
    """Make a token and print it. It is shown this once; only its digest is stored."""

    if not name.strip():
        raise typer.BadParameter("The name is empty.")

    async def work(application: Application) -> str:
        return await application.access_tokens.create(name, channel)

    typer.echo(invocation_of(context).run(work))
    typer.echo("Keep it safe: it cannot be shown again.", err=True)


@app.command("list")
def list_tokens(
    context: typer.Context,
    output: FormatOption = Format.TABLE,
) -> None:
    """Show who has a token, and for which channels."""
    tokens = invocation_of(context).run(_all)
    if output is Format.JSON:
        print_json(
            [
                {"name": each.name, "channels": each.channels, "created_at": each.created_at.isoformat()}
                for each in tokens
            ]
        )
        return
    print_table(
        "Access tokens",
        ("Name", "Channels", "Created"),
        [(each.name, ", ".join(each.channels), f"{each.created_at:%Y-%m-%d %H:%M}") for each in tokens],
    )


@app.command("revoke")
def revoke_token(
    context: typer.Context, name: Annotated[str, typer.Argument(help="Whose token to revoke.")]
) -> None:
    """Make a token worthless from now on."""

    async def work(application: Application) -> bool:
        return await application.access_tokens.revoke(name)

    if not invocation_of(context).run(work):
        raise NotFoundError(f"There is no token named {name!r}.", hint="See `iomconnector token list`.")
    typer.echo(f"The token of {name} is revoked.")


async def _all(application: Application) -> list[AccessToken]:
    return list(await application.access_tokens.all())
