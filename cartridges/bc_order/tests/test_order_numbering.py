"""Orders without a number, on the command line and over HTTP, and the sequence that gives them theirs."""

import getpass
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from bc_order.testing.described_caller import DescribedCaller
from bc_order.testing.http_caller import Caller
from bc_order.testing.order_documents import json_lines, order_document
from bc_order.testing.shop import Shop, prepared_shop
from iomconnector.testing.samples import CHANNEL, ORGANIZATION, OTHER_CHANNEL


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return prepared_shop(tmp_path)


def without_number(key: str, **changes: Any) -> dict[str, Any]:
    document = order_document("", idempotency_key=key, **changes)
    del document["number"]
    return document


def test_a_file_of_orders_without_numbers_is_placed_once_however_often(shop: Shop) -> None:
    documents = [without_number("a"), order_document("00000002"), without_number("b")]
    file = shop.write("orders.jsonl", json_lines([*documents, without_number("b", project="another")]))
    placed = shop.json("order", "place", file, code=1)
    assert (placed["placed"], placed["already_placed"]) == (3, 0)
    assert placed["numbered"] == [
        {"line": 1, "idempotency_key": "a", "number": "00000001"},
        {"line": 3, "idempotency_key": "b", "number": "00000003"},
    ]
    [rejected] = placed["rejected"]
    assert (rejected["line"], rejected["number"]) == (4, "")
    assert "'b' was used in channel" in rejected["reason"]
    again = shop.json("order", "place", file, code=1)
    assert (again["placed"], again["already_placed"], again["numbered"]) == (0, 3, placed["numbered"])
    shown = shop.run("order", "place", file)
    assert "Numbers given" in shown.out
    assert "00000003" in shown.out
    assert shop.count() == 3


def test_the_published_start_is_computed_and_applied(shop: Shop) -> None:
    assert shop.json("sequence", "set", "51", "--block-size", "10")["next"] == 51
    assert shop.json("order", "place", shop.write("own.json", json.dumps(order_document("00000007"))))
    for name in (f"{CHANNEL} 20160128017063", f"{CHANNEL} 00000050", f"{OTHER_CHANNEL} DEMO-1"):
        (shop.oms / f"{name.replace(' ', '%20')}.json").write_text("{}")
    found = shop.json("sequence", "suggest", ORGANIZATION)
    assert (found["new_start"], found["needed"], found["complete"]) == (20160128017074, True, True)
    assert [(place["place"], place["looked_at"]) for place in found["looked_at"]] == [
        ("the shop", 1),
        ("directory oms", 3),
    ]
    shown = shop.run("sequence", "suggest")
    assert (shown.code, shown.err) == (0, "")
    assert "new start = max(51, 20160128017063) + 10 + 1 = 20160128017074" in shown.out
    assert "left out: 1 with other characters than digits, such as DEMO-1" in shown.out
    assert shop.run("sequence", "set", "20160128017074").out == (
        f"The next order number of {ORGANIZATION} is 20160128017074.\n"
    )
    back = shop.run("sequence", "set", "20160128017064")
    assert back.code == 2
    assert "cannot go back to 20160128017064" in back.err
    assert shop.run("sequence", "next").out == "20160128017074\n"
    [state] = shop.json("sequence", "list")
    assert (state["next"], state["updated_by"]) == (20160128017084, getpass.getuser())
    assert shop.json("sequence", "show")["next_number"] == "20160128017084"
    dated = ["--prefix", "7", "--pattern", "{date:YYYYMMDD}{number:06d}"]
    number = shop.json("sequence", "set", *dated)["next_number"]
    listed = shop.run("sequence", "list", variables={"COLUMNS": "80"}).out
    assert listed.splitlines()[2].split() == [ORGANIZATION, number, "10", "7{date:YYYYMMDD}{number:06d}"]


def test_a_quick_look_is_told_as_such(shop: Shop) -> None:
    for number in ("1", "2", "3"):
        (shop.oms / f"{CHANNEL}%20{number}.json").write_text("{}")
    found = shop.json("sequence", "suggest", "--quick")
    assert (found["complete"], found["largest"]) == (False, 2)
    assert "Not every number was looked at" in shop.run("sequence", "suggest", "--quick").out


def test_what_cannot_be_asked_is_told_by_the_exit_code(shop: Shop) -> None:
    shop.oms.rmdir()
    gone = shop.run("sequence", "suggest")
    assert gone.code == 4
    assert "oms is not there" in gone.err
    shop.run("service", "deactivate", "orders-to-files")
    nobody = shop.run("sequence", "suggest")
    assert nobody.code == 1
    assert nobody.out.count("could not be asked. No adapter of OrderExportService is operational") == 2
    assert "A larger number may exist where nobody could be asked" in nobody.out


