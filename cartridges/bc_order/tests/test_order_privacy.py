"""``iomconnector privacy`` and ``retention`` as users call them, and what the database's files still have."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bc_order.testing.file_order_system import NOT_EXPORTABLE
from bc_order.testing.order_documents import json_lines
from bc_order.testing.shop import Shop, prepared_shop
from iomconnector.model.order_documents import dump_order
from iomconnector.testing.personal_samples import personal_order
from iomconnector.testing.samples import CHANNEL

WORD = "Patriciamilleroslo"
OTHER_WORD = "Bertbrownbergen"


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """A shop with three exported orders of one customer, and one of another; it was busy before."""
    made = prepared_shop(tmp_path)
    orders = [personal_order(f"P{number}", WORD) for number in range(3)]
    orders += [personal_order(f"B{number}", OTHER_WORD) for number in range(40)]
    documents = [json.loads(dump_order(order)) for order in orders]
    assert made.run("order", "place", "-", stdin=json_lines(documents)).code == 0
    assert made.json("order", "export")["exported"] == 43
    return made


def dumped(shop: Shop) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table of the database."""
    with closing(sqlite3.connect(shop.data / "shop.sqlite")) as connection:
        tables = [
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        return {name: list(connection.execute(f'SELECT * FROM "{name}"')) for name in tables}


def rows_with(shop: Shop, word: str) -> dict[str, list[tuple[object, ...]]]:
    """The rows of each table that have a word in them."""
    found = {
        name: [row for row in rows if any(word in str(value) for value in row)]
        for name, rows in dumped(shop).items()
    }
    return {name: rows for name, rows in found.items() if rows}


def in_files(shop: Shop, word: str) -> list[str]:
    """The files of the database that have a word somewhere, in rows or beside them."""
    return [
        file.name for file in sorted(shop.data.glob("shop.sqlite*")) if word.encode() in file.read_bytes()
    ]


def test_all_that_is_stored_is_shown(shop: Shop) -> None:
    ended = shop.run("privacy", "show", "--customer", WORD)
    stored = json.loads(ended.out)["orders"]
    assert [each["orders"]["number"] for each in stored] == ["P0", "P1", "P2"]
    assert stored[0]["orders"]["content"]["customer"]["company"]["name"] == f"company {WORD}"
    assert stored[0]["messages"][0]["request_body"]["number"] == "P0"
    assert OTHER_WORD not in ended.out
    assert json.loads(shop.run("privacy", "show", "--customer", "nobody").out) == {"orders": [], "users": []}
    one = json.loads(shop.run("privacy", "show", "--order", "B1").out)["orders"]
    assert [each["orders"]["number"] for each in one] == ["B1"]


def test_an_erasure_leaves_no_word_of_the_customer_and_all_of_the_others(shop: Shop) -> None:
    before = rows_with(shop, OTHER_WORD)
    assert rows_with(shop, WORD).keys() == {"orders", "messages"}
    assert in_files(shop, WORD)
    plan = shop.json("privacy", "erase", "--customer", WORD, "--plan")
    assert [each["number"] for each in plan["to_erase"]] == ["P0", "P1", "P2"]
    assert rows_with(shop, WORD)
    erased = shop.json("privacy", "erase", "--customer", WORD, "--yes")
    assert [each["number"] for each in erased["erased"]] == ["P0", "P1", "P2"]
    assert rows_with(shop, WORD) == {}
    assert rows_with(shop, OTHER_WORD) == before
    rewritten = shop.run("privacy", "rewrite", "--yes")
    assert (rewritten.code, "written anew" in rewritten.out) == (0, True)
    assert in_files(shop, WORD) == []
    assert in_files(shop, OTHER_WORD)


def test_an_erasure_of_users_empties_the_log_of_the_database(shop: Shop) -> None:
    name = "Annaadlerauge"
    user = ("--customer", "C-9", "--email", f"{name}@example.com", "--last-name", name, "--generate")
    assert shop.run("customer", "add", CHANNEL, "anna", *user).code == 0
    with closing(sqlite3.connect(shop.data / "shop.sqlite")) as somebody_else:
        somebody_else.execute("SELECT count(*) FROM orders").fetchone()
        erased = shop.run("privacy", "erase", "--customer", "C-9", "--yes")
        assert (erased.code, "Users erased: 1." in erased.out) == (0, True)
        assert "shop.sqlite-wal" not in in_files(shop, name)


def test_erased_orders_are_listed_shown_and_compared(shop: Shop) -> None:
    shop.json("privacy", "erase", "--order", "P1", "--yes")
    assert [each["number"] for each in shop.json("order", "list", "--state", "exported")["orders"]][1] == "P1"
    shown = shop.json("order", "show", "P1")
    assert (shown["state"], bool(shown["erased_at"])) == ("exported", True)
    report = shop.json("reconcile", "--from", "2026-01-01")
    assert (report["agree"], report["agree_but_erased"], report["findings"]) == (43, 1, [])
    again = personal_order("P1", WORD)
    assert shop.json("order", "place", shop.write("again.json", dump_order(again)))["already_placed"] == 1
    assert rows_with(shop, f"first {WORD}").keys() == {"orders", "messages"}
    assert shop.json("privacy", "erase", "--order", "P1", "--yes")["erased_before"]


def test_what_is_not_settled_is_left_alone_with_the_reason(shop: Shop) -> None:
    parked = personal_order("P9", WORD, customer_order_number=NOT_EXPORTABLE)
    assert shop.run("order", "place", shop.write("parked.json", dump_order(parked))).code == 0
    assert shop.run("order", "export").code == 1
    left = shop.json("privacy", "erase", "--customer", WORD, "--yes", code=1)
    assert len(left["erased"]) == 3
    [reason] = left["left_alone"]
    assert reason["number"] == "P9"
    assert "it is parked: export it, or give it up" in reason["reason"]
    assert [row for row in dumped(shop)["orders"] if WORD in str(row)]
    table = shop.run("privacy", "erase", "--customer", WORD, "--plan")
    assert (table.code, "leave alone: it is parked" in " ".join(table.out.split())) == (0, True)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ([], "Name either a customer or an order."),
        (["--customer", "1", "--order", "2"], "Name either a customer or an order."),
        (["--customer", "1"], "Add --yes where nobody can be asked."),
        (["--order", "nowhere", "--yes"], "There is no order nowhere"),
    ],
)
def test_wrong_options_are_explained(shop: Shop, options: list[str], told: str) -> None:
    ended = shop.run("privacy", "erase", *options)
    assert ended.code != 0
    assert told in " ".join(ended.err.replace("│", " ").split())


