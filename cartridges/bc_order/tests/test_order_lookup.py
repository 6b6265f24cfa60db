"""``iomconnector order list``, ``show`` and ``messages`` as users call them."""

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bc_order.testing.file_order_system import REFUSED
from bc_order.testing.order_documents import json_lines, order_document
from bc_order.testing.shop import Ended, Shop, prepared_shop
from iomconnector.testing.samples import CHANNEL, OTHER_CHANNEL

STEPS = [{"kind": "cost_center", "approvers": ["jack", "ann"]}, {"kind": "user", "approvers": ["bob"]}]

ORDER_FACTS = {
    "number", "channel", "key", "total", "state", "waits_for", "reason_code", "reason", "attempts",
    "outcome_unclear", "reference", "requested_at", "updated_at", "due_at", "exported_at", "erased_at",
    "decisions", "customer", "trouble", "failures", "corrections", "placed_at", "worker", "lease_until",
}  # fmt: skip
MESSAGE_FACTS = {
    "message_id", "at", "method", "url", "request_headers", "request_body", "status", "response_headers",
    "response_body", "error", "duration_ms", "attempt", "trace_id",
}  # fmt: skip


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A shop with two exported orders of one number, one that is parked and one that waits for approval."""
    shop = prepared_shop(tmp_path_factory.mktemp("shop"))
    documents = [
        order_document("SAME"),
        order_document("SAME", channel=OTHER_CHANNEL),
        order_document("PARKED", customer_order_number=REFUSED),
        order_document("WAITS", approval_steps=STEPS),
    ]
    assert shop.run("order", "place", "-", stdin=json_lines(documents)).code == 0
    assert shop.run("order", "export").code == 1
    return shop


def rows(ended: Ended) -> list[str]:
    assert (ended.code, ended.err) == (0, "")
    return [line.rstrip() for line in ended.out.splitlines()]


def numbers(orders: Sequence[dict[str, Any]]) -> list[str]:
    return [each["number"] for each in orders]


def test_the_list_as_json_has_stable_names_and_true_facts(shop: Shop) -> None:
    listed = shop.json("order", "list")
    assert listed["counts"] == {
        "waiting for approval": 1, "due": 0, "sending": 0, "exported": 2, "parked": 1, "rejected": 0,
        "given up": 0,
    }  # fmt: skip
    assert listed["next"] is None
    first, second, parked, waits = listed["orders"]
    assert all(set(each) == ORDER_FACTS for each in listed["orders"])
    assert (first["number"], first["channel"], first["state"]) == ("SAME", CHANNEL, "exported")
    assert (second["number"], second["channel"], second["state"]) == ("SAME", OTHER_CHANNEL, "exported")
    assert first["reference"].endswith(".json")
    assert first["total"] == "119 EUR"
    assert datetime.fromisoformat(first["exported_at"]) >= datetime.fromisoformat(first["requested_at"])
    assert (parked["state"], parked["reason_code"], parked["reason"], parked["attempts"]) == (
        "parked", "CUSTOMER_UNKNOWN", "No such customer.", 1,
    )  # fmt: skip
    assert waits["waits_for"] == {"kind": "cost_center", "approvers": ["jack", "ann"]}
    assert waits["attempts"] == 0


def test_the_list_goes_page_by_page(shop: Shop) -> None:
    first = shop.json("order", "list", "--limit", "3")
    assert numbers(first["orders"]) == ["SAME", "SAME", "PARKED"]
    assert first["next"] == first["orders"][-1]["key"]
    second = shop.json("order", "list", "--limit", "3", "--after", str(first["next"]))
    assert (numbers(second["orders"]), second["next"]) == (["WAITS"], None)
    exactly = shop.json("order", "list", "--limit", "4")
    assert (len(exactly["orders"]), exactly["next"]) == (4, None)
    table = shop.run("order", "list", "--limit", "1")
    assert (table.code, table.err) == (0, f"There are more: --after {first['orders'][0]['key']}\n")


def test_the_list_can_be_narrowed(shop: Shop) -> None:
    assert numbers(shop.json("order", "list", "--state", "parked")["orders"]) == ["PARKED"]
    both = shop.json("order", "list", "--state", "parked", "--state", "waiting for approval")
    assert numbers(both["orders"]) == ["PARKED", "WAITS"]
    assert numbers(shop.json("order", "list", "--channel", OTHER_CHANNEL)["orders"]) == ["SAME"]
    unknown = shop.run("order", "list", "--channel", "elsewhere")
    assert unknown.code == 1
    assert "the channels are: inSPIRED-inTRONICS, inSPIRED-inTRONICS_Business" in unknown.err


@pytest.mark.parametrize(
    "option", [["--state", "gone"], ["--limit", "0"], ["--after", "-1"], ["--after", str(2**63)]]
)
def test_a_wrong_option_ends_with_exit_code_2(shop: Shop, option: list[str]) -> None:
    ended = shop.run("order", "list", *option)
    assert (ended.code, ended.out) == (2, "")
    assert option[0] in ended.err


@pytest.mark.parametrize("columns", ["80", "160"])
def test_the_list_is_readable(shop: Shop, columns: str) -> None:
    lines = rows(shop.run("order", "list", variables={"COLUMNS": columns}))
    assert lines[0] == "In all channels: 1 waiting for approval, 2 exported, 1 parked."
    assert max(map(len, lines)) <= int(columns)
    headings = ["Key", "Order", "Channel", "Total", "Export"]
    assert lines[1].split() == (headings if columns == "80" else [*headings, "Reason"])
    index, parked = next((index, line) for index, line in enumerate(lines) if "PARKED" in line)
    cells = parked.split()
    if columns == "80":
        cells += lines[index + 1].split()
    assert cells[1:] == ["PARKED", CHANNEL, "119", "EUR", "parked", "No", "such", "customer."]
    assert any(OTHER_CHANNEL in line.split() for line in lines), "no identifier is broken"


def test_where_nothing_matches_there_is_no_table(shop: Shop) -> None:
    assert len(rows(shop.run("order", "list", "--state", "rejected"))) == 1


def test_one_order_is_shown_with_its_messages(shop: Shop) -> None:
    shown = shop.json("order", "show", "PARKED")
    assert set(shown) == ORDER_FACTS | {"messages", "explanation", "life", "both_sides"}
    (message,) = shown["messages"]
    assert set(message) == MESSAGE_FACTS
    assert (message["method"], message["status"]) == ("WRITE", 400)
    assert message["request_headers"] == {"Authorization": "***"}
    assert json.loads(message["request_body"])["number"] == "PARKED"
    assert shop.json("order", "messages", "PARKED") == [message]
    lines = rows(shop.run("order", "show", "PARKED", variables={"COLUMNS": "80"}))
    assert max(map(len, lines)) <= 80
    assert "reason           No such customer." in lines
    assert " ".join(lines).startswith("Order PARKED has been parked since ")
    assert "Its life" in lines
    assert any(message["message_id"] in line for line in lines)
    text = shop.run("order", "messages", "PARKED").out
    assert "  > Authorization: ***\n" in text
    assert "  < 400 in 2 ms\n" in text


def test_an_order_that_waits_for_approval_says_for_whose(shop: Shop) -> None:
    lines = rows(shop.run("order", "show", "WAITS"))
    assert "waits for        cost center approval by jack or ann" in lines
    assert lines[0].endswith(" for the cost center approval by jack or ann.")
    assert shop.run("order", "messages", "WAITS").out == "No message was sent about order WAITS.\n"
    assert shop.json("order", "messages", "WAITS") == []


@pytest.mark.parametrize("command", ["show", "messages", "preview", "retry", "approve", "reject"])
def test_a_number_that_is_wrong_or_in_several_channels_is_told(shop: Shop, command: str) -> None:
    more = {"approve": ["--by", "jack"], "reject": ["--by", "jack", "--reason", "no"]}.get(command, [])
    wrong = shop.run("order", command, "nowhere", *more)
    assert (wrong.code, wrong.out) == (1, "")
    assert wrong.err == (
        "error: There is no order nowhere. `iomconnector order list` shows the orders that there are.\n"
    )
    elsewhere = shop.run("order", command, "WAITS", "--channel", OTHER_CHANNEL, *more)
    assert (elsewhere.code, elsewhere.out) == (1, "")
    assert elsewhere.err.startswith(f"error: There is no order WAITS in channel {OTHER_CHANNEL}.")
    ambiguous = shop.run("order", command, "SAME", *more)
    assert (ambiguous.code, ambiguous.out) == (2, "")
    assert ambiguous.err == (
        f"error: Order SAME exists in the channels {CHANNEL}, {OTHER_CHANNEL}. Add --channel.\n"
    )


def test_with_its_channel_an_order_of_several_is_found(shop: Shop) -> None:
    shown = shop.json("order", "show", "SAME", "--channel", OTHER_CHANNEL)
    assert (shown["number"], shown["channel"]) == ("SAME", OTHER_CHANNEL)


def test_a_shop_without_orders_says_so(tmp_path: Path) -> None:
    assert rows(prepared_shop(tmp_path).run("order", "list")) == ["There are no orders."]
