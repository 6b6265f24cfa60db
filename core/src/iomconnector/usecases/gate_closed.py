"""What is told to those who may not send at present."""

from datetime import datetime

from iomconnector.errors import ConnectorError
from iomconnector.model.endpoints import EndpointState


class GateClosedError(ConnectorError):
    """What orders are sent to is not to be called at present.

    Arguments:
        until: When it may be called again.
    """

    code = "export.endpoint_closed"

    def __init__(self, message: str, *, until: datetime, hint: str = "", **ids: object) -> None:
        super().__init__(message, hint=hint, **ids)
        self.until = until


def closed(name: str, state: EndpointState | None, until: datetime) -> GateClosedError:
    """The error of an endpoint.

    Arguments:
        name: The endpoint's name.
        state: What is known of it.
        until: When it may be called again.
    """
    said = f" The last failure: {state.last_reason}" if state is not None and state.last_reason else ""
    return GateClosedError(
        f"Nothing is sent to {name} before {until:%H:%M:%S} UTC.{said}",
        until=until,
        hint="Orders wait and none is lost. Mend the service, or wait until it is there again.",
        endpoint=name,
    )
