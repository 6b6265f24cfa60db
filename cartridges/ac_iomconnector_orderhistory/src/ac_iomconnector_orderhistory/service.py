"""The IOM Order History Service. [KB B29919: Order REST, /rest/order-service]"""

import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, Final

import httpx

from ac_iomconnector_common.endpoint import endpoint_of
from ac_iomconnector_common.order_statuses import OrderStatusTable
from ac_iomconnector_orderhistory.configuration import OrderHistoryConfiguration
from ac_iomconnector_orderhistory.document_link import require_document_path
from ac_iomconnector_orderhistory.document_stream import opened
from ac_iomconnector_orderhistory.download_turns import DownloadTurns
from ac_iomconnector_orderhistory.failures import history_failure
from ac_iomconnector_orderhistory.feed import read_feed
from ac_iomconnector_orderhistory.reading.documents import LinkedDocument, linked_documents
from ac_iomconnector_orderhistory.reading.order import OrderReader
from ac_iomconnector_rest_common.client import RestClient
from ac_iomconnector_rest_common.log_without_bulk import LogWithoutBulk
from ac_iomconnector_rest_common.order_api import BASE_PATH, MEDIA_TYPE, OrderBy, SortDirection
from ac_iomconnector_rest_common.order_api_version import OrderApiVersion
from ac_iomconnector_rest_common.probed_order_api import ProbedOrderApi
from ac_iomconnector_rest_common.states_by_number import states_by_number
from iomconnector.errors import ConnectorError
from iomconnector.model.endpoints import Endpoint
from iomconnector.model.order_states import OrderState
from iomconnector.model.order_status import StatusName
from iomconnector.ports.document_service import DocumentNotFoundError, DocumentStream
from iomconnector.ports.order_history_service import (
    HistoryRules,
    StateChanges,
    StateOrder,
    StatePage,
    StateQuery,
)
from iomconnector.services.definition import AdapterContext

_logger = logging.getLogger(__name__)
_NO_ORDER: Final = "no-such-order-connection-test"
_FEED_SINCE: Final = OrderApiVersion.V2_4
_ORDER_BY: Final = {
    StateOrder.CREATED: OrderBy.CREATION_DATE,
    StateOrder.NUMBER: OrderBy.ORDER_NUMBER,
    StateOrder.CUSTOMER: OrderBy.CUSTOMER_NUMBER,
}


