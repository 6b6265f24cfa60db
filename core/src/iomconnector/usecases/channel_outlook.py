"""Whether the orders of a channel can leave the shop at present, and what they wait for where they cannot."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from iomconnector.errors import ConnectorError, StorageError
from iomconnector.model.endpoints import EndpointState
from iomconnector.model.exports import ExportPause
from iomconnector.ports.endpoint_states import EndpointStates
from iomconnector.ports.export_pauses import ExportPauses
from iomconnector.ports.order_export_service import OrderExportService

EndpointStateOf = Callable[[OrderExportService], Awaitable[EndpointState | None]]
"""What is known of the endpoint of a service; none where nothing was sent to it yet."""


@dataclass(frozen=True, slots=True)
class ChannelOutlook:
    """Whether the orders of a channel can leave the shop at present.

    Arguments:
        channel: The channel.
        pause: Who switched its export off, when and why; none where it is on.
        no_service: Why no service exports its orders; none where one does.
        endpoint: What is known of the system that they are sent to; none where nothing is.
    """

    channel: str
    pause: ExportPause | None = None
    no_service: str | None = None
    endpoint: EndpointState | None = None


class ChannelOutlooks:
    """Sees what the orders of channels wait for.

    Arguments:
        pauses: Keeps which channels are paused.
        resolve: Gives the export service of a channel.
        endpoint_state: Gives what is known of the endpoint of a service.
    """

    def __init__(
        self,
        pauses: ExportPauses,
        resolve: Callable[[str], Awaitable[OrderExportService]],
        endpoint_state: EndpointStateOf,
    ) -> None:
        self._pauses = pauses
        self._resolve = resolve
        self._endpoint_state = endpoint_state

    async def of(self, channel: str) -> ChannelOutlook:
        """The outlook of a channel.

        Raises:
            StorageError: The database cannot be read.
        """
        pause = (await self._pauses.all()).get(channel)
        try:
            service = await self._resolve(channel)
        except StorageError:
            raise
        except ConnectorError as error:
            return ChannelOutlook(channel, pause, no_service=str(error))
        return ChannelOutlook(channel, pause, endpoint=await self._endpoint_state(service))


def known_endpoint(states: EndpointStates) -> EndpointStateOf:
    """Looks up what all processes together know of the endpoint of a service."""

    async def state_of(service: OrderExportService) -> EndpointState | None:
        name = service.endpoint.name
        return next((each.state for each in await states.all() if each.state.name == name), None)

    return state_of
