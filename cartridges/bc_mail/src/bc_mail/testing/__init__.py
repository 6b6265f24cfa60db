"""Mail servers for tests: real ones, on real ports. They need aiosmtpd."""

from bc_mail.testing.mail_server import Credentials, MailServer
from bc_mail.testing.mail_server_in_thread import MailServerInThread, mail_server_in_thread
from bc_mail.testing.senders import smtp_sender

__all__ = ["Credentials", "MailServer", "MailServerInThread", "mail_server_in_thread", "smtp_sender"]
