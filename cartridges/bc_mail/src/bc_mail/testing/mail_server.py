"""A real SMTP server on a real port, which does what a test wants."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_string, policy
from typing import Any, Self, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from iomconnector.testing.contracts.mail_far_side import ReceivedMail

DATA_SIZE_LIMIT = 1_000_000


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who may send through a mail server."""

    user: str
    password: str


class MailServer:
    """Implements :class:`~iomconnector.testing.contracts.MailFarSide` over sockets; listens inside the block.

    Arguments:
        tls: Its certificate; without one it encrypts nothing.
        starttls: Whether it encrypts from STARTTLS on and takes no mail before; else from the first byte on.
        credentials: Who may send, over STARTTLS; none: anybody.
        knows_utf8: Whether it takes addresses that are not ASCII (SMTPUTF8).
        host: Where it listens.
    """

    def __init__(
        self,
        *,
        tls: ssl.SSLContext | None = None,
        starttls: bool = False,
        credentials: Credentials | None = None,
        knows_utf8: bool = True,
        host: str = "127.0.0.1",
    ) -> None:
        self.host = host
        self.port = 0
        self.mood = "accept"
        self.envelopes: list[Envelope] = []
        self._tls = tls
        self._starttls = starttls
        self._credentials = credentials
        self._knows_utf8 = knows_utf8
        self._server: asyncio.Server | None = None
        self._open: list[asyncio.Transport] = []

    async def __aenter__(self) -> Self:
        await self._listen()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._close()

    async def accept(self) -> None:
        """Take every mail."""
        await self._become("accept")

    async def go_down(self) -> None:
        """Listen no more."""
        await self._become("go_down")

    async def ignore(self) -> None:
        """Take connections, and answer nothing."""
        await self._become("ignore")

    async def defer(self) -> None:
        """Answer 451 to recipients."""
        await self._become("defer")

    async def refuse_recipient(self) -> None:
        """Answer 550 to recipients."""
        await self._become("refuse_recipient")

    async def refuse_mail(self) -> None:
        """Answer 554 to mails."""
        await self._become("refuse_mail")

    async def lose_answers(self) -> None:
        """Take mails, and break the connection instead of saying so."""
        await self._become("lose_answers")

    async def hold(self) -> None:
        """Take mails, and never say so."""
        await self._become("hold")

    async def received(self) -> Sequence[ReceivedMail]:
        """Every mail that was taken."""
        return [_received(each) for each in self.envelopes]

    async def handle_RCPT(  # noqa: N802 - the name that aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a recipient, or not."""
        answers = {
            "defer": "451 4.3.0 Come back later",
            "refuse_recipient": f"550 5.1.1 <{address}> unknown",
            "refuse_relaying": "554 5.7.1 Relay access denied",
        }
        if self.mood in answers:
            return answers[self.mood]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - the name that aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Take a mail, or not."""
        if self.mood == "refuse_mail":
            return "554 5.6.0 Not that"
        if self.mood == "defer_mail":
            return "451 4.3.0 Not now"
        self.envelopes.append(envelope)
        if self.mood == "hold":
            await asyncio.Event().wait()
        if self.mood == "lose_answers":
            cast("Any", server).transport.abort()
        return "250 OK"

    async def _become(self, mood: str) -> None:
        self.mood = mood
        if mood == "go_down":
            await self._close()
        elif self._server is None:
            await self._listen()

    async def _listen(self) -> None:
        implicit = None if self._starttls else self._tls
        self._server = await asyncio.get_running_loop().create_server(
            self._protocol, self.host, self.port, ssl=implicit
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
            for transport in self._open:
                transport.abort()
            self._open.clear()
            await self._server.wait_closed()
            await asyncio.sleep(0)
            self._server = None

    def _protocol(self) -> asyncio.BaseProtocol:
        if self.mood == "ignore":
            return _Silent(self._open)
        starttls = self._tls if self._starttls else None
        return _Announced(
            self._open,
            self,
            enable_SMTPUTF8=self._knows_utf8,
            data_size_limit=DATA_SIZE_LIMIT,
            hostname="mail.example.com",
            tls_context=starttls,
            require_starttls=starttls is not None,
            auth_required=self._credentials is not None,
            auth_require_tls=self._starttls,
            authenticator=self._authenticate,
            loop=asyncio.get_running_loop(),
        )

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        wanted = self._credentials
        right = (
            wanted is not None
            and isinstance(data, LoginPassword)
            and (data.login.decode(), data.password.decode()) == (wanted.user, wanted.password)
        )
        return AuthResult(success=right, handled=False)


class _Announced(SMTP):
    """An SMTP session whose connection the server can break."""

    def __init__(self, opened: list[asyncio.Transport], handler: Any, **options: Any) -> None:
        super().__init__(handler, **options)
        self._opened = opened

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._opened.append(cast("asyncio.Transport", transport))
        super().connection_made(transport)


class _Silent(asyncio.Protocol):
    """Says nothing."""

    def __init__(self, opened: list[asyncio.Transport]) -> None:
        self._opened = opened

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._opened.append(cast("asyncio.Transport", transport))


def _received(envelope: Envelope) -> ReceivedMail:
    content = envelope.content
    assert isinstance(content, bytes)
    message = message_from_string(content.decode(), policy=policy.SMTP)
    [recipient] = envelope.rcpt_tos
    html = message.get_body(("html",))
    plain = message.get_body(("plain",))
    assert plain is not None
    return ReceivedMail(
        id=str(message["Message-ID"]).strip("<>"),
        recipient=recipient,
        recipient_name=message["To"].addresses[0].display_name,
        sender=message["From"].addresses[0].addr_spec,
        subject=str(message["Subject"]),
        text=_lines(plain.get_content()),
        html=_lines(html.get_content()) if html is not None else "",
        headers={name.lower(): str(value) for name, value in message.items()},
    )


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n")
