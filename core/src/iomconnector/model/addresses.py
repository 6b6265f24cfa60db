"""Addresses in their three forms: street, post office box, packing station."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from iomconnector.model.values import RequiredText, Text, Value


class Person(Value):
    """A person's name."""

    salutation: Text | None = None
    title: Text | None = None
    first_name: Text | None = None
    last_name: RequiredText


class Contact(Value):
    """How the receiver can be reached."""

    email: RequiredText | None = None
    phone_home: Text | None = None
    phone_mobile: Text | None = None
    fax: Text | None = None


class AddressFields(Value):
    """What every address has.

    Arguments:
        company_name: The receiving company; a person may stand beside it.
        person: The receiving person.
        contact: How the receiver can be reached.
        city: City.
        postal_code: Postal code.
        main_division: State, province or county. [KB B29919: Main Division -> District]
        country_code: ISO 3166, alpha-2 or alpha-3.
        additional_lines: Address lines 2 and further, in their order.
    """

    company_name: RequiredText | None = None
    person: Person | None = None
    contact: Contact | None = None
    city: RequiredText
    postal_code: RequiredText
    main_division: Text | None = None
    country_code: Annotated[str, Field(pattern=r"^[A-Z]{2,3}$")]
    additional_lines: tuple[RequiredText, ...] = ()

    @model_validator(mode="after")
    def _has_receiver(self) -> Self:
        if self.company_name is None and self.person is None:
            raise ValueError("needs a person, a company_name or both")
        return self


class StreetAddress(AddressFields):
    """An address in a street; ``street`` is address line 1."""

    type: Literal["street"]
    street: Text
    street_number: Text | None = None


class PostBoxAddress(AddressFields):
    """A post office box."""

    type: Literal["post_box"]
    post_box: RequiredText


class PackingStationAddress(AddressFields):
    """A packing station, where the customer picks the parcel up."""

    type: Literal["packing_station"]
    customer_id: RequiredText
    station_number: RequiredText


Address = Annotated[
    StreetAddress | PostBoxAddress | PackingStationAddress,
    Field(discriminator="type"),
]
"""Any address; ``type`` tells which."""
