"""Installed cartridges as tables and documents."""

import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from iomconnector.cli.terminal import print_table

if TYPE_CHECKING:
    from iomconnector.cartridges.discovery import InstalledCartridge
    from iomconnector.cartridges.profile import CartridgeProfile
    from iomconnector.cli.invocation import Invocation

_NO_SYSTEM = "needs a running application"


def short_place(place: str) -> str:
    """A file, with or without line, as people read it: from the working directory where it is below."""
    here = f"{Path.cwd()}/"
    return place.removeprefix(here)


def cartridge_rows(
    assembly: str, installed: "Mapping[str, InstalledCartridge]"
) -> tuple[bool, list[dict[str, Any]]]:
    """Whether there is that assembly, and every installed cartridge with its place in it."""
    from iomconnector.assemblies.composition import compose
    from iomconnector.assemblies.inheritance import read_lineage
    from iomconnector.cartridges.importing import CartridgeLoadError, import_cartridge

    composition = compose(read_lineage(assembly))
    included = composition.included
    rows: list[dict[str, Any]] = []
    for each in installed.values():
        style, problems = "", list(each.problems)
        if (each.name in included or each.name in composition.database) and not problems:
            try:
                style = str(import_cartridge(each).descriptor.style)
            except CartridgeLoadError as error:
                problems = [problem.told for problem in error.problems]
        rows.append(
            {
                "name": each.name,
                "style": style,
                "distribution": each.distribution,
                "version": each.version,
                "module": each.module,
                "requires": list(each.requires),
                "environments": list(included[each.name].environments) if each.name in included else [],
                "problems": problems,
            }
        )
    return bool(composition.lineage.files), rows


def print_cartridges(found: str, assembly: str, rows: list[dict[str, Any]]) -> None:
    """Show the rows as a table."""
    print_table(
        f"Installed cartridges; {'environments in' if found else 'there is no assembly'} {assembly}",
        ("Cartridge", "Style", "Environments"),
        [(row["name"], row["style"], _place(row)) for row in rows],
    )


def _place(row: Mapping[str, Any]) -> str:
    needs = f"needs {', '.join(row['requires'])}" if row["requires"] else ""
    source = f"from {row['distribution']} {row['version']}"
    lines = [", ".join(row["environments"]) or "none", source, needs, *row["problems"]]
    return "\n".join(line for line in lines if line)


def cartridge_document(name: str, invocation: "Invocation") -> dict[str, Any]:
    """Everything about one installed cartridge."""
    from iomconnector.assemblies.composition import compose
    from iomconnector.assemblies.inheritance import read_lineage
    from iomconnector.cartridges.profile import profile_of

    profile = profile_of(name, invocation.installed)
    cartridge, descriptor = profile.installed, profile.descriptor
    composition = compose(read_lineage(invocation.assembly))
    included = composition.included.get(name)
    face = profile.loaded.in_order[0].file if profile.loaded else ""
    return {
        "name": name,
        "display_name": descriptor.display_name if descriptor else "",
        "style": str(descriptor.style) if descriptor else "",
        "summary": cartridge.summary,
        "distribution": cartridge.distribution,
        "version": cartridge.version,
        "module": cartridge.module,
        "file": face,
        "assembly": invocation.assembly if composition.lineage.files else None,
        "environments": list(included.environments) if included else [],
        "requires": list(cartridge.requires),
        "libraries": list(cartridge.libraries),
        "required_by": list(profile.required_by),
        **_offers(profile),
        "routes": _routes(profile, invocation),
        "problems": list(profile.problems),
    }


