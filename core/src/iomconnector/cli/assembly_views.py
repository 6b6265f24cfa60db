"""How what was found about assemblies is shown: as tables for people, as documents for programs."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from iomconnector.assemblies.findings import Finding, Severity, errors_in, shown
from iomconnector.assemblies.resolution import Examination
from iomconnector.cli.terminal import print_table

if TYPE_CHECKING:
    from iomconnector.assemblies.graph import Graph
    from iomconnector.assemblies.lock import Lock


def examination_document(name: str, environments: Sequence[str], examination: Examination) -> dict[str, Any]:
    """What is wrong with an assembly, for programs."""
    return {
        "assembly": name,
        "environments": list(environments),
        "usable": not errors_in(examination.findings),
        "findings": [_finding_document(finding) for finding in examination.findings],
    }


def print_examination(name: str, environments: Sequence[str], examination: Examination) -> None:
    """What is wrong with an assembly, for people."""
    scope = ", ".join(environments)
    if not examination.findings:
        typer.echo(f"{name}: nothing is wrong in {scope}.")
        return
    severities = [finding.severity for finding in examination.findings]
    counted = [counted_noun(severities.count(each), str(each)) for each in Severity if each != Severity.NOTE]
    if Severity.NOTE in severities:
        counted.append(counted_noun(severities.count(Severity.NOTE), "note"))
    print_table(
        f"{name}: {', '.join(counted)} in {scope}",
        ("", "Where", "What is wrong", "What mends it"),
        [
            (str(finding.severity), _place(finding), finding.message, finding.mend)
            for finding in examination.findings
        ],
    )


def graph_document(graph: "Graph") -> dict[str, Any]:
    """A graph, for programs."""
    return {
        "title": graph.title,
        "nodes": [{"name": node.name, "file": node.file, "runs": node.runs} for node in graph.nodes],
        "edges": [{"from": name, "to": needed} for name, needed in graph.edges],
    }


def lock_summary(file: Path, lock: "Lock") -> str:
    """What was locked, for people."""
    editable = sum(each.editable for each in lock.distributions)
    unhashed = [each.name for each in lock.distributions if not each.hash]
    text = f"Wrote {shown(file.absolute())}: {counted_noun(len(lock.distributions), 'distribution')}"
    text += f", {editable} of them editable" if editable else ""
    text += f", for {', '.join(lock.environments)}."
    if unhashed:
        text += f"\nWithout a hash, because no list of their files is installed: {', '.join(unhashed)}."
    return text


def counted_noun(number: int, noun: str) -> str:
    """A number with its noun."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _finding_document(finding: Finding) -> dict[str, Any]:
    return {
        "severity": str(finding.severity),
        "file": str(finding.file) if finding.file else None,
        "line": finding.line or None,
        "message": finding.message,
        "mend": finding.mend,
    }


def _place(finding: Finding) -> str:
    return f"{shown(finding.file)}:{finding.line}" if finding.file else ""
