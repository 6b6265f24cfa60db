"""Mail servers for tests: real ones, on real ports. They need aiosmtpd."""

from bc_mail.testing.mail_server import Credentials, MailServer
from bc_mail.testing.senders import smtp_sender

__all__ = ["Credentials", "MailServer", "smtp_sender"]
