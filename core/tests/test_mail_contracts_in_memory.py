"""The contract of mail senders, kept by the adapter in memory; and mails as such."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from iomconnector.model.mails import Mailbox, masked_address
from iomconnector.testing.contracts import MailScene, MailSenderContract
from iomconnector.testing.contracts.mail_sender import sample_mail
from iomconnector.testing.memory import MemoryMailbox, MemoryMailSender


class TestMemoryMailSender(MailSenderContract):
    @asynccontextmanager
    async def scene(self) -> AsyncIterator[MailScene]:
        mailbox = MemoryMailbox()
        yield MailScene(MemoryMailSender(mailbox), mailbox)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Anna.Berg@Example.COM", "Anna.Berg@example.com"),
        ("anna@BÜCHER.example", "anna@bücher.example"),
        ("u\u0308nal@example.com", "ünal@example.com"),
        ("anna@mail.intranet", "anna@mail.intranet"),
    ],
)
def test_an_address_has_one_form(written: str, kept: str) -> None:
    assert Mailbox(address=written).address == kept


@pytest.mark.parametrize(
    "text",
    [
        "",
        "anna",
        "anna@",
        "@example.com",
        "a b@example.com",
        "anna@example..com",
        "a@b@example.com",
        "<anna@example.com>",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no e-mail address"):
        Mailbox(address=text)


def test_addresses_that_differ_in_case_are_one() -> None:
    assert Mailbox(address="Anna@example.com").key == Mailbox(address="anna@EXAMPLE.com").key


@pytest.mark.parametrize(
    "mail_id", ["", "a", "<a@example.com>", "a@b\r\nBcc: c@example.com", "a b@example.com", "ä@example.com"]
)
def test_what_is_no_message_id_is_refused(mail_id: str) -> None:
    with pytest.raises(ValueError, match="no message id"):
        sample_mail(id=mail_id)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "https://x>", "https://a b", "https://ä.example", "mailto:a@example.com"]
)
def test_an_unsubscribe_address_is_one_of_the_web(url: str) -> None:
    with pytest.raises(ValueError, match="address of the web"):
        sample_mail(unsubscribe_url=url)


def test_a_masked_address_keeps_the_domain() -> None:
    assert masked_address("patricia@example.com") == "p***@example.com"
    assert masked_address("nonsense") == "***"
