"""Extensions of the order mapper: when they are called, what they may do, and what a broken one does."""

from collections.abc import Callable
from typing import Any

import pytest

from ac_iomconnector_orderexport.document import (
    AddressDocument,
    ChargeDocument,
    OrderDocument,
    PaymentDocument,
    PositionDocument,
)
from ac_iomconnector_orderexport.extension_points import BIND_PAYMENT, EXTENSION_POINTS
from ac_iomconnector_orderexport.mapping.context import MappingContext
from ac_iomconnector_orderexport.testing.mapping import bound, document_of, map_order
from ac_iomconnector_orderexport.testing.samples import full_order
from ac_iomconnector_rest_common.order_api_version import OrderApiVersion
from iomconnector.cartridges.extensions import Extension, ExtensionError
from iomconnector.model.addresses import Address
from iomconnector.model.line_items import LineItem
from iomconnector.model.orders import Order
from iomconnector.model.payments import Payment
from iomconnector.model.prices import Charge
from iomconnector.ports.order_export_service import OrderExportError, OrderNotExportableError

POINTS = [point.name for point in EXTENSION_POINTS]


def bind_payment(payment: Payment, document: PaymentDocument, context: MappingContext) -> None:
    """What the README shows."""
    document.payment_provider_ref_no = payment.attributes.get("transactionId")
    context.claim("attributes.transactionId")


PAYMENT = ("acme", Extension("OrderMapper.bindPayment", bind_payment))


def test_the_points_keep_the_names_of_the_original() -> None:
    assert POINTS == [
        "OrderMapper.bindOrder",
        "OrderMapper.bindAddress",
        "OrderMapper.bindBucket",
        "OrderMapper.bindPosition",
        "OrderMapper.bindCharge",
        "OrderMapper.bindPayment",
    ]


def test_an_extension_fills_what_has_no_default_mapping() -> None:
    document = map_order(full_order(), PAYMENT).document
    assert document["payment"] == {"paymentMethod": "ISH_INVOICE", "paymentProviderRefNo": "tx-1"}


def test_what_an_extension_claims_is_not_put_among_the_additional_attributes_as_well() -> None:
    assert "payment" in map_order(full_order()).document["additionalAttributes"]
    assert "payment" not in map_order(full_order(), PAYMENT).document["additionalAttributes"]


def test_a_claim_makes_an_order_exportable() -> None:
    order = full_order(message_to_merchant="ring twice")

    def bind(order: Order, document: OrderDocument, context: MappingContext) -> None:
        document.additional_attributes["acme"] = {"message": order.message_to_merchant or ""}
        context.claim("message_to_merchant")

    document = map_order(order, ("acme", Extension("OrderMapper.bindOrder", bind))).document
    assert document["additionalAttributes"]["acme"] == {"message": "ring twice"}


def test_extensions_of_a_point_run_by_priority_then_by_load_order() -> None:
    calls: list[str] = []

    def recording(name: str) -> Callable[[Payment, PaymentDocument, MappingContext], None]:
        def bind(payment: Payment, document: PaymentDocument, context: MappingContext) -> None:
            calls.append(name)

        return bind

    map_order(
        full_order(),
        ("a", Extension(BIND_PAYMENT.name, recording("late"), priority=200)),
        ("b", Extension(BIND_PAYMENT.name, recording("first of two"))),
        ("c", Extension(BIND_PAYMENT.name, recording("second of two"))),
        ("d", Extension(BIND_PAYMENT.name, recording("early"), priority=1)),
    )
    assert calls == ["early", "first of two", "second of two", "late"]


def test_an_extension_sees_what_the_one_before_it_did() -> None:
    def append(payment: Payment, document: PaymentDocument, context: MappingContext) -> None:
        document.payment_provider_ref_no = f"{document.payment_provider_ref_no}+"

    later = Extension("OrderMapper.bindPayment", append, priority=101)
    document = map_order(full_order(), ("acme", later), PAYMENT).document
    assert document["payment"]["paymentProviderRefNo"] == "tx-1+"


