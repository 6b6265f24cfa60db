"""The referee on requests: what it lets pass and what it refuses."""

import gzip
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ac_iomconnector_order_test.breakages import breakages
from ac_iomconnector_order_test.exchange import Exchange, exchange, query_pairs, without_secrets
from ac_iomconnector_order_test.json_text import decode_json, encode_json
from ac_iomconnector_order_test.openapi import JUDGED_VERSIONS
from ac_iomconnector_order_test.referee import Referee
from ac_iomconnector_order_test.sample_parts import order
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


def _blueprint_order() -> Any:
    """The B2B test order of the IOM blueprint, with the expectedDeliveryDays that it omits. [iom-api 1.1]"""
    return decode_json((Path(__file__).parent / "blueprint_order.json").read_bytes())


@pytest.fixture(scope="module", params=JUDGED_VERSIONS)
def referee(request: pytest.FixtureRequest) -> Referee:
    return Referee(request.param)


@pytest.fixture(scope="module")
def newest() -> Referee:
    return Referee("2.4")


def test_the_order_of_the_blueprint_passes_in_every_version(referee: Referee) -> None:
    assert referee.judge(_creation(_blueprint_order())) == ()


def test_every_broken_order_is_refused_with_its_path(referee: Referee) -> None:
    for breakage in breakages(referee.version):
        document = order()
        path = breakage.apply(document)
        found = {(v.side, v.location, v.rule) for v in referee.judge(_creation(document))}
        assert found == {("request", path, breakage.rule)}, breakage.name


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Content-Type": _ORDER_TYPE}, "header.Authorization openapi:security"),
        ({**_SENT, "Authorization": "Digest abc"}, "header.Authorization openapi:security"),
        ({**_AUTH, "Content-Type": "application/json"}, "header.Content-Type openapi:content"),
        (_AUTH, "header.Content-Type openapi:content"),
    ],
)
def test_request_headers_are_judged(newest: Referee, headers: Mapping[str, str], expected: str) -> None:
    location, rule = expected.split()
    assert _places(newest.judge(_creation(order(), headers=headers))) == {("request", location, rule)}


@pytest.mark.parametrize(
    "headers",
    [
        {"authorization": "bearer a.b.c", "content-type": _ORDER_TYPE.upper() + "; charset=utf-8"},
        {**_SENT, "Accept": "text/html"},
    ],
)
def test_header_names_schemes_and_types_ignore_case(newest: Referee, headers: Mapping[str, str]) -> None:
    assert newest.judge(_creation(order(), headers=headers)) == ()


def test_credentials_do_not_show_in_a_verdict(newest: Referee) -> None:
    found = newest.judge(_creation(order(), headers={**_SENT, "Authorization": "Digest s3cret"}))
    assert found
    assert "s3cret" not in repr(found)
    assert without_secrets([("Authorization", "Basic s3cret"), ("Cookie", "s3cret"), ("Accept", "*/*")]) == (
        ("Authorization", "Basic ***"),
        ("Cookie", "***"),
        ("Accept", "*/*"),
    )


@pytest.mark.parametrize(
    ("body", "location", "rule"),
    [
        (b"", "body", "openapi:content"),
        (b"{", "body", "openapi:json"),
        (b"[]", "$", "openapi:type"),
        (encode_json(order()).replace(b"72.00", b"NaN"), "body", "openapi:json"),
        (encode_json(order()).replace(b'"quantity":1', b'"quantity":1.0'), None, "number-range"),
    ],
)
def test_request_bodies_are_judged(newest: Referee, body: bytes, location: str | None, rule: str) -> None:
    place = location or "$.shippingBuckets[0].positions[0].quantity"
    assert _places(newest.judge(_creation(body))) == {("request", place, rule)}


def test_compressed_bodies_are_judged(newest: Referee) -> None:
    headers = {**_SENT, "Content-Encoding": "gzip"}
    assert newest.judge(_creation(gzip.compress(encode_json(order())), headers=headers)) == ()
    broken = {**order(), "payment": {}}
    assert _places(newest.judge(_creation(gzip.compress(encode_json(broken)), headers=headers))) == {
        ("request", "$.payment.paymentMethod", "openapi:required")
    }
    for coding in ("gzip", "br"):
        sent = {**_SENT, "Content-Encoding": coding}
        found = newest.judge(_creation(encode_json(order()), headers=sent))
        assert _places(found) == {("request", "body", "openapi:json")}


@pytest.mark.parametrize(
    ("shop", "rule"), [("inTRONICS", "type"), ("1.5", "type"), (str(2**63), "format"), ("1" * 5000, "type")]
)
def test_path_parameters_are_judged(newest: Referee, shop: str, rule: str) -> None:
    found = newest.judge(_creation(order(), target=f"/rest/order-service/shops/{shop}/orders"))
    assert _places(found) == {("request", "path.shopId", f"openapi:{rule}")}


@pytest.mark.parametrize(
    "path", ["/shops/1/orderz", "/shops/1/orders/", "/shops//orders", "/shops/1/orders/a/b", "/"]
)
def test_unknown_paths_are_refused_and_want_404(newest: Referee, path: str) -> None:
    unknown = exchange("GET", f"/rest/order-service{path}", status=404, request_headers=_AUTH)
    assert _places(newest.judge(unknown)) == {("request", "path", "openapi:paths")}
    assert newest.judge(unknown, expect_valid_request=False) == ()
    for status in (401, 403, 405):
        refused = exchange("GET", f"/rest/order-service{path}", status=status, request_headers=_AUTH)
        assert newest.judge_response(refused) == ()
    answered = exchange("GET", f"/rest/order-service{path}", status=200, request_headers=_AUTH)
    assert ("response", "status", "openapi:paths") in _places(newest.judge(answered))


