"""Both sides of an order, and the history of a customer, on the command line."""

import json
import time
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bc_order.both_sides import both_sides
from bc_order.testing.file_order_history import ASKED, HANG, PACKED, SENT
from bc_order.testing.order_documents import json_lines, order_document
from bc_order.testing.shop import Shop, prepared_shop
from iomconnector.model.exports import ExportRequest, ExportState
from iomconnector.model.money import Money
from iomconnector.model.order_states import OrderState, PositionState
from iomconnector.testing.samples import CHANNEL, NOON, OTHER_CHANNEL, sample_order

CUSTOMER = sample_order().customer.number or ""
BUDGET = 1.0


def state_of(number: str, **changes: Any) -> OrderState:
    """What an order management system knows of a sample order that it has as it was sent."""
    order = sample_order(number=number)
    (item,) = order.line_items
    fields: dict[str, Any] = {
        "number": number,
        "created_at": order.created_at,
        "status": PACKED,
        "customer": order.customer.number,
        "total": Money(amount=Decimal(119), currency="EUR"),
        "positions": (
            PositionState(
                position=item.position, sku=item.product.sku, name=item.product.name, status=PACKED, ordered=1
            ),
        ),
    }
    return OrderState(**(fields | changes))


class Far:
    """The states that the order management system of a shop has."""

    def __init__(self, shop: Shop) -> None:
        self.directory = shop.directory / "states"
        self.directory.mkdir()
        added = shop.run(
            "service", "add", "history", "--type", "file-order-history", "--context", "inSPIRED",
            f"states={self.directory}", f"budget_seconds={BUDGET}",
        )  # fmt: skip
        assert added.code == 0, added

    def has(self, *states: OrderState) -> None:
        for each in states:
            (self.directory / f"{each.number}.json").write_text(each.model_dump_json())

    def questions(self) -> int:
        asked = self.directory / ASKED
        return len(asked.read_text().splitlines()) if asked.exists() else 0


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """A shop with three exported orders of a customer and one that waits."""
    shop = prepared_shop(tmp_path)
    steps = [{"kind": "user", "approvers": ["bob"]}]
    documents = [
        *(order_document(number) for number in ("A1", "A2", "A3")),
        order_document("W", approval_steps=steps),
    ]
    assert shop.run("order", "place", "-", stdin=json_lines(documents)).code == 0
    assert shop.run("order", "export").code == 0
    return shop


def test_an_order_that_is_the_same_on_both_sides_has_no_difference(shop: Shop) -> None:
    Far(shop).has(state_of("A1"))
    sides = shop.json("order", "show", "A1")["both_sides"]
    assert (sides["source"], sides["reason"], sides["differences"]) == ("order management", None, 0)
    assert sides["age_seconds"] <= 60
    assert sides["state"]["status"]["code"] == "PACKED"
    assert [each["what"] for each in sides["compared"]] == [
        "status", "created", "customer", "total", "payment", "position 1",
    ]  # fmt: skip
    ended = shop.run("order", "show", "A1", variables={"COLUMNS": "80"})
    assert ": no difference." in ended.out
    assert "!=" not in ended.out


def test_every_difference_is_marked(shop: Shop) -> None:
    order = sample_order()
    (item,) = order.line_items
    cancelled = PositionState.model_validate(
        {
            "position": item.position, "sku": item.product.sku, "name": "Shoes", "status": SENT, "ordered": 2,
            "cancellations": [{"quantity": 1}], "dispatches": [{"quantity": 1, "at": NOON}],
            "returns": [{"quantity": 1, "status": "CLOSED"}],
        }
    )  # fmt: skip
    added = PositionState(position=9, sku="GIFT", name="Gift", status=SENT)
    Far(shop).has(
        state_of(
            "A1",
            customer="other",
            total=Money(amount=Decimal(120), currency="EUR"),
            created_at=order.created_at + timedelta(days=1),
            positions=(cancelled, added),
        )
    )
    sides = shop.json("order", "show", "A1")["both_sides"]
    differing = [each["what"] for each in sides["compared"] if each["differs"]]
    assert differing == ["created", "customer", "total", "position 1", "position 9"]
    ended = shop.run("order", "show", "A1", variables={"COLUMNS": "80"})
    lines = ended.out.splitlines()
    assert max(map(len, lines)) <= 80
    assert any(line.startswith("!=  total") and line.rstrip().endswith("120 EUR") for line in lines), (
        ended.out
    )
    assert " 5 differences" in " ".join(ended.out.split())
    assert "2 ordered, 1 cancelled, 1 dispatched, 1 returned (Sent)" in " ".join(ended.out.split())


