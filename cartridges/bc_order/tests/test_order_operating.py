"""What operators do with orders on the command line: choose, plan, retry, correct, give up, pause."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bc_order.testing.file_order_system import NOT_EXPORTABLE, REFUSED
from bc_order.testing.order_documents import json_lines, order_document
from bc_order.testing.shop import SERVICE, Shop, prepared_shop
from iomconnector.testing.samples import CHANNEL, OTHER_CHANNEL

WRONG = {"customer_order_number": REFUSED}


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return prepared_shop(tmp_path)


def place(shop: Shop, *documents: dict[str, Any]) -> None:
    assert shop.run("order", "place", "-", stdin=json_lines(documents)).code == 0


def states(shop: Shop) -> dict[str, str]:
    return {each["number"]: each["state"] for each in shop.json("order", "list")["orders"]}


def acts(shop: Shop, number: str) -> list[dict[str, Any]]:
    life = shop.json("order", "show", number)["life"]
    return [each for each in life if each["what"] in ("operator", "corrected")]


@pytest.fixture
def parked(shop: Shop) -> Shop:
    """Three parked orders, two of one channel, one that waits for approval, and one that is exported."""
    steps = [{"kind": "user", "approvers": ["bob"]}]
    place(
        shop,
        order_document("P-1", **WRONG),
        order_document("P-2", **WRONG, customer={"type": "private", "number": "7"}),
        order_document("P-3", channel=OTHER_CHANNEL, **WRONG),
        order_document("WAITS", approval_steps=steps),
        order_document("GOOD"),
    )
    assert shop.run("order", "export").code == 1
    return shop


@pytest.mark.parametrize(
    ("options", "numbers"),
    [
        (["--state", "parked"], ["P-1", "P-2", "P-3"]),
        (["--code", "CUSTOMER_UNKNOWN", "--channel", CHANNEL], ["P-1", "P-2"]),
        (["--reason", "no such"], ["P-1", "P-2", "P-3"]),
        (["--says", "another"], []),
        (["--customer", "7"], ["P-2"]),
        (["--prefix", "P-"], ["P-1", "P-2", "P-3"]),
        (["--since", "2020-01-01", "--until", "2020-12-31"], []),
        (["--since", "2020-01-01", "--order", "newest", "--limit", "2"], ["GOOD", "WAITS"]),
        (["--changed-since", "2020-01-01", "--attempts", "1"], ["P-1", "P-2", "P-3", "GOOD"]),
        (["--waiting-since", "2020-01-01"], []),
        (["--order", "due"], []),
    ],
)
def test_the_list_is_narrowed_by_whatever_is_known(
    parked: Shop, options: list[str], numbers: list[str]
) -> None:
    listed = parked.json("order", "list", *options)
    assert [each["number"] for each in listed["orders"]] == numbers


def test_the_backlog_keeps_codes_whole_on_a_narrow_terminal(parked: Shop) -> None:
    shown = parked.run("order", "backlog", variables={"COLUMNS": "80"})
    assert (shown.code, shown.err) == (0, "")
    _, reasons = shown.out.split("Why orders wait")
    _, headings, first, example, *_ = reasons.splitlines()
    assert headings.split() == ["Orders", "Channel", "Export", "Code"]
    assert first.endswith("CUSTOMER_UNKNOWN")
    assert example.startswith("    ")
    assert all(len(line) <= 80 for line in reasons.splitlines())


def test_many_are_retried_by_a_plan(parked: Shop) -> None:
    before = states(parked)
    dry = parked.run("order", "retry", "--code", "CUSTOMER_UNKNOWN", "--dry-run")
    assert (dry.code, dry.err) == (0, "")
    assert dry.out.startswith("3 orders to retry: each becomes due, or waits for its approval again;")
    assert "P-1" in dry.out
    assert states(parked) == before
    unasked = parked.run("order", "retry", "--code", "CUSTOMER_UNKNOWN")
    assert unasked.code == 2
    assert "add --yes" in unasked.err
    done = parked.json("order", "retry", "--code", "CUSTOMER_UNKNOWN", "--channel", CHANNEL, "--yes")
    assert done == {"planned": 2, "changed": 2, "left_alone": 0}
    assert {number for number, state in states(parked).items() if state == "due"} == {"P-1", "P-2"}


def test_a_plan_that_was_shown_can_be_run_later_and_nothing_else(parked: Shop) -> None:
    options = ("--state", "parked", "--reason", "cancelled")
    plan = parked.json("order", "give-up", *options, "--dry-run")
    assert (plan["count"], plan["left_out"]) == (3, {})
    assert parked.run("order", "retry", "P-1").code == 0
    run = parked.json("order", "give-up", *options, "--plan", plan["token"], code=1)
    assert run == {"planned": 3, "changed": 2, "left_alone": 1}
    assert states(parked)["P-1"] == "due"
    other = parked.run("order", "give-up", "--all", "--reason", "cancelled", "--plan", plan["token"])
    assert other.code == 1
    assert "not what was planned" in other.err


def test_what_is_left_out_is_said(parked: Shop) -> None:
    dry = parked.run("order", "retry", "--all", "--dry-run", variables={"COLUMNS": "80"})
    assert "Left out: 1 exported; it is exported." in dry.out
    assert "Left out: 1 waiting for approval; it waits for an approval." in dry.out
    nothing = parked.run("order", "expedite", "--all", "--yes")
    assert (nothing.code, nothing.out.splitlines()[0]) == (0, "There is nothing to expedite.")


def test_without_a_choice_nothing_is_done(parked: Shop) -> None:
    before = states(parked)
    for arguments in (["retry"], ["retry", "--yes"], ["retry", "P-1", "--dry-run"], ["give-up", "P-1"]):
        assert parked.run("order", *arguments).code == 2, arguments
    assert states(parked) == before


def test_an_order_is_given_up_with_a_reason_and_taken_up_again(parked: Shop) -> None:
    done = parked.run("order", "give-up", "P-1", "--reason", "The customer cancelled.")
    assert (done.code, done.out) == (
        0, "Order P-1 is given up. `iomconnector order retry` takes it up again.\n",
    )  # fmt: skip
    shown = parked.json("order", "show", "P-1")
    assert shown["explanation"]["sentence"].endswith(": The customer cancelled.")
    (act,) = acts(parked, "P-1")
    assert act["by"]
    assert act["sentence"] == "It was given up: The customer cancelled."
    waits = parked.run("order", "give-up", "WAITS", "--reason", "Stock is gone.")
    assert waits.code == 0
    again = parked.run("order", "retry", "WAITS")
    assert again.out == "Order WAITS waits for its approval again.\n"
    exported = parked.run("order", "give-up", "GOOD", "--reason", "x")
    assert exported.code == 1
    assert "Order GOOD is exported" in exported.err


def test_an_order_is_corrected_and_exported(parked: Shop) -> None:
    dry = parked.json("order", "correct", "P-1", "--set", "customer_order_number=PO-7", "--dry-run")
    assert dry["differences"] == [{"path": "customer_order_number", "before": REFUSED, "after": "PO-7"}]
    assert (dry["problem"], dry["saved"]) == (None, False)
    assert states(parked)["P-1"] == "parked"
    done = parked.run(
        "order", "correct", "P-1", "--set", "customer_order_number=PO-7", "--reason", "wrong", "--yes",
        variables={"COLUMNS": "80"},
    )  # fmt: skip
    assert (done.code, done.err) == (0, "")
    assert "customer_order_number  refused  PO-7" in done.out
    parked.run("order", "export")
    assert states(parked)["P-1"] == "exported"
    (act,) = acts(parked, "P-1")
    assert act["sentence"] == "It was corrected customer_order_number: wrong."
    assert "PO-7" not in json.dumps(act)
    assert json.loads(parked.run("order", "show", "P-1", "--document").out)["customer_order_number"] == "PO-7"


def test_what_would_still_be_broken_is_told_before_it_is_saved(parked: Shop) -> None:
    setting = ("--set", f"customer_order_number={NOT_EXPORTABLE}", "--reason", "x", "--yes")
    refused = parked.run("order", "correct", "P-1", *setting)
    assert refused.code == 1
    assert "could not be sent even then" in refused.err
    assert "customer_order_number is forbidden" in refused.err
    assert states(parked)["P-1"] == "parked"
    assert parked.run("order", "correct", "P-1", *setting, "--anyway").code == 0
    assert states(parked)["P-1"] == "due"


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        (["--set", "nowhere.x=1"], 2, "no field 'nowhere.x'"),
        (["--set", "number=9"], 1, "would change number"),
        (["--set", "currency=XX"], 2, "currency"),
        (["--set", "x"], 2, "--set"),
        (["--unset", "project"], 2, "there is no project"),
        (["--document", "absent.json"], 2, "absent.json cannot be read"),
        ([], 2, "Say what to correct"),
    ],
)
def test_a_wrong_correction_is_refused(parked: Shop, options: list[str], code: int, told: str) -> None:
    ended = parked.run("order", "correct", "P-1", *options, "--dry-run")
    assert ended.code == code, ended
    assert told in " ".join(ended.err.split())


def test_a_whole_document_and_other_values_than_texts_are_taken(parked: Shop) -> None:
    document = {**order_document("P-2"), "project": "Solar"}
    file = parked.write("corrected.json", json.dumps(document))
    ended = parked.run(
        "order", "correct", "P-2", "--document", file, "--set", "split_shipment_allowed:=true",
        "--reason", "wrong", "--yes",
    )  # fmt: skip
    assert (ended.code, ended.err) == (0, "")
    found = json.loads(parked.run("order", "show", "P-2", "--document").out)
    assert (found["project"], found["split_shipment_allowed"]) == ("Solar", True)
    assert "customer_order_number" not in found


def test_a_channel_is_paused_and_resumed(shop: Shop) -> None:
    place(shop, order_document("A"), order_document("B", channel=OTHER_CHANNEL))
    paused = shop.run("order", "pause", CHANNEL, "--reason", "stocktaking")
    assert (paused.code, paused.err) == (0, "")
    again = shop.run("order", "pause", CHANNEL, "--reason", "x")
    assert again.code == 1
    assert "paused already by" in again.err
    shop.run("order", "export")
    assert states(shop) == {"A": "due", "B": "exported"}
    assert "is paused by" in shop.json("order", "show", "A")["explanation"]["sentence"]
    channels = {each["channel"]: each for each in shop.json("order", "backlog")["channels"]}
    assert channels[CHANNEL]["paused"]["reason"] == "stocktaking"
    assert (channels[CHANNEL]["due_now"], channels[OTHER_CHANNEL]["paused"]) == (1, None)
    resumed = shop.run("order", "resume", CHANNEL)
    assert (resumed.code, resumed.err) == (0, "")
    assert "stocktaking" in resumed.out
    assert shop.run("order", "resume", CHANNEL).code == 1
    assert shop.run("order", "pause", "nowhere", "--reason", "x").code == 1
    assert shop.run("order", "export").code == 0
    assert states(shop) == {"A": "exported", "B": "exported"}


@pytest.mark.parametrize("columns", ["80", "160"])
def test_the_backlog_is_readable(parked: Shop, columns: str) -> None:
    assert parked.run("service", "deactivate", SERVICE).code == 0
    place(parked, order_document("D"))
    ended = parked.run("order", "backlog", variables={"COLUMNS": columns})
    assert (ended.code, ended.err) == (0, "")
    lines = [line.rstrip() for line in ended.out.splitlines()]
    assert any(OTHER_CHANNEL in line.split() for line in lines), "no identifier is broken"
    assert max(map(len, lines)) <= int(columns)
    assert "no service" in ended.out
    assert "CUSTOMER_UNKNOWN" in ended.out


@pytest.fixture
def damaged(parked: Shop) -> Shop:
    """The same shop, in which the content of the exported order is damaged, and that of a due one."""
    place(parked, order_document("DUE"))
    with closing(sqlite3.connect(parked.data / "shop.sqlite")) as database, database:
        database.execute("UPDATE orders SET content = substr(content, 1, 40) WHERE number IN ('GOOD', 'DUE')")
    return parked


def test_an_order_that_cannot_be_read_is_listed_with_its_trouble_and_hides_no_other(damaged: Shop) -> None:
    listed = {each["number"]: each for each in damaged.json("order", "list")["orders"]}
    assert list(listed) == ["P-1", "P-2", "P-3", "WAITS", "GOOD", "DUE"]
    assert "cannot be read from the database" in listed["GOOD"]["trouble"]
    assert (listed["GOOD"]["total"], listed["P-1"]["trouble"]) == ("", None)
    assert "cannot be read" in " ".join(damaged.run("order", "list").out.split())
    assert "cannot be read" in damaged.json("order", "show", "GOOD")["trouble"]
    checked = damaged.json("order", "check", code=4)
    assert [each["verdict"] for each in checked["disagree"]] == ["unknown"]


def test_an_order_that_cannot_be_read_is_replaced_by_a_whole_document(damaged: Shop) -> None:
    damaged.run("order", "export")
    assert states(damaged)["DUE"] == "parked"
    part = damaged.run("order", "correct", "DUE", "--set", "project=x", "--dry-run")
    assert part.code == 1
    assert "--document" in part.err
    file = damaged.write("due.json", json.dumps(order_document("DUE")))
    ended = damaged.run("order", "correct", "DUE", "--document", file, "--reason", "restored", "--yes")
    assert (ended.code, ended.err) == (0, "")
    damaged.run("order", "export")
    assert states(damaged)["DUE"] == "exported"


def test_an_order_that_cannot_be_read_stops_no_page_over_http(damaged: Shop) -> None:
    from bc_order.testing.http_caller import Caller

    token = damaged.token("website", CHANNEL)
    with damaged.serving("--no-export") as server:
        caller = Caller(server.address, token)
        page = caller.get("/api/orders")
        one = caller.get(f"/api/orders/{CHANNEL}/GOOD")
    assert [each["number"] for each in page.content["orders"]] == ["P-1", "P-2", "WAITS", "GOOD", "DUE"]
    assert (one.status, one.content["state"]) == (200, "exported")


def test_exported_orders_are_replayed_and_none_is_sent_twice(parked: Shop) -> None:
    dry = parked.json("order", "replay", "--all", "--dry-run")
    assert dry["count"] == 1
    assert parked.run("order", "replay", "GOOD").code == 0
    before = parked.exported()
    parked.run("order", "export")
    assert states(parked)["GOOD"] == "exported"
    assert parked.exported() == before
