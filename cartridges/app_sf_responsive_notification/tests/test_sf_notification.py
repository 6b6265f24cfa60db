"""Notify me when available, as guests and customers see it."""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from app_sf_responsive.testing.messages import catalog_problems
from app_sf_responsive.testing.selling import Selling, open_selling_stage
from app_sf_responsive.testing.stage import Guest, Page, Stage
from app_sf_responsive_notification import cartridge as pages
from bc_product_notification import cartridge as notification
from bc_product_notification.parts import notify_shoppers
from bc_product_notification.sql_subscriptions import SqlSubscriptions
from bc_product_notification.subscriptions import Subscription, SubscriptionQuery, SubscriptionState
from iomconnector.hooks import hookimpl
from iomconnector.model.mails import Mail
from iomconnector.ports.mail_sender import MailSender
from iomconnector.services.definition import ServiceDefinition
from iomconnector.storage.preparation import SchemaPreparer
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.memory import MemoryMailbox, MemoryMailSender
from iomconnector.testing.samples import CHANNEL, ORGANIZATION, OTHER_CHANNEL

SHOP = f"/shop/{CHANNEL}"
POT = f"{SHOP}/products/POT"
ASK = f"{SHOP}/notifications"
LINK = re.compile(r"http://127\.0\.0\.1:8000(\S+)")


class NoSettings(BaseModel):
    """None."""


class Mails:
    """A cartridge that sends mails into memory."""

    def __init__(self) -> None:
        self.mailbox = MemoryMailbox()

    @hookimpl
    def iomconnector_service_definitions(self) -> Sequence[ServiceDefinition[Any]]:
        """The mail service."""

        def adapter(settings: NoSettings, _: object) -> MailSender:
            return MemoryMailSender(self.mailbox)

        return [ServiceDefinition("test-mail", "Test Mail", "Mail Services", MailSender, NoSettings, adapter)]


class Scene:
    """A shop with mails."""

    def __init__(self, stage: Stage, selling: Selling, mailbox: MemoryMailbox) -> None:
        self.stage = stage
        self.selling = selling
        self.mailbox = mailbox

    @property
    def mails(self) -> list[Mail]:
        return self.mailbox.mails

    async def ask(
        self, who: Guest, email: str = "guest@example.com", sku: str = "POT", **headers: str
    ) -> Page:
        return await who.post(ASK, {"sku": sku, "email": email}, **headers)

    async def all(self) -> Sequence[Subscription]:
        return await SqlSubscriptions(self.stage.application.database).page(SubscriptionQuery())

    async def states(self) -> list[SubscriptionState]:
        return [each.state for each in await self.all()]

    async def job(self) -> None:
        notify = notify_shoppers(self.stage.application)
        assert notify is not None
        await notify.look()


@asynccontextmanager
async def scene(directory: Path, *, mail: bool = True) -> AsyncIterator[Scene]:
    selling, mails = Selling(), Mails()
    async with open_selling_stage(directory, selling, mails, notification, pages) as stage:
        application = stage.application
        await SchemaPreparer("bc_product_notification:revisions").schema.upgrade(application.database)
        if mail:
            await application.services.add(
                "mail", definition="test-mail", context=ORGANIZATION, values={}, by="tests"
            )
        yield Scene(stage, selling, mails.mailbox)


def link(mail: Mail, kind: str) -> str:
    [found] = [each for each in LINK.findall(mail.text) if each.endswith(kind)]
    return str(found)


def test_every_text_has_a_german_one() -> None:
    assert catalog_problems("app_sf_responsive_notification") == []


@in_event_loop
async def test_the_form_stands_where_a_product_is_not_available(tmp_path: Path) -> None:
    async with scene(tmp_path) as shop:
        guest = await shop.stage.guest()
        page = await guest.get(POT)
        assert "Notify me when available" in page.text
        assert 'type="email"' in page.html
        assert "Notify me" not in (await guest.get(f"{SHOP}/products/MUG")).text
        german = await guest.get(POT, **{"accept-language": "de"})
        assert "Benachrichtigen, wenn verfügbar" in german.text
        patricia = await shop.stage.customer("patricia")
        own = await patricia.get(POT)
        assert "We write to patricia@example.com once" in own.text
        assert 'type="email"' not in own.html