def test_an_order_that_only_the_order_management_system_counts_as_exported_is_marked(shop: Shop) -> None:
    Far(shop).has(state_of("W"))
    first = shop.json("order", "show", "W")["both_sides"]["compared"][0]
    assert first == {
        "what": "status", "shop": "waiting for approval", "order_management": "Packed (PACKED)",
        "differs": True,
    }  # fmt: skip


def test_without_a_service_the_shop_stands_alone(shop: Shop) -> None:
    sides = shop.json("order", "show", "A1")["both_sides"]
    assert (sides["source"], sides["reason"], sides["compared"]) == (None, "service inactive", [])
    assert "OrderHistoryService" in sides["trouble"]
    assert sides["trouble"] in " ".join(shop.run("order", "show", "A1").out.split())


def test_what_was_known_last_is_shown_with_its_age_when_nobody_answers(shop: Shop) -> None:
    far = Far(shop)
    far.has(state_of("A1"))
    assert shop.json("order", "show", "A1")["both_sides"]["source"] == "order management"
    far.directory.rename(far.directory.with_name("away"))
    sides = shop.json("order", "show", "A1")["both_sides"]
    assert (sides["source"], sides["reason"]) == ("last known", "unavailable")
    assert sides["state"]["status"]["code"] == "PACKED"
    out = " ".join(shop.run("order", "show", "A1").out.split())
    assert f"{far.directory} is not there." in out
    assert "Last known state, " in out
    other = shop.json("order", "show", "A2")["both_sides"]
    assert (other["source"], other["state"], other["reason"]) == (None, None, "unavailable")
    assert "Nothing is known of what it said before." in shop.run("order", "show", "A2").out


def test_a_slow_system_takes_no_longer_than_the_budget(shop: Shop) -> None:
    far = Far(shop)
    (far.directory / HANG).touch()
    begin = time.monotonic()
    sides = shop.json("order", "show", "A1")["both_sides"]
    assert time.monotonic() - begin < BUDGET + 20, "it would hang for ever"
    assert (sides["reason"], sides["trouble"]) == (
        "too slow", "The order management system did not answer within 1 s.",
    )  # fmt: skip


def test_an_exported_order_that_is_not_there_is_a_difference(shop: Shop) -> None:
    Far(shop)
    sides = shop.json("order", "show", "A1")["both_sides"]
    assert (sides["source"], sides["reason"], sides["differences"]) == (None, "not there", 1)
    out = shop.run("order", "show", "A1").out
    assert "The order management system has no such order." in out
    assert "!=  status      exported  not there" in out
    waiting = shop.json("order", "show", "W")["both_sides"]
    assert (waiting["reason"], waiting["differences"]) == ("not there", 0)


def test_the_history_of_a_customer_costs_one_question(shop: Shop) -> None:
    far = Far(shop)
    far.has(state_of("A1"), state_of("A2", status=SENT), state_of("FOREIGN"))
    found = shop.json("order", "history", "--customer", CUSTOMER, "--channel", CHANNEL)
    assert far.questions() == 1
    assert (found["total"], found["pages"], found["source"]) == (4, 1, "shop")
    assert {each["number"]: (each["status"]["code"], each["source"]) for each in found["orders"]} == {
        "A1": ("PACKED", "order management"),
        "A2": ("SENT", "order management"),
        "A3": ("EXPORTED", "shop"),
        "W": ("IN_APPROVAL", "shop"),
    }
    pages = [
        shop.json(
            "order", "history", "--customer", CUSTOMER, "--channel", CHANNEL, "--limit", "3", "--page", page
        )
        for page in ("1", "2")
    ]
    numbers = [each["number"] for page in pages for each in page["orders"]]
    assert sorted(numbers) == ["A1", "A2", "A3", "W"]
    sent = shop.json("order", "history", "--customer", CUSTOMER, "--channel", CHANNEL, "--status", "SENT")
    assert [each["number"] for each in sent["orders"]] == ["A2"]
    for name in ("waiting for approval", "IN_APPROVAL"):
        options = ("--customer", CUSTOMER, "--channel", CHANNEL, "--status", name)
        assert [each["number"] for each in shop.json("order", "history", *options)["orders"]] == ["W"]


def test_the_history_stands_while_nobody_answers(shop: Shop) -> None:
    far = Far(shop)
    far.has(state_of("A1"))
    options = ("--customer", CUSTOMER, "--channel", CHANNEL)
    shop.json("order", "history", *options)
    far.directory.rename(far.directory.with_name("away"))
    assert shop.run("service", "set", "history", "keep_seconds=0").code == 0
    ended = shop.run("order", "history", *options, variables={"COLUMNS": "80"})
    assert ended.code == 0
    assert "The order management system cannot be reached.\n" in ended.out
    assert "last known, " in ended.out
    assert max(map(len, ended.out.splitlines())) <= 80
    alone = prepared_history_off(shop)
    assert "the shop stands alone." in " ".join(alone.split())


