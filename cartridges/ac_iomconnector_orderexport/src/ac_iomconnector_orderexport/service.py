"""The IOM Order Export Service. [KB B29919: Order REST, /rest/order-service]"""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx

from ac_iomconnector_common.endpoint import endpoint_of
from ac_iomconnector_orderexport.breaches import not_exportable
from ac_iomconnector_orderexport.comparison import differences, not_erased
from ac_iomconnector_orderexport.configuration import OrderExportConfiguration
from ac_iomconnector_orderexport.failures import reading_failure, sending_failure
from ac_iomconnector_orderexport.mapping.order import MappedOrder, OrderMapper
from ac_iomconnector_orderexport.order_directory import look_up, orders_between
from ac_iomconnector_orderexport.order_numbers import all_numbers, latest_numbers
from ac_iomconnector_orderexport.sent_before import found_of_corrected, was_sent
from ac_iomconnector_rest_common.client import RestClient
from ac_iomconnector_rest_common.errors import IomForbidden, IomJsonError, IomNotFound
from ac_iomconnector_rest_common.json_numbers import encode
from ac_iomconnector_rest_common.log_without_bulk import LogWithoutBulk
from ac_iomconnector_rest_common.order_api import BASE_PATH, MEDIA_TYPE, OrderApi
from ac_iomconnector_rest_common.order_api_version import OrderApiVersion
from ac_iomconnector_rest_common.probed_order_api import ProbedOrderApi
from ac_iomconnector_rest_common.resource_url import resource_path
from iomconnector.errors import ConnectorError
from iomconnector.model.endpoints import Endpoint
from iomconnector.model.exports import PlacedOrder
from iomconnector.ports.message_log import Message
from iomconnector.ports.order_directory import RemoteOrder
from iomconnector.ports.order_export_service import Difference, FoundOrder, Receipt
from iomconnector.ports.order_number_source import NumbersPage
from iomconnector.services.definition import AdapterContext

Page = TypeVar("Page")


