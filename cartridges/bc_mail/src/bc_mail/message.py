"""A mail as it goes over the wire. [RFC 5322, 2045, 6532]"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from email.headerregistry import Address, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
from typing import Any, cast

from iomconnector.model.mails import Mail, Mailbox


class _Whole(UnstructuredHeader):
    """A header that is written as it is: an id or an address of the web, which nothing may cut in two."""

    def fold(self, *, policy: EmailPolicy) -> str:
        return f"{self.name}: {self}{policy.linesep}"  # type: ignore[attr-defined]


def _policy() -> EmailPolicy[EmailMessage]:
    registry = HeaderRegistry()
    for name in ("message-id", "list-unsubscribe", "list-unsubscribe-post"):
        registry.map_to_type(name, cast("Any", _Whole))
    return SMTP.clone(header_factory=cast("Callable[[str, Any], Any]", registry))


POLICY = _policy()


def ascii_address(mailbox: Mailbox) -> str | None:
    """The address for mail systems that know ASCII only; none where it has no such form. A domain of any
    script has one, what stands before it has none."""
    from email_validator import validate_email

    return validate_email(mailbox.address, check_deliverability=False, globally_deliverable=False).ascii_email


def wire_address(mailbox: Mailbox) -> str:
    """The address as it stands in the envelope and in headers: in ASCII, where it can be."""
    return ascii_address(mailbox) or mailbox.address


def needs_utf8(mail: Mail, sender: Mailbox) -> bool:
    """Whether only mail systems that know SMTPUTF8 can take a mail. [RFC 6531]"""
    return ascii_address(mail.recipient) is None or ascii_address(sender) is None


def wire_message(mail: Mail, sender: Mailbox, at: datetime) -> bytes:
    """A mail with all its headers.

    Arguments:
        mail: The mail.
        sender: From whom it is.
        at: When it was written.
    """
    message = EmailMessage(policy=POLICY.clone(utf8=needs_utf8(mail, sender)))
    message["From"] = _header_address(sender)
    message["To"] = _header_address(mail.recipient)
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{mail.id}>"
    message["Auto-Submitted"] = "auto-generated"
    if mail.unsubscribe_url:
        message["List-Unsubscribe"] = f"<{mail.unsubscribe_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.text, cte="quoted-printable")
    if mail.html:
        message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
    if mail.language:
        message["Content-Language"] = mail.language
    return message.as_bytes()


def _header_address(mailbox: Mailbox) -> Address:
    local, _, domain = wire_address(mailbox).rpartition("@")
    return Address(mailbox.name, local, domain)
