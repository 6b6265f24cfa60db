"""The settings of an IOM Inventory Service."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from ac_iomconnector_common.connection import Authentication, ConnectionSettings, Seconds
from ac_iomconnector_common.endpoint import EndpointSettings
from iomconnector.model.availability import ReservationType


class LocationRule(StrEnum):
    """What is available of a product that several locations have."""

    SUM = "sum"
    """All pieces together, where an order may come in several parcels."""
    GREATEST = "greatest"
    """What the best location has, where an order comes from one."""

    def of(self, pieces: Iterable[int]) -> int:
        """What is available of a product of which the locations have so many pieces."""
        return max(pieces, default=0) if self is LocationRule.GREATEST else sum(pieces)


class LifetimeUnit(StrEnum):
    """What IOM counts the lifetime of reservations in; nobody says. [iom-api 9]"""

    SECONDS = "seconds"
    MINUTES = "minutes"

    @property
    def seconds(self) -> int:
        """How many seconds one has."""
        return 60 if self is LifetimeUnit.MINUTES else 1


class InventorySettings(BaseModel):
    """How long answers are kept, what counts as available, and how reservations are made."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    availability_cache: float = Field(
        default=5,
        ge=0,
        le=86_400,
        allow_inf_nan=False,
        title="Keep availability",
        description="For how long IOM's answer about a product is used again. 0: every page asks IOM.",
        json_schema_extra={"unit": "s"},
    )
    page_budget: Seconds = Field(
        default=1,
        le=60,
        title="Longest wait of a page",
        description="No page waits longer for IOM.",
        json_schema_extra={"unit": "s"},
    )
    check_on_failure: bool = Field(
        default=False,
        title="Availability check on failure",
        description="While IOM cannot answer, the local stock is asked, and the answer says so.",
    )
    locations: LocationRule = Field(
        default=LocationRule.SUM,
        title="Several locations",
        description="What is available of a product that several suppliers have. sum: all pieces together. "
        "greatest: what the best supplier has, for shops that send an order from one place.",
    )
    reservation_lifetime: int = Field(
        default=1800,
        ge=1,
        le=31_536_000,
        title="Lifetime of reservations",
        description="How long a reservation lasts where the caller does not say.",
        json_schema_extra={"unit": "s"},
    )
    reservation_type: ReservationType = Field(
        default=ReservationType.COMPLETE,
        title="Type of reservations",
        description="COMPLETE: all or nothing. PARTLY: what there is.",
    )
    lifetime_unit: LifetimeUnit = Field(
        default=LifetimeUnit.SECONDS,
        title="Unit of lifetimes",
        description="What this IOM counts the lifetime of reservations in.",
    )
    time_zone: str = Field(
        default="UTC",
        title="Time zone of IOM",
        description="In which zone IOM's times without zone are, for example Europe/Berlin.",
    )

    @field_validator("time_zone")
    @classmethod
    def _zone_exists(cls, name: str) -> str:
        try:
            return ZoneInfo(name).key
        except (KeyError, ValueError, OSError):
            raise ValueError("This is no time zone such as Europe/Berlin or UTC.") from None


class InventoryConfiguration(InventorySettings, EndpointSettings, ConnectionSettings):
    """Where IOM is, and how it is asked about stock.

    A shopper waits for the answer: an IOM that hangs is noticed sooner here than where orders are exported.
    """

    read_timeout: Seconds = Field(
        default=10,
        title="Read time-out",
        description="How long IOM may take for an answer. No page waits for it that long.",
        json_schema_extra={"unit": "s"},
    )
    read_retries: int = Field(
        default=0,
        ge=0,
        le=10,
        title="Retries of reading requests",
        description="How often a question what is available is repeated after a failure that may pass. A "
        "request for a reservation is never repeated.",
    )
    circuit_failures: int = Field(
        default=3,
        ge=1,
        le=1000,
        title="Failures that open the circuit",
        description="After so many failures one after the other IOM is not asked for a while, and shoppers "
        "are told at once who answers in its place.",
    )

    @model_validator(mode="after")
    def _is_basic(self) -> Self:
        if self.authentication is not Authentication.BASIC:
            raise ValueError(
                "Inventory takes user and password only: set authentication to basic. [KB 2940Y3, 3M0702]"
            )
        return self
