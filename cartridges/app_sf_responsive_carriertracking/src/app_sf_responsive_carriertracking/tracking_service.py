"""Carriers of a channel, configured as services are: shared, replaced and switched off along the contexts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Protocol

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from app_sf_responsive_carriertracking.carriers import WELL_KNOWN, template_problem, tracking_link
from iomconnector.application import Application
from iomconnector.services.definition import AdapterContext, ServiceDefinition
from iomconnector.services.resolution import ServiceResolutionError


class CarrierTracking(Protocol):
    """Knows where parcels can be followed."""

    def link(self, carrier: str, number: str, given: str = "") -> str | None:
        """The address of the page where a parcel can be followed; none where nobody knows it.

        Arguments:
            carrier: The name of the carrier as the order management system writes it.
            number: The number of the parcel.
            given: An address that the order management system names.
        """
        ...


def _sound(template: str) -> str:
    problem = template_problem(template) if template else None
    if problem:
        raise ValueError(problem)
    return template


class CarrierTrackingSettings(BaseModel):
    """What a channel knows of carriers.

    Arguments:
        templates: Addresses by the name of the carrier; they add to the well-known ones or replace them. An
            empty one takes a carrier away.
        trust_given_links: Whether an address that the order management system names is shown.
    """

    model_config = ConfigDict(extra="forbid")

    templates: dict[str, Annotated[str, AfterValidator(_sound)]] = Field(
        default_factory=dict,
        title="Addresses of carriers",
        description="By the name of the carrier, with {number} where the number of the parcel belongs; "
        "empty: no link for that carrier. DHL, UPS, DPD, GLS, Hermes, FedEx and USPS are known.",
    )
    trust_given_links: bool = Field(
        default=True,
        title="Links of the order management system",
        description="Show the link of a parcel that the order management system names, if it is https.",
    )


class ConfiguredCarrierTracking:
    """Implements :class:`CarrierTracking` with settings."""

    def __init__(self, settings: CarrierTrackingSettings, context: AdapterContext | None = None) -> None:
        known = {name.casefold(): (name, template) for name, template in WELL_KNOWN.items()}
        own = {name.casefold(): (name, template) for name, template in settings.templates.items()}
        self._templates: Mapping[str, str] = dict((known | own).values())
        self._trust = settings.trust_given_links

    def link(self, carrier: str, number: str, given: str = "") -> str | None:
        """The address of the page where a parcel can be followed; none where nobody knows it."""
        return tracking_link(self._templates, carrier, number, given if self._trust else "") or None

    async def aclose(self) -> None:
        """Nothing is held."""


CARRIER_TRACKING = ServiceDefinition(
    id="carrier-tracking",
    display_name="Carrier Tracking",
    group="Storefront",
    port=CarrierTracking,
    configuration=CarrierTrackingSettings,
    adapter=ConfiguredCarrierTracking,
    help="Where customers follow their parcels. Without a configuration the well-known carriers are linked.",
)

DEFAULT = ConfiguredCarrierTracking(CarrierTrackingSettings())
"""What a channel without a configuration has."""


async def carrier_tracking(application: Application, channel: str) -> CarrierTracking:
    """What a channel knows of carriers; the well-known ones where it has no configuration that is active."""
    try:
        found: CarrierTracking = await application.resolver.resolve(CarrierTracking, channel)
    except ServiceResolutionError:
        return DEFAULT
    return found