def test_retention_removes_what_is_old(shop: Shop) -> None:
    with closing(sqlite3.connect(shop.data / "shop.sqlite")) as connection, connection:
        connection.execute("UPDATE messages SET at = '2020-01-01 00:00:00.000000' WHERE order_number < 'B2'")
        connection.execute("UPDATE export_requests SET exported_at = '2020-01-01 00:00:00.000000'")
    plan = shop.json("retention", "--plan")
    old = plan["to_remove"]["messages"]
    assert old == plan["to_remove"]["message bodies"] > 0
    assert plan["days"] == {
        "message bodies": 90,
        "messages": 365,
        "attempts": 365,
        "audit entries": None,
        "personal data of exported orders": None,
    }
    messages = shop.count("messages")
    variables = {"IOMC_MESSAGE_DAYS": "never", "IOMC_ORDER_CONTENT_DAYS": "30"}
    bodies = shop.run("retention", "--run", "--format", "json", variables=variables)
    removed = json.loads(bodies.out)["removed"]
    assert (removed["message bodies"], removed["messages"]) == (old, 0)
    assert removed["personal data of exported orders"] == 43
    assert (shop.count("messages"), rows_with(shop, WORD)) == (messages, {})
    assert shop.json("retention", "--run")["removed"]["messages"] == old
    assert shop.count("messages") == messages - old
    table = shop.run("retention", "--plan")
    assert "for good" in table.out
    neither = shop.run("retention")
    assert (neither.code, "Choose one of the two." in neither.err) == (2, True)