def prepared_history_off(shop: Shop) -> str:
    """The history after the service was deactivated."""
    assert shop.run("service", "deactivate", "history").code == 0
    return shop.run("order", "history", "--customer", CUSTOMER, "--channel", CHANNEL).out


def test_what_only_the_order_management_system_knows_is_found_there(shop: Shop) -> None:
    far = Far(shop)
    far.has(state_of("A1"), state_of("FOREIGN"), state_of("ELSE", customer="other"))
    options = ("--customer", CUSTOMER, "--channel", CHANNEL, "--source", "order-management")
    found = shop.json("order", "history", *options)
    assert {each["number"]: each["in_shop"] for each in found["orders"]} == {"A1": True, "FOREIGN": False}
    ended = shop.run("order", "history", *options, variables={"COLUMNS": "80"})
    assert (ended.code, ended.err) == (0, "")
    assert max(map(len, ended.out.splitlines())) <= 80
    assert "not in the shop" in ended.out
    unknown = shop.run("order", "history", *options, "--status", "GONE")
    assert "No status is called GONE. There are: PACKED, SENT." in unknown.out
    far.directory.rename(far.directory.with_name("away"))
    away = shop.run("order", "history", *options)
    assert (away.code, away.err) == (4, f"error: {far.directory} is not there.\n")
    far.directory.with_name("away").rename(far.directory)
    refused = shop.run("order", "history", *options, "--email", "a@example.com")
    assert (refused.code, refused.err) == (1, "error: The files cannot be searched for e-mail addresses.\n")


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        (["--from", "yesterday"], 2, "'yesterday' is no day. Write 2026-11-02."),
        (["--from", "2026-11-02", "--to", "2026-11-01"], 2, "2026-11-01 is before 2026-11-02."),
        (["--email", "nobody"], 2, "'nobody' is no e-mail address."),
        (["--page", "0"], 2, "--page"),
        (["--limit", "101"], 2, "--limit"),
        (["--source", "elsewhere"], 2, "--source"),
        (["--channel", "elsewhere"], 1, f"the channels are: {CHANNEL}, {OTHER_CHANNEL}"),
        ([], 2, f"say which channel: {CHANNEL}, {OTHER_CHANNEL}."),
        (["--channel", CHANNEL, "--source", "order-management"], 3, "OrderHistoryService"),
    ],
)
def test_wrong_calls_say_what_is_wrong(shop: Shop, options: list[str], code: int, told: str) -> None:
    ended = shop.run("order", "history", "--customer", CUSTOMER, *options)
    assert (ended.code, ended.out) == (code, ""), ended
    assert told in " ".join(ended.err.replace("│", " ").split()), ended.err


def test_a_page_beyond_the_end_says_how_many_there_are(shop: Shop) -> None:
    ended = shop.run(
        "order", "history", "--customer", CUSTOMER, "--channel", CHANNEL, "--page", "7", "--limit", "2"
    )
    assert (ended.code, ended.out) == (
        0, f"Nothing of customer {CUSTOMER} was found on page 7. There are 2 pages.\n",
    )  # fmt: skip


_pieces = st.integers(0, 5)


@given(ordered=st.none() | _pieces, cancelled=_pieces, sent=_pieces, returned=_pieces)
def test_a_position_differs_exactly_where_its_pieces_do(
    ordered: int | None, cancelled: int, sent: int, returned: int
) -> None:
    order = sample_order()
    (item,) = order.line_items
    position = PositionState.model_validate(
        {
            "position": item.position, "sku": item.product.sku, "name": "x", "status": SENT,
            "ordered": ordered,
            "cancellations": [{"quantity": cancelled}], "dispatches": [{"quantity": sent, "at": NOON}],
            "returns": [{"quantity": returned, "status": "CLOSED"}],
        }
    )  # fmt: skip
    request = ExportRequest(
        order_id=1, channel=order.channel, number=order.number, state=ExportState.EXPORTED,
        requested_at=NOON, updated_at=NOON, due_at=NOON, attempts=1, unclear=False, lease_until=None,
        reference="1", reason_code=None, reason=None, exported_at=NOON,
    )  # fmt: skip
    line = both_sides(request, order, state_of(order.number, positions=(position,)))[-1]
    assert line.differs == (ordered not in (None, 1) or sent > 1 or bool(cancelled) or bool(returned))
    assert json.dumps(line.theirs).count("cancelled") == bool(cancelled)
