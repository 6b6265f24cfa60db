"""``POST /api/orders`` over a real port; every answer is compared with the OpenAPI description."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from bc_order.testing.described_caller import DescribedCaller
from bc_order.testing.http_caller import Caller
from bc_order.testing.order_documents import order_document
from bc_order.testing.shop import Shop, prepared_shop
from iomconnector.testing.samples import CHANNEL

MEGABYTE = 1024 * 1024
STEPS = [{"kind": "user", "approvers": ["bob"]}]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    return prepared_shop(tmp_path_factory.mktemp("shop"))


@pytest.fixture(scope="module")
def website(shop: Shop) -> Iterator[DescribedCaller]:
    """A caller with the token of one channel."""
    token = shop.token("website", CHANNEL)
    with shop.serving("--no-export") as server:
        yield DescribedCaller(Caller(server.address, token))


def test_an_order_is_placed_once_and_every_answer_says_so(website: DescribedCaller) -> None:
    first = website.place("once")
    assert first.status == 201
    status = first.content
    assert (status["number"], status["channel"], status["state"]) == ("once", CHANNEL, "due")
    assert (status["attempts"], status["reason"], status["reference"], status["exported_at"]) == (
        0,
        None,
        None,
        None,
    )
    again = website.place("once")
    assert (again.status, again.content) == (200, status)
    other = website.place("once", project="another")
    assert (other.status, other.content["code"]) == (409, "order.conflict")
    assert other.content["ids"] == {"order": "once", "channel": CHANNEL}
    found = website.get(f"/api/orders/{CHANNEL}/once")
    assert (found.status, found.content) == (200, status)


def test_an_order_that_needs_approval_waits_for_it(website: DescribedCaller) -> None:
    assert website.place("b2b", approval_steps=STEPS).content["state"] == "waiting for approval"


def test_every_wrong_field_is_named(website: DescribedCaller) -> None:
    document = order_document("wrong", currency="XXQ", payments=[], surprise=1)
    document["invoice_address"]["country_code"] = "Germany"
    del document["subtotal"]
    document["total"]["gross"]["amount"]["amount"] = "ten"
    answer = website.post(document)
    assert (answer.status, answer.content["code"]) == (422, "order.document.invalid")
    assert answer.content["ids"] == {"order": "wrong"}
    for path in (
        "currency: ", "payments: ", "surprise: ", "invoice_address.country_code: ", "subtotal: ",
        "total.gross.amount.amount: ",
    ):  # fmt: skip
        assert path in answer.content["message"], path
    assert website.get(f"/api/orders/{CHANNEL}/wrong").status == 404


BROKEN = {
    "nothing": b"",
    "half a document": b'{"number": "1"',
    "an array": json.dumps([order_document("array")]).encode(),
    "a text": b'"order"',
    "a key twice": b'{"number": "1", "number": "2"}',
    "not a number": b'{"number": NaN}',
    "Latin-1": '{"number": "ü"}'.encode("latin-1"),
    "half a surrogate pair": json.dumps(order_document("\ud800")).encode(),
    "half a surrogate pair as channel": json.dumps(order_document("1", channel="\udfff")).encode(),
    "half a surrogate pair in an unknown field": json.dumps(
        order_document("1", **{"\ud800": "\ud800"})
    ).encode(),
    "a control character": json.dumps(order_document("1\x00")).encode(),
    "nested without end": b"[" * MEGABYTE,
    "a number without end": b'{"number": ' + b"9" * MEGABYTE + b"}",
    "an amount of a billion digits": json.dumps(order_document("1")).replace('"119"', "1e999999999").encode(),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_order_is_refused(website: DescribedCaller, name: str) -> None:
    answer = website.post(BROKEN[name])
    assert (answer.status, answer.content["code"]) == (422, "order.document.invalid")


def test_amounts_in_numbers_are_kept_digit_for_digit(website: DescribedCaller, shop: Shop) -> None:
    text = json.dumps(order_document("digits")).replace('"119"', "12345678901234567890.12345678")
    assert website.post(text).status == 201
    assert website.post(text.replace("12345678,", "123456780,")).status == 422
    stored = json.loads(shop.run("order", "preview", "digits").out)
    assert stored["total"]["gross"]["amount"]["amount"] == "12345678901234567890.12345678"


def test_a_byte_order_mark_and_space_are_no_obstacle(website: DescribedCaller) -> None:
    for number, begin in (("mark", b"\xef\xbb\xbf"), ("space", b"\r\n ")):
        document = json.dumps(order_document(number), indent=1).encode()
        assert website.post(begin + document + b"\n").status == 201


@pytest.mark.parametrize(
    ("media_type", "expected"),
    [
        ("application/json; charset=utf-8", 200),
        ("APPLICATION/JSON", 200),
        ("application/vnd.shop.order+json", 200),
        ("application/x-www-form-urlencoded", 415),
        ("text/json", 415),
        ("", 415),
    ],
)
def test_the_body_must_be_said_to_be_json(website: DescribedCaller, media_type: str, expected: int) -> None:
    website.place("typed")
    answer = website.post(order_document("typed"), Content_Type=media_type)
    assert answer.status == expected
    if expected == 415:
        assert answer.content["hint"] == "Send JSON with the header `Content-Type: application/json`."


@pytest.mark.parametrize("in_chunks", [False, True])
def test_a_body_larger_than_10_mib_is_refused_however_it_is_sent(
    website: DescribedCaller, in_chunks: bool
) -> None:
    def spaces(megabytes: int) -> Iterable[bytes]:
        return (b" " * MEGABYTE for _ in range(megabytes))

    document = json.dumps(order_document("large")).encode()
    for megabytes, expected in ((9, 201), (10, 413), (40, 413)):
        parts = [document, *spaces(megabytes)]
        body = iter(parts) if in_chunks else b"".join(parts)
        answer = website.caller.send("POST", "/api/orders", body, {"Content-Type": "application/json"})
        assert answer.status in ({expected, 200} if expected == 201 else {expected})
    assert answer.content["code"] == "request.too_large"


def test_of_equal_orders_placed_at_once_exactly_one_is_new(website: DescribedCaller) -> None:
    together = Barrier(12)

    def place(_: int) -> int:
        together.wait()
        return website.place("race").status

    with ThreadPoolExecutor(12) as threads:
        assert Counter(threads.map(place, range(12))) == {201: 1, 200: 11}


def test_of_different_orders_of_one_number_placed_at_once_exactly_one_is_kept(
    website: DescribedCaller,
) -> None:
    together = Barrier(12)

    def place(index: int) -> tuple[int, int]:
        together.wait()
        return website.place("rivals", project=str(index)).status, index

    with ThreadPoolExecutor(12) as threads:
        answers = list(threads.map(place, range(12)))
    assert Counter(status for status, _ in answers) == {201: 1, 409: 11}
    (kept,) = (index for status, index in answers if status == 201)
    assert website.place("rivals", project=str(kept)).status == 200
