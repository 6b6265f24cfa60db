"""The order mapper. [KB B29919, order mapping]"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from ac_iomconnector_orderexport.breaches import not_exportable
from ac_iomconnector_orderexport.document import OrderDocument, SalesDocument
from ac_iomconnector_orderexport.extension_points import BIND_ORDER
from ac_iomconnector_orderexport.limits import breached_limits
from ac_iomconnector_orderexport.mapping.address import map_address
from ac_iomconnector_orderexport.mapping.attributes import (
    RESERVATION_ID,
    copied,
    is_number,
    value_or_attribute,
)
from ac_iomconnector_orderexport.mapping.bucket import map_bucket
from ac_iomconnector_orderexport.mapping.charge import map_charges
from ac_iomconnector_orderexport.mapping.context import settle_unmapped
from ac_iomconnector_orderexport.mapping.customer import map_customer
from ac_iomconnector_orderexport.mapping.payment import map_payment
from ac_iomconnector_orderexport.mapping.prices import map_sum, map_total
from ac_iomconnector_orderexport.mapping.run import MappingRun
from ac_iomconnector_orderexport.places import parts_of
from ac_iomconnector_orderexport.refusals import refuse_unsupported
from ac_iomconnector_orderexport.rules import broken_rules
from ac_iomconnector_orderexport.settings import MappingSettings
from ac_iomconnector_rest_common.order_api_version import OrderApiVersion
from iomconnector.cartridges.extensions import Extensions
from iomconnector.model.availability import SHOPS_OWN
from iomconnector.model.exports import PlacedOrder
from iomconnector.model.orders import Order


@dataclass(frozen=True, slots=True)
class MappedOrder:
    """A document that breaks no known rule of IOM.

    Arguments:
        document: The document as JSON objects with exact numbers.
        notes: What the configuration permits to be lost and this order lost, one sentence each.
    """

    document: Mapping[str, Any]
    notes: tuple[str, ...]


class OrderMapper:
    """Makes IOM's document of an order.

    Arguments:
        settings: How the shop wants its orders mapped.
        extensions: What is bound to the mapper's extension points.
    """

    def __init__(self, settings: MappingSettings, extensions: Extensions) -> None:
        self._settings = settings
        self._extensions = extensions

    def map(self, placed: PlacedOrder, version: OrderApiVersion) -> MappedOrder:
        """Map an order, let the extensions work on it, and check the result.

        Raises:
            OrderNotExportableError: The order breaks rules of IOM, has content without a place, or an
                extension failed; the text names all of it at once.
        """
        run = MappingRun.of(placed, version, self._settings, self._extensions)
        refuse_unsupported(run)
        document = _map_order(placed.order, run)
        findings = run.findings
        settle_unmapped(run.context, findings)
        problems: list[object] = [*findings.failures, *findings.breaches]
        try:
            document = OrderDocument.model_validate(document.model_dump(warnings=False))
        except ValidationError as error:
            problems += [_sentence(item["loc"], item["msg"]) for item in error.errors(include_url=False)]
        else:
            parts = tuple(parts_of(document))
            problems += breached_limits(parts, version)
            problems += broken_rules(parts, placed.order, self._settings)
        if problems:
            raise not_exportable(placed.order, problems)
        return MappedOrder(document.to_json(), tuple(findings.notes))


def _map_order(order: Order, run: MappingRun) -> OrderDocument:
    groups = copied(order.attributes)
    document = OrderDocument(
        shop_order_number=order.number,
        shop_order_creation_date=order.created_at,
        reservation_id=_reservation_id(order, run),
        cost_center=order.cost_center,
        project=order.project,
        customer_data=map_customer(order),
        invoice_address=map_address(order.invoice_address, run.at("invoice_address")),
        sales=SalesDocument(
            currency_code=order.currency,
            sub_total=map_sum(order.subtotal, run.at("subtotal")),
            total=map_total(order.total, run.at("total")),
            charges=map_charges(order.charges, run),
        ),
        payment=map_payment(order, groups, run),
        optimization_rule=order.optimization_rule,
        split_shipment_allowed=order.split_shipment_allowed,
        additional_attributes=groups,
        shipping_buckets=[
            map_bucket(bucket, run.at(f"shipping_buckets[{index}]"))
            for index, bucket in enumerate(order.shipping_buckets)
        ],
    )
    run.bind(BIND_ORDER, order, document)
    return document


def _reservation_id(order: Order, run: MappingRun) -> int | None:
    text = value_or_attribute(
        order.reservation_id, "reservation_id", order.attributes, RESERVATION_ID, run.context
    )
    if text is None or text.startswith(SHOPS_OWN):
        return None
    if not is_number(text) or str(int(text)) != text:
        run.context.refuse("reservation_id", "is no reservation id of IOM, which are whole numbers", text)
        return None
    return int(text)


def _sentence(location: tuple[int | str, ...], message: str) -> str:
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return f"after the extensions, {path.lstrip('.')} of the document is wrong: {message}."
