"""Order REST of one shop, in the version that IOM turns out to speak."""

import asyncio

from ac_iomconnector_rest_common.client import RestClient
from ac_iomconnector_rest_common.order_api import OrderApi
from ac_iomconnector_rest_common.order_api_version import OrderApiVersion


class ProbedOrderApi:
    """Finds the version out with the first request, once.

    Arguments:
        client: A client of the Order REST API.
        shop_id: The number of the shop in IOM.
        version: What IOM speaks; none where it is to be found out.
    """

    def __init__(self, client: RestClient, shop_id: int, version: OrderApiVersion | None) -> None:
        self._client = client
        self._shop_id = shop_id
        self._probing = asyncio.Lock()
        self.version = version

    @property
    def oldest(self) -> OrderApi:
        """The API as every version has it; nothing is asked for it."""
        return OrderApi(self._client, self._shop_id)

    async def api(self) -> OrderApi:
        """The API in the version that IOM speaks.

        Raises:
            IomRestError: The version could not be found out.
        """
        if self.version is None:
            async with self._probing:
                if self.version is None:
                    self.version = await self.oldest.probe_version()
        return OrderApi(self._client, self._shop_id, self.version)
