"""Who is written to when, on each database."""

import asyncio
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bc_product_notification.delivery import CLAIM, FIRST_PAUSE, LONGEST_PAUSE, pause_after
from bc_product_notification.notifying import PATIENCE, PEOPLE_AT_ONCE, PRODUCTS_AT_ONCE
from bc_product_notification.subscriptions import SubscriptionQuery, SubscriptionState
from bc_product_notification.testing import NotificationDesk, notification_desk, wish
from iomconnector.model.availability import Quality
from iomconnector.model.mails import Mail
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.samples import CHANNEL, OTHER_CHANNEL


async def states(desk: NotificationDesk) -> list[SubscriptionState]:
    return [each.state for each in await desk.store.page(SubscriptionQuery(limit=1000))]


def recipients(desk: NotificationDesk, channel: str = CHANNEL) -> list[str]:
    return [mail.recipient.address for mail in desk.mailbox(channel).mails]


@in_event_loop
async def test_only_what_is_available_for_certain_is_told(each_database_url: str) -> None:
    async with notification_desk(each_database_url) as desk:
        for sku in ("there", "gone", "unknown"):
            await desk.subscribe(wish(f"{sku}@example.com", sku, login=sku))
        desk.stock = {"there": True, "gone": False, "unknown": None}
        assert await desk.notify.look() == 1
        assert recipients(desk) == ["there@example.com"]
        assert await states(desk) == [
            SubscriptionState.NOTIFIED,
            SubscriptionState.WAITING,
            SubscriptionState.WAITING,
        ]
        assert desk.questions == [(CHANNEL, ("gone", "there", "unknown"), Quality.CART)]


@in_event_loop
async def test_who_asked_first_is_told_first(each_database_url: str) -> None:
    async with notification_desk(each_database_url) as desk:
        for name in ("c", "a", "b"):
            await desk.subscribe(wish(f"{name}@example.com", login=name))
        desk.stock["M-1"] = True
        await desk.notify.look()
        assert recipients(desk) == ["c@example.com", "a@example.com", "b@example.com"]