class IomOrderExportService:
    """Hands orders to IOM over the Order REST API; implements the ports ``OrderExportService``,
    ``OrderNumberSource`` and ``OrderDirectory``.

    Nothing is sent before the first order. One instance serves the tasks of one event loop.

    Arguments:
        configuration: Where IOM is and how orders become its documents.
        context: What the framework gives to an adapter.
        transport: Another way to send requests, for tests.
    """

    def __init__(
        self,
        configuration: OrderExportConfiguration,
        context: AdapterContext,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._configuration = configuration
        self._mapper = OrderMapper(configuration, context.extensions)
        self._message_log = context.message_log
        self._context = context
        self._endpoint = endpoint_of(configuration, configuration)
        self._client = self.client(configuration, transport)
        self._probed = ProbedOrderApi(self._client, configuration.shop_id, configuration.api_version.settled)

    @property
    def configuration(self) -> OrderExportConfiguration:
        """Where IOM is and how orders become its documents."""
        return self._configuration

    @property
    def endpoint(self) -> Endpoint:
        """The shop in IOM that orders go to."""
        return self._endpoint

    def client(
        self, configuration: OrderExportConfiguration, transport: httpx.AsyncBaseTransport | None = None
    ) -> RestClient:
        """Another client for the Order REST API, with other settings; who asks for it closes it."""
        return RestClient(
            configuration,
            base_path=BASE_PATH,
            media_type=MEDIA_TYPE,
            clock=self._context.clock,
            message_log=LogWithoutBulk(self._context.message_log),
            service=self._context.service,
            channel=self._context.channel,
            transport=transport,
            telemetry=self._context.telemetry,
        )

    async def submit(self, placed: PlacedOrder) -> Receipt:
        """Send the order once. See ``OrderExportService.submit``.

        The reference is the path of IOM's ``Location``, which may be an absolute URL or a path. [iom-api 0]

        Raises:
            OrderNotExportableError: Nothing was sent; the order breaks a rule of IOM.
            OrderRefusedError: IOM refused it; its code and words are in the error.
            ExportUnavailableError: It was surely not stored; where ``whole_service`` is set, credentials,
                rights or address are wrong.
            OutcomeUnclearError: It may have been stored: call ``find`` before sending again.
        """
        api = await self._api(placed.order.number)
        body = _encoded(placed, self._mapper.map(placed, api.version))
        number = placed.order.number
        try:
            location = await api.create_order(body, number)
        except ConnectorError as error:
            raise sending_failure(error, number) from error
        return Receipt(_path_of(location) or self._reference(placed))

    async def find(self, placed: PlacedOrder) -> FoundOrder | None:
        """Look for an order of that number in IOM, and compare it with this one.

        From version 2.2 on the order itself is read; before that, without the right to read orders, or where
        it is not found, its state. IOM's copy is the same order if it is what would be sent now, or what was
        sent in an earlier attempt: the configuration may have changed since. For a corrected order it must be
        what would be sent now. See ``OrderExportService.find``.

        Raises:
            OrderNotExportableError: The order cannot be mapped, so that it cannot be compared.
            ExportUnavailableError: IOM could not answer now.
        """
        api = await self._api(placed.order.number)
        try:
            copy = await _copy_of(api, placed)
        except ConnectorError as error:
            raise reading_failure(error, placed.order.number) from error
        if copy is None:
            return None
        reference = self._reference(placed)
        sent = await self._sent(placed)
        if placed.revision:
            return found_of_corrected(reference, self._mapper.map(placed, api.version).document, copy, sent)
        if was_sent(copy, sent):
            return FoundOrder(reference)
        return FoundOrder(reference, self._differences(placed, api.version, copy))

    def _differences(
        self, placed: PlacedOrder, version: OrderApiVersion, copy: Mapping[str, Any]
    ) -> tuple[Difference, ...]:
        """What differs; of an order with erased content, what was not erased."""
        found = differences(self._mapper.map(placed, version).document, copy)
        return found if placed.erased_at is None else not_erased(found)

    def preview(self, placed: PlacedOrder) -> Mapping[str, Any]:
        """The document that ``submit`` would send; numbers are exact, nothing is sent.

        Until IOM was asked for its version for the first time, version 2.4 is assumed.

        Raises:
            OrderNotExportableError: The order breaks a rule of IOM.
        """
        mapped = self._mapper.map(placed, self._probed.version or OrderApiVersion.V2_4)
        _encoded(placed, mapped)
        return mapped.document

    def notes(self, placed: PlacedOrder) -> Sequence[str]:
        """What the configuration permits to be lost and this order loses, one sentence each.

        Raises:
            OrderNotExportableError: The order breaks a rule of IOM.
        """
        return self._mapper.map(placed, self._probed.version or OrderApiVersion.V2_4).notes

    def number_space(self) -> str:
        """The shop in IOM. See ``OrderNumberSource.number_space``."""
        return f"IOM shop {self._configuration.shop_id} at {self._configuration.base_url.rstrip('/')}"

    async def all_numbers(self) -> AsyncIterator[NumbersPage]:
        """Every order number of the shop. See ``OrderNumberSource.all_numbers``.

        Raises:
            ExportUnavailableError: IOM could not answer.
        """
        async for page in self._explained(all_numbers(await self._api(None))):
            yield page

    async def latest_numbers(self) -> AsyncIterator[NumbersPage]:
        """Numbers among which the largest is likely. See ``OrderNumberSource.latest_numbers``.

        Raises:
            ExportUnavailableError: IOM could not answer.
        """
        async for page in self._explained(latest_numbers(await self._api(None))):
            yield page

    async def orders_between(self, start: datetime, end: datetime) -> AsyncIterator[Sequence[RemoteOrder]]:
        """The orders that were created in a period. See ``OrderDirectory.orders_between``.

        Raises:
            ExportUnavailableError: IOM could not answer.
        """
        api = await self._api(None)
        async for page in self._explained(orders_between(api, self._configuration.shop_id, start, end)):
            yield page

    async def look_up(self, numbers: Sequence[str]) -> Sequence[RemoteOrder]:
        """The orders that have one of these numbers. See ``OrderDirectory.look_up``.

        Raises:
            ExportUnavailableError: IOM could not answer.
        """
        api = await self._api(None)
        try:
            return await look_up(api, self._configuration.shop_id, numbers)
        except ConnectorError as error:
            raise reading_failure(error, None) from error

    async def compare(self, placed: PlacedOrder, remote: RemoteOrder) -> Sequence[Difference]:
        """What differs from what would be sent now, or else from what was sent before. See
        ``OrderDirectory.compare``.

        Raises:
            OrderNotExportableError: The order cannot be mapped, so that it cannot be compared.
        """
        copy = remote.content
        assert isinstance(copy, Mapping)
        found = self._differences(placed, self._probed.version or OrderApiVersion.V2_4, copy)
        if not found or placed.revision:
            return found
        return () if was_sent(copy, await self._sent(placed)) else found

    async def _sent(self, placed: PlacedOrder) -> Sequence[Message]:
        return await self._message_log.of_order(placed.order.channel, placed.order.number)

    async def _explained(self, pages: AsyncIterator[Page]) -> AsyncIterator[Page]:
        try:
            async for page in pages:
                yield page
        except ConnectorError as error:
            raise reading_failure(error, None) from error

    async def aclose(self) -> None:
        """Give connections back."""
        await self._client.aclose()

    async def _api(self, number: str | None) -> OrderApi:
        try:
            return await self._probed.api()
        except ConnectorError as error:
            raise reading_failure(error, number) from error

    def _reference(self, placed: PlacedOrder) -> str:
        shop = str(self._configuration.shop_id)
        return resource_path(BASE_PATH, ("shops", shop, "orders", placed.order.number))


def _path_of(location: str) -> str:
    try:
        return urlsplit(location).path
    except ValueError:
        return location


async def _copy_of(api: OrderApi, placed: PlacedOrder) -> Mapping[str, Any] | None:
    """IOM's copy. A 404 of ``getOrder`` is confirmed by the order's state: an IOM older than configured
    answers 404 to every order, and to send an order again on its word would end in a refusal.

    An order with erased content is asked for as one of many, so that the message log gets no copy of it."""
    number = placed.order.number
    if placed.erased_at is not None:
        return await _state_of(api, number, alone=False)
    if api.version.at_least(OrderApiVersion.V2_2):
        try:
            return await api.get_order(number)
        except IomForbidden:
            return await _state_of(api, number)
        except IomNotFound:
            return await _state_of(api, number)
    return await _state_of(api, number)


async def _state_of(api: OrderApi, number: str, *, alone: bool = True) -> Mapping[str, Any] | None:
    page = await api.order_states(order_numbers=[number], alone=alone)
    return next((state for state in page.data if state.get("shopOrderNumber") == number), None)


def _encoded(placed: PlacedOrder, mapped: MappedOrder) -> bytes:
    try:
        return encode(mapped.document)
    except IomJsonError as error:
        raise not_exportable(placed.order, [error.message]) from error
