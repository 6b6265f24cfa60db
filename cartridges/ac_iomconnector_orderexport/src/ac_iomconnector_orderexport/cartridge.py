"""The face of the cartridge; what it offers is imported when it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iomconnector.cartridges.descriptor import CartridgeDescriptor
from iomconnector.hooks import hookimpl

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from iomconnector.cartridges.extensions import ExtensionPoint
    from iomconnector.cartridges.templates import CartridgeTemplate
    from iomconnector.services.definition import ServiceDefinition

descriptor = CartridgeDescriptor(display_name="IOM Connector Order Export")


@hookimpl
def iomconnector_service_definitions() -> Sequence[ServiceDefinition[Any]]:
    """Offer the IOM Order Export Service."""
    from ac_iomconnector_orderexport.service_definition import SERVICE

    return [SERVICE]


@hookimpl
def iomconnector_extension_points() -> Sequence[ExtensionPoint]:
    """Declare the extension points of the order mapper."""
    from ac_iomconnector_orderexport.extension_points import EXTENSION_POINTS

    return EXTENSION_POINTS


@hookimpl
def iomconnector_cartridge_templates() -> Sequence[CartridgeTemplate]:
    """Offer the template of a cartridge that binds to the order mapper."""
    from ac_iomconnector_orderexport.cartridge_template import ORDER_MAPPER

    return [ORDER_MAPPER]
