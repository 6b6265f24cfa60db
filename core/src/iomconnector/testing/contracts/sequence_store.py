"""The contracts of :mod:`~iomconnector.ports.sequence_store`."""

import asyncio
from abc import abstractmethod
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace

import pytest

from iomconnector.errors import NotFoundError
from iomconnector.model.audit import AuditEntry
from iomconnector.model.order_number_sequences import SequenceSettings, SequenceState
from iomconnector.ports.audit_trail import AuditTrail
from iomconnector.ports.clock import Clock
from iomconnector.ports.sequence_store import SequenceChange, SequenceStore, UsedNumber, UsedNumbers
from iomconnector.testing.contracts.contract import Contract
from iomconnector.testing.contracts.order_number_sequence import OTHER_ORGANIZATION
from iomconnector.testing.contracts.order_storage import OrderStorage
from iomconnector.testing.memory import ManualClock
from iomconnector.testing.samples import CHANNEL, NOON, ORGANIZATION, OTHER_CHANNEL, sample_order
from iomconnector.usecases.place_orders import first_state

LARGE = 10**40 + 7


@dataclass(frozen=True, slots=True)
class SequenceStorage:
    """A store of sequences and the audit trail of the same system.

    Arguments:
        store: The store.
        audit_trail: The trail.
    """

    store: SequenceStore
    audit_trail: AuditTrail


def _entry(subject: str) -> AuditEntry:
    return AuditEntry(NOON, "anna", "sequence.changed", subject, subject, {"next": ("1", "2")})


def _counted(state: SequenceState) -> SequenceChange[int]:
    return SequenceChange(replace(state, next_counter=state.next_counter + 1), state.next_counter)


class SequenceStoreContract(Contract):
    """Promises of a store of sequences."""

    @abstractmethod
    def sequence_storage(self) -> AbstractAsyncContextManager[SequenceStorage]:
        """The store to test, with the contexts ``TWO_ORGANIZATIONS``; opened twice it is the same."""

    async def test_a_sequence_that_nobody_touched_has_the_defaults(self) -> None:
        async with self.sequence_storage() as storage:
            assert await storage.store.get(ORGANIZATION) == SequenceState(ORGANIZATION)

    async def test_a_change_is_kept_exactly_and_concerns_one_organization(self) -> None:
        changed = SequenceState(
            ORGANIZATION,
            SequenceSettings(
                block_size=7, prefix="9", pattern="{number}-A", digits_only=False, max_length=90
            ),
            next_counter=LARGE,
            largest_value=LARGE - 1,
            floor=10**30,
            generation=3,
            updated_at=NOON,
            updated_by="anna",
        )
        async with self.sequence_storage() as storage:
            assert (
                await storage.store.update(ORGANIZATION, lambda _: SequenceChange(changed, "done")) == "done"
            )
        async with self.sequence_storage() as storage:
            assert await storage.store.get(ORGANIZATION) == changed
            assert (
                await storage.store.update(ORGANIZATION, lambda state: SequenceChange(state, state))
                == changed
            )
            assert await storage.store.get(OTHER_ORGANIZATION) == SequenceState(OTHER_ORGANIZATION)

    async def test_nobody_comes_between_reading_and_writing(self) -> None:
        async with self.sequence_storage() as one, self.sequence_storage() as other:
            counters = await asyncio.gather(
                *(storage.store.update(ORGANIZATION, _counted) for storage in (one, other) * 40)
            )
            assert sorted(counters) == list(range(1, 81))
            assert (await one.store.get(ORGANIZATION)).next_counter == 81

    async def test_a_change_that_fails_changes_nothing_and_says_why(self) -> None:
        def fail(_: SequenceState) -> SequenceChange[None]:
            raise LookupError("as planned")

        async with self.sequence_storage() as storage:
            await storage.store.update(ORGANIZATION, _counted)
            with pytest.raises(LookupError, match="as planned"):
                await storage.store.update(ORGANIZATION, fail)
            assert (await storage.store.get(ORGANIZATION)).next_counter == 2

    async def test_what_the_audit_trail_tells_comes_with_the_change(self) -> None:
        async with self.sequence_storage() as storage:
            await storage.store.update(
                ORGANIZATION, lambda state: SequenceChange(state, None, (_entry(ORGANIZATION),))
            )
            [told] = await storage.audit_trail.entries(topic="sequence")
        assert (told.by, told.subject, told.changes) == ("anna", ORGANIZATION, {"next": ("1", "2")})

    @pytest.mark.parametrize("unknown", ["nowhere", CHANNEL])
    async def test_only_organizations_have_sequences(self, unknown: str) -> None:
        async with self.sequence_storage() as storage:
            for ask in _questions(storage.store):
                with pytest.raises(NotFoundError, match=unknown):
                    await ask(unknown)


def _questions(store: SequenceStore) -> tuple[Callable[[str], "asyncio.Future[object]"], ...]:
    return (
        lambda organization: asyncio.ensure_future(store.get(organization)),
        lambda organization: asyncio.ensure_future(store.update(organization, _counted)),
    )


class UsedNumbersContract(Contract):
    """Promises of the numbers of the shop's orders."""

    @abstractmethod
    def orders_and_numbers(
        self, clock: Clock
    ) -> AbstractAsyncContextManager[tuple[OrderStorage, UsedNumbers]]:
        """Orders, none at first, and the numbers of the same orders."""

    async def test_numbers_come_page_by_page_in_the_order_of_placing(self) -> None:
        async with self.orders_and_numbers(ManualClock()) as (storage, used):
            assert list(await used.page([CHANNEL])) == []
            orders = [sample_order(number) for number in ("9", "10", "A")]
            orders.insert(1, sample_order("9", channel=OTHER_CHANNEL))
            await storage.orders.place([(order, first_state(order)) for order in orders])
            pages: list[UsedNumber] = []
            while page := await used.page([CHANNEL], after=pages[-1].key if pages else 0, limit=2):
                pages += page
            assert [(each.channel, each.number) for each in pages] == [
                (CHANNEL, "9"), (CHANNEL, "10"), (CHANNEL, "A")
            ]  # fmt: skip
            both = await used.page([CHANNEL, OTHER_CHANNEL])
            assert [each.number for each in both] == ["9", "9", "10", "A"]
            assert list(await used.page([])) == []

    async def test_it_is_known_which_numbers_are_used(self) -> None:
        async with self.orders_and_numbers(ManualClock()) as (storage, used):
            await storage.place("1", "2")
            assert await used.among([CHANNEL], ["1", "2", "3", "01"]) == {"1", "2"}
            assert await used.among([OTHER_CHANNEL], ["1"]) == frozenset()
            assert await used.among([CHANNEL, OTHER_CHANNEL], []) == frozenset()
