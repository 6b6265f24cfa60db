"""The IOM Inventory Service as a managed service. The adapter is imported when one is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ac_iomconnector_inventory.configuration import InventoryConfiguration
from iomconnector.ports.inventory_service import InventoryService
from iomconnector.services.definition import AdapterContext, ServiceDefinition

if TYPE_CHECKING:
    from ac_iomconnector_inventory.service import IomInventoryService


def _adapter(configuration: InventoryConfiguration, context: AdapterContext) -> IomInventoryService:
    from ac_iomconnector_inventory.service import IomInventoryService

    return IomInventoryService(configuration, context)


async def _check(service: IomInventoryService) -> str:
    return await service.check()


SERVICE = ServiceDefinition(
    id="iom-inventory",
    display_name="IOM Inventory Service",
    group="Inventory",
    port=InventoryService,
    configuration=InventoryConfiguration,
    adapter=_adapter,
    help="Tells shoppers what IOM's suppliers have, and has IOM hold what they buy. Deactivate "
    "SimpleInventoryService where it is used.",
    check=_check,
)
