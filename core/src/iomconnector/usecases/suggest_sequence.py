"""Compute where a sequence has to begin so that neither system sees a number twice.

The rule: new start = max(start of the sequence, largest order number of the order management system)
+ block size + 1. [KB B29919: order number series]
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from iomconnector.errors import ConnectorError, StorageError
from iomconnector.model.order_number_sequences import SequenceState
from iomconnector.ports.order_number_source import OrderNumberSource
from iomconnector.usecases.numbers_seen import NumbersSeen
from iomconnector.usecases.order_number_sequences import OrderNumberSequences

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class LookedAt:
    """One place where numbers were looked at.

    Arguments:
        place: What was looked at, for people.
        channels: The channels whose orders are there.
        seen: What was found; none where it could not be asked.
        total: How many orders are there, as the place says itself.
        complete: Whether every number was looked at.
        problem: Why it could not be asked.
    """

    place: str
    channels: tuple[str, ...]
    seen: NumbersSeen | None
    total: int = 0
    complete: bool = True
    problem: str = ""


@dataclass(frozen=True, slots=True)
class SequenceSuggestion:
    """Where a sequence should begin, and why.

    Arguments:
        state: Where it stands.
        shop: What was found in the shop.
        outside: What was found in order management systems.
        start: The new start by the rule.
    """

    state: SequenceState
    shop: LookedAt
    outside: tuple[LookedAt, ...]
    start: int

    @property
    def largest(self) -> int:
        """The largest counter in use anywhere."""
        return max((each.seen.largest_counter for each in self._all if each.seen), default=0)

    @property
    def is_needed(self) -> bool:
        """Whether the sequence would come to numbers that are in use."""
        return self.largest >= self.state.next_counter

    @property
    def is_complete(self) -> bool:
        """Whether every number of every channel was looked at."""
        return all(each.complete and not each.problem for each in self._all)

    @property
    def _all(self) -> tuple[LookedAt, ...]:
        return (self.shop, *self.outside)


def new_start(start: int, largest: int, block_size: int) -> int:
    """The published rule; 51, 20160128017063 and 10 make 20160128017074. [KB B29919]"""
    return max(start, largest) + block_size + 1


async def suggest(
    sequences: OrderNumberSequences,
    organization: str,
    source_of: Callable[[str], Awaitable[object]],
    *,
    all_numbers: bool = True,
    progress: Progress = lambda _: None,
) -> SequenceSuggestion:
    """Look at the numbers of the shop and of every order management system of an organization.

    Arguments:
        sequences: The sequences.
        organization: Whose sequence it is.
        source_of: Gives the order export service of a channel; raises where there is none.
        all_numbers: Look at every number; otherwise at those where the largest are to be expected.
        progress: Is told how many further numbers were looked at.

    Raises:
        NotFoundError: There is no such organization.
        ExportUnavailableError: An order management system could not answer.
        StorageError: The shop's orders cannot be read at present.
    """
    state = await sequences.get(organization)
    channels = tuple(await sequences.channels(organization))
    in_shop = await sequences.numbers_in_shop(organization, state.settings, progress)
    shop = LookedAt("the shop", channels, in_shop, in_shop.looked_at)
    spaces: dict[str, tuple[OrderNumberSource, list[str]]] = {}
    outside: list[LookedAt] = []
    for channel in channels:
        try:
            source = await source_of(channel)
        except StorageError:
            raise
        except ConnectorError as error:
            outside.append(
                LookedAt(f"channel {channel}", (channel,), None, complete=False, problem=str(error))
            )
            continue
        if not isinstance(source, OrderNumberSource):
            problem = "Its order export service cannot be asked for numbers."
            outside.append(LookedAt(f"channel {channel}", (channel,), None, complete=False, problem=problem))
            continue
        spaces.setdefault(source.number_space(), (source, []))[1].append(channel)
    for space, (source, its_channels) in spaces.items():
        outside.append(await _ask(space, tuple(its_channels), source, state, all_numbers, progress))
    largest = max((each.seen.largest_counter for each in (shop, *outside) if each.seen), default=0)
    start = new_start(state.next_counter, largest, state.settings.block_size)
    return SequenceSuggestion(state, shop, tuple(outside), start)


async def _ask(
    space: str,
    channels: tuple[str, ...],
    source: OrderNumberSource,
    state: SequenceState,
    all_numbers: bool,
    progress: Progress,
) -> LookedAt:
    seen = NumbersSeen(state.settings.numbers)
    known: set[str] = set()
    total = 0
    async for page in source.all_numbers() if all_numbers else source.latest_numbers():
        new = [number for number in dict.fromkeys(page.numbers) if number not in known]
        known.update(new)
        seen.look_at(new)
        progress(len(new))
        total = max(total, page.total)
    return LookedAt(space, channels, seen, total, complete=seen.looked_at >= total)
