"""The cartridges of an assembly as a graph: who requires whom, and which file brought each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from iomconnector.assemblies.findings import shown

if TYPE_CHECKING:
    from iomconnector.assemblies.resolution import Assembly
    from iomconnector.cartridges.discovery import InstalledCartridge


class GraphStyle(StrEnum):
    """The language in which a graph is written."""

    MERMAID = "mermaid"
    """For Markdown pages."""
    DOT = "dot"
    """For Graphviz."""


@dataclass(frozen=True, slots=True)
class Node:
    """A cartridge.

    Arguments:
        name: Its name.
        file: The assembly file that brought it.
        runs: Whether it runs in the environment; otherwise it prepares the database only.
    """

    name: str
    file: str
    runs: bool


@dataclass(frozen=True, slots=True)
class Graph:
    """The cartridges of an assembly in one environment.

    Arguments:
        title: What it shows.
        nodes: The cartridges in load order.
        edges: Each cartridge with one that it requires.
    """

    title: str
    nodes: tuple[Node, ...]
    edges: tuple[tuple[str, str], ...]

    @property
    def files(self) -> Mapping[str, tuple[Node, ...]]:
        """The cartridges by the file that brought them."""
        files = dict.fromkeys(node.file for node in self.nodes)
        return {file: tuple(node for node in self.nodes if node.file == file) for file in files}


def graph_of(assembly: Assembly, installed: Mapping[str, InstalledCartridge]) -> Graph:
    """The cartridges that run in the environment of an assembly, and those that prepare its database."""
    names = tuple(each for each in assembly.why if each in {*assembly.cartridges, *assembly.preparation})
    nodes = tuple(
        Node(name, shown(assembly.why[name][0].file), name in assembly.cartridges) for name in names
    )
    edges = tuple(
        (name, needed) for name in names if name in installed for needed in installed[name].requires
    )
    return Graph(f"{assembly.name} in {assembly.environment}", nodes, edges)


def written(graph: Graph, style: GraphStyle) -> str:
    """The graph as text; what only prepares the database has a dashed border."""
    return _mermaid(graph) if style is GraphStyle.MERMAID else _dot(graph)


def _mermaid(graph: Graph) -> str:
    ids = {node.name: f"c{number}" for number, node in enumerate(graph.nodes, start=1)}
    lines = ["---", f"title: {_quoted(graph.title)}", "---", "flowchart LR"]
    for number, (file, nodes) in enumerate(graph.files.items(), start=1):
        lines.append(f'    subgraph f{number}["{_escaped(file)}"]')
        lines += [f'        {ids[node.name]}["{_escaped(node.name)}"]' for node in nodes]
        lines.append("    end")
    lines += [f"    {ids[name]} --> {ids[needed]}" for name, needed in graph.edges]
    only_prepare = [ids[node.name] for node in graph.nodes if not node.runs]
    if only_prepare:
        lines.append("    classDef prepares stroke-dasharray: 4 4")
        lines.append(f"    class {','.join(only_prepare)} prepares")
    return "\n".join(lines)


def _escaped(text: str) -> str:
    return text.replace('"', "#quot;")


def _dot(graph: Graph) -> str:
    lines = [f"digraph {_quoted(graph.title)} {{", "    rankdir=LR;", "    node [shape=box];"]
    for number, (file, nodes) in enumerate(graph.files.items(), start=1):
        lines += [f"    subgraph cluster_{number} {{", f"        label={_quoted(file)};"]
        lines += [f"        {_quoted(n.name)}{'' if n.runs else ' [style=dashed]'};" for n in nodes]
        lines.append("    }")
    lines += [f"    {_quoted(name)} -> {_quoted(needed)};" for name, needed in graph.edges]
    return "\n".join([*lines, "}"])


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