@in_event_loop
async def test_a_mail_that_cannot_be_written_keeps_no_others_from_theirs(
    each_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with notification_desk(each_database_url) as desk:
        for name in ("broken", "a", "b"):
            await desk.subscribe(wish(f"{name}@example.com", login=name))
        desk.stock["M-1"] = True
        mailbox = desk.mailbox(CHANNEL)
        take = mailbox.take

        def fail(mail: Mail) -> None:
            if mail.recipient.address.startswith("broken"):
                raise ZeroDivisionError
            take(mail)

        monkeypatch.setattr(mailbox, "take", fail)
        assert await desk.notify.look() == 2
        assert recipients(desk) == ["a@example.com", "b@example.com"]


@in_event_loop
async def test_several_processes_tell_everybody_once(each_database_url: str) -> None:
    async with notification_desk(each_database_url) as desk:
        for number in range(15):
            await desk.subscribe(wish(f"p{number}@example.com", login=f"p{number}"))
        desk.stock["M-1"] = True
        sent = await asyncio.gather(*(desk.notify.look() for _ in range(4)))
        assert sum(sent) == 15
        assert len(set(recipients(desk))) == len(recipients(desk)) == 15


@in_event_loop
async def test_more_than_fit_into_one_question_are_all_told(database_url: str) -> None:
    async with notification_desk(database_url) as desk:
        many = PRODUCTS_AT_ONCE + 3
        for number in range(many):
            await desk.subscribe(wish(sku=f"M-{number:04}", login="anna"))
        for number in range(PEOPLE_AT_ONCE + 3):
            await desk.subscribe(wish(f"p{number}@example.com", "M-0000", login=f"p{number}"))
        desk.stock = {f"M-{number:04}": True for number in range(many)}
        assert await desk.notify.look() == many + PEOPLE_AT_ONCE + 3
        assert [len(skus) for _, skus, _ in desk.questions] == [PRODUCTS_AT_ONCE, 3]


@in_event_loop
async def test_while_the_mail_server_is_away_everybody_waits(each_database_url: str) -> None:
    async with notification_desk(each_database_url) as desk:
        for number in range(PATIENCE + 3):
            await desk.subscribe(wish(f"p{number}@example.com", login=f"p{number}"))
        desk.stock["M-1"] = True
        await desk.mailbox(CHANNEL).go_down()
        assert await desk.notify.look() == 0
        tried = [each.attempts for each in await desk.store.page(SubscriptionQuery())]
        assert tried == [1] * PATIENCE + [0] * 3, "after some failures it is left alone"
        assert set(await states(desk)) == {SubscriptionState.WAITING}
        await desk.mailbox(CHANNEL).accept()
        desk.clock.advance(FIRST_PAUSE)
        assert await desk.notify.look() == PATIENCE + 3


@in_event_loop
async def test_one_recipient_who_is_deferred_holds_up_nobody(each_database_url: str) -> None:
    async with notification_desk(each_database_url) as desk:
        for name in ("a", "b"):
            await desk.subscribe(wish(f"{name}@example.com", login=name))
        desk.stock["M-1"] = True
        take = desk.mailbox(CHANNEL).take

        def defer_a(mail: object) -> None:
            desk.mailbox(CHANNEL).mood = "defer" if "a@example.com" in str(mail) else "accept"
            take(mail)  # type: ignore[arg-type]

        desk.mailbox(CHANNEL).take = defer_a  # type: ignore[method-assign]
        assert await desk.notify.look() == 1
        assert recipients(desk) == ["b@example.com"]


@in_event_loop
async def test_an_unclear_one_is_sent_again_under_its_id_whatever_the_stock(each_database_url: str) -> None:
    async with notification_desk(each_database_url) as desk:
        await desk.subscribe(wish(login="anna"))
        desk.stock["M-1"] = True
        await desk.mailbox(CHANNEL).lose_answers()
        assert await desk.notify.look() == 0
        desk.stock["M-1"] = False
        await desk.mailbox(CHANNEL).accept()
        desk.clock.advance(FIRST_PAUSE)
        assert await desk.notify.look() == 0
        assert await desk.notify.finish() == 1
        first, second = desk.mailbox(CHANNEL).mails
        assert first.id == second.id
        assert await desk.notify.finish() == 0


@in_event_loop
async def test_what_was_not_taken_asks_for_the_stock_again(each_database_url: str) -> None:
    async with notification_desk(each_database_url) as desk:
        await desk.subscribe(wish(login="anna"))
        desk.stock["M-1"] = True
        await desk.mailbox(CHANNEL).defer()
        await desk.notify.look()
        desk.stock["M-1"] = False
        await desk.mailbox(CHANNEL).accept()
        desk.clock.advance(LONGEST_PAUSE)
        assert (await desk.notify.look(), await desk.notify.finish()) == (0, 0)
        assert await states(desk) == [SubscriptionState.WAITING]


@pytest.mark.parametrize("mood", ["refuse_recipient", "refuse_mail"])
@in_event_loop
async def test_a_permanent_refusal_ends_it_with_a_line_in_the_log(database_url: str, mood: str) -> None:
    async with notification_desk(database_url) as desk:
        await desk.subscribe(wish(login="anna"))
        desk.stock["M-1"] = True
        await getattr(desk.mailbox(CHANNEL), mood)()
        with capture_logs() as logged:
            await desk.notify.look()
        assert await states(desk) == [SubscriptionState.REFUSED]
        [line] = [each for each in logged if each["log_level"] == "warning"]
        assert line["subscription"] == 1
        assert "anna@" not in str(line)


@in_event_loop
async def test_a_channel_without_mails_holds_up_no_other(database_url: str) -> None:
    async with notification_desk(database_url) as desk:
        await desk.subscribe(wish(login="anna"))
        await desk.subscribe(wish(channel=OTHER_CHANNEL, login="anna"))
        desk.stock["M-1"] = True
        desk.without_mails = {CHANNEL}
        assert await desk.notify.look() == 1
        assert recipients(desk, OTHER_CHANNEL) == ["anna@example.com"]
        assert await states(desk) == [SubscriptionState.WAITING, SubscriptionState.NOTIFIED]


@in_event_loop
async def test_a_question_that_could_not_be_sent_is_sent_later_and_once(each_database_url: str) -> None:
    async with notification_desk(each_database_url) as desk:
        await desk.subscribe(wish())
        await desk.mailbox(CHANNEL).go_down()
        await desk.notify.confirmation(1)
        await desk.mailbox(CHANNEL).accept()
        assert await desk.notify.finish() == 0, "not before its pause is over"
        desk.clock.advance(FIRST_PAUSE)
        assert await desk.notify.finish() == 1
        desk.clock.advance(CLAIM)
        assert await desk.notify.finish() == 0
        assert len(desk.mailbox(CHANNEL).mails) == 1


def test_the_pause_doubles_up_to_an_hour() -> None:
    assert [pause_after(number) for number in (1, 2, 3)] == [
        FIRST_PAUSE,
        2 * FIRST_PAUSE,
        4 * FIRST_PAUSE,
    ]
    assert pause_after(10_000) == LONGEST_PAUSE == timedelta(hours=1)


@pytest.fixture
def database_url(database: object) -> str:
    """SQLite, where the kind of database does not matter."""
    return str(database.url.render_as_string(hide_password=False))  # type: ignore[attr-defined]
