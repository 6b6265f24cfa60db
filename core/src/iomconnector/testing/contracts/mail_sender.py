"""The contract of :class:`~iomconnector.ports.mail_sender.MailSender`."""

import asyncio
from abc import abstractmethod
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from iomconnector.model.mails import Mail, Mailbox
from iomconnector.ports.mail_sender import (
    MailRefusedError,
    MailSender,
    MailUnavailableError,
    MailUnclearError,
)
from iomconnector.testing.contracts.contract import Contract
from iomconnector.testing.contracts.mail_far_side import MailScene, ReceivedMail

LONG_URL = "https://shop.example.com/shop/inSPIRED/notifications/" + "x" * 300 + "/one-click"
LONG_LINE = "A sentence without an end, and then another one. " * 60


def sample_mail(number: int = 1, **fields: Any) -> Mail:
    """A mail to Patricia; its id follows from the number."""
    values = {
        "id": f"mail-{number}@shop.example.com",
        "recipient": Mailbox(address="patricia@example.com", name="Patricia Miller"),
        "subject": "Available again",
        "text": "The product is available again.\n",
        **fields,
    }
    return Mail(**values)


class MailSenderContract(Contract):
    """Promises of an adapter that sends mails."""

    @abstractmethod
    def scene(self) -> AbstractAsyncContextManager[MailScene]:
        """The adapter to test and what is behind it, which has no mails and accepts them. What it waits for
        the mail system should be short."""

    async def test_it_is_one(self) -> None:
        async with self.scene() as scene:
            assert isinstance(scene.service, MailSender)

    async def test_a_mail_arrives_as_it_is(self) -> None:
        mail = sample_mail(html="<p>The product is <b>available</b> again.</p>\n", language="en")
        received = await self._sent(mail)
        assert received.id == mail.id
        assert received.recipient == "patricia@example.com"
        assert received.recipient_name == "Patricia Miller"
        assert "@" in received.sender
        assert received.subject == mail.subject
        assert received.text == mail.text
        assert received.html == mail.html

    async def test_without_html_it_is_text_alone(self) -> None:
        assert (await self._sent(sample_mail())).html == ""

    async def test_a_sender_of_its_own_is_shown(self) -> None:
        mail = sample_mail(sender=Mailbox(address="service@example.com", name="Service"))
        assert (await self._sent(mail)).sender == "service@example.com"

    async def test_any_script_arrives(self) -> None:
        mail = sample_mail(
            subject="Wieder verfügbar: Kühlschrank „Größe 2“ 冷蔵庫 🧊",
            recipient=Mailbox(address="patricia@example.com", name='Żółć, "Ünal" 山田'),
            text="Grüße\n冷蔵庫 🧊\n.\n..\nFrom the shop\n",
            html="<p>Größe 山田</p>\n",
        )
        received = await self._sent(mail)
        assert received.subject == mail.subject
        assert received.recipient_name == mail.recipient.name
        assert received.text == mail.text
        assert received.html == mail.html

    async def test_a_domain_in_any_script_is_reached(self) -> None:
        received = await self._sent(sample_mail(recipient=Mailbox(address="anna@bücher.example")))
        assert received.recipient in ("anna@bücher.example", "anna@xn--bcher-kva.example")

    async def test_long_lines_and_long_subjects_arrive_whole(self) -> None:
        mail = sample_mail(subject=("Ünd " * 60).strip(), text=f"{LONG_LINE}\n")
        received = await self._sent(mail)
        assert (received.subject, received.text) == (mail.subject, mail.text)

    async def test_the_way_to_unsubscribe_is_told_in_one_piece(self) -> None:
        headers = (await self._sent(sample_mail(unsubscribe_url=LONG_URL))).headers
        assert headers["list-unsubscribe"] == f"<{LONG_URL}>"
        assert headers["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"

    @pytest.mark.parametrize(
        "text", ["Hello\r\nBcc: all@example.com", "a\nb", "a\rb", "a\x85b", "a\u2028b", "\0"]
    )
    def test_no_line_becomes_two(self, text: str) -> None:
        with pytest.raises(ValueError, match="one line"):
            sample_mail(subject=text)
        with pytest.raises(ValueError, match="one line"):
            Mailbox(address="anna@example.com", name=text)
        with pytest.raises(ValueError, match="e-mail address"):
            Mailbox(address=f"anna@example.com{text}")

    async def test_the_same_mail_again_is_recognizable(self) -> None:
        async with self.scene() as scene:
            await scene.service.send(sample_mail())
            await scene.service.send(sample_mail())
            first, second = await scene.far_side.received()
            assert first.id == second.id

    async def test_many_at_once_arrive_each_once(self) -> None:
        async with self.scene() as scene:
            await asyncio.gather(*(scene.service.send(sample_mail(number)) for number in range(20)))
            received = await scene.far_side.received()
            assert sorted(each.id for each in received) == sorted(sample_mail(n).id for n in range(20))

    @pytest.mark.parametrize("mood", ["go_down", "ignore", "defer"])
    async def test_what_cannot_be_sent_now_can_be_sent_later(self, mood: str) -> None:
        async with self.scene() as scene:
            await getattr(scene.far_side, mood)()
            with pytest.raises(MailUnavailableError) as raised:
                await scene.service.send(sample_mail())
            assert not isinstance(raised.value, MailUnclearError)
            assert not await scene.far_side.received()
            await scene.far_side.accept()
            await scene.service.send(sample_mail())
            assert len(await scene.far_side.received()) == 1

    @pytest.mark.parametrize("mood", ["refuse_recipient", "refuse_mail"])
    async def test_what_is_refused_for_good_is_told_so(self, mood: str) -> None:
        async with self.scene() as scene:
            await getattr(scene.far_side, mood)()
            with pytest.raises(MailRefusedError):
                await scene.service.send(sample_mail())
            assert not await scene.far_side.received()

    async def test_a_lost_answer_is_unclear(self) -> None:
        async with self.scene() as scene:
            await scene.far_side.lose_answers()
            with pytest.raises(MailUnclearError):
                await scene.service.send(sample_mail())
            await scene.far_side.accept()
            await scene.service.send(sample_mail())
            assert {each.id for each in await scene.far_side.received()} == {sample_mail().id}

    async def test_errors_do_not_tell_whom_it_was_for(self) -> None:
        async with self.scene() as scene:
            for mood in ("go_down", "defer", "refuse_recipient", "refuse_mail", "lose_answers"):
                await scene.far_side.accept()
                await getattr(scene.far_side, mood)()
                with pytest.raises((MailUnavailableError, MailRefusedError)) as raised:
                    await scene.service.send(sample_mail())
                assert "patricia" not in str(raised.value)
                assert "patricia" not in str(raised.value.ids)

    async def _sent(self, mail: Mail) -> ReceivedMail:
        async with self.scene() as scene:
            await scene.service.send(mail)
            [received] = await scene.far_side.received()
            return received
