"""How much IOM is asked to bear, and what happens when it fails."""

from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field

from ac_iomconnector_common.connection import ConnectionSettings, Seconds
from iomconnector.model.endpoints import Endpoint, EndpointRule

SHOWN_OF_ADDRESS = 450


class EndpointSettings(BaseModel):
    """The settings of what an IOM service sends to; all processes of an installation keep to them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    concurrency: int = Field(
        default=20,
        ge=1,
        le=1000,
        title="Requests at a time",
        description="How many requests of this service may be under way at a time, from all processes "
        "together. While IOM is slow or asks for less, fewer are.",
    )
    circuit_failures: int = Field(
        default=5,
        ge=1,
        le=1000,
        title="Failures that open the circuit",
        description="After so many failures one after the other IOM is left alone for a while, and what was "
        "to be sent waits.",
    )
    circuit_pause: Seconds = Field(
        default=10,
        le=86_400,
        title="First pause",
        description="How long IOM is left alone the first time. Then one request tries it, and the pause "
        "doubles with each that fails.",
        json_schema_extra={"unit": "s"},
    )
    circuit_longest_pause: Seconds = Field(
        default=60,
        le=86_400,
        title="Longest pause",
        description="IOM is never left alone for longer.",
        json_schema_extra={"unit": "s"},
    )
    slow_answer: Seconds = Field(
        default=10,
        le=86_400,
        title="Slow answer",
        description="An answer that takes longer is a sign of overload: fewer requests at a time are sent.",
        json_schema_extra={"unit": "s"},
    )

    @property
    def endpoint_rule(self) -> EndpointRule:
        """The same as the framework's rule."""
        return EndpointRule(
            concurrency=self.concurrency,
            open_after=self.circuit_failures,
            pause=timedelta(seconds=self.circuit_pause),
            longest_pause=timedelta(seconds=self.circuit_longest_pause),
            slow_after=timedelta(seconds=self.slow_answer),
        )


def endpoint_of(connection: ConnectionSettings, settings: EndpointSettings) -> Endpoint:
    """The shop at the address; services with the same two share what it bears."""
    return Endpoint(
        f"{connection.base_url[:SHOWN_OF_ADDRESS]} shop {connection.shop_id}", settings.endpoint_rule
    )