class IomOrderHistoryService:
    """Tells what IOM knows of orders, and gives their documents; implements the ports ``OrderHistoryService``
    and ``DocumentService``.

    Arguments:
        configuration: Where IOM is, and how what it says is shown.
        context: What the framework gives to an adapter.
        transport: Another way to send requests, for tests.
    """

    def __init__(
        self,
        configuration: OrderHistoryConfiguration,
        context: AdapterContext,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._configuration = configuration
        self._context = context
        self._endpoint = endpoint_of(configuration, configuration)
        self._statuses = OrderStatusTable(
            configuration.status_texts_en, configuration.status_texts_de, configuration.status_phases
        )
        self._reader = OrderReader(self._statuses, configuration.document_kinds)
        self._client = RestClient(
            configuration,
            base_path=BASE_PATH,
            media_type=MEDIA_TYPE,
            clock=context.clock,
            message_log=LogWithoutBulk(context.message_log),
            service=context.service,
            channel=context.channel,
            transport=transport,
            telemetry=context.telemetry,
        )
        self._downloads = DownloadTurns(configuration)
        self._probed = ProbedOrderApi(self._client, configuration.shop_id, configuration.api_version.settled)

    @property
    def endpoint(self) -> Endpoint:
        """The shop in IOM that is asked."""
        return self._endpoint

    @property
    def rules(self) -> HistoryRules:
        """What the configuration says about reading."""
        configuration = self._configuration
        names = {*configuration.status_texts_en, *configuration.status_texts_de}
        texts = {"en": configuration.status_texts_en, "de": configuration.status_texts_de}
        return HistoryRules(
            keep_states=timedelta(seconds=configuration.status_cache),
            keep_documents=timedelta(seconds=configuration.document_cache),
            budget=timedelta(seconds=configuration.page_budget),
            local_texts={
                name: {language: own[name] for language, own in texts.items() if name in own}
                for name in names
            },
        )

    @property
    def statuses(self) -> Sequence[StatusName]:
        """Every status that is explained."""
        return self._statuses.all

    async def states(self, numbers: Sequence[str]) -> Sequence[OrderState]:
        """The states of orders. See ``OrderHistoryService.states``.

        Raises:
            HistoryUnavailableError: IOM could not answer.
        """
        wanted = [number for number in dict.fromkeys(numbers) if number.strip()]
        if not wanted:
            return ()
        found = {state.number: state for state in self._read(await self._documents_of(wanted))}
        return tuple(found.values())

    async def search(self, query: StateQuery) -> StatePage:
        """Find states. See ``OrderHistoryService.search``.

        Raises:
            HistoryNotOfferedError: E-mail addresses before 2.3.
            HistoryUnavailableError: IOM could not answer.
        """
        try:
            api = await self._probed.api() if query.emails else self._probed.oldest
            page = await api.order_states(
                order_numbers=query.numbers,
                customer_numbers=query.customers,
                product_numbers=query.skus,
                statuses=query.statuses,
                emails=query.emails,
                created_from=query.created_from,
                created_to=query.created_to,
                order_by=_ORDER_BY[query.order],
                direction=SortDirection.DESCENDING if query.newest_first else SortDirection.ASCENDING,
                offset=query.offset,
                limit=query.limit,
                alone=False,
            )
        except ConnectorError as error:
            raise history_failure(error) from error
        return StatePage(tuple(self._read(page.data)), page.total_count)

    async def changes(self, mark: str | None, *, limit: int = 1000) -> StateChanges:
        """States that changed since ``mark``. Since 2.4. See ``OrderHistoryService.changes``.

        Raises:
            HistoryNotOfferedError: IOM is older.
            HistoryUnavailableError: IOM could not answer.
        """
        try:
            api = await self._probed.api()
            page = await read_feed(api, mark, now=self._context.clock.now(), limit=limit)
        except ConnectorError as error:
            raise history_failure(error) from error
        return StateChanges(tuple(self._read(page.states)), page.mark, page.more)

    @asynccontextmanager
    async def open_document(self, number: str, document_id: str) -> AsyncIterator[DocumentStream]:
        """Fetch a document from IOM. See ``DocumentService.open_document``.

        Of IOM's link only path and query are used, at the address of the configuration: whatever host it
        names, nothing else is ever asked, and nobody else gets the credentials.

        Raises:
            DocumentNotFoundError: The order has no such document.
            DocumentRefusedError: The link leads elsewhere, or what came may not be passed on.
            DocumentsBusyError: Too many documents are on their way.
            HistoryUnavailableError: IOM could not answer.
        """
        linked = await self._linked(number, document_id)
        configuration = self._configuration
        path = require_document_path(linked, configuration, number)
        async with (
            self._downloads.turn(number),
            opened(self._client, linked, path, configuration=configuration, number=number) as stream,
        ):
            yield stream

    async def check(self) -> str:
        """The connection test: ask IOM for the state of an order that does not exist.

        Raises:
            HistoryUnavailableError: IOM does not answer, or not to this user, password or shop.
        """
        configuration = self._configuration
        try:
            version = (await self._probed.api()).version
            await self._probed.oldest.order_states(order_numbers=[_NO_ORDER], limit=1)
        except ConnectorError as error:
            raise history_failure(error) from error
        feed = "with" if version.at_least(_FEED_SINCE) else "without"
        return (
            f"IOM at {configuration.base_url} answers (Order API {version}, {feed} a feed of changes), and "
            f"order states of shop {configuration.shop_id} can be read."
        )

    async def aclose(self) -> None:
        """Give connections back."""
        await self._client.aclose()

    async def _linked(self, number: str, document_id: str) -> LinkedDocument:
        found = await self._documents_of([number]) if number.strip() else ()
        for state in found:
            for linked in linked_documents(state, self._reader.kinds):
                if linked.document.id == document_id:
                    return linked
        raise DocumentNotFoundError(
            f"Order {number} has no document {document_id}.", order=number, document=document_id
        )

    async def _documents_of(self, numbers: Sequence[str]) -> Sequence[Mapping[str, Any]]:
        try:
            return await states_by_number(self._probed.oldest, numbers)
        except ConnectorError as error:
            order = numbers[0] if len(numbers) == 1 else None
            raise history_failure(error, order) from error

    def _read(self, documents: Sequence[Mapping[str, Any]]) -> list[OrderState]:
        found = []
        for document in documents:
            state = self._reader.read(document)
            if state is None:
                number = document.get("shopOrderNumber")
                _logger.warning("IOM's state of order %r cannot be read, it is left out.", number)
                continue
            found.append(state)
        return found
