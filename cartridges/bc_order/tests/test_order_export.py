"""``iomconnector order export``, ``retry``, ``preview`` and ``check`` as users call them."""

import json
from pathlib import Path

import pytest

from bc_order.testing.file_order_system import HOLD, NOT_EXPORTABLE, REFUSED
from bc_order.testing.order_documents import json_lines, order_document
from bc_order.testing.shop import PATIENCE_SECONDS, SERVICE, Shop, prepared_shop, wait_until
from iomconnector.testing.samples import CHANNEL


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return prepared_shop(tmp_path)


def place(shop: Shop, *numbers: str, **changes: object) -> None:
    documents = [order_document(number, **changes) for number in numbers]
    assert shop.run("order", "place", "-", stdin=json_lines(documents)).code == 0


def state_of(shop: Shop, number: str) -> str:
    return str(shop.json("order", "show", number)["state"])


def test_from_placing_to_comparing(shop: Shop) -> None:
    place(shop, "A", "B", "C")
    exported = shop.json("order", "export")
    assert (exported["exported"], exported["attempts"], exported["parked"], exported["waiting"]) == (
        3,
        3,
        [],
        [],
    )
    assert exported["counts"]["exported"] == 3
    assert len(shop.exported()) == 3
    assert shop.json("order", "export")["attempts"] == 0
    assert shop.json("order", "check") == {"agree": 3, "disagree": []}
    table = shop.run("order", "check")
    assert (table.code, table.out) == (0, "3 of 3 exported orders agree on both sides.\n")
    nothing = shop.run("order", "export")
    assert (nothing.code, nothing.out) == (0, "0 exported in 0 attempts, 0 parked, 0 to be tried again.\n")


def test_parked_orders_are_told_with_the_words_of_the_other_side(shop: Shop) -> None:
    place(shop, "A")
    place(shop, "R", customer_order_number=REFUSED)
    place(shop, "N", customer_order_number=NOT_EXPORTABLE)
    run = shop.json("order", "export", code=1)
    assert run["exported"] == 1
    assert sorted(run["parked"], key=lambda each: str(each["number"])) == [
        {"number": "N", "channel": CHANNEL, "reason": "Order N: customer_order_number is forbidden."},
        {"number": "R", "channel": CHANNEL, "reason": "No such customer."},
    ]
    for _ in range(2):
        again = shop.run("order", "retry", "R")
        assert (again.code, again.out) == (0, "Order R is due. `iomconnector order export` sends it.\n")
        assert state_of(shop, "R") == "due"
        ended = shop.run("order", "export", variables={"COLUMNS": "80"})
        assert ended.code == 1
        assert ended.out.startswith("0 exported in 1 attempt, 1 parked, 0 to be tried again.\n")
        assert "No such customer." in ended.out
        assert state_of(shop, "R") == "parked"
    assert len(shop.exported()) == 1


def test_only_a_parked_or_given_up_order_can_be_retried(shop: Shop) -> None:
    place(shop, "A")
    ended = shop.run("order", "retry", "A")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == "error: Order A is due; to retry is possible where it is parked or given up.\n"


def test_where_the_order_management_system_is_away_the_exit_code_is_4_and_orders_wait(shop: Shop) -> None:
    place(shop, "A", "B")
    shop.oms.rename(shop.directory / "away")
    run = shop.json("order", "export", code=4)
    assert [each["reason"] for each in run["waiting"]] == ["oms is not there.", "oms is not there."]
    assert (run["exported"], run["parked"], run["counts"]["due"]) == (0, [], 2)
    (shop.directory / "away").rename(shop.oms)
    ended = shop.run("order", "export", "--wait", "30")
    assert (ended.code, ended.err) == (0, "")
    assert len(shop.exported()) == 2
    shop.oms.rename(shop.directory / "away")
    checked = shop.json("order", "check", code=4)
    assert [(each["verdict"], each["detail"]) for each in checked["disagree"]] == [
        ("unknown", "oms is not there.")
    ] * 2


def test_without_a_service_the_exit_code_is_4_and_the_reason_says_what_to_do(shop: Shop) -> None:
    place(shop, "A")
    assert shop.run("service", "deactivate", SERVICE).code == 0
    run = shop.json("order", "export", code=4)
    (waiting,) = run["waiting"]
    assert f"No adapter of OrderExportService is operational in context {CHANNEL}" in waiting["reason"]
    assert "It is deactivated in inSPIRED: activate it there." in waiting["reason"]
    preview = shop.run("order", "preview", "A")
    assert (preview.code, preview.out) == (3, "")
    assert shop.run("service", "activate", SERVICE).code == 0
    assert shop.run("order", "export", "--wait", "30").code == 0
    assert shop.run("service", "deactivate", SERVICE).code == 0
    (unknown,) = shop.json("order", "check", code=4)["disagree"]
    assert (unknown["number"], unknown["verdict"]) == ("A", "unknown")
    assert unknown["detail"] == waiting["reason"]


