"""The storefront REST application over a real IOM stand-in, every answer judged by its own OpenAPI document,
and IOM's by the referee."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from openapi_schema_validator import OAS31Validator, validate

from ac_iomconnector_order_test.middleware import RefereeMiddleware
from ac_iomconnector_order_test.record import Judged, assert_clean
from app_sf_rest.representation.included import INCLUDES
from app_sf_rest.testing.rest_shop import (
    ADMIN,
    BUSINESS_SITE,
    BUYER,
    COLLEAGUE,
    LINUS,
    PASSWORD,
    PATRICIA,
    REST,
    SITE,
    RestShop,
    rest_shop,
)
from dev_iomconnector_iom import ClockConfig, ClockMode, StandIn, StandInConfig
from dev_iomconnector_iom.control.messages import (
    DispatchCommand,
    DocumentCommand,
    PaymentCommand,
    PiecesOfPosition,
    PushCommand,
)
from iomconnector.jobs.work_off import work_off
from iomconnector.model.accounts import Role
from iomconnector.model.orders import Order
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.samples import CHANNEL, OTHER_CHANNEL, sample_order
from iomconnector.usecases.customer_tokens import RefreshRefusedError
from iomconnector.web.customer_sessions import customer_cookie

CONSUMER_SHOP, BUSINESS_SHOP = 10010, 10020
DETAIL = ",".join(INCLUDES)
PDF = b"%PDF-1.7\nA delivery note.\n%%EOF\n"


def _order(number: str, customer: str = "1001", email: str = "patricia@example.com") -> Order:
    order = sample_order(number, customer={"type": "private", "number": customer})
    contact = order.invoice_address.contact
    assert contact is not None
    address = order.invoice_address.model_copy(
        update={"contact": contact.model_copy(update={"email": email})}
    )
    return order.model_copy(update={"invoice_address": address})


def _business_order(number: str, email: str) -> Order:
    customer = {"type": "business", "number": "2001", "company": {"name": "OilCorp"}}
    order = sample_order(number, channel=OTHER_CHANNEL, customer=customer)
    contact = order.invoice_address.contact
    assert contact is not None
    address = order.invoice_address.model_copy(
        update={"contact": contact.model_copy(update={"email": email})}
    )
    return order.model_copy(update={"invoice_address": address})


@asynccontextmanager
async def _shop(directory: Path, *orders: Order) -> AsyncIterator[tuple[RestShop, StandIn]]:
    record: list[Judged] = []
    referee = partial(RefereeMiddleware, version="2.4", record=record)
    config = StandInConfig(clock=ClockConfig(mode=ClockMode.MANUAL))
    async with StandIn(config, middleware=[referee]) as iom, rest_shop(directory, iom.url) as shop:
        await shop.system.place_orders.many(list(orders))
        run = await work_off(shop.system, wait=0)
        assert run is not None
        yield shop, iom
    assert_clean(record)


def _judge(shop: RestShop, answer: httpx.Response, path: str) -> dict[str, Any]:
    """The answer, which keeps to our own OpenAPI document."""
    document = shop.web.openapi()
    responses = document["paths"][f"{REST}/{{site}}/{{application}}{path}"]["get"]["responses"]
    schema = responses[str(answer.status_code)]["content"]["application/json"]["schema"]
    validate(answer.json(), {**schema, "components": document["components"]}, cls=OAS31Validator)
    content: dict[str, Any] = answer.json()
    return content


@in_event_loop
async def test_the_list_has_what_the_client_needs_in_every_row(tmp_path: Path) -> None:
    placed = [_order(f"0000000{digit}") for digit in range(1, 6)]
    async with _shop(tmp_path, *placed) as (shop, iom):
        token = await shop.token(PATRICIA)
        iom.desk.push(CONSUMER_SHOP, "00000003", PushCommand(to="STATE_COMMISSIONED"))
        answer = await shop.get(
            "orders?limit=2&offset=2&include=commonShipToAddress",
            token,
            site=f"{SITE}/-;loc=de_DE;cur=EUR",
            headers={"accept": "application/vnd.intershop.order.v1+json"},
        )
        assert answer.headers["content-type"] == "application/vnd.intershop.order.v1+json"
        content = _judge(shop, answer, "/orders")
        assert content["info"] == {"limit": 2, "offset": 2, "total": 5}
        first, second = content["data"]
        assert (first["documentNumber"], second["documentNumber"]) == ("00000003", "00000002")
        assert first["statusCode"] == "STATE_COMMISSIONED"
        assert first["status"] == "in Bearbeitung beim Lieferanten"
        assert first["stateSource"]["name"] == "order management"
        for row in content["data"]:
            assert row["totals"]["grandTotal"]["gross"] == {"value": 119.0, "currency": "EUR"}
            assert row["totals"]["grandTotal"]["net"]["value"] == 100.0
            assert row["commonShipToAddress"] in content["included"]["commonShipToAddress"]
        assert iom.desk.statistics().requests


@in_event_loop
async def test_paging_is_complete_and_free_of_repeats(tmp_path: Path) -> None:
    placed = [_order(f"{number:08}") for number in range(1, 24)]
    async with _shop(tmp_path, *placed) as (shop, _):
        token = await shop.token(PATRICIA)
        seen: list[str] = []
        for offset in range(0, 30, 5):
            page = (await shop.get(f"orders?limit=5&offset={offset}", token)).json()
            seen += [row["documentNumber"] for row in page["data"]]
            assert page["info"]["total"] == 23
        assert seen == [order.number for order in reversed(placed)]


@in_event_loop
async def test_every_reference_of_an_order_is_in_its_dictionary(tmp_path: Path) -> None:
    async with _shop(tmp_path, _order("00000001")) as (shop, iom):
        token = await shop.token(PATRICIA)
        [row] = (await shop.get("orders", token)).json()["data"]
        iom.desk.push(CONSUMER_SHOP, "00000001", PushCommand(to="STATE_COMMISSIONED"))
        iom.desk.dispatch(CONSUMER_SHOP, "00000001", DispatchCommand(pieces=(PiecesOfPosition(position=1),)))
        iom.desk.book_payment(CONSUMER_SHOP, "00000001", PaymentCommand(amount=59))
        await shop.system.order_state_store.forget(CHANNEL, ["00000001"])
        answer = await shop.get(f"orders/{row['id']}?include={DETAIL}", token)
        content = _judge(shop, answer, "/orders/{order_id}")
        data, dictionaries = content["data"], content["included"]
        assert set(dictionaries) == set(INCLUDES)
        for name in ("invoiceToAddress", "commonShipToAddress"):
            assert dictionaries[name][data[name]]["city"] == "Jena"
        for name in ("lineItems", "payments"):
            assert set(data[name]) == set(dictionaries[name])
        [item] = dictionaries["lineItems"].values()
        assert {"pricing", "displayName", "description", "fulfillmentStatus"} <= item.keys()
        assert item["fulfillmentStatus"] == "shipped"
        assert item["quantities"]["shipped"] == 1
        assert item["shipToAddress"] in dictionaries["shipToAddress"]
        assert item["pricing"]["price"]["gross"]["value"] == 119.0
        status = data["IOMPaymentStatus"]
        assert status["paymentStatus"] == "Part Paid"
        assert status["paidAmount"] == {"value": 59.0, "currency": "EUR"}
        assert status["paidAmountPercent"] == 49.57
        assert status["remainingAmount"]["value"] == 60.0
        assert data["user"] == "patricia@example.com"


@in_event_loop
async def test_ids_may_be_encoded_and_matrix_parameters_stand_anywhere(tmp_path: Path) -> None:
    async with _shop(tmp_path, _order("00000001")) as (shop, _):
        token = await shop.token(PATRICIA)
        [row] = (await shop.get("orders;pgid=abc;spgid=def?limit=1", token)).json()["data"]
        digits = "".join(f"%25{ord(digit):02X}" for digit in row["id"])
        for way in (f"orders/{digits}", f"orders;pgid=x/{row['id']};spgid=y"):
            answer = await shop.get(way, token, site=f"{SITE}/-;loc=en_US;cur=USD")
            assert answer.json()["data"]["documentNumber"] == "00000001", way


@in_event_loop
async def test_documents_are_listed_told_and_streamed_and_never_linked(tmp_path: Path) -> None:
    async with _shop(tmp_path, _order("00000001")) as (shop, iom):
        token = await shop.token(PATRICIA)
        [row] = (await shop.get("orders", token)).json()["data"]
        command = DocumentCommand(type="deliveryNote", title="D", content=base64.b64encode(PDF))
        iom.desk.add_document(CONSUMER_SHOP, "00000001", command)
        iom.desk.add_document(CONSUMER_SHOP, "00000001", DocumentCommand(type="invoiceNote", title="I"))
        await shop.system.order_state_store.forget(CHANNEL, ["00000001"])
        place = f"orders/{row['id']}/documents"
        links = _judge(shop, await shop.get(place, token), "/orders/{order_id}/documents")
        assert (await shop.get(f"{place}/", token)).json() == links
        assert {each["title"].split("_")[0] for each in links["elements"]} == {"deliveryNote", "invoiceNote"}
        [note] = (await shop.get(f"{place}/delivery", token)).json()["elements"]
        assert note["uri"].startswith(f"{SITE}/-/{place}/")
        assert (await shop.get(f"{place}/creditnotes", token)).json()["elements"] == []
        xml = await shop.get(f"{place}/delivery", token, headers={"accept": "text/xml"})
        assert xml.headers["content-type"].startswith("text/xml")
        assert note["title"] in xml.text
        told = await shop.get(note["uri"].removeprefix(f"{SITE}/-/"), token)
        content = _judge(shop, told, "/orders/{order_id}/documents/{document_id}")
        assert content["creationDate"][0] >= 2026
        assert content["downloadLink"] == f"{note['uri']}/download"
        answer = await shop.get(f"{place}/{content['id']}/download", token)
        assert answer.content == PDF
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.headers["content-disposition"].startswith('attachment; filename="deliveryNote_')
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        for text in (told.text, (await shop.get(place, token)).text, xml.text, str(answer.headers)):
            assert "servlet" not in text.lower()
            assert iom.url not in text


@in_event_loop
async def test_nobody_sees_what_is_not_theirs_and_cannot_tell_it_from_nothing(tmp_path: Path) -> None:
    orders = [
        _order("00000001"),
        _order("00000002", "1002", "linus@example.com"),
        _business_order("00000003", BUYER.email),
        _business_order("00000004", COLLEAGUE.email),
    ]
    async with _shop(tmp_path, *orders) as (shop, iom):
        iom.desk.add_document(CONSUMER_SHOP, "00000001", DocumentCommand(type="invoiceNote", title="I"))
        tokens = {user.login: await shop.token(user) for user in (PATRICIA, LINUS, BUYER, COLLEAGUE, ADMIN)}
        sites = {
            "patricia": SITE,
            "linus": SITE,
            "bea": BUSINESS_SITE,
            "carl": BUSINESS_SITE,
            "anna": BUSINESS_SITE,
        }
        mine = {
            login: (await shop.get("orders?allBuyers=true", token, site=sites[login])).json()["data"]
            for login, token in tokens.items()
        }
        assert {login: sorted(row["documentNumber"] for row in rows) for login, rows in mine.items()} == {
            "patricia": ["00000001"],
            "linus": ["00000002"],
            "bea": ["00000003"],
            "carl": ["00000004"],
            "anna": ["00000003", "00000004"],
        }
        [of_carl] = mine["carl"]
        for_admin = await shop.get(f"orders/{of_carl['id']}", tokens["anna"], site=BUSINESS_SITE)
        assert for_admin.json()["data"]["documentNumber"] == "00000004"
        await shop.system.accounts.add("rita", PASSWORD, Role.ADMINISTRATOR, by="test")
        operator = await shop.system.sign_in.sign_in("rita", PASSWORD, client="192.0.2.1")
        of_bea = await shop.get("orders?buyer=bea", tokens["anna"], site=BUSINESS_SITE)
        assert [row["documentNumber"] for row in of_bea.json()["data"]] == ["00000003"]
        of_nobody = await shop.get("orders?buyer=patricia", tokens["anna"], site=BUSINESS_SITE)
        assert of_nobody.json()["info"]["total"] == 0
        [order] = mine["patricia"]
        place = f"orders/{order['id']}"
        [link] = (await shop.get(f"{place}/documents", tokens["patricia"])).json()["elements"]
        document = link["uri"].rsplit("/", 1)[1]
        for path in (
            place,
            f"{place}/documents",
            f"{place}/documents/invoices",
            f"{place}/documents/{document}",
            f"{place}/documents/{document}/download",
        ):
            assert (await shop.get(path, tokens["patricia"])).status_code == 200, path
            absent = await shop.get(path.replace(order["id"], "999999"), tokens["patricia"])
            assert absent.status_code == 404
            for login in ("linus", "bea", "carl", "anna"):
                answer = await shop.get(path, tokens[login], site=sites[login])
                assert answer.status_code == 404, (path, login)
                assert _unnamed(answer.text, order["id"]) == _unnamed(absent.text, "999999"), (path, login)
                foreign = await shop.get(path, tokens[login], site=SITE)
                assert foreign.status_code == (404 if login == "linus" else 401), (path, login)
            for headers in (
                {},
                {"authentication-token": "A" * 43},
                {"authorization": f"Bearer {tokens['patricia']}"},
                {"cookie": f"iomconnector_session={tokens['patricia']}"},
                {"cookie": f"iomconnector_session={operator.token}"},
                {"authentication-token": operator.token},
                {"cookie": f"{customer_cookie(CHANNEL)}={tokens['patricia']}"},
            ):
                assert (await shop.get(path, headers=headers)).status_code == 401, (path, headers)


def _unnamed(text: str, name: str) -> str:
    return text.replace(name, "ID")


@in_event_loop
async def test_tokens_are_refreshed_once_and_a_second_use_ends_them_all(tmp_path: Path) -> None:
    async with rest_shop(tmp_path) as shop:
        path = f"{REST}/{SITE}/-/token"

        async def ask(**form: str) -> httpx.Response:
            return await shop.client.post(path, data=form)

        first = await ask(grant_type="password", username="Patricia", password=PASSWORD)
        assert first.headers["cache-control"] == "no-store"
        assert first.json()["token_type"] == "user"
        second = await ask(grant_type="refresh_token", refresh_token=first.json()["refresh_token"])
        assert (await shop.get("orders", second.json()["access_token"])).status_code == 200
        stolen = await ask(grant_type="refresh_token", refresh_token=first.json()["refresh_token"])
        assert stolen.status_code == 400
        for token in (first.json()["access_token"], second.json()["access_token"]):
            over = await shop.get("orders", token)
            assert over.status_code == 401
            assert "AuthenticationToken" in over.text
        wrong = await ask(grant_type="password", username="patricia", password="wrong")
        nobody = await ask(grant_type="password", username="nobody", password="wrong")
        assert wrong.status_code == nobody.status_code == 401
        assert wrong.json() == nobody.json()
        assert (await ask(grant_type="password", username="patricia")).status_code == 401
        assert (await ask(grant_type="magic")).status_code == 400
        visitor = (await ask(grant_type="anonymous")).json()
        refused = await shop.get("orders", visitor["access_token"])
        assert refused.status_code == 401
        assert "AuthenticationToken" not in refused.text


WRONG = (
    ("orders?limit=0", 400),
    ("orders?limit=many", 400),
    ("orders?offset=-1", 400),
    ("orders?creationDateFrom=yesterday", 400),
    ("orders?creationDateTo=9999-12-31", 200),
    ("orders?documentNumber=%00", 200),
    ("orders/0", 404),
    ("orders/-1", 404),
    ("orders/99999999999999999999999", 404),
    ("orders/%D9%A1", 404),
    ("orders/1%2F..", 404),
    ("orders/1/documents/..", 404),
    ("nothing", 404),
)


@in_event_loop
async def test_what_the_client_did_wrong_is_4xx_with_code_and_message(tmp_path: Path) -> None:
    async with rest_shop(tmp_path) as shop:
        token = await shop.token(PATRICIA)
        for path, status in WRONG:
            answer = await shop.get(path, token)
            assert answer.status_code == status, path
            if status >= 400:
                content: Mapping[str, Any] = answer.json()
                assert content["code"], path
                assert content["message"], path


@in_event_loop
async def test_an_iom_that_is_down_never_ends_in_an_error(tmp_path: Path) -> None:
    async with rest_shop(tmp_path) as shop:
        await shop.system.place_orders.many([_order("00000001")])
        token = await shop.token(PATRICIA)
        [row] = (await shop.get("orders", token)).json()["data"]
        assert (row["statusCode"], row["stateSource"]["name"]) == ("NEW", "shop")
        documents = await shop.get(f"orders/{row['id']}/documents", token)
        assert documents.json() == {"elements": [], "type": "ResourceCollection"}


@in_event_loop
async def test_tokens_end_with_their_family_and_reuse_is_told(tmp_path: Path) -> None:
    async with rest_shop(tmp_path) as shop:
        tokens = shop.system.customer_tokens
        first = await tokens.issue(CHANNEL, "patricia", PASSWORD, client="192.0.2.1")
        second = await tokens.exchange(CHANNEL, first.refresh)
        assert second.refresh_seconds <= first.refresh_seconds
        with pytest.raises(RefreshRefusedError):
            await tokens.exchange(CHANNEL, first.refresh)
        entries = await shop.system.audit_trail.entries(subject="patricia")
        assert "customer_token.reused" in {entry.action for entry in entries}


@in_event_loop
async def test_an_erased_user_is_recognized_nowhere(tmp_path: Path) -> None:
    async with rest_shop(tmp_path) as shop:
        token = await shop.token(PATRICIA)
        users = await shop.system.privacy.users("1001")
        assert [user.login for user in users] == ["patricia"]
        assert await shop.system.privacy.erase_users(users, by="operator") == 1
        assert (await shop.get("orders", token)).status_code == 401
        assert await shop.system.privacy.users("1001") == []
        await shop.system.customer_users.register(PATRICIA, PASSWORD, by="test")
        assert (await shop.get("orders", token)).status_code == 401