def _offers(profile: "CartridgeProfile") -> dict[str, Any]:
    loaded = profile.loaded
    return {
        "hooks": [
            {"name": hook, "location": f"{each.file}:{each.line}"}
            for hook in (loaded.hook_names if loaded else ())
            for each in (loaded.implementations(hook) if loaded else ())
        ],
        "service_definitions": [
            {"id": each.id, "display_name": each.display_name, "port": each.port.__name__}
            for each in profile.offered("iomconnector_service_definitions")
        ],
        "extension_points": [
            {"name": each.name, "signature": f"{each.name}{each.text_signature}", "summary": each.summary}
            for each in profile.offered("iomconnector_extension_points")
        ],
        "extensions": [
            {"point": each.point, "priority": each.priority, "location": each.location}
            for each in profile.offered("iomconnector_extensions")
        ],
        "commands": [
            {"name": each.name, "summary": each.help} for each in profile.offered("iomconnector_commands")
        ],
        "preparers": [each.name for each in profile.offered("iomconnector_preparers")],
        "templates": [
            {"name": each.name, "hooks": list(each.hooks)}
            for each in profile.offered("iomconnector_cartridge_templates")
        ],
    }


def _routes(profile: "CartridgeProfile", invocation: "Invocation") -> list[str]:
    """Method and path of its routes; they are asked of the running system where the hook takes it."""
    loaded = profile.loaded
    implementations = loaded.implementations("iomconnector_routers") if loaded else ()
    if loaded is None or not implementations:
        return []
    if not any(each.arguments for each in implementations):
        offered, _ = loaded.offered("iomconnector_routers", application=None)
        return _paths([router for _, router in offered])
    from iomconnector.errors import ConnectorError

    try:
        return invocation.run(_Asking(profile.installed.name).routes)
    except ConnectorError as error:
        return [f"{_NO_SYSTEM}, which cannot be had: {str(error).splitlines()[0]}"]


class _Asking:
    def __init__(self, cartridge: str) -> None:
        self._cartridge = cartridge

    async def routes(self, application: Any) -> list[str]:
        cartridges = application.cartridges
        if self._cartridge not in cartridges.names:
            return [f"{_NO_SYSTEM} of an assembly that includes it"]
        offered, _ = cartridges.offered("iomconnector_routers", application=application)
        return _paths([router for by, router in offered if by.cartridge == self._cartridge])


def _paths(routers: list[Any]) -> list[str]:
    from iomconnector.web.cartridge_routes import routes_of

    return [f"{method} {path}" for router in routers for method, path, _ in routes_of(router)]


def print_cartridge(document: Mapping[str, Any]) -> None:
    """Show the document as text."""
    title = document["display_name"] or "cannot be loaded"
    typer.echo(f"{document['name']}: {title}")
    if document["summary"]:
        typer.echo(document["summary"])
    typer.echo()
    assembly = document["assembly"]
    rows = [
        ("style", document["style"]),
        ("distribution", f"{document['distribution']} {document['version']}"),
        ("module", document["module"]),
        ("file", short_place(document["file"])),
        (
            f"in {assembly}" if assembly else "assembly",
            ", ".join(document["environments"]) or "no environment",
        ),
        ("requires", ", ".join(document["requires"])),
        ("libraries", ", ".join(document["libraries"])),
        ("required by", ", ".join(document["required_by"])),
        ("hooks", _lines(f"{each['name']} {short_place(each['location'])}" for each in document["hooks"])),
        (
            "service definitions",
            _lines(f"{each['id']} ({each['port']})" for each in document["service_definitions"]),
        ),
        ("extension points", _lines(each["signature"] for each in document["extension_points"])),
        (
            "extensions",
            _lines(
                f"{each['point']} ({each['priority']}) {short_place(each['location'])}"
                for each in document["extensions"]
            ),
        ),
        ("commands", _lines(f"{each['name']}: {each['summary']}" for each in document["commands"])),
        ("routes", _lines(document["routes"])),
        ("preparers", _lines(document["preparers"])),
        ("templates", _lines(", ".join(each["hooks"]) for each in document["templates"])),
        ("problems", _lines(document["problems"])),
    ]
    print_table("", ("", ""), [(label, text) for label, text in rows if text])


def _lines(texts: Any) -> str:
    return "\n".join(inspect.cleandoc(str(text)) for text in texts)
