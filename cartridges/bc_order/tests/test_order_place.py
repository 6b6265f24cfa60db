"""``iomconnector order place`` as users call it."""

import json
from pathlib import Path
from typing import Any

import pytest

from bc_order.testing.order_documents import json_lines, order_document
from bc_order.testing.shop import Shop, prepared_shop
from iomconnector.testing.samples import CHANNEL, OTHER_CHANNEL


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return prepared_shop(tmp_path)


def orders_of(shop: Shop) -> list[tuple[str, str]]:
    """The channel and number of each order in the shop, as they were placed."""
    return [(each["channel"], each["number"]) for each in shop.json("order", "list")["orders"]]


def test_every_order_of_a_file_is_placed_and_the_others_are_told_with_line_number_and_reason(
    shop: Shop,
) -> None:
    broken = '{"number": "C", "chan'
    unknown = order_document("D", channel="inSPIRED-elsewhere")
    wrong = order_document("E", currency="XXQ", total={})
    latin = json.dumps(order_document("F", project="Jürgen"), ensure_ascii=False).encode("latin-1")
    lines = [json.dumps(order_document("A")), "", broken, json.dumps(unknown), json.dumps(wrong)]
    content = "\n".join(lines).encode() + b"\n" + latin + b"\n" + json.dumps(order_document("B")).encode()
    file, rejected = shop.write("orders.jsonl", content), shop.directory / "rejected.jsonl"

    ended = shop.run("order", "place", file, "--rejected", str(rejected), "--format", "json")

    assert (ended.code, ended.err) == (1, "")
    report = json.loads(ended.out)
    assert (report["placed"], report["already_placed"]) == (2, 0)
    told = [(each["line"], each["number"]) for each in report["rejected"]]
    assert told == [(3, ""), (4, "D"), (5, "E"), (6, "")]
    reasons = [each["reason"] for each in report["rejected"]]
    assert reasons[0] == "No JSON: Unterminated string starting at (column 17)."
    assert (
        "no channel or other context 'inSPIRED-elsewhere'; the channels are: inSPIRED-inTRONICS" in reasons[1]
    )
    assert "currency: 'XXQ' is not a currency of ISO 4217" in reasons[2]
    assert "total.taxes: Field required" in reasons[2]
    assert reasons[3].startswith("The line has a byte that is not UTF-8 (0xfc, byte ")
    assert orders_of(shop) == [(CHANNEL, "A"), (CHANNEL, "B")]
    written = rejected.read_bytes().splitlines()
    assert written == [broken.encode(), json.dumps(unknown).encode(), json.dumps(wrong).encode(), latin]

    corrected = [
        json.dumps(order_document("C")).encode(),
        written[1].replace(b"inSPIRED-elsewhere", OTHER_CHANNEL.encode()),
        json.dumps(order_document("E")).encode(),
        written[3].decode("latin-1").encode(),
    ]
    rejected.write_bytes(b"\n".join(corrected))
    again = shop.run("order", "place", str(rejected), "--rejected", str(rejected))
    assert (again.code, again.out) == (0, "4 placed, 0 placed before, 0 rejected.\n")
    assert rejected.read_bytes() == b""
    assert orders_of(shop)[2:] == [(CHANNEL, "C"), (OTHER_CHANNEL, "D"), (CHANNEL, "E"), (CHANNEL, "F")]


def test_the_report_is_readable_on_a_narrow_terminal(shop: Shop) -> None:
    content = json_lines([order_document("A"), order_document("B", currency="XXQ")]) + "no\n"
    ended = shop.run("order", "place", "-", stdin=content, variables={"COLUMNS": "80"})
    assert (ended.code, ended.err) == (1, "")
    lines = [line.rstrip() for line in ended.out.splitlines()]
    assert lines[0] == "1 placed, 0 placed before, 2 rejected."
    assert max(map(len, lines)) <= 80
    assert "Line  Order  Reason" in lines
    assert [line for line in lines if line.startswith("2     B      currency: 'XXQ' is not a currency")]
    assert "3     -      No JSON: Expecting value (column 1)." in lines


@pytest.mark.parametrize(
    ("content", "numbers"),
    [
        (json.dumps(order_document("A"), indent=2), ["A"]),
        (json.dumps([order_document("A"), order_document("B")], indent=1), ["A", "B"]),
        (json_lines([order_document("A"), order_document("B")]), ["A", "B"]),
    ],
    ids=["object", "array", "JSON Lines"],
)
def test_every_form_can_come_from_standard_input_with_a_mark_and_foreign_line_ends(
    shop: Shop, content: str, numbers: list[str]
) -> None:
    ended = shop.run("order", "place", "-", stdin=b"\xef\xbb\xbf" + content.replace("\n", "\r\n").encode())
    assert (ended.code, ended.out) == (0, f"{len(numbers)} placed, 0 placed before, 0 rejected.\n")
    assert orders_of(shop) == [(CHANNEL, number) for number in numbers]


