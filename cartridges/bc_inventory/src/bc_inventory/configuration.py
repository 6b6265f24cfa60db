"""The settings of a SimpleInventoryService."""

from pydantic import BaseModel, ConfigDict, Field

from iomconnector.model.availability import ReservationType


class SimpleInventorySettings(BaseModel):
    """How long answers are kept, and how reservations are made."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    availability_cache: float = Field(
        default=0,
        ge=0,
        le=86_400,
        allow_inf_nan=False,
        title="Keep availability",
        description="For how long an answer about a product is used again where somebody looks around. "
        "0: every page reads the stock.",
        json_schema_extra={"unit": "s"},
    )
    page_budget: float = Field(
        default=2,
        gt=0,
        le=60,
        allow_inf_nan=False,
        title="Longest wait of a page",
        description="No page waits longer for the stock.",
        json_schema_extra={"unit": "s"},
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
