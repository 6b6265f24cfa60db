"""What order management systems said a moment ago, in the cache."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import ValidationError

from iomconnector.model.order_states import OrderState
from iomconnector.model.values import Moment, Value
from iomconnector.ports.cache import Cache
from iomconnector.usecases.history_source import HistorySource


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found out about an order.

    Arguments:
        state: Its state; none where it is not there.
        version: The version of the state; where it is not there, the one that stood before it was asked.
        observed_at: When that was so.
    """

    state: OrderState | None
    version: int
    observed_at: datetime

    def is_fresh(self, now: datetime, keep: timedelta) -> bool:
        """Whether it may be used without asking again; never where a clock was set back meanwhile."""
        return timedelta(0) <= now - self.observed_at < keep

    def belongs_to(self, customer: str, number: str) -> bool:
        """Whether it is about that customer's order; a state that names no customer is."""
        return self.state is None or is_of(self.state, customer, number)


def is_of(state: OrderState, customer: str, number: str) -> bool:
    """Whether a state is that of an order of a customer; a state that names no customer is."""
    return state.number == number and (not state.customer or state.customer == customer)


class _Entry(Value):
    number: str
    version: int
    observed_at: Moment
    state: OrderState | None = None


class CachedStates:
    """Keeps findings. An entry counts while its version is the one that stands in the store.

    Arguments:
        cache: The cache.
    """

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    async def findings(
        self,
        source: HistorySource,
        customer: str,
        versions: Mapping[str, int],
        numbers: Iterable[str],
        *,
        now: datetime,
        keep: timedelta,
    ) -> dict[str, Finding]:
        """What is kept of orders, by number, and may be used without asking again.

        Arguments:
            source: Who was asked.
            customer: Whose orders these are.
            versions: The versions that stand in the store.
            numbers: The numbers of the orders.
            now: The present time.
            keep: For how long it is used.
        """
        keys = {source.key(customer, number): number for number in numbers}
        found = {}
        for key, content in (await self._cache.get_many(list(keys))).items():
            number = keys[key]
            finding = _read(content, number)
            if (
                finding is not None
                and finding.version == versions.get(number, 0)
                and finding.is_fresh(now, keep)
                and finding.belongs_to(customer, number)
            ):
                found[number] = finding
        return found

    async def keep(self, source: HistorySource, customer: str, findings: Mapping[str, Finding]) -> None:
        """Keep findings for as long as the source says."""
        rules = source.service.rules
        longest = max(rules.keep_states, rules.keep_documents)
        if findings and longest > timedelta(0):
            entries = {
                source.key(customer, number): _written(number, each) for number, each in findings.items()
            }
            await self._cache.set_many(entries, keep=longest)


def _written(number: str, finding: Finding) -> bytes:
    entry = _Entry(
        number=number, version=finding.version, observed_at=finding.observed_at, state=finding.state
    )
    return entry.model_dump_json(exclude_defaults=True).encode()


def _read(content: bytes, number: str) -> Finding | None:
    try:
        entry = _Entry.model_validate_json(content)
    except ValidationError:
        return None
    return Finding(entry.state, entry.version, entry.observed_at) if entry.number == number else None
