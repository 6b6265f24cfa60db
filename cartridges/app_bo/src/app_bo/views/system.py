"""The assembly that runs, its cartridges, and who binds to what."""

from __future__ import annotations

import os
from collections.abc import Mapping

from fastapi import APIRouter, Response

from app_bo.caller import Reader
from app_bo.error_pages import PageRoute
from app_bo.hook_rows import hook_rows, point_rows
from iomconnector.application import Application
from iomconnector.assemblies.explanation import explain
from iomconnector.assemblies.findings import shown
from iomconnector.assemblies.settings import ShownSetting
from iomconnector.cartridges.discovery import InstalledCartridge, installed_cartridges
from iomconnector.errors import NotFoundError
from iomconnector.settings import Settings, setting_variables, shown_setting, variable_of

ATTEMPTS_SHOWN = 200

router = APIRouter(prefix="/bo", route_class=PageRoute, include_in_schema=False)


@router.get("/assembly")
async def assembly(caller: Reader) -> Response:
    """The assembly: its files, its cartridges with the reason, its settings with their origin."""
    application = caller.application
    found = application.assembly
    return caller.page(
        "assembly.html",
        assembly=found,
        files=[shown(file) for file in found.files] if found else [],
        cartridges=[
            (cartridge, found.why.get(cartridge.name, ()) if found else ())
            for cartridge in application.cartridges.in_order
        ],
        skipped=application.cartridges.skipped,
        settings=_settings(application, found.setting_origins if found else {}),
    )


@router.get("/cartridges/{name}")
async def cartridge(caller: Reader, name: str) -> Response:
    """One cartridge: what it is, what it needs, why it is here, and what it offers."""
    application = caller.application
    loaded = next((each for each in application.cartridges.in_order if each.name == name), None)
    if loaded is None:
        raise NotFoundError(
            f"No cartridge {name!r} runs here.", hint="The page of the assembly lists those that do."
        )
    found = application.assembly
    installed: Mapping[str, InstalledCartridge] = found.installed if found else installed_cartridges()
    hooks = [hook for hook in hook_rows(application.cartridges) if name in hook.cartridges]
    points = point_rows(application.cartridges.extensions())
    return caller.page(
        "cartridge.html",
        cartridge=loaded,
        running=application.cartridges.names,
        why=found.why.get(name, ()) if found else (),
        explanation=explain(name, found, installed) if found else None,
        hooks=[(hook, [each for each in hook.bound if each.cartridge == name]) for hook in hooks],
        definitions=[definition for by, definition in application.definitions.all if by == name],
        declares=[point for point in points if point.declared_by == name],
        binds=[(point, each) for point in points for each in point.bound if each.cartridge == name],
    )


@router.get("/hooks")
async def hooks(caller: Reader) -> Response:
    """Every hook and extension point, with what is bound to it in calling order."""
    cartridges = caller.application.cartridges
    return caller.page("hooks.html", hooks=hook_rows(cartridges), points=point_rows(cartridges.extensions()))


@router.get("/preparation")
async def preparation(caller: Reader) -> Response:
    """The protocol of database preparation, the latest attempt first."""
    protocol = caller.application.preparation_protocol
    return caller.page(
        "preparation.html",
        registrations=await protocol.registrations(),
        entries=list(reversed(await protocol.entries()))[:ATTEMPTS_SHOWN],
    )


def _settings(application: Application, origins: Mapping[str, str]) -> list[ShownSetting]:
    """Every setting as it holds, by name, with where it is from; secrets are masked."""
    variables, _ = setting_variables(os.environ)
    rows = []
    for name in sorted(Settings.model_fields):
        value = getattr(application.settings, name)
        origin = variable_of(name) if name in variables else origins.get(name, "")
        rows.append(ShownSetting(name, "" if value is None else shown_setting(name, value), origin))
    return rows
