"""Who orders."""

from hypothesis.strategies import SearchStrategy

from iomconnector.model.customers import BusinessCustomer, Company, Customer, PrivateCustomer
from iomconnector.testing.strategies.bounds import Bounds
from iomconnector.testing.strategies.drawing import Drawing, part
from iomconnector.testing.strategies.oddities import Oddity


def customers(*, bounds: Bounds | None = None) -> SearchStrategy[Customer]:
    """Private and business customers."""
    return part(draw_customer, bounds=bounds, currency="EUR")


def draw_customer(d: Drawing) -> Customer:
    """Draw a customer."""
    number = d.options(1).phrase(d.bounds.customer_number)
    if d.flag():
        return BusinessCustomer(type="business", number=number, company=_company(d))
    return PrivateCustomer(type="private", number=number)


def _company(d: Drawing) -> Company:
    options = d.options(7)

    def detail() -> str | None:
        if d.is_odd(Oddity.EMPTY_TEXTS):
            return ""
        return options.phrase(d.bounds.company_detail)

    return Company(
        name=d.phrase(d.bounds.company_name),
        department=detail(),
        line_of_business=detail(),
        cost_center_number=detail(),
        commercial_register_number=detail(),
        commercial_register_location=detail(),
        company_type=detail(),
        vat_number=options.phrase(d.bounds.vat_number),
    )
