"""What is known of exported orders: from the cache, from the order management system, or from before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from iomconnector.model.customer_users import OrderOwner
from iomconnector.model.order_history import NotAsked
from iomconnector.model.order_states import OrderState, StateSource
from iomconnector.observability.telemetry import Telemetry
from iomconnector.ports.clock import Clock
from iomconnector.ports.order_state_store import KnownState, OrderStateStore
from iomconnector.usecases.cached_states import CachedStates, Finding, is_of
from iomconnector.usecases.history_questions import HistoryQuestions, Subject
from iomconnector.usecases.history_source import HistorySource


@dataclass(frozen=True, slots=True)
class Sighting:
    """What is to be shown of an order.

    Arguments:
        state: Its state; none where nothing is known.
        source: Who says so.
        as_of: When that was so.
        reason: Why the order management system does not say it.
    """

    state: OrderState | None
    source: StateSource
    as_of: datetime
    reason: NotAsked | None = None


class KnownOrders:
    """Looks exported orders up.

    Nothing that is older than what stood in the store when the look began is ever given. What somebody was
    shown stood there before. So who looks again sees the same or something newer, in whatever process.

    Arguments:
        store: The last known states.
        cached: What is cached.
        questions: Asks the order management system.
        clock: Tells the time.
        telemetry: Counts hits of the cache.
    """

    def __init__(
        self,
        store: OrderStateStore,
        cached: CachedStates,
        questions: HistoryQuestions,
        clock: Clock,
        telemetry: Telemetry,
    ) -> None:
        self._store = store
        self._cached = cached
        self._questions = questions
        self._clock = clock
        self._telemetry = telemetry

    async def sightings(
        self, source: HistorySource, owner: OrderOwner, numbers: Sequence[str], *, keep: timedelta
    ) -> dict[str, Sighting]:
        """What is to be shown of an owner's exported orders, for each of their numbers.

        Arguments:
            source: Who can be asked.
            owner: Whose orders these are.
            numbers: Their numbers.
            keep: For how long an earlier answer is used.
        """
        versions = await self._store.versions(owner.channel, numbers)
        found = await self._cached.findings(
            source, owner.customer, versions, numbers, now=self._clock.now(), keep=keep
        )
        reasons: dict[str, NotAsked] = {}
        missing = [number for number in numbers if number not in found]
        self._telemetry.looked_up("order states", hit=not missing)
        if missing:
            subject = Subject(source, owner.channel, owner.customer, keep)
            asked, reasons = await self._questions.answers(subject, missing, source.service.rules.budget)
            found |= asked
        shown = {
            number: Sighting(each.state, StateSource.ORDER_MANAGEMENT, each.observed_at)
            for number, each in found.items()
            if each.state is not None and each.version >= versions.get(number, 0)
        }
        rest = [number for number in numbers if number not in shown]
        return shown | await self._from_before(owner, rest, found, reasons, keep)

    async def aclose(self) -> None:
        """End the questions that are under way."""
        await self._questions.aclose()

    async def _from_before(
        self,
        owner: OrderOwner,
        numbers: Sequence[str],
        found: Mapping[str, Finding],
        reasons: Mapping[str, NotAsked],
        keep: timedelta,
    ) -> dict[str, Sighting]:
        """The last known states of orders whose state did not come, or came too late."""
        known = await self._store.known(owner.channel, numbers) if numbers else {}
        now = self._clock.now()
        sightings = {}
        for number in numbers:
            late = number in found and found[number].state is not None
            reason = None if late else reasons.get(number, NotAsked.NOT_THERE)
            before = known.get(number)
            if before is None or not is_of(before.state, owner.customer, number):
                sightings[number] = Sighting(None, StateSource.SHOP, now, reason or NotAsked.NOT_THERE)
            else:
                sightings[number] = _last_known(before, reason, now, keep)
        return sightings


def _last_known(before: KnownState, reason: NotAsked | None, now: datetime, keep: timedelta) -> Sighting:
    """It is as good as an answer where it came within the time for which answers are used."""
    if reason is None or Finding(before.state, before.version, before.observed_at).is_fresh(now, keep):
        return Sighting(before.state, StateSource.ORDER_MANAGEMENT, before.observed_at)
    return Sighting(before.state, StateSource.LAST_KNOWN, before.observed_at, reason)
