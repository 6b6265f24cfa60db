"""What clients of the storefront REST application ask for is what they get."""

from pathlib import Path

import pytest

from app_sf_rest.resources.orders import EXTENSION_TYPE, MOST, ORDER_TYPE
from app_sf_rest.testing.rest_shop import ADMIN, BUSINESS_SITE, PATRICIA, REST, SITE, rest_shop
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.samples import OTHER_CHANNEL, sample_order

FIRST, SECOND = "00000001", "00000002"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", {FIRST, SECOND}),
        ("documentNumber=00000001&documentNumber=00000009", {FIRST}),
        ("customerOrderID=PO%207", {SECOND}),
        ("lineItem_product=201807231-01", {FIRST, SECOND}),
        ("lineItem_product=another", set()),
        ("lineItem_customerProductID=201807231-01", set()),
        ("lineItem_partialOrderNo=00000001", set()),
        ("creationDateFrom=2026-11-03", {SECOND}),
        ("creationDateTo=2026-11-02", {FIRST}),
        ("creationDateFrom=2026-11-02&creationDateTo=2026-11-04", {FIRST, SECOND}),
    ],
)
@in_event_loop
async def test_a_condition_narrows_the_list(tmp_path: Path, asked: str, found: set[str]) -> None:
    async with rest_shop(tmp_path) as shop:
        later = {"created_at": "2026-11-04T12:00:00Z", "customer_order_number": "PO 7"}
        await shop.system.place_orders.many([sample_order(FIRST), sample_order(SECOND, **later)])
        content = (await shop.get(f"orders?{asked}", await shop.token(PATRICIA))).json()
        assert {row["documentNumber"] for row in content["data"]} == found
        assert content["info"]["total"] == len(found)


@in_event_loop
async def test_a_page_has_no_more_than_the_most_and_says_so(tmp_path: Path) -> None:
    async with rest_shop(tmp_path) as shop:
        content = (await shop.get("orders?limit=5000", await shop.token(PATRICIA))).json()
        assert content["info"] == {"limit": MOST, "offset": 0, "total": 0}


@pytest.mark.parametrize("media_type", [ORDER_TYPE, EXTENSION_TYPE])
@in_event_loop
async def test_the_answer_has_the_media_type_that_was_asked_for(tmp_path: Path, media_type: str) -> None:
    async with rest_shop(tmp_path) as shop:
        headers = {"accept": f"{media_type}, application/json"}
        answer = await shop.get("orders", await shop.token(PATRICIA), headers=headers)
        assert answer.headers["content-type"] == media_type


@in_event_loop
async def test_an_admin_sees_the_own_orders_unless_those_of_all_are_asked_for(tmp_path: Path) -> None:
    async with rest_shop(tmp_path) as shop:
        company = {"type": "business", "number": ADMIN.customer, "company": {"name": ADMIN.company}}
        order = sample_order(FIRST, channel=OTHER_CHANNEL, customer=company)
        await shop.system.place_orders.many([order])
        token = await shop.token(ADMIN)
        seen = [
            (await shop.get(f"orders{query}", token, site=BUSINESS_SITE)).json()["info"]["total"]
            for query in ("", "?allBuyers=false", "?allBuyers=true")
        ]
        assert seen == [0, 0, 1]


@in_event_loop
async def test_a_token_that_is_given_back_is_over(tmp_path: Path) -> None:
    async with rest_shop(tmp_path) as shop:
        token = await shop.token(PATRICIA)
        for given, status in (("A" * 43, 200), (token, 401)):
            headers = {"authentication-token": given}
            gone = await shop.client.delete(f"{REST}/{SITE}/-/token", headers=headers)
            assert gone.status_code == 204
            assert (await shop.get("orders", token)).status_code == status
