"""Which version of the Order REST API IOM speaks, as a setting."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from ac_iomconnector_rest_common.order_api_version import OrderApiVersion


class ApiVersion(StrEnum):
    """Which version of the Order API IOM speaks."""

    AUTO = "auto"
    V2_0 = "2.0"
    V2_1 = "2.1"
    V2_2 = "2.2"
    V2_3 = "2.3"
    V2_4 = "2.4"

    @property
    def settled(self) -> OrderApiVersion | None:
        """The version; none where it has to be found out."""
        return None if self is ApiVersion.AUTO else OrderApiVersion(self.value)


class OrderApiSettings(BaseModel):
    """The settings of every service that talks to IOM over its Order REST API."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    api_version: ApiVersion = Field(
        default=ApiVersion.AUTO,
        title="Version of the Order API",
        description="What this IOM speaks. auto: IOM is asked once, which needs the right to read order "
        "states; 2.1 is taken for 2.0 and 2.3 for 2.2 then, since IOM shows no difference.",
    )
