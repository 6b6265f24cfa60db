"""Every operation in every version: availability, media types, answers against the official documents."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from decimal import Decimal
from urllib.parse import quote

import pytest

from dev_iomconnector_iom import ApiVersion, RunningStandIn
from dev_iomconnector_iom.contract.versions import MEDIA_TYPE
from dev_iomconnector_iom.exact_json import dump, parse
from dev_iomconnector_iom.samples import full_order, sample_order
from dev_iomconnector_iom.testing import Caller, altered, manual_stand_in
from dev_iomconnector_iom.testing.official import complaints, openapi_folder

VERSIONS = list(ApiVersion)
SINCE_2_2 = [version for version in VERSIONS if version >= ApiVersion.V2_2]
BEFORE_2_2 = [version for version in VERSIONS if version < ApiVersion.V2_2]

needs_documents = pytest.mark.skipif(openapi_folder() is None, reason="the official documents are not there")


@pytest.fixture(scope="module")
def stand_ins() -> Iterator[dict[ApiVersion, RunningStandIn]]:
    with ExitStack() as stack:
        yield {version: stack.enter_context(manual_stand_in(api_version=version)) for version in VERSIONS}


def change_of(number: str, identity: str = "C-1") -> dict[str, object]:
    order = altered(sample_order(number), {"shopOrderUpdateDate": "2026-11-03T10:00:00Z"})
    return {"changeRequestId": identity, "changeRequest": order}


@pytest.mark.parametrize("version", VERSIONS)
def test_an_order_is_created(version: ApiVersion, stand_ins: dict[ApiVersion, RunningStandIn]) -> None:
    running = stand_ins[version]
    answer = Caller(running.url).post_order(sample_order("Created 1/2"))
    assert (answer.status, answer.body) == (201, b"")
    assert answer.headers["location"] == f"{running.order_url}/shops/10020/orders/Created%201%2F2"


@needs_documents
@pytest.mark.parametrize("version", VERSIONS)
def test_order_states_follow_the_official_schema(
    version: ApiVersion, stand_ins: dict[ApiVersion, RunningStandIn]
) -> None:
    caller = Caller(stand_ins[version].url)
    order = altered(full_order("Full"), {"shippingBuckets[0].positions[0].sum.taxes[1].type": "ReducedTax"})
    assert caller.post_order(order).status == 201
    answer = caller.get("/order-states?shopOrderNumbers=Full")
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert answer.json["meta"] == {"totalCount": 1}
    assert answer.json["data"][0]["status"] == "STATE_INITIAL"
    assert complaints(answer.json, "OrderStateCollectionContainer", version) == []


@needs_documents
@pytest.mark.parametrize("version", SINCE_2_2)
def test_an_order_is_read_back_as_it_was_sent(
    version: ApiVersion, stand_ins: dict[ApiVersion, RunningStandIn]
) -> None:
    caller = Caller(stand_ins[version].url)
    sent = parse(dump(full_order("Back / forth")))
    assert caller.post_order(sent).status == 201
    answer = caller.order("Back / forth")
    assert (answer.status, answer.headers["content-type"]) == (200, MEDIA_TYPE)
    assert complaints(answer.json, "Order", version) == []
    for tax in sent["shippingBuckets"][0]["positions"][0]["sum"]["taxes"]:
        tax.setdefault("location", "USA")
    assert answer.json["shippingBuckets"][0]["positions"][0]["sum"]["taxes"] == sorted(
        sent["shippingBuckets"][0]["positions"][0]["sum"]["taxes"], key=lambda tax: str(tax["type"])
    )
    untouched = (
        "shopOrderNumber",
        "customerData",
        "invoiceAddress",
        "payment",
        "additionalAttributes",
        "costCenter",
    )
    assert {name: answer.json[name] for name in untouched} == {name: sent[name] for name in untouched}


def test_numbers_keep_every_digit(stand_ins: dict[ApiVersion, RunningStandIn]) -> None:
    caller = Caller(stand_ins[ApiVersion.V2_4].url)
    price = "sales.total.gross.amount"
    order = altered(sample_order("Digits"), {price: Decimal("126.450000000000000001")})
    assert caller.post_order(order).status == 201
    assert b'"amount":126.450000000000000001' in caller.order("Digits").body
    assert caller.order_state("Digits")["sales"]["subTotal"]["gross"]["amount"] == Decimal("120.40")
    assert b'"amount":120.40}' in caller.get("/order-states?shopOrderNumbers=Digits").body


def test_what_is_ignored_is_not_kept(stand_ins: dict[ApiVersion, RunningStandIn]) -> None:
    caller = Caller(stand_ins[ApiVersion.V2_4].url)
    delivery = "shippingBuckets[0].positions[0].shipping.deliveryDate"
    order = altered(
        sample_order("Ignored"),
        {
            "color": "red",
            "customerData.customerDataType": "PERSON",
            "shopOrderUpdateDate": "2026-11-03T10:00:00Z",
            f"{delivery}.name": "SHIPPING_EXPRESS",
            f"{delivery}.desiredDeliveryDate": "2026-11-05T10:00:00Z",
        },
    )
    assert caller.post_order(order).status == 201
    kept = caller.order("Ignored").json
    assert {"color", "shopOrderUpdateDate"}.isdisjoint(kept)
    assert "companyData" not in kept["customerData"]
    assert kept["shippingBuckets"][0]["positions"][0]["shipping"]["deliveryDate"] == {
        "deliveryDateType": "STANDARD"
    }


def test_lists_are_sorted_in_answers(stand_ins: dict[ApiVersion, RunningStandIn]) -> None:
    caller = Caller(stand_ins[ApiVersion.V2_4].url)
    order = full_order("Sorted")
    order["shippingBuckets"].reverse()
    order["shippingBuckets"][0]["number"] = "10"
    order["shippingBuckets"][-1]["positions"].reverse()
    order["shippingBuckets"][-1]["charges"].insert(0, order["sales"]["charges"][0] | {"number": 12})
    order["sales"]["subTotal"]["promotions"].insert(
        0, order["sales"]["subTotal"]["promotions"][0] | {"id": "Z"}
    )
    assert caller.post_order(order).status == 201
    kept = caller.order("Sorted").json
    assert [bucket["number"] for bucket in kept["shippingBuckets"]] == ["1", "10", "2"]
    assert [position["number"] for position in kept["shippingBuckets"][0]["positions"]] == [1, 2]
    assert [charge["number"] for charge in kept["shippingBuckets"][0]["charges"]] == [1, 12]
    taxes = kept["shippingBuckets"][0]["positions"][0]["sum"]["taxes"]
    assert [(tax["type"], tax["location"]) for tax in taxes] == [("CityTax", "USA-TX"), ("FullTax", "USA")]
    assert [promotion["id"] for promotion in kept["sales"]["subTotal"]["promotions"]] == ["Promo-1", "Z"]


@needs_documents
@pytest.mark.parametrize("version", SINCE_2_2)
def test_change_requests_are_created_listed_and_read(
    version: ApiVersion, stand_ins: dict[ApiVersion, RunningStandIn]
) -> None:
    running = stand_ins[version]
    caller = Caller(running.url)
    caller.post_order(sample_order("Changed"))
    answer = caller.post("/orders/Changed/change-requests", change_of("Changed", "C/1"))
    assert (answer.status, answer.body) == (201, b"")
    assert answer.headers["location"].endswith("/orders/Changed/change-requests/C%2F1")
    one = caller.get("/orders/Changed/change-requests/C%2F1")
    assert one.json["status"] == "OPEN"
    assert one.json["creator"] == "webservice_shop"
    assert complaints(one.json, "ChangeRequestView", version) == []
    every = caller.get("/orders/Changed/change-requests")
    assert complaints(every.json, "ChangeRequestView[]", version) == []
    assert every.json == [one.json]
    assert set(
        caller.get("/orders/Changed/change-requests/C%2F1?excludes=changeRequest&excludes=creator").json
    ) == {
        "changeRequestId",
        "creationDate",
        "status",
    }


@pytest.mark.parametrize("version", BEFORE_2_2)
def test_before_2_2_there_is_nothing_but_creating_and_searching(
    version: ApiVersion, stand_ins: dict[ApiVersion, RunningStandIn]
) -> None:
    caller = Caller(stand_ins[version].url)
    caller.post_order(sample_order("Old"))
    for answer in (
        caller.order("Old"),
        caller.get("/orders/Old/change-requests"),
        caller.get("/orders/Old/change-requests/C-1"),
        caller.post("/orders/Old/change-requests", change_of("Old")),
    ):
        assert (answer.status, answer.body) == (404, b"")


@pytest.mark.parametrize("version", [version for version in VERSIONS if version < ApiVersion.V2_4])
def test_the_cursor_comes_with_2_4(version: ApiVersion, stand_ins: dict[ApiVersion, RunningStandIn]) -> None:
    assert Caller(stand_ins[version].url).get("/order-states/modified?minCursor=0").status == 404


@pytest.mark.parametrize("version", VERSIONS)
def test_the_email_filter_comes_with_2_3(
    version: ApiVersion, stand_ins: dict[ApiVersion, RunningStandIn]
) -> None:
    caller = Caller(stand_ins[version].url)
    caller.post_order(sample_order("Mail"))
    total = caller.get("/order-states?emails=nobody@example.com").json["meta"]["totalCount"]
    assert (total == 0) is (version >= ApiVersion.V2_3)


@pytest.mark.parametrize(
    ("parameter", "since_2_2"), [("limit=0", 400), ("offset=-1", 400), ("limit=-5", 400), ("limit=1", 200)]
)
def test_limits_of_pages_come_with_2_2(
    parameter: str, since_2_2: int, stand_ins: dict[ApiVersion, RunningStandIn]
) -> None:
    for version in VERSIONS:
        expected = since_2_2 if version >= ApiVersion.V2_2 else 200
        assert Caller(stand_ins[version].url).get(f"/order-states?{parameter}").status == expected


def test_unknown_orders_and_paths_are_not_found(stand_ins: dict[ApiVersion, RunningStandIn]) -> None:
    caller = Caller(stand_ins[ApiVersion.V2_4].url)
    for path in (
        "/orders/none",
        "/orders/none/change-requests",
        "/orders/none/change-requests/1",
        "/nothing",
    ):
        answer = caller.get(path)
        assert (answer.status, answer.body) == (404, b"")
    assert caller.call("GET", "/").status == 404
    assert caller.call("DELETE", caller.path("/orders")).status == 405
    (error,) = caller.post("/orders/none/change-requests", change_of("none")).errors()
    assert error["code"] == "ORDER_NOT_FOUND"


@pytest.mark.parametrize("shop", ["abc", "1.5", "9" * 30, quote("ü")])
def test_a_shop_id_that_is_no_int64_is_refused(
    shop: str, stand_ins: dict[ApiVersion, RunningStandIn]
) -> None:
    caller = Caller(stand_ins[ApiVersion.V2_4].url)
    answer = caller.call("GET", f"/rest/order-service/shops/{shop}/order-states")
    assert (answer.status, answer.fields()) == (400, ["shopId"])


@needs_documents
def test_error_reports_follow_the_official_schema(stand_ins: dict[ApiVersion, RunningStandIn]) -> None:
    caller = Caller(stand_ins[ApiVersion.V2_4].url)
    caller.post_order(sample_order("Twice"))
    for answer in (
        caller.post("/orders", b"{"),
        caller.post("/orders", {}),
        caller.post_order(sample_order("Twice")),
        caller.get("/order-states?limit=x"),
    ):
        assert (answer.status, answer.headers["content-type"]) == (400, "application/json")
        assert complaints(answer.json, "ErrorReport", ApiVersion.V2_4) == []
        assert answer.errors()


def test_location_may_be_relative_and_links_may_have_another_origin() -> None:
    with manual_stand_in(location="relative") as running:
        answer = Caller(running.url).post_order(sample_order("R"))
        assert answer.headers["location"] == "/rest/order-service/shops/10020/orders/R"
    with manual_stand_in(public_url="https://iom.example.com/") as running:
        caller = Caller(running.url)
        answer = caller.post_order(sample_order("P"))
        assert answer.headers["location"] == "https://iom.example.com/rest/order-service/shops/10020/orders/P"
        assert caller.get("/order-states").json["links"]["self"].startswith("https://iom.example.com/rest/")
