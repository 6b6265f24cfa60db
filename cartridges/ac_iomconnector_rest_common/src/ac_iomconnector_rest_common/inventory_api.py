"""IOM's ATP and Reservation REST APIs, version 2.0. [iom-api 4]"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote, urlsplit

from ac_iomconnector_rest_common.answer import Answer
from ac_iomconnector_rest_common.client import RestClient
from ac_iomconnector_rest_common.errors import IomInvalidRequest, IomOutcomeUnclear

BASE_PATH: Final = "/servlets/services"
MEDIA_TYPE: Final = "application/json"
LONGEST_PRODUCT_ID: Final = 30
"""Characters of ``Atp.id``."""
MOST_PRODUCTS: Final = 100
MOST_CHARACTERS: Final = 4000
"""Of the products in one address, encoded; servers and proxies commonly take 8,000 in all."""
LARGEST_NUMBER: Final = 2**63 - 1

_SEPARATOR: Final = "%2C"


class AtpApi:
    """What is available in one shop.

    Every operation raises the errors of :meth:`RestClient.send`; only further ones are named with it.

    Arguments:
        client: A client with :data:`BASE_PATH` and :data:`MEDIA_TYPE`.
        shop_id: The number of the shop in IOM.
    """

    def __init__(self, client: RestClient, shop_id: int) -> None:
        self._client = client
        self._shop = str(shop_id)

    async def available(
        self, products: Sequence[str], reservation_id: int | None = None
    ) -> Sequence[Mapping[str, Any]]:
        """The entries of a batch of products, as IOM wrote them: one a product and supplier.

        The separators are sent percent-encoded, which servers take for the same.

        Arguments:
            products: Product ids that :func:`can_be_asked`, few enough for one address.
            reservation_id: A reservation whose pieces count as available.

        Raises:
            IomInvalidRequest: A product cannot be asked for, or none is given.
            IomOutcomeUnclear: The answer is no list of entries.
        """
        if not products or not all(map(can_be_asked, products)):
            raise IomInvalidRequest(
                f"Availability cannot be asked for {', '.join(products) or 'no product'}."
            )
        answer = await self._client.send(
            "GET",
            ("atp", self._shop, ",".join(products)),
            params=() if reservation_id is None else [("resvId", str(reservation_id))],
            accept=(200,),
            route="/atp/{shop}/{products}",
        )
        content = answer.json()
        data = content.get("data") if isinstance(content, dict) else None
        if not isinstance(data, list) or not all(isinstance(entry, dict) for entry in data):
            raise not_as_asked(answer, "GET", "is no list of available products")
        return data


class ReservationApi:
    """Reservations of one shop. Each request that changes something is sent exactly once.

    Every operation raises the errors of :meth:`RestClient.send`; only further ones are named with it.

    Arguments:
        client: A client with :data:`BASE_PATH` and :data:`MEDIA_TYPE`.
        shop_id: The number of the shop in IOM.
    """

    def __init__(self, client: RestClient, shop_id: int) -> None:
        self._client = client
        self._shop = str(shop_id)

    async def create(self, document: bytes) -> Answer:
        """Create a reservation. The published text says 201, the document 200: both are taken.

        Arguments:
            document: The request as JSON.
        """
        return await self._client.send(
            "POST",
            ("reservation", self._shop),
            body=document,
            accept=(200, 201),
            route="/reservation/{shop}",
        )

    async def get(self, reservation_id: int) -> Answer:
        """Read a reservation.

        Raises:
            IomNotFound: There is none of that number.
        """
        return await self._one("GET", reservation_id, (200,))

    async def update(self, reservation_id: int, document: bytes) -> Answer:
        """Change a reservation; one that is over is made anew, and an exception in the answer says so.

        Arguments:
            reservation_id: The number of the reservation.
            document: The request as JSON.

        Raises:
            IomBadRequest: There is none of that number, or IOM refuses the change.
        """
        return await self._one("PUT", reservation_id, (200, 201), document)

    async def delete(self, reservation_id: int) -> None:
        """Remove a reservation.

        Raises:
            IomNotFound: There is none of that number.
        """
        await self._one("DELETE", reservation_id, (200, 204))

    async def _one(
        self, method: str, reservation_id: int, accept: tuple[int, ...], document: bytes | None = None
    ) -> Answer:
        if not 0 < reservation_id <= LARGEST_NUMBER:
            raise IomInvalidRequest(f"{reservation_id} is no number of a reservation: it must be an int64.")
        return await self._client.send(
            method,
            ("reservation", str(reservation_id)),
            body=document,
            accept=accept,
            route="/reservation/{reservation}",
        )


def can_be_asked(product: str) -> bool:
    """Whether a product id can stand in the path of ATP.

    A comma would make two of it, a slash another path where a server decodes it first, and longer than 30
    characters none is. [iom-api 4.2]
    """
    if not product.strip() or len(product) > LONGEST_PRODUCT_ID or product in {".", ".."}:
        return False
    return product.isprintable() and not set(product) & set(",/\\;")


def batches(products: Sequence[str]) -> Iterator[Sequence[str]]:
    """The products in parts of which each fits into one address."""
    batch: list[str] = []
    characters = 0
    for product in products:
        length = len(quote(product, safe="")) + len(_SEPARATOR)
        if batch and (len(batch) == MOST_PRODUCTS or characters + length > MOST_CHARACTERS):
            yield batch
            batch, characters = [], 0
        batch.append(product)
        characters += length
    if batch:
        yield batch


def not_as_asked(answer: Answer, method: str, what: str) -> IomOutcomeUnclear:
    """The error for a success that does not look like one."""
    path = urlsplit(answer.url).path
    return IomOutcomeUnclear(
        f"The answer to {method} {path} {what}.",
        hint="Look at the message in the message log, and check that base_url is IOM.",
        method=method,
        path=path,
        message_id=answer.message_id,
        status=answer.status,
    )
