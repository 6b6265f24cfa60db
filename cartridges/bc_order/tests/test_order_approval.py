"""``iomconnector order approve`` and ``reject`` as users call them."""

from pathlib import Path

import pytest

from bc_order.testing.order_documents import json_lines, order_document
from bc_order.testing.shop import Shop, prepared_shop

STEPS = [{"kind": "cost_center", "approvers": ["jack", "ann"]}, {"kind": "user", "approvers": ["bob"]}]


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """A shop with an order that needs two approvals, and one that needs none."""
    shop = prepared_shop(tmp_path)
    documents = [order_document("B2B", approval_steps=STEPS), order_document("B2C")]
    assert shop.run("order", "place", "-", stdin=json_lines(documents)).code == 0
    return shop


def test_an_order_leaves_the_shop_only_when_its_last_approval_is_given(shop: Shop) -> None:
    assert shop.run("order", "export").code == 0
    assert len(shop.exported()) == 1
    first = shop.run("order", "approve", "B2B", "--by", "ann", "--comment", "go")
    assert (first.code, first.out) == (
        0,
        "Order B2B is approved by ann; its export is waiting for approval.\n",
    )
    assert shop.json("order", "show", "B2B")["waits_for"] == {"kind": "user", "approvers": ["bob"]}
    assert shop.run("order", "export").code == 0
    assert len(shop.exported()) == 1
    second = shop.run("order", "approve", "B2B", "--by", "bob")
    assert (second.code, second.out) == (0, "Order B2B is approved by bob; its export is due.\n")
    assert shop.run("order", "export").code == 0
    assert len(shop.exported()) == 2
    decisions = shop.json("order", "show", "B2B")["decisions"]
    assert [(each["kind"], each["decision"], each["by"], each["comment"]) for each in decisions] == [
        ("cost_center", "approved", "ann", "go"),
        ("user", "approved", "bob", ""),
    ]
    table = shop.run("order", "show", "B2B", variables={"COLUMNS": "80"}).out
    assert "The cost center approval was given: go" in " ".join(table.split())


def test_a_rejected_order_stays_in_the_shop(shop: Shop) -> None:
    rejected = shop.run("order", "reject", "B2B", "--by", "jack", "--reason", "over budget")
    assert (rejected.code, rejected.out) == (0, "Order B2B is rejected by jack; its export is rejected.\n")
    assert shop.run("order", "export").code == 0
    assert len(shop.exported()) == 1
    late = shop.run("order", "approve", "B2B", "--by", "ann")
    assert (late.code, late.err) == (1, "error: Order B2B waits for no approval: it is rejected.\n")


@pytest.mark.parametrize("reason", ["", " "])
def test_a_rejection_needs_a_reason(shop: Shop, reason: str) -> None:
    empty = shop.run("order", "reject", "B2B", "--by", "jack", "--reason", reason)
    assert (empty.code, empty.err) == (1, "error: The rejection of order B2B has no reason. Give one.\n")
    missing = shop.run("order", "reject", "B2B", "--by", "jack")
    assert missing.code == 2
    assert "--reason" in missing.err
    assert shop.json("order", "show", "B2B")["state"] == "waiting for approval"


def test_only_an_approver_of_the_step_may_decide(shop: Shop) -> None:
    for user in ("bob", "JACK", "jack "):
        ended = shop.run("order", "approve", "B2B", "--by", user)
        assert (ended.code, ended.out) == (1, "")
        assert ended.err == (
            f"error: {user} may not decide on the cost_center approval of order B2B. "
            "One of these may: jack, ann.\n"
        )
    none = shop.run("order", "approve", "B2C", "--by", "jack")
    assert (none.code, none.err) == (1, "error: Order B2C waits for no approval: it is due.\n")
    for nobody in ([], ["--by", ""]):
        assert shop.run("order", "approve", "B2B", *nobody).code == 2
