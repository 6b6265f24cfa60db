"""Running the steps: one process at a time, each step written down before and after."""

import os
import socket
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace

from iomconnector.application import Application
from iomconnector.errors import StorageError
from iomconnector.ports.preparation_protocol import Mode, Outcome, Registration, StepEntry
from iomconnector.preparation.failures import masked, said_by, step_failed
from iomconnector.preparation.planning import Knowledge, Plan, PlannedStep, Wish, plan_steps
from iomconnector.preparation.steps import CORE, Step, core_step, steps_of
from iomconnector.storage.database import Database, LockedError
from iomconnector.storage.schema import CORE_SCHEMA

LOCK = "preparation"
PATIENCE_SECONDS = 3600
INTERRUPTED = "Interrupted."
DIED = "The process that ran it ended in the middle."


@dataclass(frozen=True, slots=True, kw_only=True)
class Watcher:
    """Is told what preparation does.

    Arguments:
        waits: Another process prepares this database; this one waits for it.
        begins: A step begins.
        ended: A step ended, done or failed.
    """

    waits: Callable[[], None] = lambda: None
    begins: Callable[[Step], None] = lambda _: None
    ended: Callable[[Step, StepEntry], None] = lambda _step, _entry: None


@dataclass(frozen=True, slots=True)
class Preparation:
    """A preparation that came to its end.

    Arguments:
        plan: What was to be done.
        entries: What was done, in order.
        seconds: How long it took, waiting included.
    """

    plan: Plan
    entries: tuple[StepEntry, ...]
    seconds: float


async def prepare_database(
    application: Application,
    watcher: Watcher | None = None,
    *,
    cartridges: Collection[str] | None = None,
    only: Collection[str] | None = None,
    mode: Mode = Mode.AUTO,
) -> Preparation:
    """Prepare everything that is new; running it again changes nothing.

    It can be called by several processes at once: one does the work, the others wait and find it done. The
    core's own tables are always brought to their newest form, and first of all.

    Arguments:
        application: The system, with the cartridges of the database list loaded.
        watcher: Is told of each step.
        cartridges: Whose steps run: the database list of the assembly; those of all that are loaded where
            omitted.
        only: Of these, the ones asked for; all of them where omitted.
        mode: What it is for.

    Raises:
        PreparerError: A cartridge offers a preparer that cannot be used; nothing was changed.
        StepFailedError: A step failed. What was done before it is recorded; the next call continues with it.
        StorageError: The database cannot be written, another process prepares it for an hour already, or a
            newer release prepared it; nothing was changed.
    """
    began = time.perf_counter()
    watcher = watcher or Watcher()
    steps = steps_of(application.cartridges)
    wish = Wish(mode, cartridges, only)
    async with _alone(application.database, watcher.waits):
        run = _Run(application, watcher)
        core = await _plan_core(application)
        if core.runs:
            await run.attempt(core)
        await application.preparation_protocol.abandon_running(DIED)
        plan = plan_steps(steps, application.cartridges.names, await _knowledge(application), wish)
        await run.follow(plan)
    whole = Plan((core, *plan.steps), plan.registered, plan.not_needed)
    return Preparation(whole, tuple(run.entries), time.perf_counter() - began)


async def plan_preparation(
    application: Application,
    *,
    cartridges: Collection[str] | None = None,
    only: Collection[str] | None = None,
    mode: Mode = Mode.AUTO,
) -> Plan:
    """What :func:`prepare_database` would do now; changes nothing, and makes no database.

    Raises:
        PreparerError: A cartridge offers a preparer that cannot be used.
        StorageError: The database cannot be read, or a newer release prepared it.
    """
    steps = steps_of(application.cartridges)
    wish = Wish(mode, cartridges, only)
    core = await _plan_core(application)
    plan = plan_steps(steps, application.cartridges.names, await _knowledge(application), wish)
    return Plan((core, *plan.steps), plan.registered, plan.not_needed)


async def _plan_core(application: Application) -> PlannedStep:
    step, newest = core_step(), CORE_SCHEMA.newest
    current = await CORE_SCHEMA.current(application.database)
    if current is None:
        return PlannedStep(step, Mode.INIT, True, "the database has no tables yet")
    reason = f"the tables are at revision {current}"
    return PlannedStep(step, Mode.MIGRATE, current != newest, reason)


