"""Which steps run, and why: init, migrate and auto; fresh, known and half prepared cartridges."""

from dataclasses import replace
from datetime import timedelta

import pytest

from iomconnector.application import Application
from iomconnector.ports.preparation_protocol import Mode, Outcome, Phase, Registration, StepEntry
from iomconnector.preparation.planning import Knowledge, Plan, Wish, plan_steps
from iomconnector.preparation.steps import BOTH, Step
from iomconnector.testing.samples import NOON

INIT, MIGRATE = frozenset({Mode.INIT}), frozenset({Mode.MIGRATE})


def step(
    title: str,
    phase: Phase = Phase.MAIN,
    modes: frozenset[Mode] = BOTH,
    release: str = "",
    version: str = "2.0",
) -> Step:
    async def run(_: Application) -> str:
        return "done"

    cartridge, _, name = title.partition(":")
    return Step(cartridge, version, name, phase, modes, release, "cartridge.py:1", run)


def entry(of: Step, outcome: Outcome, message: str = "") -> StepEntry:
    return StepEntry(
        of.cartridge, of.version, of.phase, of.name, Mode.INIT, outcome, NOON, message=message, host="shop-1"
    )


def known(*cartridges: str, version: str = "1.0") -> list[Registration]:
    return [Registration(name, version, NOON + timedelta(minutes=1)) for name in cartridges]


def running(plan: Plan) -> list[str]:
    return [f"{planned.step.cartridge}:{planned.step.name}" for planned in plan.to_run]


def reasons(plan: Plan) -> list[str]:
    return [planned.reason for planned in plan.steps]


def test_each_phase_goes_through_all_cartridges_in_load_order() -> None:
    steps = [
        step("b:1", Phase.POST),
        step("b:2", Phase.PRE),
        step("b:3"),
        step("a:4"),
        step("a:5", Phase.PRE),
        step("a:6", Phase.POST),
        step("a:7"),
    ]
    plan = plan_steps(steps, ["b", "a"], Knowledge(), Wish())
    assert running(plan) == ["b:2", "a:5", "b:3", "a:4", "a:7", "b:1", "a:6"]
    assert plan.registered == ("b", "a")


def test_what_is_done_does_not_run_again_and_what_failed_or_did_not_end_does() -> None:
    steps = [step(f"a:{name}") for name in ("done", "failed", "dead", "twice", "new")]
    done, failed, dead, twice, _ = steps
    entries = [
        entry(done, Outcome.DONE),
        entry(failed, Outcome.FAILED),
        entry(dead, Outcome.RUNNING),
        entry(twice, Outcome.FAILED),
        entry(twice, Outcome.DONE),
    ]
    plan = plan_steps(steps, ["a"], Knowledge(entries), Wish())
    assert running(plan) == ["a:failed", "a:dead", "a:new"]
    assert reasons(plan) == [
        "done 2026-11-02 12:00 UTC",
        "failed 2026-11-02 12:00 UTC",
        "began 2026-11-02 12:00 UTC on shop-1 and did not end",
        "done 2026-11-02 12:00 UTC",
        "the database does not know the cartridge",
    ]


@pytest.mark.parametrize(
    ("mode", "fresh", "old"),
    [
        (Mode.INIT, ["init", "both"], []),
        (Mode.MIGRATE, [], ["migrate", "both"]),
        (Mode.AUTO, ["init", "both"], ["migrate", "both"]),
    ],
)
def test_a_mode_says_which_steps_of_which_cartridges_run(
    mode: Mode, fresh: list[str], old: list[str]
) -> None:
    kinds = {"init": INIT, "migrate": MIGRATE, "both": BOTH}
    steps = [
        step(f"{name}:{kind}", modes=modes) for name in ("fresh", "old") for kind, modes in kinds.items()
    ]
    plan = plan_steps(steps, ["fresh", "old"], Knowledge((), known("old")), Wish(mode))
    assert running(plan) == [f"fresh:{kind}" for kind in fresh] + [f"old:{kind}" for kind in old]
    assert {planned.mode for planned in plan.to_run if planned.step.cartridge == "old"} <= {Mode.MIGRATE}
    assert plan.registered == (() if mode is Mode.MIGRATE else ("fresh",))
    assert [each.title for each in plan.not_needed] == ([] if mode is Mode.MIGRATE else ["fresh: migrate"])
    assert "" not in reasons(plan)


