"""Sends mails by SMTP. [RFC 5321]"""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

from aiosmtplib import SMTP, SMTPException, SMTPResponseException

from bc_mail.configuration import Security, SmtpSettings
from bc_mail.message import needs_utf8, wire_address, wire_message
from bc_mail.smtp_failures import before_the_mail, of_the_mail, of_the_recipient
from iomconnector.errors import ConfigurationError
from iomconnector.model.mails import Mail
from iomconnector.ports.mail_sender import (
    MailRefusedError,
    MailSender,
    MailUnavailableError,
    MailUnclearError,
)
from iomconnector.services.definition import AdapterContext

TOO_LARGE: Final = 552
"""The mail is larger than the server takes. [RFC 1870]"""


class SmtpMailSender(MailSender):
    """Hands each mail to the mail server over a connection of its own. Implements the port ``MailSender``.

    Arguments:
        settings: Where the mail server is, and who the shop is there.
        context: What the framework gives to an adapter.

    Raises:
        ConfigurationError: The certificate authorities cannot be read.
    """

    def __init__(self, settings: SmtpSettings, context: AdapterContext) -> None:
        self._settings = settings
        self._channel = context.channel
        self._clock = context.clock
        self._telemetry = context.telemetry
        self._tls = None if settings.security is Security.NONE else _tls_context(settings)
        self._free = asyncio.Semaphore(settings.connections)

    async def send(self, mail: Mail) -> None:
        """Send a mail. See ``MailSender.send``."""
        outcome = "unclear"
        try:
            async with self._free:
                await self._send(mail)
            outcome = "sent"
        except MailRefusedError:
            outcome = "refused"
            raise
        except MailUnclearError:
            raise
        except MailUnavailableError:
            outcome = "postponed"
            raise
        finally:
            self._telemetry.mailed(self._channel, outcome)

    async def check(self) -> str:
        """The connection test: connect, encrypt and sign in, and send nothing.

        Raises:
            MailUnavailableError: One of them fails.
        """
        async with self._connected() as client:
            encrypted = "unencrypted" if client.get_transport_info("ssl_object") is None else "encrypted"
        who = f"signed in as {self._settings.user}" if self._settings.user else "without signing in"
        return f"The mail server {self._server} answers, {encrypted}, {who}."

    async def aclose(self) -> None:
        """There is nothing to give back: no connection outlives its mail."""

    @property
    def _server(self) -> str:
        return f"{self._settings.host}:{self._settings.port_in_force}"

    async def _send(self, mail: Mail) -> None:
        sender = mail.sender or self._settings.sender
        content = wire_message(mail, sender, self._clock.now())
        async with self._connected() as client:
            options = []
            if needs_utf8(mail, sender):
                if not client.supports_extension("smtputf8"):
                    raise MailRefusedError(
                        f"The mail server {self._server} takes addresses in ASCII only.",
                        hint="Use one that knows SMTPUTF8.",
                        mail=mail.id,
                    )
                options = ["SMTPUTF8", "BODY=8BITMIME"]
            try:
                await client.mail(wire_address(sender), options=options, encoding="utf-8")
            except SMTPResponseException as error:
                if error.code == TOO_LARGE:
                    raise of_the_mail(error, self._server, mail.id) from None
                raise
            try:
                await client.rcpt(wire_address(mail.recipient), encoding="utf-8")
            except SMTPResponseException as error:
                raise of_the_recipient(error, self._server, mail.id) from None
            try:
                await client.data(content)
            except SMTPResponseException as error:
                raise of_the_mail(error, self._server, mail.id) from None
            except (SMTPException, OSError):
                raise MailUnclearError(
                    f"The mail server {self._server} did not say whether it took the mail.",
                    hint="It is right to send it again, with the same id.",
                    mail=mail.id,
                ) from None

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[SMTP]:
        """A connection that is encrypted and signed in as the settings say."""
        client = self._client()
        try:
            await client.connect()
            if client.is_ehlo_or_helo_needed:
                await client.ehlo()
            yield client
            with suppress(SMTPException, OSError):
                await client.quit()
        except (SMTPException, OSError) as error:
            raise before_the_mail(error, self._server) from error
        finally:
            client.close()

    def _client(self) -> SMTP:
        settings = self._settings
        return SMTP(
            hostname=settings.host,
            port=settings.port_in_force,
            username=settings.user or None,
            password=settings.password.get_secret_value() or None,
            local_hostname=wire_address(settings.sender).rpartition("@")[2],
            timeout=settings.timeout,
            use_tls=settings.security is Security.TLS,
            start_tls=settings.security is Security.STARTTLS,
            tls_context=self._tls,
        )


def _tls_context(settings: SmtpSettings) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=str(settings.ca_file) if settings.ca_file else None)
    except (OSError, ssl.SSLError) as error:
        raise ConfigurationError(
            f"The certificate authorities in {settings.ca_file} cannot be read: {error}.",
            hint="Name a PEM file in ca_file.",
        ) from error
    if not settings.verify_tls:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
