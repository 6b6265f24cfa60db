"""Any exportable order maps to a valid document, and what IOM has of it is the same order.

Over real sockets to a stand-in that refuses by its own reading of the contract, under the referee.
"""

import asyncio
from collections.abc import Iterator
from contextlib import aclosing
from functools import partial
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ac_iomconnector_order_test.middleware import RefereeMiddleware
from ac_iomconnector_order_test.record import Judged, assert_clean
from ac_iomconnector_orderexport.testing.iom_bounds import iom_bounds
from ac_iomconnector_orderexport.testing.scripted_iom import service_at
from ac_iomconnector_rest_common.order_api_version import OrderApiVersion
from dev_iomconnector_iom import ApiVersion, ClockConfig, ClockMode, ShopConfig, StandInConfig, run_in_thread
from dev_iomconnector_iom.config import DEMO_PASSWORD
from iomconnector.model.exports import PlacedOrder
from iomconnector.model.values import OrderNumber
from iomconnector.testing.strategies import orders
from iomconnector.testing.strategies.payments import SERVICES

NUMBERS = count(1)
VERSIONS = ("2.0", "2.1", "2.2", "2.3", "2.4")


@pytest.fixture(scope="module", params=VERSIONS)
def iom(request: pytest.FixtureRequest) -> Iterator[tuple[str, str, list[Judged]]]:
    """A stand-in under the referee: its version, its URL, the referee's record."""
    record: list[Judged] = []
    referee = partial(RefereeMiddleware, version=request.param, record=record)
    full = StandInConfig(api_version=ApiVersion(request.param), clock=ClockConfig(mode=ClockMode.MANUAL))
    shop = ShopConfig(
        id=10010,
        name="inTRONICS",
        payment_methods=frozenset(SERVICES),
        unknown_shipping_method="accept",
    )
    config = full.model_copy(update={"shops": (shop, full.shops[1])})
    with run_in_thread(config, middleware=[referee]) as running:
        yield request.param, running.url, record
    assert_clean(record, at_least=20)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_exportable_order_reaches_iom_whole(
    iom: tuple[str, str, list[Judged]], data: st.DataObject
) -> None:
    version, url, record = iom
    drawn = data.draw(orders(exportable=True, bounds=iom_bounds(OrderApiVersion(version))))
    order = drawn.model_copy(update={"number": OrderNumber(f"{next(NUMBERS)}/{drawn.number}"[:50])})

    async def exchange() -> None:
        service = service_at(
            url,
            api_version=version,
            shop_id=10010,
            user="webservice_shop",
            password=DEMO_PASSWORD.get_secret_value(),
        )
        async with aclosing(service):
            assert await service.find(PlacedOrder(order)) is None
            await service.submit(PlacedOrder(order))
            found = await service.find(PlacedOrder(order))
        assert found is not None
        assert found.differences == ()

    asyncio.run(exchange())
    assert not [judged for judged in record if judged.request_violations]
