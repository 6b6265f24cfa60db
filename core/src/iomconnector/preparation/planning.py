"""Deciding which steps run, and why; a matter of the steps and the protocol alone."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from iomconnector.ports.preparation_protocol import Mode, Outcome, Phase, Registration, StepEntry
from iomconnector.preparation.steps import Step, parsed_version


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """A step with what will become of it.

    Arguments:
        step: The step.
        mode: The occasion: init where the database does not know the cartridge, otherwise migrate.
        runs: Whether it runs.
        reason: Why, or why not.
    """

    step: Step
    mode: Mode
    runs: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What a preparation does.

    Arguments:
        steps: Every step in the order in which it runs or would run.
        registered: The cartridges that the database will know at the end, and does not know yet.
        not_needed: Steps of these cartridges that never need to run, because their initial content contains
            the change already. Content that an earlier release began does not contain what is newer.
    """

    steps: tuple[PlannedStep, ...]
    registered: tuple[str, ...] = ()
    not_needed: tuple[Step, ...] = ()

    @property
    def to_run(self) -> tuple[PlannedStep, ...]:
        """The steps that run."""
        return tuple(planned for planned in self.steps if planned.runs)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks of a preparation.

    Arguments:
        mode: What it is for.
        listed: The database list of the assembly; every cartridge where there is none.
        only: The cartridges asked for; every listed one where omitted.
    """

    mode: Mode = Mode.AUTO
    listed: Collection[str] | None = None
    only: Collection[str] | None = None

    def refusal(self, cartridge: str) -> str:
        """Why nothing of a cartridge runs; empty where it may."""
        if self.listed is not None and cartridge not in self.listed:
            return "not in the assembly's database list"
        if self.only is not None and cartridge not in self.only:
            return "not asked for"
        return ""


class Knowledge:
    """What the protocol of a database says.

    Arguments:
        entries: Its entries, the oldest first.
        registrations: The cartridges that it knows.
    """

    def __init__(self, entries: Sequence[StepEntry] = (), registrations: Sequence[Registration] = ()) -> None:
        self._last = {(entry.cartridge, entry.step): entry for entry in entries}
        self.registered = {each.cartridge: each for each in registrations}
        self._begun: dict[str, str] = {}
        for entry in entries:
            if entry.outcome is Outcome.DONE:
                self._begun.setdefault(entry.cartridge, entry.version)

    def began_with(self, cartridge: str) -> str:
        """The version that did the first step of a cartridge; empty where none was done."""
        return self._begun.get(cartridge, "")

    def last(self, step: Step) -> StepEntry | None:
        """The latest attempt at a step."""
        return self._last.get((step.cartridge, step.name))


def plan_steps(steps: Sequence[Step], cartridges: Sequence[str], knowledge: Knowledge, wish: Wish) -> Plan:
    """Decide about every step.

    Arguments:
        steps: The steps of all cartridges, in load order.
        cartridges: The cartridges in load order; those without steps too.
        knowledge: What the protocol says.
        wish: What is asked for.
    """
    planned = tuple(
        _planned(step, knowledge, wish) for phase in Phase for step in steps if step.phase is phase
    )
    new = tuple(
        cartridge
        for cartridge in dict.fromkeys(cartridges)
        if cartridge not in knowledge.registered
        and wish.mode is not Mode.MIGRATE
        and not wish.refusal(cartridge)
    )
    runs = {(each.step.cartridge, each.step.name) for each in planned if each.runs}
    not_needed = tuple(
        step
        for step in steps
        if step.cartridge in new
        and (step.cartridge, step.name) not in runs
        and not _is_settled(knowledge.last(step))
    )
    return Plan(planned, new, not_needed)


def _planned(step: Step, knowledge: Knowledge, wish: Wish) -> PlannedStep:
    registration = knowledge.registered.get(step.cartridge)
    mode = Mode.MIGRATE if registration else Mode.INIT
    last, began_with = knowledge.last(step), knowledge.began_with(step.cartridge)
    obstacle = next(
        (reason for reason in _obstacles(step, last, registration, began_with, wish) if reason),
        "",
    )
    occasion = _occasion(last, mode, step, began_with)
    return PlannedStep(step, mode, not obstacle, obstacle or occasion)


def _obstacles(
    step: Step, last: StepEntry | None, registration: Registration | None, began_with: str, wish: Wish
) -> Iterator[str]:
    yield wish.refusal(step.cartridge)
    if last is not None and _is_settled(last):
        done = last.outcome is Outcome.DONE
        yield f"done {last.started_at:%Y-%m-%d %H:%M} UTC" if done else f"not needed: {last.message}"
    if registration is None:
        if wish.mode is Mode.MIGRATE:
            yield "the database does not know the cartridge; --mode auto initializes it"
        if Mode.INIT not in step.modes and _contains(began_with or step.version, step):
            yield "the initial content contains this change"
        return
    since = f"the cartridge was initialized {registration.registered_at:%Y-%m-%d}"
    if wish.mode is Mode.INIT:
        yield f"{since}; --mode auto runs its new steps"
    if Mode.MIGRATE not in step.modes:
        yield f"{since}; this is for fresh databases"
    if _is_older(step.release, registration.version):
        yield f"{since} by {registration.version}, which contains the change of {step.release}"


def _occasion(last: StepEntry | None, mode: Mode, step: Step, began_with: str) -> str:
    if last is not None:
        began = f"{last.started_at:%Y-%m-%d %H:%M} UTC"
        if last.outcome is Outcome.RUNNING:
            return f"began {began} on {last.host} and did not end"
        return f"failed {began}"
    if mode is Mode.INIT and Mode.INIT not in step.modes:
        return f"the initial content was begun by {began_with}"
    return "is new" if mode is Mode.MIGRATE else "the database does not know the cartridge"


def _is_settled(last: StepEntry | None) -> bool:
    return last is not None and last.outcome in (Outcome.DONE, Outcome.NOT_NEEDED)


def _contains(version: str, step: Step) -> bool:
    """Whether the initial content of a version has the change of a step that is offered now."""
    return version == step.version or _is_older(step.release, version)


def _is_older(release: str, initialized_by: str) -> bool:
    """Whether a change is no newer than the release that made the initial content."""
    change, initial = parsed_version(release), parsed_version(initialized_by)
    return change is not None and initial is not None and change <= initial
