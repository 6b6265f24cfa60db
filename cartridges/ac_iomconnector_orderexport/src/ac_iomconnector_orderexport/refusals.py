"""What IOM does not support at all, and what of an order has no place in its document."""

from ac_iomconnector_orderexport.mapping.run import MappingRun
from iomconnector.model.line_items import LineItemKind
from iomconnector.model.orders import Order
from iomconnector.model.payments import Tender


def refuse_unsupported(run: MappingRun) -> None:
    """Find everything of the order that cannot be exported whatever the mapping does."""
    order = run.context.order
    _warranties(order, run)
    _payments(order, run)
    _order_number(order, run)
    _addressable(order, run)
    _without_place(order, run)


def _warranties(order: Order, run: MappingRun) -> None:
    for number, bucket in enumerate(order.shipping_buckets):
        for index, item in enumerate(bucket.line_items):
            if item.kind is LineItemKind.WARRANTY:
                field = f"shipping_buckets[{number}].line_items[{index}]"
                run.context.refuse(field, "is a warranty, and IOM supports none", item.product.name)


def _payments(order: Order, run: MappingRun) -> None:
    first_open = None
    for index, payment in enumerate(order.payments):
        field = f"payments[{index}]"
        if payment.tender is Tender.LIMITED:
            problem = "is a limited-tender payment (gift card, gift certificate), and IOM supports none"
            run.context.refuse(field, problem, payment.service_id)
        elif first_open is None:
            first_open = payment
        else:
            run.context.refuse(field, "is one payment too many: IOM takes one an order", payment.service_id)


def _order_number(order: Order, run: MappingRun) -> None:
    digits = order.number.isascii() and order.number.isdigit()
    if run.settings.digits_only_order_numbers and not digits:
        problem = "has characters other than digits (see digits_only_order_numbers)"
        run.context.refuse("number", problem, order.number)


def _addressable(order: Order, run: MappingRun) -> None:
    if order.number in (".", ".."):
        run.context.refuse("number", "is made of dots only, so that no address can hold it", order.number)


def _without_place(order: Order, run: MappingRun) -> None:
    reason = "has no field in IOM's order, and no extension claims it"
    if order.message_to_merchant:
        run.context.unmapped("message_to_merchant", reason, order.message_to_merchant)
    if run.context.decisions or order.approval_steps:
        said = ", ".join(f"{item.decided_by}: {item.decision.value}" for item in run.context.decisions)
        run.context.unmapped("decisions", reason, said or "(none yet)")
