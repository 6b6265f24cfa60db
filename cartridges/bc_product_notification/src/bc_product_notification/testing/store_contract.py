"""The contract of :class:`~bc_product_notification.subscriptions.SubscriptionStore`."""

import asyncio
from abc import abstractmethod
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Any

from bc_product_notification.subscriptions import (
    Limits,
    Reception,
    Subscription,
    SubscriptionQuery,
    SubscriptionState,
    SubscriptionStore,
    Wish,
)
from bc_product_notification.testing.stage import NOW, wish
from iomconnector.model.mails import Mailbox
from iomconnector.testing.contracts import Contract
from iomconnector.testing.samples import CHANNEL, OTHER_CHANNEL

USUAL = Limits()
A_MINUTE, AN_HOUR, A_DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
UNTIL = NOW + timedelta(minutes=15)


class SubscriptionStoreContract(Contract):
    """Promises of a store of subscriptions."""

    @abstractmethod
    def store(self) -> AbstractAsyncContextManager[SubscriptionStore]:
        """The store to test, empty, with the sample channels."""

    async def test_a_guest_is_asked_and_a_user_is_not(self) -> None:
        async with self.store() as store:
            guest = await store.subscribe(wish(), USUAL, NOW)
            user = await store.subscribe(wish("bert@example.com", login="bert"), USUAL, NOW)
            assert (guest.reception, user.reception) == (Reception.NEW, Reception.NEW)
            assert user.mail is None
            assert list(await store.unfinished(NOW)) == [guest.mail]
            first, second = await store.page(SubscriptionQuery())
            assert (first.state, first.login) == (SubscriptionState.UNCONFIRMED, None)
            assert (second.state, second.login) == (SubscriptionState.WAITING, "bert")

    async def test_asking_twice_is_one_subscription(self) -> None:
        async with self.store() as store:
            await store.subscribe(wish("Anna@example.com"), USUAL, NOW)
            again = await store.subscribe(wish("anna@EXAMPLE.com"), USUAL, NOW)
            assert again.reception is Reception.REPEATED
            assert len(await store.page(SubscriptionQuery())) == 1

    async def test_asking_at_the_same_moment_is_one_subscription(self) -> None:
        async with self.store() as store:
            received = await asyncio.gather(*(store.subscribe(wish(), USUAL, NOW) for _ in range(5)))
            assert [each.reception for each in received].count(Reception.NEW) == 1
            assert len(await store.page(SubscriptionQuery())) == 1

    async def test_another_product_channel_or_address_is_another_one(self) -> None:
        async with self.store() as store:
            for each in (wish(), wish(sku="M-2"), wish(channel=OTHER_CHANNEL), wish("bert@example.com")):
                assert (await store.subscribe(each, USUAL, NOW)).reception is Reception.NEW

    async def test_after_it_ended_asking_again_is_a_new_one(self) -> None:
        async with self.store() as store:
            claimed = await self._notified(store, wish(login="anna"))
            again = await store.subscribe(wish(login="anna"), USUAL, NOW)
            assert again.reception is Reception.NEW
            first, second = await store.page(SubscriptionQuery())
            assert (first.id, first.state) == (claimed.id, SubscriptionState.NOTIFIED)
            assert second.state is SubscriptionState.WAITING

    async def test_a_user_confirms_what_the_address_asked_for(self) -> None:
        async with self.store() as store:
            await store.subscribe(wish(), USUAL, NOW)
            await store.subscribe(wish(login="anna"), USUAL, NOW)
            [found] = await store.page(SubscriptionQuery())
            assert (found.state, found.login) == (SubscriptionState.WAITING, "anna")

    async def test_an_address_gets_only_so_many_questions(self) -> None:
        async with self.store() as store:
            limits = Limits(confirmations_of_address=2)
            received = [await store.subscribe(wish(sku=f"M-{n}"), limits, NOW) for n in range(4)]
            assert [each.reception for each in received] == [Reception.NEW] * 2 + [Reception.ADDRESS_FULL] * 2
            tomorrow = NOW + A_DAY + A_MINUTE
            assert (await store.subscribe(wish(sku="M-9"), limits, tomorrow)).reception is Reception.NEW

    async def test_asking_again_sends_another_question_only_after_a_while(self) -> None:
        async with self.store() as store:
            limits = Limits(confirmations_of_address=2, between_confirmations=timedelta(minutes=30))
            await store.subscribe(wish(), limits, NOW)
            first = await self._claimed(store, 1)
            assert await store.sent(first, NOW)
            assert (await store.subscribe(wish(), limits, NOW + A_MINUTE)).mail is None
            assert (await store.subscribe(wish(), limits, NOW + AN_HOUR)).mail == first.id
            second = await store.claim(
                first.id, message_id="b@x", token_hash="b" * 64, until=NOW + A_DAY, now=NOW + AN_HOUR
            )
            assert second is not None
            assert second.message_id != first.message_id
            await store.sent(second, NOW + AN_HOUR)
            assert (await store.subscribe(wish(), limits, NOW + 3 * AN_HOUR)).mail is None

    async def test_an_address_has_only_so_many_open_ones(self) -> None:
        async with self.store() as store:
            limits = Limits(open_of_address=2)
            for number in range(2):
                await store.subscribe(wish(sku=f"M-{number}", login="anna"), limits, NOW)
            full = await store.subscribe(wish(sku="M-9", login="anna"), limits, NOW)
            assert full.reception is Reception.ADDRESS_FULL

    async def test_a_client_asks_only_so_often(self) -> None:
        async with self.store() as store:
            limits = Limits(wishes_of_client=2)
            for number in range(2):
                await store.subscribe(wish(f"a{number}@example.com"), limits, NOW)
            assert (await store.subscribe(wish(), limits, NOW)).reception is Reception.CLIENT_FULL
            elsewhere = await store.subscribe(wish(client="192.0.2.2"), limits, NOW)
            assert elsewhere.reception is Reception.NEW
            later = NOW + AN_HOUR + A_MINUTE
            assert (await store.subscribe(wish("z@example.com"), limits, later)).reception is Reception.NEW

    async def test_confirming_lets_it_wait_and_twice_is_once(self) -> None:
        async with self.store() as store:
            await store.subscribe(wish(), USUAL, NOW)
            claimed = await self._claimed(store, 1)
            await store.sent(claimed, NOW)
            assert await store.wanted(CHANNEL, NOW) == []
            for _ in range(2):
                confirmed = await store.confirm("1" * 64, NOW)
                assert confirmed is not None
                assert (confirmed.state, confirmed.message_id) == (SubscriptionState.WAITING, None)
            assert list(await store.wanted(CHANNEL, NOW)) == ["M-1"]
            assert list(await store.waiting(CHANNEL, "M-1", NOW)) == [claimed.id]
            assert list(await store.channels()) == [CHANNEL]
            assert list(await store.unfinished(NOW + A_DAY)) == []

    async def test_a_token_that_is_none_does_nothing(self) -> None:
        async with self.store() as store:
            await store.subscribe(wish(), USUAL, NOW)
            assert await store.by_token("f" * 64) is None
            assert await store.confirm("f" * 64, NOW) is None
            assert await store.unsubscribe("f" * 64, NOW, everything=True) == 0

    async def test_one_claims_and_nobody_else_until_its_time_is_over(self) -> None:
        async with self.store() as store:
            await store.subscribe(wish(login="anna"), USUAL, NOW)
            claims = await asyncio.gather(*(self._claim(store, 1, n) for n in range(5)))
            [won] = [each for each in claims if each is not None]
            assert (won.state, won.maybe_sent, won.attempts) == (SubscriptionState.SENDING, False, 1)
            assert await store.waiting(CHANNEL, "M-1", NOW + A_DAY) == []
            assert list(await store.unfinished(UNTIL - A_MINUTE)) == []
            assert list(await store.unfinished(UNTIL)) == [1]
            again = await store.claim(1, message_id="z@x", token_hash="9" * 64, until=NOW + A_DAY, now=UNTIL)
            assert again is not None
            assert (again.message_id, again.maybe_sent) == (won.message_id, True)
            assert not await store.sent(won, UNTIL)
            assert await store.sent(again, UNTIL)

    async def test_what_was_not_taken_waits_for_the_product_again(self) -> None:
        async with self.store() as store:
            await store.subscribe(wish(login="anna"), USUAL, NOW)
            claimed = await self._claimed(store, 1)
            later = NOW + AN_HOUR
            assert await store.postponed(claimed, later, NOW, unclear=False)
            assert list(await store.waiting(CHANNEL, "M-1", NOW)) == []
            assert list(await store.waiting(CHANNEL, "M-1", later)) == [1]
            again = await store.claim(1, message_id="z@x", token_hash="9" * 64, until=NOW + A_DAY, now=later)
            assert again is not None
            assert (again.message_id, again.maybe_sent) == (claimed.message_id, False)

    async def test_what_may_have_been_taken_is_sent_again_whatever_the_stock(self) -> None:
        async with self.store() as store:
            await store.subscribe(wish(login="anna"), USUAL, NOW)
            claimed = await self._claimed(store, 1)
            later, latest = NOW + AN_HOUR, NOW + 2 * AN_HOUR
            assert await store.postponed(claimed, later, NOW, unclear=True)
            assert list(await store.unfinished(later)) == [1]
            again = await store.claim(1, message_id="z@x", token_hash="9" * 64, until=latest, now=later)
            assert again is not None
            assert await store.postponed(again, latest, later, unclear=False)
            assert list(await store.unfinished(latest)) == [1]
            assert await store.waiting(CHANNEL, "M-1", latest) == []

    async def test_what_ended_is_not_sent(self) -> None:
        async with self.store() as store:
            await store.subscribe(wish(login="anna"), USUAL, NOW)
            claimed = await self._claimed(store, 1)
            assert await store.unsubscribe("1" * 64, NOW, everything=False) == 1
            assert not await store.sent(claimed, NOW)
            assert not await store.postponed(claimed, NOW, NOW, unclear=True)
            assert await store.unfinished(NOW + A_DAY) == []
            assert await self._claim(store, 1, 5) is None
            assert await store.unsubscribe("1" * 64, NOW, everything=True) == 0

    async def test_a_refused_one_ends(self) -> None:
        async with self.store() as store:
            await store.subscribe(wish(), USUAL, NOW)
            assert await store.refused(await self._claimed(store, 1), NOW)
            [found] = await store.page(SubscriptionQuery())
            assert found.state is SubscriptionState.REFUSED
            assert await store.unfinished(NOW + A_DAY) == []

    async def test_all_of_an_address_end_in_its_channel_alone(self) -> None:
        async with self.store() as store:
            await store.subscribe(wish(login="anna"), USUAL, NOW)
            await store.subscribe(wish(sku="M-2"), USUAL, NOW)
            await store.subscribe(wish(channel=OTHER_CHANNEL, login="anna"), USUAL, NOW)
            await store.subscribe(wish("bert@example.com", login="bert"), USUAL, NOW)
            await self._claimed(store, 1)
            assert await store.unsubscribe("1" * 64, NOW, everything=True) == 2
            counts = await store.counts()
            assert counts[CHANNEL, SubscriptionState.UNSUBSCRIBED] == 2
            assert counts[OTHER_CHANNEL, SubscriptionState.WAITING] == 1
            assert counts[CHANNEL, SubscriptionState.WAITING] == 1

    async def test_the_products_come_in_pages(self) -> None:
        async with self.store() as store:
            for number in (3, 1, 2):
                await store.subscribe(wish(sku=f"M-{number}", login="anna"), USUAL, NOW)
            await store.subscribe(wish("bert@example.com", "M-1", login="bert"), USUAL, NOW)
            assert list(await store.wanted(CHANNEL, NOW, limit=2)) == ["M-1", "M-2"]
            assert list(await store.wanted(CHANNEL, NOW, after="M-2", limit=2)) == ["M-3"]

    async def test_operators_find_what_they_look_for(self) -> None:
        async with self.store() as store:
            await store.subscribe(wish(), USUAL, NOW)
            await store.subscribe(wish("bert@example.com", "M-2", login="bert"), USUAL, NOW)

            async def found(**query: Any) -> list[int]:
                return [each.id for each in await store.page(SubscriptionQuery(**query))]

            assert await found(sku="M-2") == [2]
            assert await found(address=Mailbox(address="ANNA@example.com")) == [1]
            assert await found(state=SubscriptionState.WAITING) == [2]
            assert await found(channel=OTHER_CHANNEL) == []
            assert await found(after=1, limit=1) == [2]

    async def test_old_ones_are_removed_and_clients_forgotten(self) -> None:
        async with self.store() as store:
            await store.subscribe(wish("old@example.com"), USUAL, NOW - 8 * A_DAY)
            await store.subscribe(wish("new@example.com"), USUAL, NOW - 6 * A_DAY)
            await store.subscribe(wish("waits@example.com", login="w"), USUAL, NOW - 90 * A_DAY)
            ended = await self._notified(store, wish(login="anna"))
            cutoffs = {"unconfirmed": NOW - 7 * A_DAY, "clients": NOW + A_DAY}
            assert await store.forget(**cutoffs, ended=NOW - A_DAY) == 1
            assert await store.forget(**cutoffs, ended=NOW + A_DAY) == 1
            left = await store.page(SubscriptionQuery())
            assert [each.address for each in left] == ["new@example.com", "waits@example.com"]
            assert ended.id not in [each.id for each in left]
            [kept] = await store.of_person(Mailbox(address="new@example.com"))
            assert kept["client"] is None

    async def test_what_is_stored_of_somebody_is_shown_and_erased(self) -> None:
        async with self.store() as store:
            await store.subscribe(wish(login="anna"), USUAL, NOW)
            await store.subscribe(wish("former@example.com", "M-2", login="anna"), USUAL, NOW)
            await store.subscribe(wish(sku="M-3", channel=OTHER_CHANNEL), USUAL, NOW)
            await store.subscribe(wish("bert@example.com", login="bert"), USUAL, NOW)
            await self._claimed(store, 1)
            anna = Mailbox(address="anna@example.com")
            shown = await store.of_person(anna, channel=CHANNEL, login="anna")
            assert [each["sku"] for each in shown] == ["M-1", "M-2"]
            assert [each["sku"] for each in await store.of_person(anna)] == ["M-1", "M-3"]
            assert await store.erase_person(anna, channel=CHANNEL, login="anna") == 2
            assert await store.erase_person(anna, channel=CHANNEL, login="anna") == 0
            assert [each.address for each in await store.page(SubscriptionQuery())] == [
                "anna@example.com",
                "bert@example.com",
            ]
            assert await store.by_token("1" * 64) is None

    async def _claim(self, store: SubscriptionStore, key: int, number: int = 1) -> Subscription | None:
        return await store.claim(
            key, message_id=f"{number}@example.com", token_hash=str(number) * 64, until=UNTIL, now=NOW
        )

    async def _claimed(self, store: SubscriptionStore, key: int) -> Subscription:
        claimed = await self._claim(store, key)
        assert claimed is not None
        return claimed

    async def _notified(self, store: SubscriptionStore, wanted: Wish) -> Subscription:
        await store.subscribe(wanted, USUAL, NOW)
        [found] = await store.page(SubscriptionQuery(address=wanted.mailbox))
        claimed = await self._claimed(store, found.id)
        assert await store.sent(claimed, NOW)
        return claimed
