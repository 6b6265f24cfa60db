"""Sending over real sockets: what every answer of IOM means for an order."""

import subprocess
import sys
from contextlib import aclosing

import pytest

from ac_iomconnector_orderexport.configuration import OrderExportConfiguration
from ac_iomconnector_orderexport.service_definition import SERVICE
from ac_iomconnector_orderexport.testing.samples import full_order
from ac_iomconnector_orderexport.testing.scripted_iom import (
    CREATED,
    ORDER,
    ORDERS,
    PLACED,
    Answer,
    iom,
    running,
    service_at,
)
from ac_iomconnector_rest_common.json_numbers import decode
from ac_iomconnector_rest_common.testing.rest_clients import KeptMessages, connection_settings
from iomconnector.errors import StorageError
from iomconnector.model.exports import PlacedOrder
from iomconnector.ports.message_log import Message
from iomconnector.ports.order_export_service import (
    ExportUnavailableError,
    OrderExportService,
    OrderNotExportableError,
    OrderRefusedError,
    OutcomeUnclearError,
    Receipt,
)

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class FullLog(KeptMessages):
    """A message log that cannot keep anything."""

    async def record(self, message: Message) -> None:
        raise StorageError("The disk is full.")


async def test_an_order_is_sent_once_as_its_preview_shows_it() -> None:
    async with running({f"POST {ORDERS}": CREATED}) as (service, server):
        adapter: OrderExportService = service
        assert await adapter.submit(PLACED) == Receipt(ORDER)
        (request,) = server.requests
        assert decode(request.body) == adapter.preview(PLACED)
        assert request.headers["content-type"] == "application/vnd.intershop.order.v2+json"
        assert list(adapter.notes(PLACED)) == []


@pytest.mark.parametrize("location", [f"Location: {ORDER}", "X-Other: 1"])
async def test_the_reference_is_the_path_of_the_order(location: str) -> None:
    async with running({f"POST {ORDERS}": (201, None, (location,))}) as (service, _):
        assert await service.submit(PLACED) == Receipt(ORDER)


async def test_a_refusal_carries_ioms_own_code_and_words() -> None:
    report = {
        "status": 400,
        "errors": [{"code": "VALIDATION_EXCEPTION", "message": "Attribute XYZ is mandatory"}],
    }
    async with running({f"POST {ORDERS}": (400, report, ())}) as (service, _):
        with pytest.raises(OrderRefusedError) as caught:
            await service.submit(PLACED)
    assert caught.value.their_code == "VALIDATION_EXCEPTION"
    assert "IOM refused order 00000042: VALIDATION_EXCEPTION: Attribute XYZ is mandatory." in str(
        caught.value
    )
    assert caught.value.ids["order"] == "00000042"
    assert caught.value.ids["message_id"]


@pytest.mark.parametrize(
    ("status", "check"),
    [
        (401, "password"),
        (403, "Create order"),
        (404, "shop_id"),
        (405, "base_url"),
        (406, "base_url"),
        (415, "base_url"),
        (302, "base_url"),
    ],
)
async def test_what_concerns_every_order_says_what_to_check(status: int, check: str) -> None:
    async with running({f"POST {ORDERS}": (status, None, ())}) as (service, _):
        with pytest.raises(ExportUnavailableError) as caught:
            await service.submit(PLACED)
    assert caught.value.whole_service
    assert check in caught.value.hint
    assert "correct horse battery" not in f"{caught.value!r} {caught.value}"


async def test_a_throttled_order_waits_as_long_as_iom_asks() -> None:
    async with running({f"POST {ORDERS}": (429, None, ("Retry-After: 7",))}) as (service, _):
        with pytest.raises(ExportUnavailableError) as caught:
            await service.submit(PLACED)
    assert caught.value.retry_after == 7
    assert caught.value.whole_service


@pytest.mark.parametrize("answer", [None, (500, None, ()), (503, None, ()), (409, None, ()), (200, None, ())])
async def test_what_leaves_the_outcome_open_is_unclear(answer: Answer | None) -> None:
    async with running({f"POST {ORDERS}": answer}) as (service, server):
        with pytest.raises(OutcomeUnclearError) as caught:
            await service.submit(PLACED)
        assert len(server.requests) == 1
    assert caught.value.ids["order"] == "00000042"


async def test_an_order_that_iom_has_counts_although_its_message_could_not_be_kept() -> None:
    async with running({f"POST {ORDERS}": CREATED}, log=FullLog()) as (service, server):
        assert await service.submit(PLACED) == Receipt(ORDER)
        assert len(server.requests) == 1


async def test_a_closed_service_sends_nothing() -> None:
    async with running({f"POST {ORDERS}": CREATED}) as (service, server):
        await service.aclose()
        with pytest.raises(ExportUnavailableError, match="closed"):
            await service.submit(PLACED)
        assert server.requests == []


async def test_where_nobody_listens_nothing_was_stored() -> None:
    async with iom({}) as server:
        url = server.url
    async with aclosing(service_at(url)) as service:
        for call in (service.submit, service.find):
            with pytest.raises(ExportUnavailableError) as caught:
                await call(PLACED)
            assert caught.value.whole_service
            assert caught.value.ids["order"] == "00000042"


async def test_an_order_that_breaks_a_rule_is_not_sent() -> None:
    order = PlacedOrder(full_order(number="x" * 51))
    async with running({}) as (service, server):
        with pytest.raises(OrderNotExportableError, match="has 51 characters, at most 50"):
            await service.submit(order)
        for show in (service.preview, service.notes):
            with pytest.raises(OrderNotExportableError):
                show(order)
        assert server.requests == []


def test_the_service_is_offered_with_titles_and_descriptions_for_every_setting() -> None:
    assert (SERVICE.id, SERVICE.display_name, SERVICE.group) == (
        "iom-order-export",
        "IOM Order Export Service",
        "Order Management",
    )
    for name, field in SERVICE.configuration.model_fields.items():
        assert field.title, name
        assert field.description, name


def test_the_service_is_listed_without_its_http_client() -> None:
    program = (
        "import sys; from ac_iomconnector_orderexport.service_definition import SERVICE; "
        "print(SERVICE.id, 'aiohttp' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.split() == [SERVICE.id, "False"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("api_version", "3.0"), ("amount_decimals", 6), ("payment_methods", {"A": ""}), ("unknown", 1)],
)
def test_a_wrong_setting_is_refused_when_it_is_saved(field: str, value: object) -> None:
    connection = connection_settings("http://localhost").model_dump()
    with pytest.raises(ValueError, match=field):
        OrderExportConfiguration.model_validate({**connection, field: value})
