"""Business data of an order: where it goes, and that it never takes the place of something else."""

from typing import Any

import pytest
from hypothesis import given

from ac_iomconnector_orderexport.testing.iom_bounds import iom_bounds
from ac_iomconnector_orderexport.testing.mapping import document_of, map_order
from ac_iomconnector_orderexport.testing.samples import full_order
from ac_iomconnector_orderexport_b2b.business_attributes import approval_status
from ac_iomconnector_orderexport_b2b.cartridge import iomconnector_extensions
from iomconnector.cartridges.extensions import Extension
from iomconnector.model.approvals import ApprovalDecision, ApprovalKind, ApprovalStep, Decision
from iomconnector.model.exports import PlacedOrder
from iomconnector.model.orders import Order
from iomconnector.ports.order_export_service import OrderNotExportableError
from iomconnector.testing.strategies import Oddity, placed_orders

B2B = "ac_iomconnector_orderexport_b2b"


def bindings() -> list[tuple[str, Extension]]:
    return [(B2B, extension) for extension in iomconnector_extensions()]


def attributes(order: Order | PlacedOrder) -> Any:
    return map_order(order, *bindings()).document["additionalAttributes"]


def decision(step: int, said: str = "approved", **changes: Any) -> ApprovalDecision:
    fields = {
        "step": step,
        "kind": "cost_center",
        "decision": said,
        "decided_by": "jlink@example.com",
        "decided_at": "2026-03-01T10:00:00.5+01:00",
    }
    return ApprovalDecision.model_validate({**fields, **changes})


STEPS = (
    ApprovalStep(kind=ApprovalKind.COST_CENTER, approvers=("jlink@example.com",)),
    ApprovalStep(kind=ApprovalKind.USER, approvers=("bboldner@example.com", "manager@example.com")),
)


def test_cost_center_project_and_message_are_attributes_of_the_order() -> None:
    found = attributes(full_order(message_to_merchant="Bitte vor 9 Uhr"))
    assert found["b2b"] == {
        "costCenter": "2510-20",
        "project": "PR-912",
        "messageToMerchant": "Bitte vor 9 Uhr",
    }
    assert found["marketing"] == {"campaign": "spring"}
    assert "approval" not in found


def test_cost_center_and_project_are_attributes_of_their_positions() -> None:
    document = document_of(map_order(full_order(), *bindings()))
    for bucket in document.shipping_buckets:
        for position in bucket.positions:
            assert position.additional_attributes["b2b"] == {"costCenter": "2510-19", "project": "PR-911"}
            assert position.additional_attributes["engraving"] == {"text": "Für Oma"}
            assert position.cost_center == "2510-19"


def test_every_decided_step_is_told_by_its_number() -> None:
    second = decision(1, kind="user", decided_by="bboldner@example.com", comment="just this once")
    placed = PlacedOrder(full_order(approval_steps=STEPS), (decision(0), second))
    assert attributes(placed)["approval"] == {
        "status": "approved",
        "1.kind": "cost_center",
        "1.decision": "approved",
        "1.decidedBy": "jlink@example.com",
        "1.decidedAt": "2026-03-01T10:00:00.500000+01:00",
        "2.kind": "user",
        "2.decision": "approved",
        "2.decidedBy": "bboldner@example.com",
        "2.decidedAt": "2026-03-01T10:00:00.500000+01:00",
        "2.comment": "just this once",
    }


@pytest.mark.parametrize(
    ("decisions", "status"),
    [
        ([], "open"),
        ([decision(0)], "open"),
        ([decision(1), decision(0)], "approved"),
        ([decision(0), decision(1, "rejected", comment="too expensive")], "rejected"),
        ([decision(1, "rejected", comment="no")], "rejected"),
    ],
)
def test_the_status_sums_the_decisions_up(decisions: list[ApprovalDecision], status: str) -> None:
    assert approval_status(STEPS, decisions) == status


def test_what_is_empty_is_left_out() -> None:
    order = full_order(cost_center="", project=None, message_to_merchant="")
    assert "b2b" not in attributes(order)


@pytest.mark.parametrize(
    ("group", "key", "source"),
    [
        ("b2b", "costCenter", "cost_center"),
        ("b2b", "project", "project"),
        ("b2b", "messageToMerchant", "message_to_merchant"),
        ("approval", "status", "decisions"),
        ("approval", "1.decidedBy", "decisions"),
    ],
)
def test_a_custom_attribute_of_that_name_is_never_overwritten(group: str, key: str, source: str) -> None:
    order = full_order(
        attributes={group: {key: "mine"}}, approval_steps=STEPS[:1], message_to_merchant="ring twice"
    )
    with pytest.raises(OrderNotExportableError) as caught:
        attributes(PlacedOrder(order, (decision(0),)))
    (line,) = caught.value.message.splitlines()
    assert line.startswith(f"Order 00000042: {source} ")
    assert f"belongs to the additional attribute {group}/{key}, where 'mine' stands already" in line


def test_an_equal_custom_attribute_is_no_conflict() -> None:
    found = attributes(full_order(attributes={"b2b": {"project": "PR-912", "own": "kept"}}))
    assert found["b2b"] == {"project": "PR-912", "own": "kept", "costCenter": "2510-20"}


def test_without_this_cartridge_such_orders_are_refused() -> None:
    placed = PlacedOrder(full_order(approval_steps=STEPS[:1], message_to_merchant="x"), (decision(0),))
    with pytest.raises(OrderNotExportableError) as caught:
        map_order(placed)
    assert len(caught.value.message.splitlines()) == 2
    assert map_order(placed, *bindings()).notes == ()


@given(placed_orders(oddities=[Oddity.BUSINESS], bounds=iom_bounds()))
def test_any_business_order_arrives_with_its_approval(placed: PlacedOrder) -> None:
    order = placed.order
    document = document_of(map_order(placed, *bindings()))
    found = document.additional_attributes
    assert found["b2b"]["messageToMerchant"] == order.message_to_merchant
    assert found["b2b"].get("costCenter") == order.cost_center
    assert found["b2b"].get("project") == order.project
    positions = [position for bucket in document.shipping_buckets for position in bucket.positions]
    for item, position in zip(order.line_items, positions, strict=True):
        assert position.additional_attributes.get("b2b", {}).get("project") == item.project
    approval = found.get("approval", {})
    assert bool(approval) is bool(order.approval_steps)
    for said in placed.decisions:
        assert approval["status"] == Decision.APPROVED.value
        assert approval[f"{said.step + 1}.decidedBy"] == said.decided_by
        assert approval.get(f"{said.step + 1}.comment", "") == said.comment
