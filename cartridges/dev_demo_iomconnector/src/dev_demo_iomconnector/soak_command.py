"""``iomconnector soak``."""

from __future__ import annotations

import secrets
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from dev_demo_iomconnector.soak import Outcome, Soak
from iomconnector.cli.terminal import print_table
from iomconnector.model.exports import ExportState
from iomconnector.testing.faults.conditions import WaitedInVainError
from iomconnector.testing.faults.verdict import Claim, broken, claims

app = typer.Typer()

LOST = (
    "Every order that was confirmed is in the shop.",
    "Every exported order is in IOM.",
)
DUPLICATES = ("No order is in IOM twice.", "IOM has no order that the shop did not export.")


class Database(StrEnum):
    """Where the shop of the run keeps its data."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"


@app.command()
def soak(
    minutes: Annotated[float, typer.Option(min=0, help="For how long faults strike.")] = 10,
    seed: Annotated[int | None, typer.Option(help="The same seed gives the same orders and faults.")] = None,
    database: Annotated[Database, typer.Option(help="Where the shop keeps its data.")] = Database.SQLITE,
    workers: Annotated[int, typer.Option(min=1, help="How many processes export.")] = 2,
    directory: Annotated[
        Path | None, typer.Option(help="Empty directory for all data and logs, which are kept.")
    ] = None,
) -> None:
    """Let customers place orders while processes are killed, IOM misbehaves and the database goes away.

    Nothing but its own processes and files is touched. Exit code 0: both sides agree on every order, and no
    secret is anywhere. 1: they do not; the directory with all data and logs is kept then.
    """
    seed = secrets.randbelow(1_000_000) if seed is None else seed
    place = directory or Path(tempfile.mkdtemp(prefix="iomconnector-soak-"))
    place.mkdir(parents=True, exist_ok=True)
    again = (
        f"{Path(sys.argv[0]).name} soak --seed {seed} --minutes {minutes:g} "
        f"--database {database.value} --workers {workers}"
    )
    typer.echo(f"Seed {seed}, data in {place}. Again with: {again}")
    run = Soak(place, seed=seed, minutes=minutes, database=database.value, workers=workers, say=typer.echo)
    try:
        outcome = run.run()
    except (WaitedInVainError, AssertionError) as error:
        typer.echo(f"{error}\nAll data and logs are in {place}. Again with: {again}", err=True)
        raise typer.Exit(1) from None
    checked = claims(outcome.evidence, far_side="IOM")
    print_outcome(outcome, checked)
    typer.echo(f"Again with: {again}")
    if broken(checked):
        typer.echo(f"All data and logs are in {place}.", err=True)
        raise typer.Exit(1)
    if directory is None:
        shutil.rmtree(place, ignore_errors=True)


def print_outcome(outcome: Outcome, checked: Sequence[Claim]) -> None:
    """Print what happened and whether every claim holds."""
    evidence, states = outcome.evidence, outcome.evidence.states()
    rows = {
        "orders in the shop": len(evidence.orders),
        "confirmed to a customer": len(evidence.confirmed),
        "exported": states[ExportState.EXPORTED],
        "kill -9": sum(outcome.kills.values()),
        "faults": outcome.strikes.total(),
        "requests to IOM that went wrong": outcome.faults.total(),
        "requests of customers without an answer": outcome.unanswered,
        "lost": _faults_of(checked, LOST),
        "duplicates": _faults_of(checked, DUPLICATES),
        "seconds from the last fault until nothing was open": f"{outcome.seconds:.1f}",
    }
    _print_counts("The run", rows)
    _print_counts("What struck", outcome.strikes)
    _print_counts("Killed with kill -9", outcome.kills)
    _print_counts("What IOM did wrong, by kind: periods", outcome.misbehaved)
    _print_counts("The same: requests", Counter({str(kind): n for kind, n in outcome.faults.items()}))
    _print_counts("Not exported, and why", evidence.reasons())
    print_table(
        "Do both sides agree?",
        ("", "Claim", "Broken by"),
        [("yes" if claim.holds else "NO", claim.text, ", ".join(claim.faults[:10])) for claim in checked],
    )


def _print_counts(title: str, counts: Mapping[str, object]) -> None:
    print_table(title, ("", ""), [(name, str(count)) for name, count in counts.items()])


def _faults_of(checked: Sequence[Claim], texts: Sequence[str]) -> int:
    return sum(len(claim.faults) for claim in checked if claim.text in texts)