@in_event_loop
async def test_without_a_mail_service_nothing_is_offered(tmp_path: Path) -> None:
    async with scene(tmp_path, mail=False) as shop:
        guest = await shop.stage.guest()
        assert "Notify me" not in (await guest.get(POT)).text
        assert (await shop.ask(guest)).status == 404
        assert await shop.all() == []


@in_event_loop
async def test_a_guest_confirms_is_told_and_leaves(tmp_path: Path) -> None:
    async with scene(tmp_path) as shop:
        guest = await shop.stage.guest()
        asked = await shop.ask(guest)
        assert asked.status == 303
        assert "Please look into your mails" in (await guest.get(asked.location)).text
        [question] = shop.mails
        assert question.recipient.address == "guest@example.com"
        await shop.selling.inventory.put("POT", 3)
        await shop.job()
        assert len(shop.mails) == 1, "nobody confirmed it yet"

        confirm = link(question, "/confirm")
        form = await guest.get(confirm)
        assert "Teapot" in form.text
        assert await shop.states() == [SubscriptionState.UNCONFIRMED], "opening a link changes nothing"
        done = await guest.post(confirm, form.hidden)
        assert (done.status, "We will write to you" in done.text) == (200, True)
        await shop.job()
        news = shop.mails[1]
        assert news.subject == "Available again: Teapot"
        assert link(news, "/POT") == POT
        assert "Teapot" in (await guest.get(link(news, "/POT"))).text
        await shop.job()
        assert len(shop.mails) == 2

        leave = link(news, "/unsubscribe")
        form = await guest.get(leave)
        assert "No more mails?" in form.text
        left = await guest.post(leave, {**form.hidden, "everything": "yes"})
        assert "You get no more mails" in left.text


@in_event_loop
async def test_a_customer_need_not_confirm(tmp_path: Path) -> None:
    async with scene(tmp_path) as shop:
        patricia = await shop.stage.customer("patricia")
        form = await patricia.get(POT)
        asked = await patricia.post(ASK, {**form.hidden, "sku": "POT", "email": "somebody@else.example"})
        assert asked.status == 303
        assert "patricia@example.com" in (await patricia.get(asked.location)).text
        [found] = await shop.all()
        assert (found.address, found.login) == ("patricia@example.com", "patricia")
        assert shop.mails == []
        await shop.selling.inventory.put("POT", 1)
        await shop.job()
        [news] = shop.mails
        assert news.recipient.address == "patricia@example.com"


@in_event_loop
async def test_the_answer_does_not_tell_whether_an_address_is_known(tmp_path: Path) -> None:
    async with scene(tmp_path) as shop:
        guest = await shop.stage.guest()
        answers = []
        for email in ("patricia@example.com", "patricia@example.com", "new@example.com"):
            asked = await shop.ask(guest, email)
            shown = await guest.get(asked.location)
            answers.append((asked.status, asked.location, shown.text))
        assert len(set(answers)) == 1


@pytest.mark.parametrize("email", ["", "nobody", "a@b", "a@b.com\r\nBcc: c@d.com", "<script>@x.com"])
@in_event_loop
async def test_what_is_no_address_is_asked_again(tmp_path: Path, email: str) -> None:
    async with scene(tmp_path) as shop:
        asked = await shop.ask(await shop.stage.guest(), email)
        assert asked.status == 422
        assert "That is no e-mail address." in asked.text
        assert "<script>" not in asked.html
        assert await shop.all() == []


@in_event_loop
async def test_what_the_shop_does_not_sell_cannot_be_asked_for(tmp_path: Path) -> None:
    async with scene(tmp_path) as shop:
        asked = await shop.ask(await shop.stage.guest(), sku="Buy pills at http://spam.example")
        assert asked.status == 404
        assert (await shop.all(), shop.mails) == ([], [])


