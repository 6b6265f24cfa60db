"""Sending over real sockets: encryption, users, and what servers answer."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from bc_mail.configuration import SmtpSettings
from bc_mail.testing import Credentials, MailServer, smtp_sender
from bc_mail.testing.certificates import certificate, server_context
from iomconnector.errors import ConfigurationError
from iomconnector.model.mails import Mailbox
from iomconnector.observability.telemetry import Telemetry
from iomconnector.ports.mail_sender import MailRefusedError, MailUnavailableError
from iomconnector.testing.contracts.mail_sender import sample_mail

SHOP = Credentials("shop", "correct horse battery")
MODES = {"tls": False, "starttls": True}


def with_server(use: Callable[[MailServer], Awaitable[Any]], **options: Any) -> None:
    async def run() -> None:
        async with MailServer(**options) as server:
            await use(server)

    asyncio.run(run())


@pytest.fixture
def pem(tmp_path: Path) -> Path:
    return certificate(tmp_path, "127.0.0.1")


@pytest.mark.parametrize("security", MODES)
def test_it_is_encrypted_where_the_certificate_is_trusted(security: str, pem: Path) -> None:
    async def use(server: MailServer) -> None:
        sender = smtp_sender(server, security=security, ca_file=pem)
        await sender.send(sample_mail())
        assert "encrypted" in await sender.check()
        assert "unencrypted" not in await sender.check()
        assert len(await server.received()) == 1

    with_server(use, tls=server_context(pem), starttls=MODES[security])


@pytest.mark.parametrize("security", MODES)
def test_nothing_is_sent_to_whom_is_not_trusted(security: str, pem: Path) -> None:
    async def use(server: MailServer) -> None:
        sender = smtp_sender(server, security=security, user=SHOP.user, password=SHOP.password)
        with pytest.raises(MailUnavailableError, match=r"cannot be trusted: .*self.signed"):
            await sender.send(sample_mail())
        with pytest.raises(MailUnavailableError, match="cannot be trusted"):
            await sender.check()
        assert await server.received() == []

    with_server(use, tls=server_context(pem), starttls=MODES[security])


def test_a_certificate_for_another_name_is_not_trusted(tmp_path: Path) -> None:
    pem = certificate(tmp_path, "mail.example.com")

    async def use(server: MailServer) -> None:
        with pytest.raises(MailUnavailableError, match="cannot be trusted"):
            await smtp_sender(server, security="tls", ca_file=pem).send(sample_mail())

    with_server(use, tls=server_context(pem))


def test_the_check_can_be_switched_off(pem: Path) -> None:
    async def use(server: MailServer) -> None:
        await smtp_sender(server, security="tls", verify_tls=False).send(sample_mail())
        assert len(await server.received()) == 1

    with_server(use, tls=server_context(pem))


def test_without_starttls_nothing_is_sent() -> None:
    async def use(server: MailServer) -> None:
        with pytest.raises(MailUnavailableError, match="STARTTLS"):
            await smtp_sender(server, security="starttls").send(sample_mail())
        assert await server.received() == []

    with_server(use)


def test_the_right_password_opens_and_a_wrong_one_does_not(pem: Path) -> None:
    async def use(server: MailServer) -> None:
        given: dict[str, Any] = {"security": "starttls", "ca_file": pem, "user": SHOP.user}
        right = smtp_sender(server, **given, password=SHOP.password)
        assert "signed in as shop" in await right.check()
        await right.send(sample_mail())
        wrong = smtp_sender(server, **given, password="another one")
        with pytest.raises(MailUnavailableError, match="does not accept user and password") as raised:
            await wrong.send(sample_mail())
        assert "another one" not in str(raised.value)
        assert len(await server.received()) == 1

    with_server(use, tls=server_context(pem), starttls=True, credentials=SHOP)


def test_a_server_that_wants_a_user_refuses_nobody_for_good(pem: Path) -> None:
    async def use(server: MailServer) -> None:
        with pytest.raises(MailUnavailableError, match="status 530"):
            await smtp_sender(server, security="starttls", ca_file=pem).send(sample_mail())

    with_server(use, tls=server_context(pem), starttls=True, credentials=SHOP)


@pytest.mark.parametrize("mood", ["refuse_relaying", "defer_mail"])
def test_what_an_operator_or_time_mends_is_not_refused_for_good(mood: str) -> None:
    async def use(server: MailServer) -> None:
        server.mood = mood
        with pytest.raises(MailUnavailableError):
            await smtp_sender(server).send(sample_mail())

    with_server(use)


def test_a_refusal_tells_the_code_of_the_server() -> None:
    async def use(server: MailServer) -> None:
        await server.refuse_recipient()
        with pytest.raises(MailRefusedError) as raised:
            await smtp_sender(server).send(sample_mail())
        assert raised.value.their_code == "550"

    with_server(use)


def test_an_address_of_any_script_goes_to_whom_can_take_it() -> None:
    mail = sample_mail(recipient=Mailbox(address="ünal@bücher.example", name="Ünal"))

    async def takes(server: MailServer) -> None:
        await smtp_sender(server).send(mail)
        [received] = await server.received()
        assert received.recipient == "ünal@bücher.example"
        assert received.recipient_name == "Ünal"
        assert received.text == mail.text

    async def does_not(server: MailServer) -> None:
        with pytest.raises(MailRefusedError, match="ASCII only"):
            await smtp_sender(server).send(mail)
        assert await server.received() == []

    with_server(takes)
    with_server(does_not, knows_utf8=False)


def test_the_wire_carries_short_ascii_lines_and_no_foreign_headers() -> None:
    async def use(server: MailServer) -> None:
        text = "Ü" * 3000 + "\n.\nBcc: b@example.com\n"
        await smtp_sender(server).send(sample_mail(text=text, language="de"))
        [envelope] = server.envelopes
        assert isinstance(envelope.content, bytes)
        assert envelope.content.isascii()
        assert max(map(len, envelope.content.split(b"\r\n"))) <= 998
        [received] = await server.received()
        assert set(received.headers) == {
            *("from", "to", "subject", "date", "message-id", "auto-submitted", "content-language"),
            *("mime-version", "content-type", "content-transfer-encoding"),
        }

    with_server(use)


def test_mails_are_counted_by_outcome() -> None:
    telemetry = Telemetry()

    def counted(outcome: str) -> float | None:
        labels = {"channel": "inSPIRED-inTRONICS", "outcome": outcome}
        return telemetry.metrics.registry.get_sample_value("iomconnector_mails_total", labels)

    async def use(server: MailServer) -> None:
        sender = smtp_sender(server, telemetry=telemetry)
        for mood in ("accept", "refuse_mail", "defer", "lose_answers"):
            await getattr(server, mood)()
            try:
                await sender.send(sample_mail())
            except (MailUnavailableError, MailRefusedError):
                assert mood != "accept"

    with_server(use)
    assert [counted(each) for each in ("sent", "refused", "postponed", "unclear")] == [1, 1, 1, 1]


def test_an_authority_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    async def use(server: MailServer) -> None:
        with pytest.raises(ConfigurationError, match=r"absent\.pem"):
            smtp_sender(server, security="tls", ca_file=tmp_path / "absent.pem")

    with_server(use)


GOOD = {"host": "smtp.example.com", "sender_address": "shop@example.com"}


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"security": "none"}, "unencrypted"),
        ({"user": "shop"}, "belong together"),
        ({"password": "secret-one"}, "belong together"),
        ({"host": "smtp example"}, "host"),
        ({"sender_address": "nobody"}, "no e-mail address"),
        ({"sender_name": "a\r\nBcc: b@example.com"}, "one line"),
        ({"port": 0}, "port"),
        ({"timeout": 0}, "timeout"),
    ],
)
def test_settings_that_cannot_work_are_refused(changes: dict[str, Any], match: str) -> None:
    with pytest.raises(ValidationError, match=match) as raised:
        SmtpSettings.model_validate({**GOOD, **changes})
    assert "secret-one" not in str(raised.value)


def test_the_usual_ports_are_used() -> None:
    assert SmtpSettings.model_validate(GOOD).port_in_force == 465
    assert SmtpSettings.model_validate({**GOOD, "security": "starttls", "port": ""}).port_in_force == 587
    allowed = {**GOOD, "security": "none", "allow_unencrypted": True}
    assert SmtpSettings.model_validate(allowed).port_in_force == 25
