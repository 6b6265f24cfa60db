"""The contract of :class:`~iomconnector.ports.order_state_store.OrderStateStore`."""

import asyncio
from abc import abstractmethod
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import timedelta

from iomconnector.model.order_states import OrderState
from iomconnector.model.order_status import StatusName
from iomconnector.ports.order_state_store import OrderStateStore
from iomconnector.testing.contracts.contract import Contract
from iomconnector.testing.samples import CHANNEL, NOON, OTHER_CHANNEL

NUMBERS = ("1", "2", "never known")
LATER = NOON + timedelta(minutes=1)


def state(number: str = "1", code: str = "RECEIVED") -> OrderState:
    """A state of an order."""
    return OrderState(number=number, status=StatusName(code=code), customer="1001")


class OrderStateStoreContract(Contract):
    """Promises of what keeps the last known states of orders."""

    @abstractmethod
    def store(self, numbers: Sequence[str] = NUMBERS) -> AbstractAsyncContextManager[OrderStateStore]:
        """The store to test, of a shop that has orders of these numbers in both sample channels; opened a
        second time it shows the same content."""

    async def test_nothing_is_known_at_first(self) -> None:
        async with self.store() as store:
            assert await store.ticket(CHANNEL) == 0
            assert await store.versions(CHANNEL, ["1"]) == {}
            assert await store.known(CHANNEL, ["1"]) == {}
            assert await store.keep(CHANNEL, [], ticket=0, observed_at=NOON) == {}

    async def test_what_is_kept_is_known_to_all(self) -> None:
        async with self.store() as store, self.store() as other:
            kept = await store.keep(CHANNEL, [state("1"), state("2")], ticket=0, observed_at=NOON)
            assert kept.keys() == {"1", "2"}
            assert await other.known(CHANNEL, ["1", "2", "3"]) == kept
            assert (kept["1"].state, kept["1"].observed_at) == (state("1"), NOON)
            versions = await other.versions(CHANNEL, ["1", "2", "3"])
            assert versions == {number: known.version for number, known in kept.items()}
            assert await other.ticket(CHANNEL) == max(versions.values()) > 0
            assert await other.known(OTHER_CHANNEL, ["1"]) == {}
            assert await other.ticket(OTHER_CHANNEL) == 0

    async def test_a_newer_state_has_a_greater_version(self) -> None:
        async with self.store() as store:
            before = await store.keep(CHANNEL, [state()], ticket=0, observed_at=NOON)
            ticket = await store.ticket(CHANNEL)
            after = await store.keep(CHANNEL, [state(code="SENT")], ticket=ticket, observed_at=LATER)
            assert after["1"].version > before["1"].version
            assert (after["1"].state.status.code, after["1"].observed_at) == ("SENT", LATER)

    async def test_who_is_overtaken_gets_what_the_winner_kept(self) -> None:
        async with self.store() as store, self.store() as other:
            late = await store.ticket(CHANNEL)
            winner = await other.keep(CHANNEL, [state(code="SENT")], ticket=late, observed_at=NOON)
            lost = await store.keep(CHANNEL, [state(), state("2")], ticket=late, observed_at=LATER)
            assert lost["1"] == winner["1"]
            assert lost["2"].state == state("2"), "nobody was faster there"

    async def test_of_many_at_once_all_see_the_same_in_the_end(self) -> None:
        async with self.store() as store, self.store() as other:
            ticket = await store.ticket(CHANNEL)
            kept = await asyncio.gather(
                *(
                    each.keep(CHANNEL, [state(code=f"CODE{place}")], ticket=ticket, observed_at=NOON)
                    for place, each in enumerate([store, other] * 4)
                )
            )
            [known] = (await store.known(CHANNEL, ["1"])).values()
            assert all(each["1"] == known for each in kept)

    async def test_the_same_state_again_is_newly_observed(self) -> None:
        async with self.store() as store:
            await store.keep(CHANNEL, [state()], ticket=0, observed_at=NOON)
            ticket = await store.ticket(CHANNEL)
            again = await store.keep(CHANNEL, [state()], ticket=ticket, observed_at=LATER)
            assert again["1"].observed_at == LATER
            assert again["1"].version > ticket, "an answer to an older question must not take its place"

    async def test_what_is_forgotten_is_not_kept_by_who_asked_before(self) -> None:
        async with self.store() as store:
            await store.keep(CHANNEL, [state("1"), state("2")], ticket=0, observed_at=NOON)
            ticket = await store.ticket(CHANNEL)
            await store.forget(CHANNEL, ["1", "never known"])
            assert (await store.known(CHANNEL, ["1", "2"])).keys() == {"2"}
            assert (await store.versions(CHANNEL, ["1"])).get("1", 0) > ticket
            lost = await store.keep(CHANNEL, [state("1")], ticket=ticket, observed_at=LATER)
            assert lost == {}
            never = await store.keep(CHANNEL, [state("never known")], ticket=ticket, observed_at=LATER)
            assert never == {}
            ticket = await store.ticket(CHANNEL)
            assert (await store.keep(CHANNEL, [state("1")], ticket=ticket, observed_at=LATER)).keys() == {"1"}

    async def test_many_numbers_can_be_asked(self) -> None:
        numbers = [f"{number}" for number in range(520)]
        async with self.store(numbers) as store:
            await store.keep(CHANNEL, [state(number) for number in numbers], ticket=0, observed_at=NOON)
            assert len(await store.versions(CHANNEL, numbers)) == len(numbers)
            assert len(await store.known(CHANNEL, numbers)) == len(numbers)

    async def test_a_change_feed_has_a_mark(self) -> None:
        async with self.store() as store, self.store() as other:
            assert await store.mark(CHANNEL, "feed") is None
            await store.set_mark(CHANNEL, "feed", "here", at=NOON)
            await store.set_mark(CHANNEL, "feed", "there", at=LATER)
            await store.set_mark(CHANNEL, "another", "elsewhere", at=NOON)
            assert await other.mark(CHANNEL, "feed") == "there"
            assert await other.mark(OTHER_CHANNEL, "feed") is None
