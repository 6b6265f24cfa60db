"""The connection test of the IOM Order Export Service."""

import time
from typing import Final

from ac_iomconnector_orderexport.configuration import OrderExportConfiguration
from ac_iomconnector_orderexport.failures import reading_failure
from ac_iomconnector_orderexport.service import IomOrderExportService
from ac_iomconnector_rest_common.errors import IomOutcomeUnclear
from ac_iomconnector_rest_common.order_api import OrderApi
from iomconnector.errors import ConnectorError
from iomconnector.ports.order_export_service import ExportUnavailableError

_NO_ORDER: Final = "no-such-order-connection-test"


async def check_connection(service: IomOrderExportService) -> str:
    """Ask IOM for the states of an order that does not exist; nothing is changed there.

    It is asked once, without repetitions, so that who waits for the result gets it soon.

    Returns:
        What answered, one sentence.

    Raises:
        ExportUnavailableError: IOM does not answer, or not to this user, password or shop.
    """
    configuration = service.configuration
    client = service.client(configuration.model_copy(update={"read_retries": 0}))
    api = OrderApi(client, configuration.shop_id)
    started = time.monotonic()
    try:
        found = await api.probe_version() if configuration.api_version.settled is None else None
        await api.order_states(order_numbers=[_NO_ORDER], limit=1)
    except ConnectorError as error:
        if isinstance(error, IomOutcomeUnclear) and time.monotonic() - started >= configuration.read_timeout:
            raise _no_answer(configuration) from error
        raise reading_failure(error, None) from error
    finally:
        await client.aclose()
    return _told(configuration, str(found or configuration.api_version.settled), guessed=found is not None)


def _no_answer(configuration: OrderExportConfiguration) -> ExportUnavailableError:
    return ExportUnavailableError(
        f"IOM at {configuration.base_url} did not answer within {configuration.read_timeout:g} seconds.",
        hint="Check that IOM is not overloaded and that no firewall is between, or raise read_timeout.",
        whole_service=True,
    )


def _told(configuration: OrderExportConfiguration, version: str, *, guessed: bool) -> str:
    speaks = f"speaks Order API {version}" if guessed else f"answers; Order API {version} is configured"
    who = f" as {configuration.user}" if configuration.user else ""
    shop = f" ({configuration.shop_name})" if configuration.shop_name else ""
    return (
        f"IOM at {configuration.base_url} {speaks}, and order states of shop {configuration.shop_id}{shop} "
        f"can be read{who}."
    )
