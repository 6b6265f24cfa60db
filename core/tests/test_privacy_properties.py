"""No text of a customer is left after an erasure, and retention removes what its rule says and no more."""

import asyncio
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from iomconnector.model.addresses import Address
from iomconnector.model.customers import BusinessCustomer
from iomconnector.model.erasure import ERASED, without_personal_data
from iomconnector.model.exports import ExportState
from iomconnector.model.order_documents import digest_of, dump_order, parse_order
from iomconnector.model.orders import Order
from iomconnector.model.retention import Kept, RetentionRule
from iomconnector.model.values import Attributes, Value
from iomconnector.testing.memory import (
    ManualClock,
    MemoryAuditTrail,
    MemoryContextRepository,
    MemoryMessageLog,
    MemoryOrderRepository,
    MemoryPersonalData,
    MemoryRetentionStore,
    MemoryShop,
)
from iomconnector.testing.samples import CONTEXTS, sample_message, sample_order
from iomconnector.testing.strategies import orders
from iomconnector.usecases.retention import Retention

FORMS = ("private", "business", "street", "post_box", "packing_station")
"""What an address or a customer is called."""


def _texts(order: Order) -> set[str]:
    """Every personal text of an order, long enough to be told from what stays."""
    found = {order.customer.number or "", order.customer_order_number or "", order.message_to_merchant or ""}
    if isinstance(order.customer, BusinessCustomer):
        found |= set(_of_value(order.customer.company))
    found |= set(_of_address(order.invoice_address)) | set(_of_attributes(order.attributes))
    for bucket in order.shipping_buckets:
        found |= set(_of_address(bucket.address)) | set(_of_attributes(bucket.attributes))
        for item in bucket.line_items:
            found |= set(_of_attributes(item.attributes))
    for payment in order.payments:
        found |= set(payment.attributes.values())
    for step in order.approval_steps:
        found |= set(step.approvers)
    return found


def _of_address(address: Address) -> Iterator[str]:
    for name, text in address.model_dump(mode="json", exclude={"country_code", "type"}).items():
        if name in ("person", "contact"):
            yield from (each for each in (text or {}).values() if each)
        elif isinstance(text, list):
            yield from text
        elif text:
            yield text


def _of_value(value: Value) -> Iterator[str]:
    yield from (each for each in value.model_dump(mode="json").values() if isinstance(each, str))


def _of_attributes(attributes: Attributes) -> Iterator[str]:
    for members in attributes.values():
        yield from members.values()


def _leaves(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for child in node.values():
            yield from _leaves(child)
    elif isinstance(node, list):
        for child in node:
            yield from _leaves(child)
    elif isinstance(node, str):
        yield node


@given(order=orders())
def test_no_personal_text_is_left_in_any_order(order: Order) -> None:
    erased = without_personal_data(order)
    business = {*_leaves(json.loads(dump_order(_bare(order)))), *FORMS, ERASED, ""}
    business.add(order.invoice_address.country_code)
    left = set(_leaves(json.loads(dump_order(erased)))) & _texts(order)
    assert left <= business


def _bare(order: Order) -> Order:
    """What stays of an order, put together from its business facts alone."""
    plain = sample_order().invoice_address
    return sample_order().model_copy(
        update={
            name: getattr(order, name)
            for name in Order.model_fields
            if name
            not in {
                *("customer", "customer_order_number", "invoice_address", "shipping_buckets", "payments"),
                *("approval_steps", "message_to_merchant", "attributes"),
            }
        }
        | {
            "shipping_buckets": tuple(
                bucket.model_copy(
                    update={
                        "address": plain.model_copy(update={"country_code": bucket.address.country_code}),
                        "attributes": {},
                        "line_items": tuple(
                            item.model_copy(update={"attributes": {}}) for item in bucket.line_items
                        ),
                    }
                )
                for bucket in order.shipping_buckets
            ),
            "payments": tuple(payment.model_copy(update={"attributes": {}}) for payment in order.payments),
            "approval_steps": tuple(
                step.model_copy(update={"approvers": ("x",)}) for step in order.approval_steps
            ),
        }
    )


@given(order=orders())
def test_an_erased_order_is_an_order_and_erasing_it_again_changes_nothing(order: Order) -> None:
    erased = without_personal_data(order)
    assert parse_order(dump_order(erased)) == erased
    assert without_personal_data(erased) == erased
    assert digest_of(without_personal_data(order)) == digest_of(erased)
    assert (erased.number, erased.total, erased.subtotal) == (order.number, order.total, order.subtotal)
    assert [item.price for item in erased.line_items] == [item.price for item in order.line_items]
    assert len(erased.approval_steps) == len(order.approval_steps)


@settings(max_examples=30)
@given(ages=st.lists(st.tuples(st.integers(0, 400), st.sampled_from(ExportState)), max_size=30))
def test_retention_keeps_its_rule_and_nothing_else(ages: list[tuple[int, ExportState]]) -> None:
    rule = RetentionRule({Kept.MESSAGE_BODIES: 30, Kept.MESSAGES: 100})

    async def run() -> None:
        clock = ManualClock()
        shop, trail = MemoryShop(MemoryContextRepository(CONTEXTS)), MemoryAuditTrail()
        log = MemoryMessageLog()
        sent = {}
        for number, (age, state) in enumerate(ages):
            await MemoryOrderRepository(shop, clock).place([(sample_order(f"{number}"), state)])
            sent[number] = sample_message(f"{number}", at=clock.now() - timedelta(days=age))
            await log.record(sent[number])
        pauses: list[float] = []

        async def rest(seconds: float) -> None:
            pauses.append(seconds)

        store = MemoryRetentionStore(shop, log, trail)
        retention = Retention(rule, store, MemoryPersonalData(shop, log, trail), clock, rest)
        planned = await retention.plan()
        removed = await retention.run()
        assert planned == removed
        for number, (age, state) in enumerate(ages):
            kept = await log.by_id(sent[number].message_id)
            settled = state in (ExportState.EXPORTED, ExportState.REJECTED, ExportState.GIVEN_UP)
            if settled and age > 100:
                assert kept is None
            elif settled and age > 30:
                assert kept is not None
                assert kept != sent[number]
                assert kept.status == sent[number].status
            else:
                assert kept == sent[number]
        assert await retention.plan() == {Kept.MESSAGE_BODIES: 0, Kept.MESSAGES: 0}

    asyncio.run(run())
