"""Whatever cartridges offer, whenever a preparation fails or dies: each step once, in order, none lost."""

import asyncio
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar
from uuid import uuid4

import pytest
from dependency_injector import providers
from hypothesis import event
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.application import Application
from iomconnector.container import Container, running
from iomconnector.ports.preparation_protocol import (
    Mode,
    Outcome,
    Phase,
    PreparationProtocol,
    Registration,
    StepEntry,
)
from iomconnector.preparation import StepFailedError, prepare_database
from iomconnector.settings import Settings
from iomconnector.storage.preparation import Preparer
from iomconnector.storage.tables import contexts
from iomconnector.storage.upsert import insert
from iomconnector.testing.hook_objects import cartridges_from
from iomconnector.testing.hypothesis_profiles import examples
from iomconnector.testing.preparers import cartridge_with

CARTRIDGES = ("shop", "demo_2", "rest_3")
MODES = (frozenset({Mode.INIT}), frozenset({Mode.MIGRATE}), frozenset({Mode.INIT, Mode.MIGRATE}))
OFFERS = st.tuples(st.sampled_from(CARTRIDGES), st.sampled_from(Phase), st.sampled_from([*MODES, MODES[-1]]))


class Killed(BaseException):
    """Stands for ``kill -9``: from now on the process does nothing."""


class Life:
    """Of a process that is killed after so many moments; for ever where it is not."""

    def __init__(self, moments: int | None) -> None:
        self._left = moments

    def live(self) -> None:
        if self._left is not None:
            self._left -= 1
            if self._left < 0:
                raise Killed


class MortalProtocol:
    """The protocol as a process writes it that may die before and after each word."""

    def __init__(self, protocol: PreparationProtocol, life: Life) -> None:
        self._protocol = protocol
        self._life = life

    async def exists(self) -> bool:
        return await self._protocol.exists()

    async def entries(self) -> Sequence[StepEntry]:
        return await self._protocol.entries()

    async def registrations(self) -> Sequence[Registration]:
        return await self._protocol.registrations()

    async def add(self, entry: StepEntry) -> int:
        self._life.live()
        number = await self._protocol.add(entry)
        self._life.live()
        return number

    async def finish(self, number: int, entry: StepEntry) -> None:
        self._life.live()
        await self._protocol.finish(number, entry)
        self._life.live()

    async def abandon_running(self, message: str) -> Sequence[StepEntry]:
        self._life.live()
        return await self._protocol.abandon_running(message)

    async def register(self, registration: Registration) -> None:
        self._life.live()
        await self._protocol.register(registration)
        self._life.live()


@dataclass(frozen=True)
class Offer:
    """A step that a cartridge offers; its effect is one row."""

    cartridge: str
    name: str
    phase: Phase
    modes: frozenset[Mode]

    @property
    def key(self) -> str:
        return f"{self.cartridge}:{self.name}"


