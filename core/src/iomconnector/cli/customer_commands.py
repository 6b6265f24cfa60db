"""``iomconnector customer``."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from iomconnector.cli.acting_user import acting_user
from iomconnector.cli.invocation import invocation_of
from iomconnector.cli.new_passwords import new_password
from iomconnector.cli.terminal import Format, FormatOption, print_json, print_table
from iomconnector.model.accounts import account_name
from iomconnector.model.customer_users import CustomerUser, CustomerUserChange
from iomconnector.model.values import ChannelId

if TYPE_CHECKING:
    from iomconnector.application import Application

app = typer.Typer(help="People who buy, and sign in at a storefront.", no_args_is_help=True)

Channel = Annotated[str, typer.Argument(help="The channel at whose storefront they sign in.")]
Login = Annotated[str, typer.Argument(help="The name to sign in with; unique in its channel.")]
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
def add_customer(
    context: typer.Context,
    channel: Channel,
    login: Login,
    customer: Annotated[str, typer.Option(help="The number of the customer, as orders have it.")],
    email: Annotated[str, typer.Option(help="The address to which orders are confirmed.")],
    last_name: Annotated[str, typer.Option(help="Last name.")],
    first_name: Annotated[str, typer.Option(help="First name.")] = "",
    company: Annotated[str, typer.Option(help="The name of the company; it makes a business customer.")] = "",
    sees_all_orders: Annotated[
        bool, typer.Option("--sees-all-orders", help="Show the orders of all buyers of the company.")
    ] = False,
    language: Annotated[str, typer.Option(help="en or de; else the browser decides.")] = "",
    password_file: PasswordFile = None,
    generate: Generate = False,
) -> None:
    """Register somebody who buys. A buyer of a company sees the orders with the e-mail address."""
    password = new_password(account_name(login), password_file, generate=generate)

    async def work(application: "Application") -> CustomerUser:
        user = CustomerUser(
            channel=ChannelId(channel),
            login=login,
            customer=customer,
            business=bool(company),
            company=company,
            first_name=first_name,
            last_name=last_name,
            email=email,
            sees_all_orders=sees_all_orders,
            active=True,
            created_at=application.clock.now(),
            language=language,
        )
        return await application.customer_users.register(user, password.text, by=acting_user())

    user = invocation_of(context).run(work)
    typer.echo(
        f"{user.login} is registered in {user.channel}, for customer {user.customer}.", err=password.generated
    )
    if password.generated:
        typer.echo(password.text)
        typer.echo("Hand it over safely: it cannot be shown again.", err=True)


@app.command("list")
def list_customers(
    context: typer.Context,
    channel: Annotated[str | None, typer.Option(help="Only those of this channel.")] = None,
    customer: Annotated[str | None, typer.Option(help="Only those of the customer of this number.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many at most.")] = 1000,
    output: FormatOption = Format.TABLE,
) -> None:
    """Show who is registered, by channel and login."""

    async def work(application: "Application") -> Sequence[CustomerUser]:
        return await application.customer_users.all(channel=channel, customer=customer, limit=limit + 1)

    users = invocation_of(context).run(work)
    if len(users) > limit:
        typer.echo(f"There are more than {limit}. See more with --limit, or fewer with --customer.", err=True)
    users = users[:limit]
    if output is Format.JSON:
        print_json([_document(user) for user in users])
        return
    print_table(
        "Users of customers",
        ("Channel", "Login", "Customer", "Name", "Company", "E-mail", "Sees", "State"),
        [
            (
                user.channel,
                user.login,
                user.customer,
                f"{user.first_name} {user.last_name}".strip(),
                user.company,
                user.email,
                _sees(user),
                _state(user),
            )
            for user in users
        ],
    )


@app.command("show")
def show_customer(
    context: typer.Context, channel: Channel, login: Login, output: FormatOption = Format.TABLE
) -> None:
    """Show one user, without the password."""

    async def work(application: "Application") -> CustomerUser:
        return await application.customer_users.get(channel, login)

    document = _document(invocation_of(context).run(work))
    if output is Format.JSON:
        print_json(document)
        return
    print_table(
        f"User {document['login']}",
        ("Field", "Value"),
        [(name, str(value)) for name, value in document.items()],
    )


@app.command("password")
def set_password(
    context: typer.Context,
    channel: Channel,
    login: Login,
    password_file: PasswordFile = None,
    generate: Generate = False,
) -> None:
    """Give somebody another password. Their sessions end."""
    password = new_password(account_name(login), password_file, generate=generate)

    async def work(application: "Application") -> CustomerUser:
        return await application.customer_users.set_password(channel, login, password.text, by=acting_user())

    user = invocation_of(context).run(work)
    typer.echo(f"The password of {user.login} is changed; the sessions are over.", err=password.generated)
    if password.generated:
        typer.echo(password.text)


@app.command("change")
def change_customer(
    context: typer.Context,
    channel: Channel,
    login: Login,
    email: Annotated[str | None, typer.Option(help="The address to which orders are confirmed.")] = None,
    last_name: Annotated[str | None, typer.Option(help="Last name.")] = None,
    first_name: Annotated[str | None, typer.Option(help="First name.")] = None,
    company: Annotated[str | None, typer.Option(help="The name of the company.")] = None,
    sees_all_orders: Annotated[
        bool | None,
        typer.Option(
            "--sees-all-orders/--sees-own-orders", help="Which orders of the company a buyer is shown."
        ),
    ] = None,
    language: Annotated[
        str | None, typer.Option(help="en or de; an empty one lets the browser decide.")
    ] = None,
) -> None:
    """Change what is known of somebody; what is not given stays. The number of the customer never changes."""
    change = CustomerUserChange(
        company=company,
        first_name=first_name,
        last_name=last_name,
        email=email,
        sees_all_orders=sees_all_orders,
        language=language,
    )
    if not change.given():
        raise typer.BadParameter("say what is to be changed, for example --email.")
    user = _change(context, channel, login, change)
    typer.echo(f"{user.login} is changed.")


@app.command("activate")
def activate(context: typer.Context, channel: Channel, login: Login) -> None:
    """Let somebody sign in again."""
    user = _change(context, channel, login, CustomerUserChange(active=True))
    typer.echo(f"{user.login} may sign in.")


@app.command("deactivate")
def deactivate(context: typer.Context, channel: Channel, login: Login) -> None:
    """Let somebody sign in no more. Their sessions end."""
    user = _change(context, channel, login, CustomerUserChange(active=False))
    typer.echo(f"{user.login} may not sign in; the sessions are over.")


@app.command("unlock")
def unlock(context: typer.Context, channel: Channel, login: Login) -> None:
    """End the lock of somebody after repeated failures to sign in."""

    async def work(application: "Application") -> bool:
        return await application.customer_users.unlock(channel, login, by=acting_user())

    done = invocation_of(context).run(work)
    typer.echo(f"{account_name(login)} {'is unlocked' if done else 'had no failures to forget'}.")


def _change(context: typer.Context, channel: str, login: str, change: CustomerUserChange) -> CustomerUser:
    async def work(application: "Application") -> CustomerUser:
        return await application.customer_users.change(channel, login, change, by=acting_user())

    return invocation_of(context).run(work)


def _sees(user: CustomerUser) -> str:
    return "own orders" if user.business and not user.sees_all_orders else "all orders"


def _state(user: CustomerUser) -> str:
    if not user.active:
        return "not active"
    return "active" if user.has_password else "no password"


def _document(user: CustomerUser) -> dict[str, object]:
    return {
        "channel": user.channel,
        "login": user.login,
        "customer": user.customer,
        "business": user.business,
        "company": user.company,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "email": user.email,
        "sees_all_orders": user.sees_all_orders,
        "active": user.active,
        "has_password": user.has_password,
        "language": user.language,
        "created_at": user.created_at.isoformat(),
    }
