"""A mail system in memory."""

from collections.abc import Sequence

from iomconnector.model.mails import Mail, Mailbox
from iomconnector.ports.mail_sender import MailRefusedError, MailUnavailableError, MailUnclearError
from iomconnector.testing.contracts.mail_far_side import ReceivedMail

SHOP = Mailbox(address="shop@example.com", name="inSPIRED")


class MemoryMailbox:
    """What was sent. Implements :class:`~iomconnector.testing.contracts.MailFarSide`."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []
        self.mood = "accept"

    async def accept(self) -> None:
        """Take every mail."""
        self.mood = "accept"

    async def go_down(self) -> None:
        """Listen no more."""
        self.mood = "go_down"

    async def ignore(self) -> None:
        """Answer nothing."""
        self.mood = "ignore"

    async def defer(self) -> None:
        """Ask to come back later."""
        self.mood = "defer"

    async def refuse_recipient(self) -> None:
        """Refuse every recipient for good."""
        self.mood = "refuse_recipient"

    async def refuse_mail(self) -> None:
        """Refuse every mail for good."""
        self.mood = "refuse_mail"

    async def lose_answers(self) -> None:
        """Take mails without saying so."""
        self.mood = "lose_answers"

    async def received(self) -> Sequence[ReceivedMail]:
        """Every mail that was taken."""
        return [_received(mail) for mail in self.mails]

    def take(self, mail: Mail) -> None:
        """Handle a mail as the mood is."""
        if self.mood in ("refuse_recipient", "refuse_mail"):
            raise MailRefusedError("The mail was refused.", their_code="550", mail=mail.id)
        if self.mood in ("go_down", "ignore", "defer"):
            raise MailUnavailableError("The mail cannot be sent now.", mail=mail.id)
        self.mails.append(mail)
        if self.mood == "lose_answers":
            raise MailUnclearError("The answer was lost.", mail=mail.id)


class MemoryMailSender:
    """Implements :class:`~iomconnector.ports.mail_sender.MailSender`.

    Arguments:
        mailbox: Where mails go.
    """

    def __init__(self, mailbox: MemoryMailbox | None = None) -> None:
        self.mailbox = mailbox or MemoryMailbox()

    async def send(self, mail: Mail) -> None:
        """Send a mail."""
        self.mailbox.take(mail)

    async def aclose(self) -> None:
        """There is nothing to give back."""


def _received(mail: Mail) -> ReceivedMail:
    url = mail.unsubscribe_url
    headers = {"list-unsubscribe": f"<{url}>", "list-unsubscribe-post": "List-Unsubscribe=One-Click"}
    return ReceivedMail(
        id=mail.id,
        recipient=mail.recipient.address,
        recipient_name=mail.recipient.name,
        sender=(mail.sender or SHOP).address,
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        headers=headers if url else {},
    )
