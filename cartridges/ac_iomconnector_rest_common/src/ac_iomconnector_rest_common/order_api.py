"""IOM's Order REST API, versions 2.0 to 2.4. [iom-api 1.1]"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlsplit

from ac_iomconnector_rest_common.answer import Answer, reference
from ac_iomconnector_rest_common.client import RestClient
from ac_iomconnector_rest_common.errors import (
    IomBadRequest,
    IomInvalidRequest,
    IomNotFound,
    IomNotOffered,
    IomOutcomeUnclear,
    IomUnexpectedAnswer,
)
from ac_iomconnector_rest_common.json_numbers import timestamp
from ac_iomconnector_rest_common.order_api_version import OrderApiVersion
from ac_iomconnector_rest_common.order_state_pages import ModifiedOrderStatePage, OrderStatePage
from ac_iomconnector_rest_common.resource_url import resource_path

BASE_PATH: Final = "/rest/order-service"
MEDIA_TYPE: Final = "application/vnd.intershop.order.v2+json"
MOST_MODIFIED_STATES: Final = 10_000
"""The greatest ``limit`` of modified order states. [Order REST 2.4]"""

_ORDERS: Final = "/shops/{shop}/orders"
_STATES: Final = "/shops/{shop}/order-states"
_PROBED_NUMBER: Final = "no-such-order-version-probe"


class OrderBy(StrEnum):
    """What order states can be sorted by."""

    ORDER_NUMBER = "shopOrderNumber"
    CUSTOMER_NUMBER = "shopCustomerNumber"
    CREATION_DATE = "shopOrderCreationDate"


class SortDirection(StrEnum):
    """In which direction order states are sorted."""

    ASCENDING = "ASC"
    DESCENDING = "DESC"


class OrderApi:
    """Order REST of one shop.

    Every operation raises the errors of :meth:`RestClient.send`; only further ones are named with it.

    Arguments:
        client: A client with :data:`BASE_PATH` and :data:`MEDIA_TYPE`.
        shop_id: The number of the shop in IOM.
        version: What the IOM at the other end speaks; nothing is asked that this version does not have.
    """

    def __init__(
        self, client: RestClient, shop_id: int, version: OrderApiVersion = OrderApiVersion.V2_0
    ) -> None:
        self._client = client
        self._shop = str(shop_id)
        self.version = version

    async def create_order(self, document: bytes, order_number: str) -> str:
        """Send an order once. IOM has stored it when this returns, and begins to process it. [iom-api 0]

        Arguments:
            document: The order as JSON.
            order_number: Its number, for the message log and errors.

        Returns:
            Where the order stands: IOM's ``Location``, or the path at which it can be read.

        Raises:
            IomBadRequest: IOM refuses the order, perhaps because it has one of that number: no status of its
                own tells duplicates apart. [iom-api 0, duplicates]
        """
        answer = await self._client.send(
            "POST",
            ("shops", self._shop, "orders"),
            body=document,
            order_number=order_number,
            accept=(201,),
            route=_ORDERS,
        )
        return reference(answer) or resource_path(BASE_PATH, ("shops", self._shop, "orders", order_number))

    async def get_order(self, order_number: str) -> Mapping[str, Any]:
        """Read an order as it was created. Since 2.2.

        Raises:
            IomNotOffered: The configured version is older.
            IomNotFound: IOM has no order of that number, or does not know the operation because it is older
                than configured: ``probe_version`` tells.
            IomOutcomeUnclear: The answer is not the order that was asked for.
        """
        self._need(OrderApiVersion.V2_2, "getOrder")
        answer = await self._client.send(
            "GET",
            ("shops", self._shop, "orders", order_number),
            order_number=order_number,
            accept=(200,),
            route=f"{_ORDERS}/{{number}}",
        )
        order = answer.json()
        if not isinstance(order, dict) or order.get("shopOrderNumber") != order_number:
            raise _not_as_asked(answer, "is not the order that was asked for", order_number)
        return order

    async def order_states(
        self,
        *,
        order_numbers: Sequence[str] = (),
        customer_numbers: Sequence[str] = (),
        product_numbers: Sequence[str] = (),
        statuses: Sequence[str] = (),
        emails: Sequence[str] = (),
        created_from: date | None = None,
        created_to: date | None = None,
        order_by: OrderBy = OrderBy.CREATION_DATE,
        direction: SortDirection = SortDirection.ASCENDING,
        offset: int = 0,
        limit: int = 50,
        alone: bool = True,
    ) -> OrderStatePage:
        """One page of order states. Values of one filter are alternatives, filters narrow each other.

        Arguments:
            order_numbers: Numbers of the shop's orders.
            customer_numbers: Numbers of the shop's customers.
            product_numbers: Numbers of products in the orders.
            statuses: Statuses as the shop names them.
            emails: Addresses anywhere in the orders. Since 2.3.
            created_from: The first day of creation.
            created_to: The last day of creation.
            order_by: What to sort by.
            direction: Smallest or greatest first.
            offset: How many states to skip.
            limit: The longest page, at least 1.
            alone: Whether a question for a single number is one about that order in the message log.

        Raises:
            IomNotOffered: ``emails`` with an older version, which would ignore the filter and answer all.
            IomInvalidRequest: ``offset`` or ``limit`` is too small.
            IomOutcomeUnclear: The answer is not a page of order states.
        """
        if emails:
            self._need(OrderApiVersion.V2_3, "the filter emails")
        if offset < 0 or limit < 1:
            raise IomInvalidRequest(f"offset {offset} must be at least 0, and limit {limit} at least 1.")
        filters = {
            "shopOrderNumbers": order_numbers,
            "shopCustomerNumbers": customer_numbers,
            "productNumbers": product_numbers,
            "statuses": statuses,
            "emails": emails,
        }
        params = [
            *_repeated(filters),
            *_days(created_from, created_to),
            ("orderBy", order_by.value),
            ("sortDirection", direction.value),
            ("offset", str(offset)),
            ("limit", str(limit)),
        ]
        about = order_numbers[0] if alone and len(order_numbers) == 1 else None
        answer = await self._client.send(
            "GET",
            ("shops", self._shop, "order-states"),
            params=params,
            order_number=about,
            accept=(200,),
            route=_STATES,
        )
        page = OrderStatePage.read(answer.json())
        if page is None:
            raise _not_as_asked(answer, "is not a page of order states", about)
        return page

    async def modified_order_states(
        self, *, modified_since: datetime | None = None, min_cursor: int | None = None, limit: int = 50
    ) -> ModifiedOrderStatePage:
        """Order states that are new or changed, the oldest change first. Since 2.4.

        Go on with ``min_cursor`` set to the ``max_cursor`` of the page before, until ``page_size`` equals
        ``total_count``. Whether a cursor includes its own change is not documented: the same state may come
        again. [iom-api 1.1]

        Arguments:
            modified_since: Changes from this moment on, aware.
            min_cursor: Changes from this cursor on.
            limit: The longest page, from 1 to 10,000.

        Raises:
            IomNotOffered: The configured version is older.
            IomInvalidRequest: Both or neither of ``modified_since`` and ``min_cursor``, or a wrong ``limit``.
            IomJsonError: ``modified_since`` has no offset.
            IomOutcomeUnclear: The answer is not a page of order states.
        """
        self._need(OrderApiVersion.V2_4, "modified order states")
        if (modified_since is None) == (min_cursor is None):
            raise IomInvalidRequest("Exactly one of modified_since and min_cursor is needed.")
        if not 1 <= limit <= MOST_MODIFIED_STATES:
            raise IomInvalidRequest(f"limit {limit} must be from 1 to {MOST_MODIFIED_STATES}.")
        params = [("limit", str(limit))]
        if modified_since is not None:
            params.append(("modifiedSince", timestamp(modified_since)))
        if min_cursor is not None:
            params.append(("minCursor", str(min_cursor)))
        answer = await self._client.send(
            "GET",
            ("shops", self._shop, "order-states", "modified"),
            params=params,
            accept=(200,),
            route=f"{_STATES}/modified",
        )
        page = ModifiedOrderStatePage.read(answer.json())
        if page is None:
            raise _not_as_asked(answer, "is not a page of modified order states", None)
        return page

    async def probe_version(self) -> OrderApiVersion:
        """Find out what the IOM at the other end speaks, with at most two reading requests.

        No address or header shows the minor version. [iom-api 0, version selection] So the answer is
        conservative: 2.4 where modified order states exist, 2.2 where a limit of 0 is refused, otherwise
        2.0. A 2.3 reads as 2.2 and a 2.1 as 2.0, since nothing tells them apart without data.

        Raises:
            IomRestError: Neither question was answered, for example 401, 403, or 404 to both.
        """
        states = ("shops", self._shop, "order-states")
        try:
            await self._client.send(
                "GET",
                (*states, "modified"),
                params=[("minCursor", "0"), ("limit", "1")],
                accept=(200,),
                route=f"{_STATES}/modified",
            )
        except IomBadRequest:
            return OrderApiVersion.V2_4
        except (IomNotFound, IomUnexpectedAnswer) as error:
            if error.status not in {404, 405}:
                raise
        else:
            return OrderApiVersion.V2_4
        try:
            await self._client.send(
                "GET",
                states,
                params=[("shopOrderNumbers", _PROBED_NUMBER), ("limit", "0")],
                accept=(200,),
                route=_STATES,
            )
        except IomBadRequest:
            return OrderApiVersion.V2_2
        return OrderApiVersion.V2_0

    def _need(self, version: OrderApiVersion, what: str) -> None:
        if not self.version.at_least(version):
            raise IomNotOffered(
                f"Order REST {self.version} has no {what}: it is not available before {version}.",
                hint="Where IOM is newer, correct the version in the service configuration.",
                shop_id=self._shop,
            )


def _repeated(filters: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str]]:
    for name, values in filters.items():
        for value in values:
            yield name, value


def _days(first: date | None, last: date | None) -> Iterator[tuple[str, str]]:
    if first is not None:
        yield "shopOrderCreationDate[gte]", _day(first)
    if last is not None:
        yield "shopOrderCreationDate[lte]", _day(last)


def _day(day: date) -> str:
    return (day.date() if isinstance(day, datetime) else day).isoformat()


def _not_as_asked(answer: Answer, what: str, order_number: str | None) -> IomOutcomeUnclear:
    path = urlsplit(answer.url).path
    return IomOutcomeUnclear(
        f"The answer to GET {path} {what}.",
        hint="Look at the message in the message log, and check that base_url is IOM.",
        method="GET",
        path=path,
        message_id=answer.message_id,
        status=answer.status,
        order_number=order_number,
    )