@pytest.mark.parametrize(
    ("arguments", "code", "why"),
    [
        (["set"], 2, "Give a START or an option"),
        (["set", "1", "--organization", "nowhere"], 1, "There is no organization 'nowhere'"),
        (["set", "--prefix", "WEB"], 2, "has other characters than digits"),
        (["set", "--pattern", "{number!r}"], 2, "cannot be read at '{number!r}'"),
        (["set", "--max-length", "3"], 2, "makes numbers of 8 characters"),
        (["set", "0"], 2, "cannot go back to 0"),
        (["show", CHANNEL], 1, "There is no organization"),
    ],
)
def test_what_is_wrong_is_said(shop: Shop, arguments: list[str], code: int, why: str) -> None:
    ended = shop.run("sequence", *arguments, variables={"COLUMNS": "200"})
    assert ended.code == code
    assert why in ended.err
    assert shop.json("sequence", "show")["next"] == 1


def test_letters_and_dates_can_be_had(shop: Shop) -> None:
    pattern = ["--pattern", "{date:YYYY}-{number:05d}", "--prefix", "W", "--other-characters"]
    assert shop.json("sequence", "set", *pattern)["digits_only"] is False
    number = shop.run("sequence", "next").out.strip()
    assert number.startswith("W2")
    assert number.endswith("-00001")


@pytest.fixture
def website(shop: Shop) -> Iterator[DescribedCaller]:
    token = shop.token("website", CHANNEL)
    with shop.serving("--no-export") as server:
        yield DescribedCaller(Caller(server.address, token))


def test_an_order_posted_without_a_number_gets_one_and_the_answer_tells_it(
    shop: Shop, website: DescribedCaller
) -> None:
    first = website.post(without_number("cart-1"))
    assert (first.status, first.content["number"]) == (201, "00000001")
    again = website.post(without_number("cart-1"))
    assert (again.status, again.content) == (200, first.content)
    other = website.post(without_number("cart-1", project="another"))
    assert (other.status, other.content["code"]) == (409, "order.idempotency_key.reused")
    assert other.content["ids"] == {"order": "00000001", "channel": CHANNEL}
    nothing = without_number("x")
    del nothing["idempotency_key"]
    refused = website.post(nothing)
    assert refused.status == 422
    assert "An order without a number needs an idempotency_key." in refused.content["hint"]
    assert website.post({**without_number("x"), "number": "1"}).status == 422
    assert website.post(without_number("x", channel=OTHER_CHANNEL)).status == 403
    with ThreadPoolExecutor(8) as pool:
        raced = list(pool.map(lambda _: website.post(without_number("race")), range(8)))
    [number] = {answer.content["number"] for answer in raced}
    assert "00000002" <= number <= "00000009", "who came too late may have drawn a number, which is a gap"
    assert sorted(answer.status for answer in raced) == [200] * 7 + [201]
    assert shop.run("sequence", "set", "700").code == 0
    ((body,),) = (website.description["paths"]["/api/orders"]["post"]["requestBody"]["content"].values(),)
    assert body["schema"]["oneOf"] == [{"required": ["number"]}, {"required": ["idempotency_key"]}]
    assert "number" not in body["schema"]["required"]


def test_a_sequence_that_has_no_number_is_the_shops_trouble_and_not_the_callers(
    shop: Shop, website: DescribedCaller
) -> None:
    assert shop.run("sequence", "set", "9999", "--pattern", "{number}", "--max-length", "4").code == 0
    assert website.post(without_number("last")).content["number"] == "9999"
    exhausted = website.post(without_number("one too many"))
    assert (exhausted.status, exhausted.content["code"]) == (503, "sequence.exhausted")
    assert "would be 10000, which is longer than 4 characters" in exhausted.content["message"]
    assert shop.count() == 1
    failed = shop.run("order", "place", shop.write("one.json", json.dumps(without_number("one too many"))))
    assert failed.code == 3
    assert "iomconnector sequence set" in failed.err


def test_a_sequence_that_is_behind_is_told_to_callers(shop: Shop, website: DescribedCaller) -> None:
    own = [order_document(f"{number:08d}", channel=OTHER_CHANNEL) for number in range(1, 1101)]
    assert shop.json("order", "place", shop.write("own.jsonl", json_lines(own)))["placed"] == 1100
    behind = website.post(without_number("cart-1"))
    assert (behind.status, behind.content["code"]) == (503, "sequence.behind")
    assert "iomconnector sequence suggest" in behind.content["hint"]


def test_a_number_that_the_sequence_gave_is_refused_in_every_channel(
    shop: Shop, website: DescribedCaller
) -> None:
    assert website.post(without_number("cart-1")).status == 201
    rival = order_document("00000001", channel=OTHER_CHANNEL)
    answer = DescribedCaller(Caller(website.caller.address, shop.token("other", OTHER_CHANNEL))).post(rival)
    assert (answer.status, answer.content["code"]) == (409, "order.conflict")
    [rejected] = shop.json("order", "place", shop.write("rival.json", json.dumps(rival)), code=1)["rejected"]
    assert rejected["number"] == "00000001"
    assert "which got it from the sequence" in rejected["reason"]
    assert shop.count() == 1
