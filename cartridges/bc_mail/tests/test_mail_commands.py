"""``iomconnector mail`` as users call it, against a mail server on a port."""

import asyncio
import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from bc_mail.testing import MailServer
from bc_order.testing.shop import Ended, Shop, prepared_shop
from iomconnector.testing.contracts import ReceivedMail
from iomconnector.testing.samples import CHANNEL, ORGANIZATION

_ASSEMBLY = """
[assembly]
name = "mail-shop"
extends = "test-shop"

[[include]]
cartridges = ["bc_mail"]
"""


class ServerOfItsOwn:
    """A mail server in a thread of its own."""

    def __init__(self, server: MailServer, loop: asyncio.AbstractEventLoop) -> None:
        self.server = server
        self._loop = loop

    def become(self, mood: str) -> None:
        asyncio.run_coroutine_threadsafe(getattr(self.server, mood)(), self._loop).result()

    def received(self) -> Sequence[ReceivedMail]:
        return asyncio.run_coroutine_threadsafe(self.server.received(), self._loop).result()


@contextmanager
def mail_server() -> Iterator[ServerOfItsOwn]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    server = MailServer()
    asyncio.run_coroutine_threadsafe(server.__aenter__(), loop).result()
    try:
        yield ServerOfItsOwn(server, loop)
    finally:
        asyncio.run_coroutine_threadsafe(server.__aexit__(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


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
    with mail_server() as server:
        assert shop.configure(server.server.port).code == 0
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
    with mail_server() as server:
        assert shop.configure(server.server.port).code == 0
        server.become(mood)
        ended = shop.send()
    assert ended.code == code, ended
    assert f"127.0.0.1:{server.server.port}" in ended.err


def test_without_a_service_it_says_what_to_do(shop: MailShop) -> None:
    ended = shop.send()
    assert ended.code == 3
    assert "service add" in ended.err


@pytest.mark.parametrize("to", ["nobody", "a@b.com\r\nBcc: c@d.com"])
def test_what_is_no_address_is_told(shop: MailShop, to: str) -> None:
    ended = shop.send(to)
    assert ended.code == 2
    assert "no e-mail address" in ended.err
