"""How database preparation is shown: its progress, its plan, its protocol."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import typer

from iomconnector.cli.terminal import Format, print_json, print_table
from iomconnector.ports.preparation_protocol import Mode, Outcome, Registration, StepEntry
from iomconnector.preparation import Plan, PlannedStep, Preparation, Step, Watcher


class PreparationView:
    """Shows a preparation while it goes on: a line a step, or one JSON document at its end.

    Arguments:
        output: For people or for programs.
    """

    def __init__(self, output: Format) -> None:
        self._output = output
        self._entries: list[StepEntry] = []
        self._preparation: Preparation | None = None
        self._line_is_open = False

    @property
    def watcher(self) -> Watcher:
        """Has everything shown."""
        return Watcher(waits=self._waits, begins=self._begins, ended=self._ended)

    def summarize(self, preparation: Preparation) -> None:
        """Show what the preparation came to."""
        self._preparation = preparation
        if self._output is Format.TABLE:
            typer.echo(_summary(preparation))

    def close(self) -> None:
        """End the output, of a preparation that failed too."""
        if self._output is Format.JSON:
            print_json(
                {
                    "complete": self._preparation is not None,
                    "steps": [_entry_row(entry) for entry in self._entries],
                    "registered": list(self._preparation.plan.registered) if self._preparation else [],
                }
            )
        elif self._line_is_open:
            typer.echo()

    def _waits(self) -> None:
        typer.echo("Another process prepares this database. Waiting for it ...", err=True)

    def _begins(self, step: Step) -> None:
        if self._output is Format.TABLE:
            typer.echo(f"{step.phase:<5}{step.title} ... ", nl=False)
            self._line_is_open = True

    def _ended(self, step: Step, entry: StepEntry) -> None:
        self._entries.append(entry)
        if self._output is Format.TABLE:
            said = "failed" if entry.outcome is Outcome.FAILED else entry.message
            typer.echo(f"{said} ({entry.seconds or 0:.2f} s)")
            self._line_is_open = False


def show_plan(plan: Plan, mode: Mode, output: Format) -> None:
    """Show what would run, and why."""
    if output is Format.JSON:
        print_json(
            {
                "mode": mode,
                "steps": [plan_row(planned) for planned in plan.steps],
                "would_register": list(plan.registered),
            }
        )
        return
    print_table(
        f"Mode {mode}: {len(plan.to_run)} of {_counted(len(plan.steps), 'step')} would run",
        ("Phase", "Cartridge", "Step", "Runs", "Why"),
        [
            (
                planned.step.phase,
                planned.step.cartridge,
                planned.step.name,
                planned.mode if planned.runs else "-",
                planned.reason,
            )
            for planned in plan.steps
        ],
    )


def show_protocol(
    registrations: Sequence[Registration], entries: Sequence[StepEntry], output: Format
) -> None:
    """Show what was done to a database."""
    if output is Format.JSON:
        print_json(
            {
                "cartridges": [
                    {
                        "cartridge": each.cartridge,
                        "version": each.version,
                        "registered_at": each.registered_at.isoformat(),
                    }
                    for each in registrations
                ],
                "steps": [_entry_row(entry) for entry in entries],
            }
        )
        return
    if not entries and not registrations:
        typer.echo("Nothing is recorded. `iomconnector dbprepare` prepares the database.")
        return
    print_table(
        "What was done to this database",
        ("Began (UTC)", "Step", "Outcome", "Message"),
        [
            (
                f"{entry.started_at:%Y-%m-%d %H:%M:%S}",
                f"{entry.cartridge} {entry.version}\n{entry.phase}: {entry.step}",
                f"{entry.mode}: {entry.outcome}"
                + ("" if entry.seconds is None else f"\n{entry.seconds:.2f} s"),
                entry.message,
            )
            for entry in entries
        ],
    )
    known = ", ".join(f"{each.cartridge} {each.version}" for each in registrations)
    typer.echo(f"Initialized by: {known or 'no cartridge yet'}.")


def plan_row(planned: PlannedStep) -> dict[str, Any]:
    """A planned step for programs."""
    step = planned.step
    return {
        "phase": step.phase,
        "cartridge": step.cartridge,
        "version": step.version,
        "step": step.name,
        "mode": planned.mode,
        "runs": planned.runs,
        "reason": planned.reason,
        "location": step.location,
    }


def _entry_row(entry: StepEntry) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in asdict(entry).items()
    }


def _summary(preparation: Preparation) -> str:
    done, known = len(preparation.entries), len(preparation.plan.steps)
    took = f"{preparation.seconds:.1f} s"
    if not done:
        return f"Nothing to do: no step of {known} runs; see --plan for the reasons ({took})."
    rest = f", {known - done} of {known} did not have to run" if known > done else ""
    return f"Prepared: {_counted(done, 'step')} done{rest} ({took})."


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
