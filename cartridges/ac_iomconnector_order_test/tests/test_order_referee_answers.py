"""The referee on answers: what it lets pass and what it refuses."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ac_iomconnector_order_test.exchange import Exchange, exchange
from ac_iomconnector_order_test.json_text import decode_json, encode_json
from ac_iomconnector_order_test.openapi import JUDGED_VERSIONS
from ac_iomconnector_order_test.referee import Referee
from ac_iomconnector_order_test.sample_parts import charge, order, position, promotion
from ac_iomconnector_order_test.violation import Violation

_ORDER_TYPE = "application/vnd.intershop.order.v2+json"
_BASE = "/rest/order-service/shops/10020"
_AUTH = {"Authorization": "Basic dGVzdDp0ZXN0"}
_SENT = {**_AUTH, "Content-Type": _ORDER_TYPE}
_CREATED = {"Location": "http://localhost:8080/rest/order-service/shops/10020/orders/2026-000001"}


def _places(violations: tuple[Violation, ...]) -> set[tuple[str, str, str]]:
    return {(violation.side, violation.location, violation.rule) for violation in violations}


def _creation(
    document: Any, *, headers: Mapping[str, str] = _SENT, target: str = f"{_BASE}/orders"
) -> Exchange:
    return exchange(
        "POST",
        target,
        status=201,
        request_headers=headers,
        request_body=document if isinstance(document, bytes) else encode_json(document),
        response_headers=_CREATED,
    )


def _reading(target: str, content: Any, *, status: int = 200, headers: Mapping[str, str] = _AUTH) -> Exchange:
    media = _ORDER_TYPE if status == 200 else "application/json"
    return exchange(
        "GET",
        _BASE + target,
        status=status,
        request_headers=headers,
        response_headers={"Content-Type": media} if content is not None else {},
        response_body=b"" if content is None else encode_json(content),
    )


def _state(number: str = "2026-000001") -> dict[str, Any]:
    place = {"deliveryDateType": "STANDARD"}
    state: dict[str, Any] = {**order(), "shopOrderNumber": number, "status": "STATE_DISPATCHED"}
    state["shippingBuckets"][0]["positions"] = [
        {
            "product": {"name": "n", "number": "1"},
            "status": "STATE_DISPATCHED",
            "ordered": {
                "quantity": 1,
                "sum": order()["sales"]["total"],
                "shipping": {"deliveryDate": place, "expectedDeliveryDays": 1},
            },
            "returned": [{"status": "CLOSED", "units": [{"serialNumber": "9834JJ-43"}]}],
        }
    ]
    return state


def _blueprint_order() -> Any:
    """The B2B test order of the IOM blueprint, with the expectedDeliveryDays that it omits. [iom-api 1.1]"""
    return decode_json((Path(__file__).parent / "blueprint_order.json").read_bytes())


@pytest.fixture(scope="module", params=JUDGED_VERSIONS)
def referee(request: pytest.FixtureRequest) -> Referee:
    return Referee(request.param)


@pytest.fixture(scope="module")
def newest() -> Referee:
    return Referee("2.4")


@pytest.mark.parametrize(
    ("headers", "rule"),
    [({}, "openapi:headers"), ({"Location": ""}, "openapi:format"), ({"Location": "a b"}, "openapi:format")],
)
def test_a_created_order_has_a_location(newest: Referee, headers: Mapping[str, str], rule: str) -> None:
    created = exchange(
        "POST",
        f"{_BASE}/orders",
        status=201,
        request_headers=_SENT,
        request_body=encode_json(order()),
        response_headers=headers,
    )
    assert _places(newest.judge(created)) == {("response", "header.Location", rule)}


@pytest.mark.parametrize(
    ("method", "target", "status", "declared"),
    [
        ("POST", "/orders", 404, False),
        ("POST", "/orders", 409, False),
        ("POST", "/orders", 415, True),
        ("POST", "/orders", 200, False),
        ("GET", "/orders/1", 404, True),
        ("GET", "/orders/1", 406, False),
        ("GET", "/order-states", 406, True),
        ("GET", "/order-states", 404, False),
        ("GET", "/order-states", 503, False),
        ("GET", "/order-states", 500, True),
    ],
)
def test_only_declared_statuses_are_answers(
    newest: Referee, method: str, target: str, status: int, declared: bool
) -> None:
    found = newest.judge_response(exchange(method, _BASE + target, status=status, request_headers=_AUTH))
    assert _places(found) == (set() if declared else {("response", "status", "openapi:responses")})


@pytest.mark.parametrize("status", [401, 403, 404, 415, 500])
def test_no_body_where_none_is_declared(newest: Referee, status: int) -> None:
    answer = _reading("/orders/1", {"status": status}, status=status)
    assert _places(newest.judge_response(answer)) == {("response", "body", "openapi:content")}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"status": 400, "errors": [{"code": "VALIDATION_EXCEPTION", "message": "m"}]}, set()),
        (
            {"status": 500, "errors": [{"code": "c", "message": "m"}]},
            {("response", "$.status", "error-report")},
        ),
        ({"status": 400, "errors": []}, {("response", "$.errors", "error-report")}),
        ({}, {("response", "$.status", "error-report"), ("response", "$.errors", "error-report")}),
        (
            {"status": 400, "errors": [{"code": "c"}]},
            {("response", "$.errors[0].message", "openapi:required")},
        ),
        (
            {"status": 400, "errors": [{"code": "c", "message": "m", "value": "v"}]},
            {("response", "$.errors[0].value", "openapi:type")},
        ),
        (None, {("response", "body", "openapi:content")}),
    ],
)
def test_a_refusal_carries_an_error_report(newest: Referee, content: Any, expected: set[Any]) -> None:
    assert _places(newest.judge_response(_reading("/orders/1", content, status=400))) == expected


def test_a_refusal_has_the_media_type_of_errors(newest: Referee) -> None:
    answer = exchange(
        "GET",
        f"{_BASE}/orders/1",
        status=400,
        request_headers=_AUTH,
        response_headers={"Content-Type": "text/plain"},
        response_body=b"Bad Request",
    )
    assert _places(newest.judge(answer)) == {("response", "header.Content-Type", "openapi:content")}


def test_an_order_that_was_read_is_judged(newest: Referee) -> None:
    assert newest.judge(_reading("/orders/2026-000001", _blueprint_order())) == ()
    broken = {**order(), "payment": {"paymentMethod": 7}}
    assert _places(newest.judge(_reading("/orders/2026-000001", broken))) == {
        ("response", "$.payment.paymentMethod", "openapi:type")
    }


def test_order_states_are_judged(referee: Referee) -> None:
    page: dict[str, Any] = {
        "data": [_state()],
        "meta": {"totalCount": 1},
        "links": {"self": "http://localhost/x"},
    }
    assert referee.judge(_reading("/order-states?limit=1", page)) == ()
    del page["data"][0]["status"]
    page["links"] = {"next": "not a uri"}
    assert _places(referee.judge(_reading("/order-states?limit=1", page))) == {
        ("response", "$.data[0].status", "openapi:required"),
        ("response", "$.links.next", "openapi:format"),
    }


def test_a_page_has_no_more_entries_than_its_limit(newest: Referee) -> None:
    page = {"data": [_state(str(number)) for number in range(51)]}
    assert _places(newest.judge(_reading("/order-states", page))) == {("response", "$.data", "page-size")}
    assert newest.judge(_reading("/order-states?limit=51", page)) == ()
    assert _places(newest.judge(_reading("/order-states/modified?minCursor=1&limit=50", page))) == {
        ("response", "$.data", "page-size")
    }


def _unsorted(document: dict[str, Any]) -> set[str]:
    """Put every sorted list of an order into the wrong order and give the paths."""
    two_taxes = [{"type": "b", "amount": 1}, {"type": "a", "amount": 1}]
    document["sales"]["total"]["taxes"] = two_taxes
    document["sales"]["subTotal"]["promotions"] = [{**promotion(), "id": "2"}, {**promotion(), "id": "1"}]
    document["sales"]["charges"] = [{**charge(), "number": 10}, {**charge(), "number": 9}]
    bucket = document["shippingBuckets"][0]
    document["shippingBuckets"] = [{**bucket, "number": "b"}, {**bucket, "number": "a", "charges": []}]
    document["shippingBuckets"][0]["positions"] = [
        {**position(), "number": 2},
        position(),
        {**position(), "number": 1},
    ]
    document["shippingBuckets"][0]["charges"] = [{**charge(), "taxes": two_taxes}]
    return {
        "$.sales.total.taxes",
        "$.sales.subTotal.promotions",
        "$.sales.charges",
        "$.shippingBuckets",
        "$.shippingBuckets[0].positions",
        "$.shippingBuckets[0].charges[0].taxes",
    }


def test_returned_lists_are_sorted(newest: Referee) -> None:
    document = order()
    expected = {("response", path, "sorted") for path in _unsorted(document)}
    assert _places(newest.judge(_reading("/orders/2026-000001", document))) == expected
    document["shippingBuckets"] = [{**document["shippingBuckets"][1], "number": n} for n in ("9", "10", "11")]
    paths = {location for _, location, _ in _places(newest.judge(_reading("/orders/2026-000001", document)))}
    assert "$.shippingBuckets" not in paths


@pytest.mark.parametrize(
    ("kinds", "accepted"),
    [("B a", True), ("a B", True), ("b A c", False), ("9 10", True), ("10 9", True), ("2 1", False)],
)
def test_lists_may_be_sorted_in_any_usual_order(newest: Referee, kinds: str, accepted: bool) -> None:
    document = order()
    document["sales"]["total"]["taxes"] = [{"type": kind, "amount": 1} for kind in kinds.split()]
    assert (newest.judge(_reading("/orders/2026-000001", document)) == ()) is accepted


def test_sent_lists_need_not_be_sorted(newest: Referee) -> None:
    document = order()
    _unsorted(document)
    assert newest.judge(_creation(document)) == ()


def test_lists_in_order_states_are_sorted_since_2_2() -> None:
    state = _state()
    state["sales"]["total"]["taxes"] = [{"type": "b", "amount": 1}, {"type": "a", "amount": 1}]
    reading = _reading("/order-states", {"data": [state]})
    assert Referee("2.1").judge(reading) == ()
    assert _places(Referee("2.2").judge(reading)) == {("response", "$.data[0].sales.total.taxes", "sorted")}


def test_change_requests_that_were_read_are_judged(newest: Referee) -> None:
    view = {
        "changeRequestId": "c-1",
        "changeRequest": order(),
        "creator": "shop",
        "creationDate": "2026-11-23T10:00:00Z",
        "status": "OPEN",
    }
    one = "/orders/1/change-requests/c-1"
    assert newest.judge(_reading(one, view)) == ()
    assert newest.judge(_reading("/orders/1/change-requests", [view, view])) == ()
    assert _places(
        newest.judge(_reading("/orders/1/change-requests", [view, {**view, "status": "DONE"}]))
    ) == {("response", "$[1].status", "openapi:enum")}
    short = {name: value for name, value in view.items() if name not in {"changeRequest", "creator"}}
    assert _places(newest.judge(_reading(f"{one}?excludes=changeRequest", short))) == {
        ("response", "$.creator", "openapi:required")
    }
    assert newest.judge(_reading(f"{one}?excludes=changeRequest&excludes=creator", short)) == ()


def test_a_request_that_is_wrong_on_purpose_must_be_refused(newest: Referee) -> None:
    broken = _creation({**order(), "payment": {}})
    assert _places(newest.judge(broken, expect_valid_request=False)) == {
        ("response", "status", "openapi:accepted")
    }
    report = {"status": 400, "errors": [{"code": "VALIDATION_EXCEPTION", "message": "payment"}]}
    refused = exchange(
        "POST",
        f"{_BASE}/orders",
        status=400,
        request_headers=_SENT,
        request_body=broken.request_body,
        response_headers={"Content-Type": "application/json"},
        response_body=encode_json(report),
    )
    assert newest.judge(refused, expect_valid_request=False) == ()
    assert _places(newest.judge(refused)) == {("request", "$.payment.paymentMethod", "openapi:required")}


def test_a_rule_in_words_may_be_checked_after_the_answer(newest: Referee) -> None:
    """IOM checks some rules when it processes the order: 201 is no fault then. [iom-api 9]"""
    document = order()
    document["sales"]["currencyCode"] = "EURO"
    assert newest.judge(_creation(document), expect_valid_request=False) == ()
