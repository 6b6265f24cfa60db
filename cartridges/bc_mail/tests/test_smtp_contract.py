"""The SMTP sender keeps the contract of mail senders against a real mail server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bc_mail.testing import MailServer, smtp_sender
from iomconnector.testing.contracts import MailScene, MailSenderContract


class TestSmtpMailSender(MailSenderContract):
    @asynccontextmanager
    async def scene(self) -> AsyncIterator[MailScene]:
        async with MailServer() as server:
            yield MailScene(smtp_sender(server), server)
