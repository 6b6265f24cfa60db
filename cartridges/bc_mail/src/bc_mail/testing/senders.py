"""Senders for tests."""

from typing import Any

from bc_mail.configuration import SmtpSettings
from bc_mail.smtp_sender import SmtpMailSender
from bc_mail.testing.mail_server import MailServer
from iomconnector.cartridges.extensions import Extensions
from iomconnector.observability.telemetry import Telemetry
from iomconnector.services.definition import AdapterContext
from iomconnector.testing.memory import ManualClock, MemoryMessageLog
from iomconnector.testing.samples import CHANNEL


def smtp_sender(server: MailServer, *, telemetry: Telemetry | None = None, **changes: Any) -> SmtpMailSender:
    """A sender that is configured for a mail server.

    Arguments:
        server: The mail server.
        telemetry: Where mails are counted.
        changes: Settings that differ.
    """
    values = {
        "host": server.host,
        "port": server.port,
        "security": "none",
        "sender_address": "shop@example.com",
        "sender_name": "inSPIRED",
        "timeout": 0.5,
        **changes,
    }
    context = AdapterContext(
        service="mail",
        channel=CHANNEL,
        clock=ManualClock(),
        message_log=MemoryMessageLog(),
        extensions=Extensions([], []),
        telemetry=telemetry or Telemetry(),
    )
    return SmtpMailSender(SmtpSettings.model_validate(values), context)
