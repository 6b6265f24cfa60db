"""What a failure on the way to a mail server means for the mail."""

import re
import ssl
from typing import Final

from aiosmtplib import (
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPException,
    SMTPResponseException,
    SMTPTimeoutError,
)

from iomconnector.ports.mail_sender import MailRefusedError, MailUnavailableError

_OUR_FAULT: Final = frozenset({421, 502, 503, 504, 530, 534, 535, 538})
"""Answers that tell about the shop and its configuration, not about the recipient. [RFC 5321, 4954, 3207]"""
_POLICY: Final = re.compile(r"^\s*5\.7\.")
"""What a mail server says that takes no mail from the shop, for example because it does not relay.
[RFC 3463]"""


def before_the_mail(error: Exception, server: str) -> MailUnavailableError:
    """What it means that no mail could be handed over, whoever it is for.

    Arguments:
        error: What went wrong while connecting, encrypting, signing in, or naming the sender.
        server: Which mail server.
    """
    if isinstance(error, SMTPAuthenticationError):
        return MailUnavailableError(
            f"The mail server {server} does not accept user and password (status {error.code}).",
            hint="Correct them in the configuration of the service.",
        )
    if tls := _tls_fault(error):
        return MailUnavailableError(
            f"The connection to the mail server {server} cannot be trusted: {tls}.",
            hint="Let the server show a certificate for its name, or name its authority in ca_file.",
        )
    if isinstance(error, SMTPResponseException):
        return MailUnavailableError(
            f"The mail server {server} takes no mail now (status {error.code}).", status=error.code
        )
    if isinstance(error, TimeoutError | SMTPTimeoutError):
        return MailUnavailableError(f"The mail server {server} does not answer.")
    if isinstance(error, SMTPConnectError | OSError):
        return MailUnavailableError(
            f"The mail server {server} cannot be reached.", hint="Is it up, and are host and port right?"
        )
    return MailUnavailableError(f"The mail server {server} does not do what is needed: {_plain(error)}")


def of_the_recipient(error: SMTPResponseException, server: str, mail: str) -> Exception:
    """What it means that a recipient is not taken."""
    if error.code < 500 or error.code in _OUR_FAULT or _POLICY.match(error.message):
        return MailUnavailableError(
            f"The mail server {server} does not take the recipient now (status {error.code}).",
            status=error.code,
            mail=mail,
        )
    return MailRefusedError(
        f"The mail server {server} does not know the recipient (status {error.code}).",
        their_code=str(error.code),
        mail=mail,
    )


def of_the_mail(error: SMTPResponseException, server: str, mail: str) -> Exception:
    """What it means that a mail is not taken for its content."""
    if error.code < 500 or error.code in _OUR_FAULT:
        return MailUnavailableError(
            f"The mail server {server} does not take the mail now (status {error.code}).",
            status=error.code,
            mail=mail,
        )
    return MailRefusedError(
        f"The mail server {server} refuses the mail (status {error.code}).",
        their_code=str(error.code),
        mail=mail,
    )


def _tls_fault(error: BaseException | None) -> str:
    """What is wrong with the certificate or the encryption; empty where that is not the reason."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return error.verify_message
        if isinstance(error, ssl.SSLError):
            return error.reason or "TLS failed"
        error = error.__cause__ or error.__context__
    return ""


def _plain(error: Exception) -> str:
    return error.message if isinstance(error, SMTPException) else type(error).__name__
