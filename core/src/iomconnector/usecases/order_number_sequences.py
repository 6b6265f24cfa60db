"""Look after the sequences of order numbers: show them, and move them on."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from iomconnector.errors import ConfigurationError
from iomconnector.model.audit import AuditEntry
from iomconnector.model.contexts import Context, ContextKind
from iomconnector.model.order_number_sequences import (
    SequenceSettings,
    SequenceState,
    SequenceWouldRepeatError,
)
from iomconnector.ports.clock import Clock
from iomconnector.ports.context_repository import ContextRepository
from iomconnector.ports.sequence_store import SequenceChange, SequenceStore, UsedNumbers
from iomconnector.usecases.numbers_seen import NumbersSeen

PAGE = 10_000


class OrderNumberSequences:
    """The sequences of all organizations."""

    def __init__(
        self, store: SequenceStore, used: UsedNumbers, contexts: ContextRepository, clock: Clock
    ) -> None:
        self._store = store
        self._used = used
        self._contexts = contexts
        self._clock = clock

    async def all(self) -> Sequence[SequenceState]:
        """The sequence of every organization, by its id."""
        return [await self._store.get(each.id) for each in await self._of_kind(ContextKind.ORGANIZATION)]

    async def get(self, organization: str) -> SequenceState:
        """Where a sequence stands.

        Raises:
            NotFoundError: There is no such organization.
        """
        return await self._store.get(organization)

    async def only_organization(self) -> str:
        """The organization that is meant where none is named.

        Raises:
            ConfigurationError: There are none or several.
        """
        organizations = [each.id for each in await self._of_kind(ContextKind.ORGANIZATION)]
        if len(organizations) != 1:
            raise ConfigurationError(
                f"An organization is needed; there are: {', '.join(organizations) or 'none'}.",
                hint="Name one." if organizations else "Run `iomconnector dbprepare`.",
            )
        return organizations[0]

    async def channels(self, organization: str) -> Sequence[str]:
        """The ids of the channels of an organization."""
        channels = await self._of_kind(ContextKind.CHANNEL)
        return [channel.id for channel in channels if channel.parent == organization]

    async def numbers_in_shop(
        self,
        organization: str,
        settings: SequenceSettings,
        progress: Callable[[int], None] = lambda _: None,
    ) -> NumbersSeen:
        """Look at the number of every order of an organization in the shop's database.

        Arguments:
            organization: The organization.
            settings: How numbers are written.
            progress: Is told how many further numbers were looked at.

        Raises:
            StorageError: They cannot be read at present.
        """
        channels = await self.channels(organization)
        seen = NumbersSeen(settings.numbers)
        after = 0
        while page := await self._used.page(channels, after=after, limit=PAGE):
            seen.look_at([each.number for each in page])
            progress(len(page))
            after = page[-1].key
        return seen

    async def change(
        self, organization: str, changes: Mapping[str, object], *, start: int | None = None, by: str
    ) -> SequenceState:
        """Change a sequence; every process takes the change over within a second, and gives no number of the
        block that it holds from then on. The audit trail tells of it.

        Arguments:
            organization: Whose sequence it is.
            changes: Settings by their names; the others stay as they are.
            start: The next counter; none leaves it where it is.
            by: Who changes it.

        Raises:
            NotFoundError: There is no such organization.
            SequenceSettingsError: The settings do not fit together. Nothing was changed.
            SequenceWouldRepeatError: It would come to numbers that were given out, or that orders in the shop
                have, already. Nothing was changed.
            SequenceExhaustedError: Its first number would be too long. Nothing was changed.
            StorageError: Nothing was changed.
        """
        changed = None
        while changed is None:
            present = await self._store.get(organization)
            settings = present.settings.with_changes(changes)
            now = self._clock.now()

            def move(
                state: SequenceState,
                present: SequenceState = present,
                settings: SequenceSettings = settings,
                now: datetime = now,
            ) -> SequenceChange[SequenceState | None]:
                if state.generation != present.generation:
                    return SequenceChange(state, None)
                moved = state.changed(settings, start, at=now, by=by)
                return SequenceChange(moved, moved, (_entry(state, moved),))

            await self._check_shop(move(present).state, present)
            changed = await self._store.update(organization, move)
        return changed

    async def _check_shop(self, wanted: SequenceState, present: SequenceState) -> None:
        """Make sure that the sequence does not come to numbers of orders in the shop."""
        if _numbering(wanted) == _numbering(present):
            return
        seen = await self.numbers_in_shop(wanted.organization, wanted.settings)
        if seen.largest_counter >= wanted.next_counter:
            raise SequenceWouldRepeatError(
                f"The sequence of {wanted.organization} cannot begin at {wanted.next_counter}: it would come "
                f"to order {seen.largest}, which is in the shop already.",
                hint=f"Begin above {seen.largest_counter}; `iomconnector sequence suggest` computes where.",
                organization=wanted.organization,
            )

    async def _of_kind(self, kind: ContextKind) -> list[Context]:
        return [context for context in await self._contexts.all() if context.kind is kind]


def _entry(before: SequenceState, after: SequenceState) -> AuditEntry:
    assert after.updated_at is not None, "a sequence that was changed knows when"
    old, new = _facts(before), _facts(after)
    return AuditEntry(
        at=after.updated_at,
        by=after.updated_by,
        action="sequence.changed",
        subject=after.organization,
        context=after.organization,
        changes={name: (old[name], new[name]) for name in new if old[name] != new[name]},
    )


def _numbering(state: SequenceState) -> tuple[int, str, str]:
    return state.next_counter, state.settings.prefix, state.settings.pattern


def _facts(state: SequenceState) -> dict[str, object]:
    return {"next": str(state.next_counter), **state.settings.model_dump()}
