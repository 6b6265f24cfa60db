"""Which notes of an order its customer may read, configured as services are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pydantic import BaseModel, ConfigDict, Field

from iomconnector.application import Application
from iomconnector.model.order_states import Note
from iomconnector.services.definition import AdapterContext, ServiceDefinition
from iomconnector.services.resolution import ServiceResolutionError


class CustomerNotes(Protocol):
    """Knows which notes are meant for customers."""

    def shown(self, notes: Sequence[Note]) -> Sequence[Note]:
        """Those of the notes that the customer of the order may read, the latest first."""
        ...


class CustomerNotesSettings(BaseModel):
    """What a channel shows of notes.

    Arguments:
        kinds: The kinds of notes that customers may read, compared without case.
    """

    model_config = ConfigDict(extra="forbid")

    kinds: list[str] = Field(
        default_factory=list,
        title="Kinds for customers",
        description="Notes of these kinds are shown on the page of an order. Write only kinds that nobody "
        "uses for what customers must not read.",
    )


class ConfiguredCustomerNotes:
    """Implements :class:`CustomerNotes` with settings."""

    def __init__(self, settings: CustomerNotesSettings, context: AdapterContext | None = None) -> None:
        self._kinds = {kind.strip().casefold() for kind in settings.kinds if kind.strip()}

    def shown(self, notes: Sequence[Note]) -> Sequence[Note]:
        """Those of the notes that the customer of the order may read, the latest first."""
        found = [each for each in notes if (each.kind or "").strip().casefold() in self._kinds]
        return sorted(found, key=_age, reverse=True)

    async def aclose(self) -> None:
        """Nothing is held."""


def _age(note: Note) -> float:
    return note.at.timestamp() if note.at else float("-inf")


CUSTOMER_NOTES = ServiceDefinition(
    id="customer-notes",
    display_name="Notes for Customers",
    group="Storefront",
    port=CustomerNotes,
    configuration=CustomerNotesSettings,
    adapter=ConfiguredCustomerNotes,
    help="Which notes of the order management system customers may read. Without a configuration: none.",
)

NONE = ConfiguredCustomerNotes(CustomerNotesSettings())
"""What a channel without a configuration shows."""


async def customer_notes(application: Application, channel: str) -> CustomerNotes:
    """Which notes a channel shows; none where it has no configuration that is active."""
    try:
        found: CustomerNotes = await application.resolver.resolve(CustomerNotes, channel)
    except ServiceResolutionError:
        return NONE
    return found