@in_event_loop
async def test_other_sites_cannot_ask(tmp_path: Path) -> None:
    async with scene(tmp_path) as shop:
        guest, patricia = await shop.stage.guest(), await shop.stage.customer("patricia")
        elsewhere = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
        assert (await shop.ask(guest, **elsewhere)).status == 403
        assert (await shop.ask(patricia)).status == 403, "the token of the session is missing"
        await shop.ask(guest)
        confirm = link(shop.mails[0], "/confirm")
        assert (await guest.post(confirm, {})).status == 403
        leave = link(shop.mails[0], "/unsubscribe")
        assert (await guest.post(leave, {})).status == 403
        assert await shop.states() == [SubscriptionState.UNCONFIRMED]


@in_event_loop
async def test_one_click_ends_all_of_the_address(tmp_path: Path) -> None:
    async with scene(tmp_path) as shop:
        guest, program = await shop.stage.guest(), await shop.stage.guest()
        await shop.ask(guest)
        await shop.ask(guest, sku="TEA/1 ü")
        path = shop.mails[0].unsubscribe_url.removeprefix("http://127.0.0.1:8000")
        assert (await program.get(path)).status == 303
        assert (await program.post(path, {})).status == 303
        assert await shop.states() == [SubscriptionState.UNCONFIRMED] * 2
        assert (await program.post(path, {"List-Unsubscribe": "One-Click"})).status == 200
        assert (await program.post(path, {"List-Unsubscribe": "One-Click"})).status == 200
        assert await shop.states() == [SubscriptionState.UNSUBSCRIBED] * 2
        confirm = link(shop.mails[0], "/confirm")
        done = await guest.post(confirm, (await guest.get(link(shop.mails[0], "/unsubscribe"))).hidden)
        assert "This is over already" in done.text
        assert await shop.states() == [SubscriptionState.UNSUBSCRIBED] * 2


@pytest.mark.parametrize("token", ["x", "x" * 43, "..", "%2e%2e", "ä" * 43])
@in_event_loop
async def test_a_link_that_is_none_leads_to_a_page_that_says_so(tmp_path: Path, token: str) -> None:
    async with scene(tmp_path) as shop:
        guest = await shop.stage.guest()
        for kind in ("confirm", "unsubscribe"):
            assert (await guest.get(f"{ASK}/{token}/{kind}")).status == 404


@in_event_loop
async def test_a_link_of_another_shop_is_none_here(tmp_path: Path) -> None:
    async with scene(tmp_path) as shop:
        guest = await shop.stage.guest()
        await shop.ask(guest)
        elsewhere = link(shop.mails[0], "/confirm").replace(CHANNEL, OTHER_CHANNEL)
        gone = await guest.get(elsewhere)
        assert (gone.status, "This link is no longer valid" in gone.text) == (404, True)


@in_event_loop
async def test_a_client_that_asks_too_often_is_told_so(tmp_path: Path) -> None:
    async with scene(tmp_path) as shop:
        guest = await shop.stage.guest()
        statuses = [(await shop.ask(guest, f"g{number}@example.com")).status for number in range(21)]
        assert statuses == [303] * 20 + [429]
        assert len(shop.mails) == 20


@in_event_loop
async def test_an_address_is_not_flooded(tmp_path: Path) -> None:
    async with scene(tmp_path) as shop:
        guest = await shop.stage.guest()
        for _ in range(8):
            assert (await shop.ask(guest)).status == 303
        assert len(shop.mails) == 1


@in_event_loop
async def test_while_the_mail_server_is_away_nothing_is_lost(tmp_path: Path) -> None:
    async with scene(tmp_path) as shop:
        await shop.mailbox.go_down()
        assert (await shop.ask(await shop.stage.guest())).status == 303
        [found] = await shop.all()
        assert (found.state, found.attempts) == (SubscriptionState.UNCONFIRMED, 1)
        assert found.mail_at is not None


@in_event_loop
async def test_mails_are_in_the_language_of_the_reader(tmp_path: Path) -> None:
    async with scene(tmp_path) as shop:
        guest = await shop.stage.guest()
        await guest.post(ASK, {"sku": "TEA/1 ü", "email": "g@example.com"}, **{"accept-language": "de"})
        [question] = shop.mails
        assert question.subject == "Bitte bestätigen: Benachrichtigung, wenn Grüner Tee verfügbar ist"
        assert (question.language, "Dürfen wir" in question.text) == ("de", True)
        form = await guest.get(link(question, "/confirm"), **{"accept-language": "de"})
        assert "Grüner Tee" in form.text
