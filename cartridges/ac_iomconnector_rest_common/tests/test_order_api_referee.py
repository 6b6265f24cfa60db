"""Every request of the typed client is one that the official OpenAPI documents declare."""

import asyncio
import os
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from ac_iomconnector_rest_common.order_api import OrderApi
from ac_iomconnector_rest_common.order_api_version import OrderApiVersion
from ac_iomconnector_rest_common.testing.rest_clients import (
    KeptMessages,
    connection_settings,
    order_rest_client,
)

WORKSPACE = Path(__file__).resolve().parents[3]
REFEREE = Path(os.environ.get("IOM_OPENAPI_DIR", WORKSPACE.parent / "shared" / "iom-openapi"))
REFEREES = {
    OrderApiVersion(version): f"intershop-order-management-order-{version}.yaml"
    for version in ("2.0", "2.2", "2.4")
}

Use = Callable[[OrderApi], Awaitable[Any]]


async def create(api: OrderApi) -> None:
    await api.create_order(b"{}", "Order_1:2")


async def get(api: OrderApi) -> None:
    await api.get_order("Order_1:2")


async def states(api: OrderApi) -> None:
    await api.order_states(
        order_numbers=["Order_1:2"],
        customer_numbers=["C"],
        product_numbers=["P"],
        statuses=["STATE_CLOSED"],
        created_from=date(2026, 1, 1),
        created_to=date(2026, 1, 2),
    )


async def states_by_email(api: OrderApi) -> None:
    await api.order_states(emails=["a@example.com"])


async def modified_by_cursor(api: OrderApi) -> None:
    await api.modified_order_states(min_cursor=1)


async def modified_since(api: OrderApi) -> None:
    await api.modified_order_states(modified_since=datetime(2026, 1, 1, tzinfo=UTC))


OFFERED: Mapping[OrderApiVersion, tuple[Use, ...]] = {
    OrderApiVersion.V2_0: (create, states),
    OrderApiVersion.V2_2: (create, states, get),
    OrderApiVersion.V2_4: (create, states, get, states_by_email, modified_by_cursor, modified_since),
}
CASES = [(version, use) for version, uses in OFFERED.items() for use in uses]


@cache
def document(version: OrderApiVersion) -> Any:
    file = REFEREE / REFEREES[version]
    if not file.exists():
        pytest.fail(f"The OpenAPI documents are not in {REFEREE}; IOM_OPENAPI_DIR names another folder.")
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def requests_of(version: OrderApiVersion, use: Use) -> list[httpx.Request]:
    requests: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        status = 201 if request.method == "POST" else 200
        content = b'{"shopOrderNumber":"Order_1:2","data":[],"meta":{"totalCount":0}}'
        return httpx.Response(status, content=b"" if status == 201 else content)

    async def run() -> None:
        client = order_rest_client(
            connection_settings("https://iom.example"), KeptMessages(), httpx.MockTransport(answer)
        )
        await use(OrderApi(client, 10020, version))
        await client.aclose()

    asyncio.run(run())
    return requests


def operation_of(version: OrderApiVersion, request: httpx.Request) -> Any:
    """The declared operation that a request calls; the most literal path wins."""
    declared = document(version)
    base = declared["servers"][0]["url"].removeprefix("{protocol}://{domain}:{port}")
    path = request.url.raw_path.decode().partition("?")[0].removeprefix(base)
    for template in sorted(declared["paths"], key=lambda template: template.count("{")):
        if re.fullmatch(re.sub(r"\{[^}]*\}", "[^/]+", template), path):
            return declared["paths"][template].get(request.method.lower())
    return None


@pytest.mark.parametrize(("version", "use"), CASES)
def test_every_request_is_declared(version: OrderApiVersion, use: Use) -> None:
    [request] = requests_of(version, use)
    operation = operation_of(version, request)
    assert operation is not None
    parameters = operation.get("parameters", ())
    declared = {parameter["name"] for parameter in parameters if parameter["in"] == "query"}
    assert set(request.url.params) <= declared
    if request.method == "POST":
        assert request.headers["Content-Type"] in operation["requestBody"]["content"]
        assert "201" in operation["responses"]
    else:
        assert request.headers["Accept"] in operation["responses"]["200"]["content"]


def test_what_a_version_lacks_is_really_missing_there() -> None:
    for older, newer, use in (
        (OrderApiVersion.V2_0, OrderApiVersion.V2_2, get),
        (OrderApiVersion.V2_2, OrderApiVersion.V2_4, modified_by_cursor),
    ):
        [request] = requests_of(newer, use)
        assert operation_of(older, request) is None
    [request] = requests_of(OrderApiVersion.V2_4, states_by_email)
    operation = operation_of(OrderApiVersion.V2_2, request)
    assert "emails" not in {parameter["name"] for parameter in operation["parameters"]}