def test_a_file_can_be_placed_again_and_another_order_of_a_number_is_refused(shop: Shop) -> None:
    file = shop.write("orders.jsonl", json_lines([order_document("A"), order_document("B")]))
    assert shop.json("order", "place", file) == {
        "placed": 2,
        "already_placed": 0,
        "numbered": [],
        "rejected": [],
    }
    assert shop.json("order", "place", file) == {
        "placed": 0,
        "already_placed": 2,
        "numbered": [],
        "rejected": [],
    }
    others = [
        order_document("A", project="another"),
        order_document("A", channel=OTHER_CHANNEL),
        order_document("C"),
        order_document("C", project="another"),
        order_document("C"),
    ]
    conflict = "exists in channel inSPIRED-inTRONICS with other content."
    assert shop.json("order", "place", shop.write("others.jsonl", json_lines(others)), code=1) == {
        "placed": 2,
        "already_placed": 1,
        "numbered": [],
        "rejected": [
            {"line": 1, "number": "A", "reason": f"Order A {conflict}"},
            {"line": 4, "number": "C", "reason": f"Order C {conflict}"},
        ],
    }
    preview = json.loads(shop.run("order", "preview", "A", "--channel", CHANNEL).out)
    assert "project" not in preview


def test_content_that_is_written_differently_is_the_same_order(shop: Shop) -> None:
    first: dict[str, Any] = order_document("A", created_at="2026-11-02T12:00:00Z")
    second = dict(reversed({**first, "charges": [], "created_at": "2026-11-02T12:00:00.000+00:00"}.items()))
    text = json.dumps(second).replace('"119"', "119.00")
    ended = shop.run("order", "place", "-", stdin=f"{json.dumps(first)}\n{text}\n")
    assert ended.out == "1 placed, 1 placed before, 0 rejected.\n"


@pytest.mark.parametrize("content", [b"", b"\n \r\n", b"\xef\xbb\xbf", b"[]"])
def test_an_empty_file_places_nothing(shop: Shop, content: bytes) -> None:
    ended = shop.run("order", "place", shop.write("empty.json", content))
    assert (ended.code, ended.out, ended.err) == (0, "0 placed, 0 placed before, 0 rejected.\n", "")


def test_what_cannot_be_read_ends_with_exit_code_2_and_says_why(shop: Shop) -> None:
    wrong = shop.write("orders.json", json.dumps(order_document("A")).encode("utf-16"))
    for file, why in (
        (wrong, "is no UTF-8 text: line 1 has a byte that is not UTF-8 (0xff, byte 1). Save it as UTF-8."),
        ("absent.json", "absent.json cannot be opened: No such file or directory. Check the path."),
        (str(shop.directory), "cannot be opened: Is a directory. Check the path."),
    ):
        ended = shop.run("order", "place", file)
        assert (ended.code, ended.out) == (2, "")
        assert ended.err.startswith("error: ")
        assert ended.err.endswith(f"{why}\n")
    assert orders_of(shop) == []


def test_where_rejected_orders_cannot_be_written_nothing_is_placed(shop: Shop) -> None:
    file = shop.write("orders.json", json.dumps(order_document("A")))
    for target, why in (
        (shop.directory / "absent" / "rejected", "cannot be written: No such file or directory."),
        (shop.directory, "is a directory."),
    ):
        ended = shop.run("order", "place", file, "--rejected", str(target))
        assert (ended.code, ended.out) == (2, "")
        assert ended.err.startswith(f"error: {target} {why}")
    assert orders_of(shop) == []
    assert sorted(each.name for each in shop.directory.iterdir()) == sorted(
        ["assemblies", "data", "oms", "orders.json", "site"]
    )


def test_a_database_that_is_not_prepared_ends_with_exit_code_4_and_says_what_to_do(tmp_path: Path) -> None:
    shop = prepared_shop(tmp_path)
    variables = {"IOMC_DATA_DIRECTORY": str(tmp_path / "other")}
    ended = shop.run("order", "place", "-", stdin=json.dumps(order_document("A")), variables=variables)
    assert (ended.code, ended.out) == (4, "")
    assert ended.err.startswith("error: The database sqlite")
    assert ended.err.endswith("Run `iomconnector dbprepare` first.\n")