def test_every_point_is_called_for_every_element_after_what_is_in_it() -> None:
    calls: list[tuple[str, str]] = []

    def recording(point: str) -> Callable[[Any, Any, MappingContext], None]:
        def bind(source: Any, target: Any, context: MappingContext) -> None:
            calls.append((point.removeprefix("OrderMapper."), context.path))

        return bind

    map_order(full_order(), *[("acme", Extension(name, recording(name))) for name in POINTS])
    assert calls == [
        ("bindAddress", "invoice_address"),
        ("bindCharge", "charges[0]"),
        ("bindPayment", "payments[0]"),
        ("bindAddress", "shipping_buckets[0].address"),
        ("bindCharge", "shipping_buckets[0].charges[0]"),
        ("bindPosition", "shipping_buckets[0].line_items[0]"),
        ("bindPosition", "shipping_buckets[0].line_items[1]"),
        ("bindBucket", "shipping_buckets[0]"),
        ("bindAddress", "shipping_buckets[1].address"),
        ("bindCharge", "shipping_buckets[1].charges[0]"),
        ("bindPosition", "shipping_buckets[1].line_items[0]"),
        ("bindBucket", "shipping_buckets[1]"),
        ("bindOrder", ""),
    ]


def test_every_part_of_the_document_can_be_changed() -> None:
    def address(address: Address, document: AddressDocument, context: MappingContext) -> None:
        document.location.district = context.path

    def position(line_item: LineItem, document: PositionDocument, context: MappingContext) -> None:
        document.product_unit = f"unit of {line_item.position}"

    def charge(charge: Charge, document: ChargeDocument, context: MappingContext) -> None:
        document.type = charge.type.upper()

    document = document_of(
        map_order(
            full_order(),
            ("acme", Extension("OrderMapper.bindAddress", address)),
            ("acme", Extension("OrderMapper.bindPosition", position)),
            ("acme", Extension("OrderMapper.bindCharge", charge)),
        )
    )
    assert document.invoice_address.location.district == "invoice_address"
    assert document.shipping_buckets[1].positions[0].product_unit == "unit of 3"
    assert document.sales.charges[0].type == "PAYMENT"


def test_the_context_tells_order_version_and_decisions() -> None:
    seen: list[MappingContext] = []

    def bind(order: Order, document: OrderDocument, context: MappingContext) -> None:
        seen.append(context)
        context.note("Told on purpose.")

    order = full_order()
    extension = Extension("OrderMapper.bindOrder", bind)
    mapped = map_order(order, ("acme", extension), version=OrderApiVersion.V2_3)
    assert (seen[0].order, seen[0].version, seen[0].decisions) == (order, OrderApiVersion.V2_3, ())
    assert mapped.notes == ("Told on purpose.",)


def _raise(payment: Payment, document: PaymentDocument, context: MappingContext) -> None:
    raise KeyError("transactionId")


def _raise_on_purpose(payment: Payment, document: PaymentDocument, context: MappingContext) -> None:
    raise OrderExportError("The payment service is unknown.")


def _wrong_type(payment: Payment, document: Any, context: MappingContext) -> None:
    document.payment_provider_ref_no = 4711


def _no_such_field(payment: Payment, document: Any, context: MappingContext) -> None:
    document.payment_provider_reference = "x"


def _too_long(payment: Payment, document: PaymentDocument, context: MappingContext) -> None:
    document.payment_provider_ref_no = "x" * 51


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (_raise, "acme: OrderMapper.bindPayment: KeyError: 'transactionId'"),
        (_raise_on_purpose, "acme: OrderMapper.bindPayment: The payment service is unknown."),
        (_wrong_type, "acme: OrderMapper.bindPayment: ValidationError: "),
        (_no_such_field, "acme: OrderMapper.bindPayment: ValidationError: "),
    ],
)
def test_a_broken_extension_is_named_and_refuses_the_order(
    broken: Callable[[Payment, PaymentDocument, MappingContext], None], reason: str
) -> None:
    extension = ("acme", Extension("OrderMapper.bindPayment", broken))
    with pytest.raises(OrderNotExportableError) as caught:
        map_order(full_order(message_to_merchant="not claimed, for the extension broke"), extension)
    assert caught.value.message.startswith(f"Order 00000042: {reason}")
    assert len(caught.value.message.splitlines()) == 1
    assert caught.value.ids["order"] == "00000042"


