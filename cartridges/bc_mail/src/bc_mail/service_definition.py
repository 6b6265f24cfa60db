"""The service type that this cartridge offers."""

from bc_mail.configuration import SmtpSettings
from bc_mail.smtp_sender import SmtpMailSender
from iomconnector.ports.mail_sender import MailSender
from iomconnector.services.definition import ServiceDefinition

SERVICE = ServiceDefinition(
    id="smtp",
    display_name="SMTP",
    group="Mail Services",
    port=MailSender,
    configuration=SmtpSettings,
    adapter=SmtpMailSender,
    help="Sends the mails of the shop through a mail server.",
    check=SmtpMailSender.check,
)
