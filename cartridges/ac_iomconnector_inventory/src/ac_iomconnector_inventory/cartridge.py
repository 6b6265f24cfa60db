"""The face of the cartridge; what it offers is imported when it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iomconnector.cartridges.descriptor import CartridgeDescriptor
from iomconnector.hooks import hookimpl

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from iomconnector.services.definition import ServiceDefinition

descriptor = CartridgeDescriptor(display_name="IOM Connector Inventory")


@hookimpl
def iomconnector_service_definitions() -> Sequence[ServiceDefinition[Any]]:
    """Offer the IOM Inventory Service."""
    from ac_iomconnector_inventory.service_definition import SERVICE

    return [SERVICE]