def test_a_broken_extension_fails_its_order_only() -> None:
    def bind(payment: Payment, document: PaymentDocument, context: MappingContext) -> None:
        if context.order.number == "1":
            raise RuntimeError("no")

    extension = ("acme", Extension("OrderMapper.bindPayment", bind))
    with pytest.raises(OrderNotExportableError):
        map_order(full_order(number="1"), extension)
    assert map_order(full_order(number="2"), extension).document["shopOrderNumber"] == "2"


def test_what_an_extension_leaves_is_checked_like_everything_else() -> None:
    with pytest.raises(OrderNotExportableError, match=r"payments\[0\].attributes .* 51 characters"):
        map_order(full_order(), ("acme", Extension("OrderMapper.bindPayment", _too_long)))


def test_a_wrong_type_inside_a_dictionary_is_found_after_the_extensions() -> None:
    def bind(order: Order, document: Any, context: MappingContext) -> None:
        document.additional_attributes["acme"] = {"points": 12}

    with pytest.raises(OrderNotExportableError, match="after the extensions, "):
        map_order(full_order(), ("acme", Extension("OrderMapper.bindOrder", bind)))


def test_an_empty_group_of_attributes_is_left_out() -> None:
    def bind(order: Order, document: OrderDocument, context: MappingContext) -> None:
        document.additional_attributes.clear()
        document.additional_attributes["acme"] = {}
        document.shipping_buckets[0].additional_attributes["acme"] = {}
        document.shipping_buckets[0].additional_attributes["other"] = {"key": ""}

    document = map_order(full_order(), ("acme", Extension("OrderMapper.bindOrder", bind))).document
    assert "additionalAttributes" not in document
    groups = document["shippingBuckets"][0]["additionalAttributes"]
    assert "acme" not in groups
    assert groups["other"] == {"key": ""}


@pytest.mark.parametrize("nothing", [[], "", None, 0])
def test_a_group_of_attributes_that_is_none_is_refused(nothing: object) -> None:
    def bind(order: Order, document: Any, context: MappingContext) -> None:
        document.additional_attributes["acme"] = nothing

    with pytest.raises(OrderNotExportableError, match=r"after the extensions, .*acme"):
        map_order(full_order(), ("acme", Extension("OrderMapper.bindOrder", bind)))


def test_an_extension_can_refuse_an_order_beside_other_reasons() -> None:
    def bind(payment: Payment, document: PaymentDocument, context: MappingContext) -> None:
        context.refuse("service_id", "is not allowed for business customers", payment.service_id)

    order = full_order(message_to_merchant="ring twice")
    with pytest.raises(OrderNotExportableError) as caught:
        map_order(order, ("acme", Extension("OrderMapper.bindPayment", bind)))
    assert (
        'payments[0].service_id "ISH_INVOICE" is not allowed for business customers' in caught.value.message
    )
    assert "message_to_merchant" in caught.value.message


def test_an_async_or_ill_fitting_extension_is_refused_when_the_assembly_is_put_together() -> None:
    async def bind(payment: Payment, document: PaymentDocument, context: MappingContext) -> None:
        """Never runs."""

    with pytest.raises(ExtensionError, match=r"acme: OrderMapper\.bindPayment: must be a plain function"):
        bound([("acme", Extension("OrderMapper.bindPayment", bind))])
    with pytest.raises(ExtensionError, match="must take the parameters \\(payment, document, context\\)"):
        bound([("acme", Extension("OrderMapper.bindPayment", lambda payment: None))])
