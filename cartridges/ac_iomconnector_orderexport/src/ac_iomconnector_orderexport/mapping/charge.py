"""Shipping costs and surcharges. [KB B29919, order mapping: Shipping Costs / Surcharges -> Charges]"""

from collections.abc import Sequence

from ac_iomconnector_orderexport.document import ChargeDocument
from ac_iomconnector_orderexport.extension_points import BIND_CHARGE
from ac_iomconnector_orderexport.mapping.prices import map_price, map_promotions, map_taxes
from ac_iomconnector_orderexport.mapping.run import MappingRun
from iomconnector.model.prices import Charge


def map_charges(charges: Sequence[Charge], run: MappingRun) -> list[ChargeDocument]:
    """The charges of an order or of a shipping bucket."""
    return [_charge(charge, run.at(f"charges[{index}]")) for index, charge in enumerate(charges)]


def _charge(charge: Charge, run: MappingRun) -> ChargeDocument:
    document = ChargeDocument(
        number=charge.number,
        type=run.settings.charge_types.get(charge.type, charge.type),
        net=map_price(charge.net, run.at("net")),
        gross=map_price(charge.gross, run.at("gross")),
        taxes=map_taxes(charge.taxes, run),
        promotions=map_promotions(charge.promotions, run),
    )
    run.bind(BIND_CHARGE, charge, document)
    return document