def test_an_interrupted_initialization_goes_on_as_one() -> None:
    first, second = step("a:1", modes=INIT), step("a:2", modes=INIT)
    half = Knowledge([entry(first, Outcome.DONE), entry(second, Outcome.FAILED)])
    plan = plan_steps([first, second], ["a"], half, Wish())
    assert [(planned.runs, planned.mode) for planned in plan.steps] == [(False, Mode.INIT), (True, Mode.INIT)]
    assert running(plan_steps([first, second], ["a"], half, Wish(Mode.MIGRATE))) == []


@pytest.mark.parametrize(
    ("release", "began_with", "runs"),
    [("2.0", "1.9", True), ("", "1.9", True), ("1.5", "1.9", False), ("2.0", "2.0", False), ("", "", False)],
)
def test_a_release_that_goes_on_with_the_content_of_an_older_one_brings_its_changes(
    release: str, began_with: str, runs: bool
) -> None:
    first, rest = step("a:first", modes=INIT), step("a:rest", Phase.POST, INIT)
    change = step("a:change", modes=MIGRATE, release=release)
    done = [replace(entry(first, Outcome.DONE), version=began_with)] if began_with else []
    steps = [first, rest, change]
    plan = plan_steps(steps, ["a"], Knowledge([*done, entry(rest, Outcome.FAILED)]), Wish())
    assert ("a:change" in running(plan)) is runs
    assert list(plan.not_needed) == ([] if runs else [change])
    if runs:
        assert f"the initial content was begun by {began_with}" in reasons(plan)


def test_a_change_that_the_initial_content_contains_never_runs() -> None:
    change = step("a:change", modes=MIGRATE)
    settled = Knowledge([entry(change, Outcome.NOT_NEEDED, "The content of 1.0 contains it.")], known("a"))
    plan = plan_steps([change], ["a"], settled, Wish())
    assert reasons(plan) == ["not needed: The content of 1.0 contains it."]
    assert (running(plan), plan.not_needed) == ([], ())


@pytest.mark.parametrize(
    ("release", "initialized_by", "runs"),
    [
        ("2.0", "1.9", True),
        ("2.0", "2.0", False),
        ("2.0", "2.0.1", False),
        ("1.10", "1.9", True),
        ("2.0", "2.0rc1", True),
        ("", "9", True),
        ("2.0", "unspecified", True),
    ],
)
def test_a_change_runs_where_an_older_release_made_the_content(
    release: str, initialized_by: str, runs: bool
) -> None:
    change = step("a:change", modes=MIGRATE, release=release)
    plan = plan_steps([change], ["a"], Knowledge((), known("a", version=initialized_by)), Wish())
    assert bool(running(plan)) is runs
    fresh = plan_steps([step("a:change", release=release)], ["a"], Knowledge(), Wish())
    assert running(fresh) == ["a:change"], "in a fresh database nothing contains it yet"


def test_only_what_is_listed_and_asked_for_runs() -> None:
    steps = [step("a:1"), step("b:1"), step("c:1")]
    plan = plan_steps(steps, ["a", "b", "c", "d"], Knowledge(), Wish(listed=["a", "b", "d"], only=["b", "d"]))
    assert running(plan) == ["b:1"]
    assert plan.registered == ("b", "d")
    assert reasons(plan) == [
        "not asked for",
        "the database does not know the cartridge",
        "not in the assembly's database list",
    ]
