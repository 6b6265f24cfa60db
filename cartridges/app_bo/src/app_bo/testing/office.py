"""A back office with people and services in it."""

from __future__ import annotations

from typing import Any

from app_bo.testing.sample_services import TYPES
from iomconnector.application import Application
from iomconnector.model.accounts import Role
from iomconnector.model.contexts import Context, ContextKind
from iomconnector.ports.service_configuration_store import Sharing

PASSWORD = "a horse that reads"  # noqa: S105
SECRET = "swordfish-42"  # noqa: S105
ORGANIZATION, CHANNEL, OTHER_CHANNEL = "inSPIRED", "inSPIRED-inTRONICS", "inSPIRED-inTRONICS_Business"

PEOPLE = {
    "rita": ("Rita Reader", Role.READ_ONLY),
    "oscar": ("Oscar Operator", Role.OPERATOR),
    "ada": ("Ada Administrator", Role.ADMINISTRATOR),
}
"""Name for people and role, by the name to sign in with; everybody has :data:`PASSWORD`."""

QUICK_PASSWORDS: dict[str, Any] = {"password_memory_kib": 32, "password_passes": 1}
"""Settings with which hashing a password takes no time; for tests alone."""

CONTEXTS = (
    Context(id=ORGANIZATION, kind=ContextKind.ORGANIZATION, display_name="inSPIRED"),
    Context(id=CHANNEL, kind=ContextKind.CHANNEL, display_name="inTRONICS", parent=ORGANIZATION),
    Context(
        id=OTHER_CHANNEL, kind=ContextKind.CHANNEL, display_name="inTRONICS Business", parent=ORGANIZATION
    ),
)


async def furnish(application: Application) -> None:
    """Add contexts, people, and a few configurations; what is there already stays."""
    for context in CONTEXTS:
        await application.contexts.save(context)
    for name, (display_name, role) in PEOPLE.items():
        await application.accounts.add(name, PASSWORD, role, display_name=display_name, by="tests")
    services = application.services
    for definition in TYPES:
        await services.enable(definition.id, ORGANIZATION, definition.id != "sample-documents", by="tests")
    await services.add(
        "mail",
        definition="sample-mail",
        context=ORGANIZATION,
        by="tests",
        display_name="Shop mail",
        values={"host": "mail.example.com", "user": "shop", "password": SECRET},
    )
    await services.add(
        "stock",
        definition="sample-stock",
        context=ORGANIZATION,
        values={},
        by="tests",
        display_name="Stock of the shop",
    )
    await services.add(
        "warehouse",
        definition="warehouse-stock",
        context=CHANNEL,
        values={},
        active=False,
        by="tests",
        display_name="Warehouse Jena",
    )
    await services.add(
        "returns",
        definition="sample-returns",
        context=ORGANIZATION,
        values={},
        sharing=Sharing.SHARED_MANDATORY,
        by="tests",
        display_name="Returns",
    )
    await services.add(
        "documents",
        definition="sample-documents",
        context=CHANNEL,
        values={},
        by="tests",
        display_name="Documents",
    )
    await services.override("mail", OTHER_CHANNEL, False, by="oscar")
