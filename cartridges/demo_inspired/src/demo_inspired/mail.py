"""The mail service of the sample shop: a mail server on the machine of whoever tries it."""

from typing import Final

from demo_inspired.customers import SAFE_ENVIRONMENTS
from init_inspired.contexts import ORGANIZATION
from iomconnector.application import Application
from iomconnector.ports.mail_sender import MailSender

SERVICE: Final = "mail-inspired"
SERVICE_TYPE: Final = "smtp"
PORT: Final = 1025
"""Where mail servers for developers listen, which show mails and send none on."""


async def prepare_mail_service(application: Application) -> str:
    """Add the configuration where it is missing, in environments for development and test alone: elsewhere
    nobody is to be asked for an address before there is a mail server that sends."""
    assembly = application.assembly
    if assembly is None or assembly.environment not in SAFE_ENVIRONMENTS:
        return "none outside of development and test"
    present = await application.services.all()
    ports = {each.id: each.port for _, each in application.definitions.all}
    if any(ports.get(each.definition) is MailSender for each in present):
        return "there is one already"
    await application.services.add(
        SERVICE,
        definition=SERVICE_TYPE,
        context=ORGANIZATION,
        values={
            "host": "localhost",
            "port": PORT,
            "security": "none",
            "sender_address": "shop@test.example.com",
            "sender_name": "inSPIRED",
        },
        by="database preparation",
    )
    return f"{SERVICE}, for a mail server at localhost:{PORT}"