def test_a_wrong_method_is_refused(newest: Referee) -> None:
    found = newest.judge(exchange("DELETE", f"{_BASE}/orders/1", status=405, request_headers=_AUTH))
    assert _places(found) == {("request", "method", "openapi:paths")}
    assert "GET" in found[0].message


@pytest.mark.parametrize(
    ("target", "since"),
    [
        ("/orders/1", "2.2"),
        ("/orders/1/change-requests", "2.2"),
        ("/orders/1/change-requests/2", "2.2"),
        ("/order-states?emails=a@example.com", "2.3"),
        ("/order-states/modified?minCursor=1", "2.4"),
    ],
)
def test_operations_and_filters_come_with_their_version(referee: Referee, target: str, since: str) -> None:
    found = referee.judge_request(exchange("GET", _BASE + target, status=404, request_headers=_AUTH))
    assert bool(found) is (referee.version < since)


@pytest.mark.parametrize(
    ("query", "location", "rule"),
    [
        ("limit=0", "query.limit", "openapi:minimum"),
        ("limit=ten", "query.limit", "openapi:type"),
        ("limit=1&limit=2", "query.limit", "openapi:parameters"),
        ("limit=2147483648", "query.limit", "openapi:format"),
        ("offset=-1", "query.offset", "openapi:minimum"),
        ("orderBy=id", "query.orderBy", "openapi:enum"),
        ("sortDirection=asc", "query.sortDirection", "openapi:enum"),
        ("shopOrderCreationDate%5Bgte%5D=2026-02-30", "query.shopOrderCreationDate[gte]", "openapi:format"),
        ("shopOrderCreationDate=2026-02-28", "query.shopOrderCreationDate", "openapi:parameters"),
        ("shopOrderNumber=1", "query.shopOrderNumber", "openapi:parameters"),
    ],
)
def test_query_parameters_are_judged(newest: Referee, query: str, location: str, rule: str) -> None:
    found = newest.judge_request(_reading(f"/order-states?{query}", None))
    assert _places(found) == {("request", location, rule)}


def test_lists_in_the_query_repeat_their_name(newest: Referee) -> None:
    query = "shopOrderNumbers=a%2Fb&shopOrderNumbers=c&shopOrderCreationDate%5Blte%5D=2026-11-23&limit=10"
    assert (
        newest.judge_request(_reading(f"/order-states?{query}&orderBy=shopOrderNumber&statuses=", None)) == ()
    )


def test_limits_of_pages_are_those_of_the_version() -> None:
    asked = _reading("/order-states?limit=0", None)
    assert Referee("2.0").judge_request(asked) == ()
    assert Referee("2.1").judge_request(asked) == ()
    assert len(Referee("2.2").judge_request(asked)) == 1
    modified = _reading("/order-states/modified?minCursor=1&limit=10001", None)
    assert _places(Referee("2.4").judge_request(modified)) == {("request", "query.limit", "openapi:maximum")}


@pytest.mark.parametrize(
    ("query", "valid"),
    [
        ("minCursor=17", True),
        ("modifiedSince=2026-11-23T10:00:00%2B01:00", True),
        ("", False),
        ("minCursor=17&modifiedSince=2026-11-23T10:00:00Z", False),
    ],
)
def test_modified_states_need_one_filter(newest: Referee, query: str, valid: bool) -> None:
    found = newest.judge_request(_reading(f"/order-states/modified?{query}", None))
    assert _places(found) == (set() if valid else {("request", "query", "one-modification-filter")})


@pytest.mark.parametrize(
    ("accept", "valid"),
    [
        (_ORDER_TYPE, True),
        ("*/*", True),
        ("text/html, application/*;q=0.5", True),
        ("application/json", False),
    ],
)
def test_a_reader_must_take_the_media_type(newest: Referee, accept: str, valid: bool) -> None:
    found = newest.judge_request(_reading("/order-states", None, headers={**_AUTH, "Accept": accept}))
    assert _places(found) == (set() if valid else {("request", "header.Accept", "openapi:content")})


def test_a_change_request_is_judged_against_its_path() -> None:
    body: dict[str, Any] = {
        "changeRequestId": "c-1",
        "changeRequest": {**order(), "shopOrderUpdateDate": "2026-11-23T10:00:00Z"},
    }
    target = f"{_BASE}/orders/2026-000001/change-requests"
    assert Referee("2.2").judge(_creation(body, target=target)) == ()
    other = f"{_BASE}/orders/another/change-requests"
    assert _places(Referee("2.2").judge(_creation(body, target=other))) == {
        ("request", "$.changeRequest.shopOrderNumber", "change-order-number")
    }
    del body["changeRequest"]["shopOrderUpdateDate"]
    assert _places(Referee("2.3").judge(_creation(body, target=target))) == {
        ("request", "$.changeRequest.shopOrderUpdateDate", "change-update-date")
    }


def test_an_order_number_is_decoded_from_the_path() -> None:
    document = {**order(), "shopOrderNumber": "a/b ü", "shopOrderUpdateDate": "2026-11-23T10:00:00Z"}
    body = {"changeRequestId": "c-1", "changeRequest": document}
    target = f"{_BASE}/orders/a%2Fb%20%C3%BC/change-requests"
    assert Referee("2.4").judge(_creation(body, target=target)) == ()


def test_query_pairs_keep_order_and_empty_values() -> None:
    assert query_pairs("a=1&b=&a=%2B+") == (("a", "1"), ("b", ""), ("a", "+ "))
