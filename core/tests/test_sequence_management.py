"""Moving sequences on, and computing where to."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import pytest

from iomconnector.cli.sequence_views import calculation, suggestion_facts
from iomconnector.errors import ConfigurationError, ConnectorError, StorageError
from iomconnector.model.order_number_sequences import (
    SequenceExhaustedError,
    SequenceSettingsError,
    SequenceState,
    SequenceWouldRepeatError,
)
from iomconnector.ports.order_number_source import NumbersPage
from iomconnector.testing.contracts.order_number_sequence import TWO_ORGANIZATIONS
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.memory import MemoryContextRepository, MemorySequenceStore
from iomconnector.testing.placing_stage import PlacingStage
from iomconnector.testing.samples import CHANNEL, ORGANIZATION, OTHER_CHANNEL
from iomconnector.usecases.order_number_sequences import OrderNumberSequences
from iomconnector.usecases.suggest_sequence import SequenceSuggestion, new_start, suggest


@dataclass
class Outside:
    """An order management system with these numbers."""

    numbers: Sequence[str] = ()
    space: str = "shop 10020"
    asked: list[str] = field(default_factory=list)

    def number_space(self) -> str:
        return self.space

    async def all_numbers(self) -> AsyncIterator[NumbersPage]:
        self.asked.append("all")
        for begin in range(0, len(self.numbers), 2):
            yield NumbersPage(self.numbers[begin : begin + 3], len(self.numbers))

    async def latest_numbers(self) -> AsyncIterator[NumbersPage]:
        self.asked.append("latest")
        yield NumbersPage(self.numbers[:1], len(self.numbers))


class Hesitant(MemorySequenceStore):
    """Lets others come in between reading and writing, as a database does."""

    async def get(self, organization: str) -> SequenceState:
        state = await super().get(organization)
        await asyncio.sleep(0)
        return state


async def suggested(
    stage: PlacingStage, sources: dict[str, object], *, all_numbers: bool = True
) -> SequenceSuggestion:
    async def source_of(channel: str) -> object:
        source = sources[channel]
        if isinstance(source, Exception):
            raise source
        return source

    return await suggest(stage.sequences, ORGANIZATION, source_of, all_numbers=all_numbers)


def test_the_published_example() -> None:
    assert new_start(51, 20160128017063, 10) == 20160128017074


@in_event_loop
async def test_the_published_example_from_the_systems_themselves() -> None:
    stage = PlacingStage()
    await stage.sequences.change(ORGANIZATION, {"block_size": 10}, start=51, by="anna")
    outside = Outside(["00000050", "20160128017063", "DEMO-1", "7", "!00000101"])
    found = await suggested(stage, {CHANNEL: outside, OTHER_CHANNEL: outside})
    assert found.start == 20160128017074
    assert found.is_needed
    assert found.is_complete
    assert outside.asked == ["all"], "one shop of two channels is asked once"
    assert list(calculation(found)) == [
        "Organization inSPIRED",
        "  the sequence goes on at                51",
        "  the shop (inSPIRED-inTRONICS, inSPIRED-inTRONICS_Business): looked at 0 of 0 numbers",
        "    largest number                       none",
        "  shop 10020 (inSPIRED-inTRONICS, inSPIRED-inTRONICS_Business): looked at 5 of 5 numbers",
        "    largest number                       20160128017063",
        "    left out: 2 with other characters than digits, such as DEMO-1, !00000101",
        "  largest number of all                  20160128017063",
        "  block size                             10",
        "  new start = max(51, 20160128017063) + 10 + 1 = 20160128017074",
        "Apply it with: iomconnector sequence set 20160128017074 --organization inSPIRED",
    ]
    facts = suggestion_facts(found)
    assert (facts["new_start"], facts["largest"], facts["needed"]) == (20160128017074, 20160128017063, True)
    assert facts["looked_at"][1] == {
        "place": "shop 10020",
        "channels": [CHANNEL, OTHER_CHANNEL],
        "complete": True,
        "problem": "",
        "looked_at": 5,
        "total": 5,
        "largest": "20160128017063",
        "not_numeric": 2,
        "foreign": 0,
        "left_out": ["DEMO-1", "!00000101"],
    }
    moved = await stage.sequences.change(ORGANIZATION, {}, start=found.start, by="anna")
    assert moved.next_counter == 20160128017074
    assert await stage.sequence.next_number(ORGANIZATION) == "20160128017074"


@in_event_loop
async def test_every_shop_and_the_orders_of_our_own_count() -> None:
    stage = PlacingStage()
    await stage.storage.place("900", "x")
    sources: dict[str, object] = {CHANNEL: Outside(["800"], "one"), OTHER_CHANNEL: Outside(["850"], "two")}
    found = await suggested(stage, sources)
    assert (found.largest, found.start) == (900, 951)
    assert [place.place for place in found.outside] == ["one", "two"]
    await stage.sequences.change(ORGANIZATION, {}, start=901, by="anna")
    behind = await suggested(stage, sources)
    assert not behind.is_needed
    assert list(calculation(behind))[-1] == (
        "No number that was found is at or above 901: no change is needed."
    )


@in_event_loop
async def test_a_quick_look_says_that_it_was_one() -> None:
    stage = PlacingStage()
    outside = Outside(["7", "800", "9"])
    found = await suggested(stage, {CHANNEL: outside, OTHER_CHANNEL: outside}, all_numbers=False)
    assert outside.asked == ["latest"]
    assert not found.is_complete
    assert found.largest == 7
    assert any("looked at 1 of 3 numbers" in line for line in calculation(found))
    assert any(line.startswith("Not every number was looked at") for line in calculation(found))


@in_event_loop
async def test_a_channel_that_cannot_be_asked_is_told_and_one_that_does_not_answer_ends_it() -> None:
    stage = PlacingStage()
    sources: dict[str, object] = {CHANNEL: ConnectorError("Nobody exports here."), OTHER_CHANNEL: object()}
    found = await suggested(stage, sources)
    assert not found.is_complete
    lines = "\n".join(calculation(found))
    assert f"channel {CHANNEL} ({CHANNEL}): could not be asked. Nobody exports here." in lines
    assert f"channel {OTHER_CHANNEL} ({OTHER_CHANNEL}): could not be asked. Its order export" in lines
    with pytest.raises(StorageError):
        await suggested(stage, {**sources, CHANNEL: StorageError("gone")})


@in_event_loop
async def test_only_numbers_that_the_pattern_can_make_count() -> None:
    stage = PlacingStage()
    await stage.sequences.change(ORGANIZATION, {"prefix": "7", "pattern": "{number:03d}"}, by="anna")
    outside = Outside(["7012", "8999", "7100", "99"])
    found = await suggested(stage, {CHANNEL: outside, OTHER_CHANNEL: outside})
    assert (found.largest, found.start) == (100, 151)
    assert any(
        "left out: 2 that the sequence can never give, such as 8999, 99" in x for x in calculation(found)
    )


@in_event_loop
async def test_a_sequence_never_goes_back() -> None:
    stage = PlacingStage()
    assert await stage.sequence.next_number(ORGANIZATION) == "00000001"
    for start in (-1, 0, 1, 50):
        with pytest.raises(SequenceWouldRepeatError, match=f"back to {start}: everything below 51 was given"):
            await stage.sequences.change(ORGANIZATION, {}, start=start, by="anna")
    assert (await stage.sequences.get(ORGANIZATION)).next_counter == 51
    assert (await stage.sequences.change(ORGANIZATION, {}, start=51, by="anna")).next_counter == 51


@in_event_loop
async def test_a_sequence_does_not_come_to_orders_in_the_shop() -> None:
    stage = PlacingStage()
    await stage.storage.place("500", "A1", "560")
    with pytest.raises(SequenceWouldRepeatError, match=r"begin at 400: .* order 560") as refused:
        await stage.sequences.change(ORGANIZATION, {}, start=400, by="anna")
    assert "Begin above 560" in refused.value.hint
    with pytest.raises(SequenceWouldRepeatError, match="order 560"):
        await stage.sequences.change(
            ORGANIZATION, {"prefix": "5", "pattern": "{number:02d}"}, start=0 + 1, by="a"
        )
    await stage.sequences.change(ORGANIZATION, {"block_size": 3}, by="anna")
    await stage.sequences.change(ORGANIZATION, {}, start=561, by="anna")


@in_event_loop
async def test_another_pattern_does_not_come_to_numbers_of_the_one_before() -> None:
    stage = PlacingStage()
    await stage.sequences.change(ORGANIZATION, {"prefix": "2"}, by="anna")
    assert await stage.sequence.next_number(ORGANIZATION) == "200000001"
    with pytest.raises(SequenceWouldRepeatError, match="begin with 100000051, but numbers up to 200000050"):
        await stage.sequences.change(ORGANIZATION, {"prefix": "1"}, by="anna")
    with pytest.raises(SequenceExhaustedError, match="longer than 9 characters"):
        await stage.sequences.change(ORGANIZATION, {"max_length": 9}, start=10**9, by="anna")
    with pytest.raises(SequenceSettingsError):
        await stage.sequences.change(ORGANIZATION, {"prefix": "!"}, by="anna")
    await stage.sequences.change(ORGANIZATION, {"prefix": "3"}, by="anna")


@in_event_loop
async def test_the_audit_trail_tells_who_changed_what() -> None:
    stage = PlacingStage()
    await stage.sequences.change(ORGANIZATION, {"block_size": 10, "prefix": ""}, start=51, by="anna")
    [entry] = await stage.audit_trail.entries()
    assert (entry.by, entry.action, entry.subject) == ("anna", "sequence.changed", ORGANIZATION)
    assert entry.changes == {"next": ("1", "51"), "block_size": (50, 10)}
    with pytest.raises(SequenceWouldRepeatError):
        await stage.sequences.change(ORGANIZATION, {}, start=1, by="anna")
    assert len(await stage.audit_trail.entries()) == 1


@in_event_loop
async def test_two_who_change_at_once_do_not_undo_each_other() -> None:
    stage = PlacingStage()
    contexts = MemoryContextRepository(TWO_ORGANIZATIONS)
    store = Hesitant(contexts, stage.audit_trail)
    sequences = OrderNumberSequences(store, stage.used, contexts, stage.clock)
    await asyncio.gather(
        sequences.change(ORGANIZATION, {"block_size": 7}, by="anna"),
        sequences.change(ORGANIZATION, {}, start=700, by="berta"),
    )
    state = await sequences.get(ORGANIZATION)
    assert (state.settings.block_size, state.next_counter, state.generation) == (7, 700, 2)


@in_event_loop
async def test_the_only_organization_need_not_be_named() -> None:
    stage = PlacingStage()
    assert await stage.sequences.only_organization() == ORGANIZATION
    for contexts in (TWO_ORGANIZATIONS, ()):
        several = OrderNumberSequences(
            stage.store, stage.used, MemoryContextRepository(contexts), stage.clock
        )
        with pytest.raises(ConfigurationError, match="An organization is needed"):
            await several.only_organization()