def test_differences_between_the_two_sides_are_told(shop: Shop) -> None:
    place(shop, "A", "B", "C")
    assert shop.run("order", "export").code == 0
    changed, lost, _ = sorted(shop.oms.iterdir())
    changed.write_text(changed.read_text().replace('"EUR"', '"USD"'))
    lost.unlink()
    checked = shop.json("order", "check", code=1)
    assert checked["agree"] == 1
    different, missing = checked["disagree"]
    assert (different["number"], different["verdict"]) == ("A", "different")
    assert "currency: EUR here, USD there" in different["detail"]
    assert missing == {"number": "B", "channel": CHANNEL, "verdict": "missing", "detail": ""}
    table = shop.run("order", "check", variables={"COLUMNS": "80"})
    assert table.code == 1
    assert table.out.startswith("1 of 3 exported orders agree on both sides.\n")
    assert max(map(len, table.out.splitlines())) <= 80


def test_an_order_that_is_there_already_is_exported_if_it_is_the_same_and_parked_if_not(shop: Shop) -> None:
    place(shop, "A", "B")
    assert shop.run("order", "export").code == 0
    other = prepared_shop(shop.directory / "other")
    other.oms.rmdir()
    other.oms.symlink_to(shop.oms)
    place(other, "A")
    place(other, "B", project="another")
    run = other.json("order", "export", code=1)
    assert (run["exported"], [each["number"] for each in run["parked"]]) == (1, ["B"])
    assert "It differs: project: another here, None there." in run["parked"][0]["reason"]
    assert other.json("order", "show", "B")["reason_code"] == "export.conflict"


def test_a_preview_shows_every_digit_and_tells_losses_beside_it(shop: Shop) -> None:
    place(shop, "A", project="Apollo", attributes={"group": {"name": "1.10"}})
    shown = shop.run("order", "preview", "A")
    assert shown.code == 0
    assert shown.err == "note: project Apollo has no place\n"
    document = json.loads(shown.out)
    assert document["number"] == "A"
    assert document["attributes"] == {"group": {"name": "1.10"}}
    assert shop.exported() == []
    place(shop, "N", customer_order_number=NOT_EXPORTABLE)
    refused = shop.run("order", "preview", "N")
    assert (refused.code, refused.out) == (1, "")
    assert refused.err == "error: Order N: customer_order_number is forbidden.\n"


def test_an_export_killed_in_the_middle_is_finished_by_the_next_one(shop: Shop) -> None:
    numbers = [f"{number:03}" for number in range(30)]
    place(shop, *numbers)
    (shop.oms / HOLD).touch()
    with shop.start("order", "export", variables={"IOMC_EXPORT_LEASE": "1"}) as process:
        wait_until(lambda: list(shop.oms.glob("held-*")), "an order is being sent")
        process.kill()
        process.communicate(timeout=PATIENCE_SECONDS)
    (shop.oms / HOLD).unlink()
    ended = shop.run("order", "export", "--wait", "30", "--format", "json")
    assert ended.code == 0
    assert json.loads(ended.out)["counts"]["exported"] == len(numbers)
    assert len(shop.exported()) == len(numbers)
    assert shop.json("order", "check") == {"agree": len(numbers), "disagree": []}


def test_every_step_is_logged_to_standard_error_where_that_is_wanted(shop: Shop) -> None:
    place(shop, "A", "B")
    ended = shop.run("-v", "order", "export")
    assert (ended.code, ended.out) == (0, "2 exported in 2 attempts, 0 parked, 0 to be tried again.\n")
    assert all("[debug    ] attempted" in line for line in ended.err.splitlines())
    place(shop, "C")
    in_json = shop.run("-v", "order", "export", variables={"IOMC_LOG_FORMAT": "json"})
    (event,) = map(json.loads, in_json.err.splitlines())
    assert (event["event"], event["level"], event["order"], event["state"]) == (
        "attempted", "debug", "C", "exported",
    )  # fmt: skip


def test_what_earlier_runs_left_is_told_and_ends_with_1(shop: Shop) -> None:
    place(shop, "A")
    place(shop, "R", customer_order_number=REFUSED)
    assert shop.run("order", "export").code == 1
    later = shop.run("order", "export")
    assert later.code == 1
    assert later.out == (
        "0 exported in 0 attempts, 0 parked, 0 to be tried again.\n"
        "Left in all: 1 parked. `iomconnector order list` shows them.\n"
    )


def test_waits_are_cut_short_where_that_is_wanted(shop: Shop) -> None:
    place(shop, "A")
    assert shop.run("service", "deactivate", SERVICE).code == 0
    assert shop.run("order", "export").code == 4
    assert shop.run("service", "activate", SERVICE).code == 0
    assert shop.run("order", "export", "--now").code == 0
    assert state_of(shop, "A") == "exported"
