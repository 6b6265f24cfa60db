"""Who ordered: a person or a company."""

from typing import Annotated, Literal

from pydantic import Field

from iomconnector.model.values import RequiredText, Text, Value


class PrivateCustomer(Value):
    """A private customer (B2C).

    Arguments:
        number: The customer number, identical in both systems.
    """

    type: Literal["private"]
    number: RequiredText | None = None


class Company(Value):
    """What an order tells about the ordering company."""

    name: RequiredText
    department: Text | None = None
    line_of_business: Text | None = None
    cost_center_number: Text | None = None
    commercial_register_number: Text | None = None
    commercial_register_location: Text | None = None
    company_type: Text | None = None
    vat_number: Text | None = None


class BusinessCustomer(Value):
    """A business customer (B2B).

    Arguments:
        number: The customer number, identical in both systems.
        company: The company.
    """

    type: Literal["business"]
    number: RequiredText | None = None
    company: Company


Customer = Annotated[PrivateCustomer | BusinessCustomer, Field(discriminator="type")]
"""Any customer; ``type`` tells which."""
