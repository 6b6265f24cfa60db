"""Finding out which version of Order REST is spoken."""

import asyncio

import httpx
import pytest

from ac_iomconnector_rest_common.errors import (
    IomForbidden,
    IomNotFound,
    IomOutcomeUnclear,
    IomUnauthorized,
    IomUnexpectedAnswer,
)
from ac_iomconnector_rest_common.order_api import OrderApi
from ac_iomconnector_rest_common.order_api_version import OrderApiVersion
from ac_iomconnector_rest_common.testing.rest_clients import (
    KeptMessages,
    connection_settings,
    order_rest_client,
)

V2_0, V2_1, V2_2, V2_3, V2_4 = OrderApiVersion


def probe(modified: int, limit_zero: int | None) -> tuple[OrderApiVersion, list[httpx.Request]]:
    """Probe an IOM that answers the two questions with these statuses."""
    requests: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        status = modified if request.url.path.endswith("/modified") else limit_zero
        assert status is not None
        return httpx.Response(
            status, content=b'{"data":[],"meta":{"totalCount":0}}' if status == 200 else b""
        )

    async def run() -> OrderApiVersion:
        settings = connection_settings("https://iom.example", read_retries=0)
        client = order_rest_client(settings, KeptMessages(), httpx.MockTransport(answer))
        try:
            return await OrderApi(client, 10020).probe_version()
        finally:
            await client.aclose()

    return asyncio.run(run()), requests


@pytest.mark.parametrize(
    ("modified", "limit_zero", "version"),
    [
        (200, None, V2_4),
        (400, None, V2_4),
        (404, 400, V2_2),
        (405, 400, V2_2),
        (404, 200, V2_0),
    ],
)
def test_the_version_is_read_from_what_exists(
    modified: int, limit_zero: int | None, version: OrderApiVersion
) -> None:
    found, requests = probe(modified, limit_zero)
    assert found is version
    assert [request.method for request in requests] == ["GET"] * (2 if limit_zero else 1)
    assert dict(requests[0].url.params) == {"minCursor": "0", "limit": "1"}
    if limit_zero:
        assert requests[1].url.params["limit"] == "0"


@pytest.mark.parametrize(
    ("modified", "limit_zero", "error"),
    [
        (401, None, IomUnauthorized),
        (403, None, IomForbidden),
        (500, None, IomOutcomeUnclear),
        (302, None, IomUnexpectedAnswer),
        (404, 404, IomNotFound),
        (404, 403, IomForbidden),
        (404, 500, IomOutcomeUnclear),
    ],
)
def test_a_version_that_cannot_be_told_is_not_guessed(
    modified: int, limit_zero: int | None, error: type[Exception]
) -> None:
    with pytest.raises(error):
        probe(modified, limit_zero)


def test_versions_are_ordered() -> None:
    versions = list(OrderApiVersion)
    assert versions == ["2.0", "2.1", "2.2", "2.3", "2.4"]
    for position, version in enumerate(versions):
        assert [version.at_least(other) for other in versions] == [
            other_position <= position for other_position in range(len(versions))
        ]
