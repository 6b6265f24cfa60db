"""``iomconnector mail``."""

from __future__ import annotations

from typing import Annotated
from uuid import uuid4

import typer
from pydantic import ValidationError

from iomconnector.application import Application
from iomconnector.cli.invocation import invocation_of
from iomconnector.cli.terminal import Format, FormatOption, print_json
from iomconnector.model.mails import Mail, Mailbox
from iomconnector.usecases.channels import require_channel

app = typer.Typer(help="Try whether mails can be sent.", no_args_is_help=True)


@app.callback()
def mail() -> None:
    """Try whether mails can be sent."""


@app.command("test")
def send_test_mail(
    context: typer.Context,
    channel: Annotated[str, typer.Option(help="The channel whose mail service is to be tried.")],
    to: Annotated[str, typer.Option("--to", help="To whom the mail goes.")],
    output: FormatOption = Format.TABLE,
) -> None:
    """Send a mail to somebody, and say whether the mail server took it.

    Exit code 1: it was refused for good. 3: no mail service is active. 4: it was not taken now.
    """
    try:
        recipient = Mailbox(address=to)
    except ValidationError:
        raise typer.BadParameter(f"{to!r} is no e-mail address.", param_hint="--to") from None

    async def work(application: Application) -> Mail:
        await require_channel(application.contexts, channel)
        now = application.clock.now()
        test = Mail(
            id=f"test-{uuid4().hex}@{_domain(recipient)}",
            recipient=recipient,
            subject=f"Test mail of {channel}",
            text=f"This mail was sent by `iomconnector mail test` for {channel}, {now:%Y-%m-%d %H:%M} UTC.\n",
            language="en",
        )
        sender = await application.mail_sender(channel)
        await sender.send(test)
        return test

    sent = invocation_of(context).run(work)
    if output is Format.JSON:
        print_json({"sent": True, "channel": channel, "to": recipient.address, "message_id": sent.id})
    else:
        typer.echo(f"The mail server took the mail to {recipient.address}; its Message-ID is <{sent.id}>.")


def _domain(mailbox: Mailbox) -> str:
    domain = mailbox.address.rpartition("@")[2]
    return domain if domain.isascii() else domain.encode("idna").decode()
