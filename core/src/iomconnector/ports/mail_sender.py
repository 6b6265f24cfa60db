"""Sending mails."""

from typing import Protocol, runtime_checkable

from iomconnector.errors import ConnectorError
from iomconnector.model.mails import Mail


class MailUnavailableError(ConnectorError):
    """The mail was not taken now, and may be taken later: the mail server is away, busy or refuses everybody.

    Nothing was sent.
    """

    code = "mail.unavailable"
    exit_code = 4


class MailUnclearError(MailUnavailableError):
    """Nobody knows whether the mail was taken: the answer was lost.

    Sending it again, with the same id, is right: the recipient's mail system can recognize it.
    """

    code = "mail.unclear"


class MailRefusedError(ConnectorError):
    """The mail is not taken for good: the recipient or the mail itself was refused. Sending it again is of no
    use.

    Arguments:
        their_code: What the mail server gave as its reason, for example ``550``; empty where it gave none.
    """

    code = "mail.refused"

    def __init__(self, message: str, *, their_code: str = "", hint: str = "", **ids: object) -> None:
        super().__init__(message, hint=hint, **ids)
        self.their_code = their_code


@runtime_checkable
class MailSender(Protocol):
    """Hands mails to a mail system.

    It knows no retries: whoever sends keeps what is not sent, and sends it again. Nothing of a mail can
    become a header that is not its own. Names, subjects and addresses may be in any script.
    """

    async def send(self, mail: Mail) -> None:
        """Send a mail; when this returns, the mail system is responsible for it.

        Raises:
            MailRefusedError: It is not taken for good.
            MailUnclearError: The answer was lost.
            MailUnavailableError: It was not taken now; send it later.
        """
        ...

    async def aclose(self) -> None:
        """Give connections back."""
        ...
