"""The service type that this cartridge offers."""

from bc_inventory.configuration import SimpleInventorySettings
from bc_inventory.service import SimpleInventoryService
from iomconnector.ports.inventory_service import InventoryService
from iomconnector.services.definition import ServiceDefinition

SERVICE = ServiceDefinition(
    id="simple-inventory",
    display_name="SimpleInventoryService",
    group="Inventory",
    port=InventoryService,
    configuration=SimpleInventorySettings,
    adapter=SimpleInventoryService,
    help="Sells the stock in the shop's own database. Deactivate it where another inventory service is used.",
    check=SimpleInventoryService.check,
)
