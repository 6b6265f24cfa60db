"""Mails as the shop writes them."""

import re
import unicodedata
from typing import Annotated, Final

from pydantic import AfterValidator, StringConstraints

from iomconnector.model.values import RequiredText, Text, Value

MAX_ADDRESS_LENGTH: Final = 254
MAX_LINE_LENGTH: Final = 255
_LINE_BREAKING: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})
_MESSAGE_ID: Final = re.compile(r"[\w.+=-]{1,100}@[a-zA-Z0-9](?:[a-zA-Z0-9.-]{0,98}[a-zA-Z0-9])?", re.ASCII)
_URL: Final = re.compile(r"https?://[!-;=?-~]{1,900}")


def _one_line(text: str) -> str:
    for position, character in enumerate(text):
        if unicodedata.category(character) in _LINE_BREAKING:
            raise ValueError(
                f"has U+{ord(character):04X} at position {position}; it must be one line of text"
            )
    return text


def _address(text: str) -> str:
    from email_validator import EmailNotValidError, validate_email

    try:
        return validate_email(text, check_deliverability=False, globally_deliverable=False).normalized
    except EmailNotValidError as error:
        raise ValueError(f"is no e-mail address: {error}") from None


def _message_id(text: str) -> str:
    if not _MESSAGE_ID.fullmatch(text):
        raise ValueError("is no message id: letters, digits, '.', '_', '+', '=', '-', one '@' and a domain")
    return text


def _url(text: str) -> str:
    if text and not _URL.fullmatch(text):
        raise ValueError(
            "is no address of the web: it begins with https:// and is plain ASCII without blanks"
        )
    return text


Line = Annotated[str, AfterValidator(_one_line), StringConstraints(max_length=MAX_LINE_LENGTH)]
"""One line of text: nothing in it can end the header in which it stands."""

Address = Annotated[str, AfterValidator(_address), StringConstraints(max_length=MAX_ADDRESS_LENGTH)]
"""An e-mail address, its domain in small letters, both parts in Unicode normal form. [RFC 5321, 6531]"""


class Mailbox(Value):
    """An e-mail address, and who it belongs to.

    Arguments:
        address: The address.
        name: The name of a person or company; empty where none is to be shown.
    """

    address: Address
    name: Line = ""

    @property
    def key(self) -> str:
        """The same for all ways to write the address: mail systems tell no case apart."""
        return self.address.casefold()


class Mail(Value):
    """A mail to one recipient.

    Arguments:
        id: Its Message-ID, without angle brackets. Whoever sends it again after a lost answer gives the same
            one, so that the recipient's mail system can recognize it.
        recipient: To whom it goes.
        subject: Its subject.
        text: What it says, as plain text.
        html: The same as an HTML document; empty where it has none.
        sender: From whom it is; none: from whom the configuration of the mail service says.
        language: The language of its text, for example ``de``; empty where that is not told.
        unsubscribe_url: Where a POST without a form ends such mails at once; empty where there is no such
            address. [RFC 8058]
    """

    id: Annotated[str, AfterValidator(_message_id)]
    recipient: Mailbox
    subject: Annotated[Line, StringConstraints(min_length=1)]
    text: RequiredText
    html: Text = ""
    sender: Mailbox | None = None
    language: Annotated[str, StringConstraints(pattern=r"^([a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*)?$")] = ""
    unsubscribe_url: Annotated[str, AfterValidator(_url)] = ""


def masked_address(address: str) -> str:
    """An address as a log shows it: the first character and the domain, ``p***@example.com``."""
    local, at, domain = address.rpartition("@")
    return f"{local[:1]}***{at}{domain}" if at else "***"
