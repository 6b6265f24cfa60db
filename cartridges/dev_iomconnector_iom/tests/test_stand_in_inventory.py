"""ATP and reservations of the stand-in, every answer judged by the official documents."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from dev_iomconnector_iom import (
    ControlError,
    FaultKind,
    FaultRule,
    InventoryConfig,
    Right,
    RunningStandIn,
    StockEntry,
    UserConfig,
)
from dev_iomconnector_iom.exact_json import dump
from dev_iomconnector_iom.samples import sample_order, sample_position
from dev_iomconnector_iom.testing import Answer, Caller, basic, bearer, manual_stand_in
from dev_iomconnector_iom.testing.official import inventory_complaints

SHOP = 10020
TEXAS, ARIZONA = "inTRONICS Texas Warehouse", "inTRONICS Arizona Warehouse"
JSON = {"Content-Type": "application/json"}
JWT_SECRET = "length_must_be_at_least_32_chars"


@pytest.fixture(scope="module")
def server() -> Iterator[RunningStandIn]:
    with manual_stand_in() as running:
        yield running


@pytest.fixture
def iom(server: RunningStandIn) -> RunningStandIn:
    server.control.reset()
    server.control.stock.put(
        SHOP,
        StockEntry(product="A", pieces=10),
        StockEntry(product="A", pieces=5, location=ARIZONA),
        StockEntry(product="B", pieces=0),
    )
    return server


def atp(iom: RunningStandIn, ids: str, query: str = "") -> list[dict[str, Any]]:
    answer = Caller(iom.url).call("GET", f"/servlets/services/atp/{SHOP}/{ids}{query}")
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert inventory_complaints(answer.json, "HttpResponseListAtp", "atp") == []
    found: list[dict[str, Any]] = answer.json["data"]
    for each in found:
        assert each["atp"] == each["stock"] - each["blocked"] - each["reserved"]
    return found


def reservation(iom: RunningStandIn, method: str, number: int, body: Any = None) -> Answer:
    sent = body if isinstance(body, bytes) else None if body is None else dump(body)
    if isinstance(body, dict):
        assert inventory_complaints(body, "ReservationRequest", "reservation") == []
    target = f"/servlets/services/reservation/{number}"
    answer = Caller(iom.url).call(method, target, sent, JSON)
    if answer.body:
        assert inventory_complaints(answer.json, "HttpResponseReservation", "reservation") == []
        assert answer.json["statusCode"] == answer.status
    return answer


def reserve(iom: RunningStandIn, kind: str = "COMPLETE", lifetime: int = 60, **items: int) -> Answer:
    wanted = [{"id": name, "qty": quantity} for name, quantity in items.items()]
    return reservation(iom, "POST", SHOP, {"lifetime": lifetime, "type": kind, "items": wanted})


def test_a_product_has_an_entry_for_each_supplier_in_the_order_of_the_shop(iom: RunningStandIn) -> None:
    first, second = atp(iom, "A")
    assert (first["location"], first["atp"], first["state"]) == (TEXAS, 10, "available")
    assert (second["location"], second["atp"]) == (ARIZONA, 5)
    assert [each["state"] for each in atp(iom, "B")] == ["sold out"]


@pytest.mark.parametrize("ids", ["A,B", "A%2CB", "A,,B,"])
def test_separators_may_be_encoded(ids: str, iom: RunningStandIn) -> None:
    assert [each["id"] for each in atp(iom, ids)] == ["A", "A", "B"]


def test_a_slash_in_an_id_stays_one_id(iom: RunningStandIn) -> None:
    iom.control.stock.put(SHOP, StockEntry(product="A/1 ü", pieces=3))
    assert [each["id"] for each in atp(iom, "A%2F1%20%C3%BC")] == ["A/1 ü"]


def test_an_unknown_product_is_left_out_or_named(iom: RunningStandIn) -> None:
    assert [each["id"] for each in atp(iom, "B,none")] == ["B"]
    with manual_stand_in(inventory=InventoryConfig(unknown_products="error")) as other:
        answer = Caller(other.url).call("GET", f"/servlets/services/atp/{SHOP}/none")
        assert (answer.status, answer.json["data"]) == (200, [])
        assert answer.json["errors"] == [{"sourceField": "id", "message": "Product none is unknown"}]


@pytest.mark.parametrize("ids", ["x" * 31, ",", "A?resvId=x", "A?resvId=9223372036854775808"])
def test_a_wrong_question_is_refused(ids: str, iom: RunningStandIn) -> None:
    answer = Caller(iom.url).call("GET", f"/servlets/services/atp/{SHOP}/{ids}")
    assert answer.status == 400
    assert inventory_complaints(answer.json, "HttpResponseListAtp", "atp") == []
    assert answer.json["errors"]


def test_only_basic_authentication_goes_and_each_right_for_itself(iom: RunningStandIn) -> None:
    users = [UserConfig(name=right.name, rights={SHOP: frozenset({right})}) for right in Right]
    with manual_stand_in(users=tuple(users)) as other:
        for right in Right:
            signed, token = basic(right.name, "!InterShop00!"), bearer(right.name, JWT_SECRET)
            for path, method, needed in (
                (f"atp/{SHOP}/A", "GET", Right.ATP),
                (f"reservation/{SHOP}", "POST", Right.RESERVATION),
                ("reservation/1", "GET", Right.RESERVATION),
                ("reservation/1", "PUT", Right.RESERVATION),
                ("reservation/1", "DELETE", Right.RESERVATION),
            ):
                target = f"/servlets/services/{path}"
                allowed = Caller(other.url, authorization=signed).call(method, target, b"{}", JSON)
                assert (allowed.status == 403) == (right is not needed)
                for nobody in (token, None, basic(right.name, "wrong")):
                    refused = Caller(other.url, authorization=nobody).call(method, target, b"{}", JSON)
                    assert (refused.status, refused.body) == (401, b"")


@pytest.mark.parametrize("created", [200, 201])
def test_a_reservation_holds_pieces_until_it_is_over(created: int) -> None:
    with manual_stand_in(inventory=InventoryConfig(created=created)) as iom:
        iom.control.stock.put(SHOP, StockEntry(product="A", pieces=10))
        answer = reserve(iom, lifetime=60, A=4)
        assert answer.status == created
        number = answer.json["data"]["resvId"]
        assert answer.json["data"]["items"] == [{"id": "A", "qty": 4, "state": "reserved"}]
        until = datetime.strptime(answer.json["data"]["validUntil"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
        assert abs((until - datetime.now(UTC)).total_seconds() - 60) < 5
        assert [(each["reserved"], each["atp"]) for each in atp(iom, "A")] == [(4, 6)]
        assert [each["atp"] for each in atp(iom, "A", f"?resvId={number}")] == [10]
        iom.control.stock.advance(61)
        assert [each["atp"] for each in atp(iom, "A")] == [10]
        over = reservation(iom, "GET", number)
        assert (over.status, over.json["data"]["items"][0]["state"]) == (200, "expired")
        assert [each.expired for each in iom.control.stock.reservations(SHOP)] == [True]


def test_minutes_and_another_zone_by_configuration() -> None:
    config = InventoryConfig(lifetime_unit="minutes", time_zone="Asia/Tokyo")
    with manual_stand_in(inventory=config) as iom:
        iom.control.stock.put(SHOP, StockEntry(product="A", pieces=10))
        text = reserve(iom, lifetime=2, A=1).json["data"]["validUntil"]
        until = datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
        assert abs((until - datetime.now(UTC)).total_seconds() - 120 - 9 * 3600) < 5
    with pytest.raises(ValueError, match="no time zone"):
        InventoryConfig(time_zone="Mars/Base")


def test_complete_is_all_or_nothing_and_partly_what_there_is(iom: RunningStandIn) -> None:
    refused = reserve(iom, A=16)
    assert refused.status == 400
    assert refused.json["exceptions"] == [
        {"code": "NOT_ENOUGH_STOCK", "message": "Not enough stock: A (1 of 16 are missing)"}
    ]
    assert sum(each["reserved"] for each in atp(iom, "A")) == 0
    partly = reserve(iom, "PARTLY", A=16, B=1)
    assert partly.json["data"]["items"] == [{"id": "A", "qty": 15, "state": "reserved"}]
    assert [(each["atp"], each["state"]) for each in atp(iom, "A")] == [(0, "temporarily not available")] * 2
    assert reserve(iom, "PARTLY", A=1).status == 400


def test_a_quantity_may_be_digits(iom: RunningStandIn) -> None:
    body = b'{"lifetime":180,"type":"COMPLETE","items":[{"id":"A","qty":"2"}]}'
    assert reservation(iom, "POST", SHOP, body).json["data"]["items"][0]["qty"] == 2


def test_it_changes_lifetime_and_products(iom: RunningStandIn) -> None:
    number = reserve(iom, lifetime=60, A=12).json["data"]["resvId"]
    longer = reservation(iom, "PUT", number, {"lifetime": 3600})
    assert longer.status == 201
    iom.control.stock.advance(61)
    assert sum(each["reserved"] for each in atp(iom, "A")) == 12
    changed = reservation(iom, "PUT", number, {"items": [{"id": "A", "qty": 15}]})
    assert changed.json["data"]["items"][0]["qty"] == 15
    assert changed.json["exceptions"] == []
    assert changed.json["data"]["validUntil"] == longer.json["data"]["validUntil"]
    refused = reservation(iom, "PUT", number, {"items": [{"id": "A", "qty": 16}]})
    assert refused.status == 400
    assert sum(each["reserved"] for each in atp(iom, "A")) == 15


def test_one_that_is_over_is_made_anew_with_code_21004(iom: RunningStandIn) -> None:
    number = reserve(iom, lifetime=60, A=12).json["data"]["resvId"]
    iom.control.stock.advance(61)
    again = reservation(iom, "PUT", number, {"lifetime": 60, "items": [{"id": "A", "qty": 12}]})
    assert again.status == 201
    assert again.json["exceptions"] == [
        {"code": "21004", "message": f"The reservation with id {number} has already expired"}
    ]
    assert again.json["data"]["items"] == [{"id": "A", "qty": 12, "state": "reserved"}]
    assert sum(each["reserved"] for each in atp(iom, "A")) == 12
    iom.control.stock.advance(61)
    reserve(iom, A=15)
    lost = reservation(iom, "PUT", number, {"lifetime": 60, "items": [{"id": "A", "qty": 12}]})
    assert lost.status == 400
    assert [each["code"] for each in lost.json["exceptions"]] == ["21004", "NOT_ENOUGH_STOCK"]


def test_it_is_removed_once(iom: RunningStandIn) -> None:
    number = reserve(iom, A=3).json["data"]["resvId"]
    assert (reservation(iom, "DELETE", number).status, reservation(iom, "DELETE", number).status) == (
        204,
        404,
    )
    assert reservation(iom, "GET", number).status == 404
    unknown = reservation(iom, "PUT", number, {"lifetime": 60})
    assert (unknown.status, unknown.json["errors"][0]["sourceField"]) == (400, "resvId")
    assert sum(each["atp"] for each in atp(iom, "A")) == 15


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"{", ""),
        (b"[]", ""),
        (b"{}", "items"),
        (b'{"items":[]}', "items"),
        (b'{"items":[{"id":"A","qty":0}]}', "items[0].qty"),
        (b'{"items":[{"id":"A","qty":true}]}', "items[0].qty"),
        (b'{"items":[{"qty":1}]}', "items[0].id"),
        (b'{"lifetime":0,"items":[{"id":"A","qty":1}]}', "lifetime"),
        (b'{"type":"ALL","items":[{"id":"A","qty":1}]}', "type"),
        (b'{"items":[{"id":"none","qty":1}]}', "items.id"),
    ],
)
def test_a_wrong_reservation_is_refused(body: bytes, field: str, iom: RunningStandIn) -> None:
    answer = reservation(iom, "POST", SHOP, body)
    assert (answer.status, answer.json["errors"][0]["sourceField"]) == (400, field)
    xml = Caller(iom.url).call(
        "POST", f"/servlets/services/reservation/{SHOP}", body, {"Content-Type": "a/b"}
    )
    assert xml.status == 415


def _order(number: str, quantity: int, **further: Any) -> Any:
    order = sample_order(number, **further)
    position = sample_position(1, "A", quantity, ("10.00", "12.00", "2.00"))
    order["shippingBuckets"][0]["positions"] = [position]
    return order


def test_an_order_takes_its_reservation_over(iom: RunningStandIn) -> None:
    number = reserve(iom, A=12).json["data"]["resvId"]
    assert Caller(iom.url).post_order(_order("R-1", 12, reservationId=number)).status == 201
    assert [(each["reserved"], each["blocked"]) for each in atp(iom, "A")] == [(0, 10), (0, 2)]
    assert iom.control.stock.reservations(SHOP) == []
    iom.control.stock.advance(3600)
    assert [each["blocked"] for each in atp(iom, "A")] == [10, 2]
    iom.control.push(SHOP, "R-1", "STATE_COMMISSIONED")
    assert [each["blocked"] for each in atp(iom, "A")] == [10, 2]
    iom.control.dispatch(SHOP, "R-1")
    assert [(each["stock"], each["blocked"]) for each in atp(iom, "A")] == [(0, 0), (3, 0)]


def test_an_order_without_reservation_blocks_when_it_is_commissioned(iom: RunningStandIn) -> None:
    Caller(iom.url).post_order(_order("R-2", 4, reservationId=4711))
    assert sum(each["blocked"] for each in atp(iom, "A")) == 0
    iom.control.push(SHOP, "R-2", "STATE_COMMISSIONED")
    assert [each["blocked"] for each in atp(iom, "A")] == [4, 0]
    iom.control.cancel(SHOP, "R-2")
    assert [(each["stock"], each["blocked"]) for each in atp(iom, "A")] == [(10, 0), (5, 0)]


def test_an_order_that_is_lost_frees_what_it_blocked(iom: RunningStandIn) -> None:
    Caller(iom.url).post_order(_order("R-3", 4))
    iom.control.push(SHOP, "R-3", "STATE_COMMISSIONED")
    iom.control.forget(SHOP, "R-3")
    assert sum(each["atp"] for each in atp(iom, "A")) == 15


def test_stock_is_imported_adjusted_and_seen_from_behind(iom: RunningStandIn) -> None:
    stock = iom.control.stock
    assert stock.adjust(SHOP, "A", -3) == 7
    assert [(each.product, each.atp) for each in stock.levels(SHOP)] == [("A", 7), ("A", 5), ("B", 0)]
    for product, by, status in (("A", -8, 409), ("none", 1, 404)):
        with pytest.raises(ControlError) as caught:
            stock.adjust(SHOP, product, by)
        assert caught.value.status == status
    with pytest.raises(ControlError):
        stock.levels(1)
    stock.put(SHOP, StockEntry(product="C", pieces=1), replace=True)
    assert [each.product for each in stock.levels(SHOP)] == ["C"]


def test_faults_hit_inventory_too(iom: RunningStandIn) -> None:
    iom.control.add_fault(
        FaultRule(kind=FaultKind.STATUS, status=503, path="/servlets/services/atp/", times=1)
    )
    target = f"/servlets/services/atp/{SHOP}/A"
    assert Caller(iom.url).call("GET", target).status == 503
    assert Caller(iom.url).call("GET", target).status == 200
