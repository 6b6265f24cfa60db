"""``iomconnector mail`` as users call it, against a mail server on a port."""

import json
from pathlib import Path

import pytest

from bc_mail.testing import mail_server_in_thread
from bc_order.testing.shop import Ended, Shop, prepared_shop
from iomconnector.testing.samples import CHANNEL, ORGANIZATION

_ASSEMBLY = """
[assembly]
name = "mail-shop"
extends = "test-shop"

[[include]]
cartridges = ["bc_mail"]
"""


class MailShop:
    """A shop that sends mails."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        (shop.directory / "assemblies" / "mail-shop.toml").write_text(_ASSEMBLY)

    def run(self, *arguments: str) -> Ended:
        return self.shop.run(*arguments, variables={"IOMC_ASSEMBLY": "mail-shop"})

    def configure(self, port: int) -> Ended:
        return self.run(
            *("service", "add", "mail", "--type", "smtp", "--context", ORGANIZATION),
            *("host=127.0.0.1", f"port={port}", "security=none", "sender_address=shop@example.com"),
        )

    def send(self, to: str = "you@example.com", *more: str) -> Ended:
        return self.run("mail", "test", "--channel", CHANNEL, "--to", to, *more)


@pytest.fixture
def shop(tmp_path: Path) -> MailShop:
    return MailShop(prepared_shop(tmp_path))


def test_a_test_mail_arrives(shop: MailShop) -> None:
    with mail_server_in_thread() as server:
        assert shop.configure(server.port).code == 0
        tested = shop.run("service", "test", "mail")
        assert tested.code == 0, tested
        sent = shop.send()
        assert (sent.code, sent.err) == (0, ""), sent
        told = json.loads(shop.send("anna@bücher.example", "--format", "json").out)
        first, second = server.received()
    assert first.id in sent.out
    assert (first.recipient, first.sender) == ("you@example.com", "shop@example.com")
    assert CHANNEL in first.subject
    assert told["message_id"] == second.id


@pytest.mark.parametrize(("mood", "code"), [("refuse_recipient", 1), ("defer", 4), ("go_down", 4)])
def test_the_exit_code_says_what_became_of_it(shop: MailShop, mood: str, code: int) -> None:
    with mail_server_in_thread() as server:
        assert shop.configure(server.port).code == 0
        server.become(mood)
        ended = shop.send()
    assert ended.code == code, ended
    assert f"127.0.0.1:{server.port}" in ended.err


def test_without_a_service_it_says_what_to_do(shop: MailShop) -> None:
    ended = shop.send()
    assert ended.code == 3
    assert "service add" in ended.err


@pytest.mark.parametrize("to", ["nobody", "a@b.com\r\nBcc: c@d.com"])
def test_what_is_no_address_is_told(shop: MailShop, to: str) -> None:
    ended = shop.send(to)
    assert ended.code == 2
    assert "no e-mail address" in ended.err
