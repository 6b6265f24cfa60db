"""A comparison finds every planted disagreement, and raises no false alarm, whatever happens meanwhile."""

import asyncio
from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from iomconnector.model.exports import ExportState
from iomconnector.testing.reconciliation_stage import Fate, ReconciliationStage, expected, told

FATES = st.lists(st.sampled_from(Fate), max_size=25)
COUNTED = {Fate.SETTLED, Fate.NEW, Fate.FAILED_BEFORE, Fate.NOT_SENT, Fate.REJECTED, Fate.FOUND_BY_NUMBER}

MENDED = {Fate.MISSING, Fate.PARKED_BUT_THERE, Fate.GIVEN_UP_BUT_THERE}
"""What is due already, and what is being sent, the export settles without anybody's help."""


@given(fates=FATES)
def test_what_was_planted_is_found_exactly(fates: list[Fate]) -> None:
    async def run() -> None:
        stage = ReconciliationStage()
        planted = [(f"{number:04}", fate) for number, fate in enumerate(fates)]
        for number, fate in planted:
            stage.plant(number, fate)
        findings = await stage.compare()
        assert told(findings) == expected(planted)
        tally = stage.comparison.tally
        agreeing = sum(fate in COUNTED or fate is Fate.DUPLICATE for fate in fates)
        assert (tally.agree, tally.under_way) == (agreeing, fates.count(Fate.UNDER_WAY))

    asyncio.run(run())


@given(fates=FATES, arrivals=st.integers(0, 12), exports=st.integers(0, 12))
def test_what_happens_meanwhile_raises_no_alarm(fates: list[Fate], arrivals: int, exports: int) -> None:
    async def run() -> None:
        stage = ReconciliationStage()
        planted = [(f"{number:04}", fate) for number, fate in enumerate(fates)]
        for number, fate in planted:
            stage.plant(number, fate)
        waiting = [number for number, fate in planted if fate in (Fate.NEW, Fate.FAILED_BEFORE)]
        stage.directory.happenings = [
            *(partial(stage.is_exported, number) for number in waiting[:exports]),
            *(partial(stage.arrives, f"9{number:03}") for number in range(arrivals)),
        ]
        assert told(await stage.compare()) == expected(planted)

    asyncio.run(run())


@given(fates=FATES)
def test_progress_counts_every_order_of_the_period(fates: list[Fate]) -> None:
    async def run() -> None:
        stage = ReconciliationStage()
        for number, fate in enumerate(fates):
            stage.plant(f"{number:04}", fate)
        steps: list[int] = []
        channels = await stage.reconcile.channels()
        await stage.compare()
        comparison = stage.comparison
        comparison.advance = steps.append
        async for _ in stage.reconcile.compare(channels, comparison):
            pass
        assert sum(steps) == await stage.reconcile.orders(channels, comparison.period)

    asyncio.run(run())


@given(fates=st.lists(st.sampled_from(Fate), min_size=1, max_size=12))
def test_mending_makes_due_what_is_missing_or_unrecorded_and_nothing_else(fates: list[Fate]) -> None:
    async def run() -> None:
        stage = ReconciliationStage()
        planted = [(f"{number:04}", fate) for number, fate in enumerate(fates)]
        for number, fate in planted:
            stage.plant(number, fate)
        findings = await stage.compare()
        before = {row.request.number: row.request for row in stage.shop}
        compared_at = stage.clock.now()
        mended = await stage.reconcile.mend(findings, compared_at=compared_at, by="anna")
        changed = {row.request.number for row in stage.shop if row.request != before[row.request.number]}
        assert changed == {number for number, fate in planted if fate in MENDED}
        assert mended == len(changed) == len(await stage.audit_trail.entries(limit=1000))
        for row in stage.shop:
            if row.request.number in changed:
                assert (row.request.state, row.request.unclear) == (ExportState.DUE, True)
        assert await stage.reconcile.mend(findings, compared_at=compared_at, by="anna") == 0

    asyncio.run(run())