class PreparationMachine(RuleBasedStateMachine):
    """Releases that bring steps, and preparations that succeed, fail or die.

    What should run is said again here, plainly, from what the database is known to have.
    """

    prepared: ClassVar[Path]
    folder: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__()
        self.directory = self.folder / uuid4().hex
        self.directory.mkdir()
        shutil.copyfile(self.prepared, self.directory / "shop.sqlite")
        self.offers: list[Offer] = []
        self.settled: set[str] = set()
        self.known: set[str] = set()
        self.attempts: list[str] = []
        self.executed: list[str] = []
        self.troubled: set[str] = set()

    @initialize(offers=st.lists(OFFERS, max_size=6))
    def first_release(self, offers: list[tuple[str, Phase, frozenset[Mode]]]) -> None:
        for offer in offers:
            self.later_release(offer)

    @rule(offer=OFFERS)
    def later_release(self, offer: tuple[str, Phase, frozenset[Mode]]) -> None:
        cartridge, phase, modes = offer
        self.offers.append(Offer(cartridge, f"step {len(self.offers)}", phase, modes))

    @rule(mode=st.sampled_from(Mode))
    def prepare(self, mode: Mode) -> None:
        expected = self.expected(mode)
        self.run(mode, Life(None))
        assert self.attempts == [offer.key for offer in expected]
        self.settled |= set(self.attempts)
        if mode is not Mode.MIGRATE:
            new = set(CARTRIDGES) - self.known
            self.settled |= {offer.key for offer in self.offers if offer.cartridge in new}
            self.known |= new
        self.check()

    @rule(mode=st.sampled_from(Mode), moments=st.integers(0, 15))
    def prepare_and_die(self, mode: Mode, moments: int) -> None:
        self.trouble(mode, Life(moments))

    @rule(mode=st.sampled_from(Mode), at=st.integers(0, 5))
    def prepare_and_fail(self, mode: Mode, at: int) -> None:
        expected = self.expected(mode)
        if expected:
            failing = expected[at % len(expected)].key
            self.trouble(mode, Life(None), failing)
            assert self.attempts == [offer.key for offer in expected][: len(self.attempts)]
            assert self.attempts[-1] == failing
            last = self.entries()[-1]
            assert (f"{last.cartridge}:{last.step}", last.outcome) == (failing, Outcome.FAILED)

    def trouble(self, mode: Mode, life: Life, failing: str = "") -> None:
        """A preparation that may not come to its end; what it did must be a beginning of what it should."""
        expected = [offer.key for offer in self.expected(mode)]
        try:
            self.run(mode, life, failing)
            event("came to its end")
        except (Killed, StepFailedError) as error:
            event(f"{type(error).__name__}")
        assert self.attempts == expected[: len(self.attempts)]
        self.troubled |= set(self.attempts[-1:])
        entries, known, _ = asyncio.run(self._read())
        settled = {
            f"{entry.cartridge}:{entry.step}"
            for entry in entries
            if entry.outcome in (Outcome.DONE, Outcome.NOT_NEEDED)
        }
        assert self.settled <= settled
        assert self.known <= known
        for offer in self.offers:
            if offer.cartridge in known - self.known:
                assert offer.key in settled, "a cartridge is known before all of it is there"
        self.settled, self.known = settled, known
        self.check()

    def expected(self, mode: Mode) -> list[Offer]:
        """The steps that should run, in order."""
        return [
            offer
            for phase in Phase
            for cartridge in CARTRIDGES
            for offer in self.offers
            if (offer.cartridge, offer.phase) == (cartridge, phase)
            if offer.key not in self.settled
            for occasion in [Mode.MIGRATE if cartridge in self.known else Mode.INIT]
            if mode in (occasion, Mode.AUTO)
            if occasion in offer.modes
        ]

    def check(self) -> None:
        entries, _, effects = asyncio.run(self._read())
        done = {f"{entry.cartridge}:{entry.step}" for entry in entries if entry.outcome is Outcome.DONE}
        assert done <= set(effects) <= set(self.executed)
        for key in set(self.executed) - self.troubled:
            assert self.executed.count(key) == 1, f"{key} ran again without need"

    def teardown(self) -> None:
        for _ in range(2):
            self.prepare(Mode.AUTO)
        entries = self.entries()
        assert self.attempts == []
        assert not [entry for entry in entries if entry.outcome is Outcome.RUNNING]
        self.prepare(Mode.AUTO)
        assert self.entries() == entries
        shutil.rmtree(self.directory)

    def run(self, mode: Mode, life: Life, failing: str = "") -> None:
        self.attempts = []
        asyncio.run(self._run(mode, life, failing))

    async def _run(self, mode: Mode, life: Life, failing: str) -> None:
        container = self.container(life, failing)
        protocol = container.preparation_protocol()
        container.preparation_protocol.override(providers.Object(MortalProtocol(protocol, life)))
        async with running(container) as system:
            await prepare_database(system, mode=mode)

    def container(self, life: Life, failing: str = "") -> Container:
        hooks = [
            cartridge_with(
                name.partition("_")[0],
                *(self.preparer(offer, life, failing) for offer in self.offers if offer.cartridge == name),
            )
            for name in CARTRIDGES
        ]
        return Container(settings=Settings(data_directory=self.directory), cartridges=cartridges_from(*hooks))

    def preparer(self, offer: Offer, life: Life, failing: str) -> Preparer:
        async def effect(connection: AsyncConnection) -> None:
            new = insert(connection, contexts).values(id=offer.key, kind="organization", display_name="")
            await connection.execute(new.on_conflict_do_nothing(index_elements=["id"]))

        async def prepare(application: Application) -> str:
            self.attempts.append(offer.key)
            life.live()
            if offer.key == failing:
                raise ValueError("no content")
            self.executed.append(offer.key)
            await application.database.write(effect)
            life.live()
            return "done"

        return Preparer(offer.name, prepare, offer.phase, offer.modes)

    def entries(self) -> list[StepEntry]:
        return asyncio.run(self._read())[0]

    async def _read(self) -> tuple[list[StepEntry], set[str], list[str]]:
        """The protocol, the cartridges that the database knows, and the effects that the steps had."""
        async with running(self.container(Life(None))) as system:
            protocol = system.preparation_protocol
            known = {each.cartridge for each in await protocol.registrations()}
            async with system.database.reading() as connection:
                effects = (await connection.execute(text("SELECT id FROM contexts"))).scalars().all()
            return list(await protocol.entries()), known, list(effects)


@pytest.fixture(autouse=True, scope="module")
def _files(prepared_database_file: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    PreparationMachine.prepared = prepared_database_file
    PreparationMachine.folder = tmp_path_factory.mktemp("machines")


PreparationMachine.TestCase.settings = examples(15, steps=10)

TestPreparation = PreparationMachine.TestCase
