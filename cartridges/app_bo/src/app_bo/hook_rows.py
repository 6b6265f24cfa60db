"""Hooks and extension points with what is bound to them, as pages list them."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from pathlib import Path

from iomconnector import hooks
from iomconnector.cartridges.extensions import Extensions
from iomconnector.cartridges.loaded import LoadedCartridges


@dataclass(frozen=True, slots=True)
class Bound:
    """Something that a cartridge binds.

    Arguments:
        cartridge: The cartridge.
        place: File and line of it, the file within its package.
        priority: By which it is sorted; none of a hook, where the load order alone decides.
    """

    cartridge: str
    place: str
    priority: int | None = None


@dataclass(frozen=True, slots=True)
class BindingPoint:
    """A hook or an extension point.

    Arguments:
        name: Its name.
        signature: Its parameters, and what it returns.
        summary: What it is good for.
        declared_by: The cartridge that declares it; empty for a hook of the framework.
        bound: What is bound to it, in calling order.
    """

    name: str
    signature: str
    summary: str
    declared_by: str
    bound: tuple[Bound, ...]

    @property
    def cartridges(self) -> frozenset[str]:
        """The cartridges that bind to it."""
        return frozenset(each.cartridge for each in self.bound)


def hook_rows(cartridges: LoadedCartridges) -> list[BindingPoint]:
    """Every hook of the framework, by name."""
    rows = []
    for name in cartridges.hook_names:
        specified = getattr(hooks, name)
        rows.append(
            BindingPoint(
                name=name,
                signature=str(inspect.signature(specified)).replace("'", ""),
                summary=(inspect.getdoc(specified) or "").partition("\n\n")[0].replace("`", ""),
                declared_by="",
                bound=tuple(
                    Bound(each.cartridge, f"{_short(each.file, each.cartridge)}:{each.line}")
                    for each in cartridges.implementations(name)
                ),
            )
        )
    return rows


def point_rows(extensions: Extensions) -> list[BindingPoint]:
    """Every extension point that a cartridge declares, by name."""
    return [
        BindingPoint(
            name=point.name,
            signature=f"({', '.join(point.parameters)})",
            summary=point.summary,
            declared_by=declared_by,
            bound=tuple(
                Bound(
                    bound.cartridge,
                    _short(bound.extension.location, bound.cartridge),
                    bound.extension.priority,
                )
                for bound in extensions.bound_to(point.name)
            ),
        )
        for declared_by, point in extensions.points
    ]


def _short(file: str, package: str) -> str:
    """The file from its package on; the whole machine is nobody's business."""
    path = Path(file)
    folders = path.parts
    for start in range(len(folders) - 1, -1, -1):
        if folders[start] == package:
            return "/".join(folders[start:])
    return path.name
