"""The mail system behind an adapter, as a test controls it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from iomconnector.ports.mail_sender import MailSender


@dataclass(frozen=True, slots=True)
class ReceivedMail:
    """A mail as it reached its recipient's mail system.

    Arguments:
        id: Its Message-ID, without angle brackets.
        recipient: The address of the recipient, as the recipient's mail system sees it.
        recipient_name: The recipient's name.
        sender: The address of the sender.
        subject: Its subject.
        text: Its plain text; line ends as ``\\n``.
        html: Its HTML; empty where it has none.
        headers: All of its headers, by their name in small letters.
    """

    id: str
    recipient: str
    recipient_name: str
    sender: str
    subject: str
    text: str
    html: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


class MailFarSide(Protocol):
    """What a test does to the mail system that an adapter talks to.

    Each method but the last sets its mood from then on. At the beginning it accepts mails.
    """

    async def accept(self) -> None:
        """Take every mail."""
        ...

    async def go_down(self) -> None:
        """Listen no more: a connection cannot be made."""
        ...

    async def ignore(self) -> None:
        """Take connections, and answer nothing."""
        ...

    async def defer(self) -> None:
        """Take no mail, and ask to come back later (SMTP: 4xx)."""
        ...

    async def refuse_recipient(self) -> None:
        """Refuse every recipient for good (SMTP: 550)."""
        ...

    async def refuse_mail(self) -> None:
        """Refuse every mail for its content, for good (SMTP: 554)."""
        ...

    async def lose_answers(self) -> None:
        """Take mails, and break the connection instead of saying so."""
        ...

    async def received(self) -> Sequence[ReceivedMail]:
        """Every mail that was taken, in the order of arrival; one that was taken twice, twice."""
        ...


@dataclass(frozen=True, slots=True)
class MailScene:
    """An adapter and what is behind it.

    Arguments:
        service: The adapter.
        far_side: The mail system.
    """

    service: MailSender
    far_side: MailFarSide