async def _knowledge(application: Application) -> Knowledge:
    protocol = application.preparation_protocol
    return Knowledge(await protocol.entries(), await protocol.registrations())


@asynccontextmanager
async def _alone(database: Database, waits: Callable[[], None]) -> AsyncIterator[None]:
    async with AsyncExitStack() as stack:
        try:
            await stack.enter_async_context(database.exclusive(LOCK, wait=0))
        except LockedError:
            waits()
            await stack.enter_async_context(database.exclusive(LOCK, wait=PATIENCE_SECONDS))
        yield


class _Run:
    def __init__(self, application: Application, watcher: Watcher) -> None:
        self.entries: list[StepEntry] = []
        self._application = application
        self._protocol = application.preparation_protocol
        self._watcher = watcher
        key = application.settings.secret_key
        self._secrets = (
            key.get_secret_value() if key else "",
            str(application.database.url.password or ""),
        )

    async def follow(self, plan: Plan) -> None:
        """Run what the plan says, and register each cartridge as soon as its last step is done.

        What the content of a new cartridge contains is written down before it begins: a later release that
        has to go on with it then knows which of its changes came afterwards.
        """
        for step in plan.not_needed:
            await self._settle(step)
        left = Counter(planned.step.cartridge for planned in plan.to_run)
        for cartridge in plan.registered:
            if not left[cartridge]:
                await self._register(cartridge)
        for planned in plan.to_run:
            await self.attempt(planned)
            cartridge = planned.step.cartridge
            left[cartridge] -= 1
            if not left[cartridge] and cartridge in plan.registered:
                await self._register(cartridge)

    async def _settle(self, step: Step) -> None:
        entry = self._entry(step, Mode.INIT)
        reason = f"The content of {step.version} contains it."
        await self._protocol.add(
            replace(
                entry, outcome=Outcome.NOT_NEEDED, finished_at=entry.started_at, seconds=0, message=reason
            )
        )

    async def _register(self, cartridge: str) -> None:
        loaded = {each.name: each.installed.version for each in self._application.cartridges.in_order}
        await self._protocol.register(
            Registration(cartridge, loaded[cartridge], self._application.clock.now())
        )

    async def attempt(self, planned: PlannedStep) -> None:
        """Run a step, with an entry in the protocol from its beginning.

        The core's step makes the protocol itself, so its entry is written at its end.

        Raises:
            StepFailedError: It failed, which is written down too.
        """
        step, error = planned.step, None
        entry = self._entry(step, planned.mode)
        number = None if step.cartridge == CORE else await self._protocol.add(entry)
        self._watcher.begins(step)
        began = time.perf_counter()
        try:
            message = masked(str(await step.run(self._application)), self._secrets)
        except Exception as caught:
            error, message = caught, said_by(caught, self._secrets)
        except BaseException:
            await self._write(number, self._ended(entry, began, INTERRUPTED, failed=True))
            raise
        ended = self._ended(entry, began, message, failed=error is not None)
        await self._write(number, ended)
        self.entries.append(ended)
        self._watcher.ended(step, ended)
        if error is not None:
            raise step_failed(step, error, message) from error

    async def _write(self, number: int | None, ended: StepEntry) -> None:
        try:
            if number is not None:
                await self._protocol.finish(number, ended)
            elif await self._protocol.exists():
                await self._protocol.add(ended)
        except StorageError:
            if ended.outcome is Outcome.DONE:
                raise

    def _entry(self, step: Step, mode: Mode) -> StepEntry:
        return StepEntry(
            step.cartridge,
            step.version,
            step.phase,
            step.name,
            mode,
            Outcome.RUNNING,
            started_at=self._application.clock.now(),
            host=socket.gethostname(),
            pid=os.getpid(),
        )

    def _ended(self, entry: StepEntry, began: float, message: str, *, failed: bool) -> StepEntry:
        return replace(
            entry,
            outcome=Outcome.FAILED if failed else Outcome.DONE,
            finished_at=self._application.clock.now(),
            seconds=round(time.perf_counter() - began, 3),
            message=message,
        )
