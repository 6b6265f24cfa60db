"""Who orders."""

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from iomconnector.model.customers import BusinessCustomer, Company, Customer, PrivateCustomer
from iomconnector.testing.strategies.bounds import Bounds
from iomconnector.testing.strategies.drawing import Drawing, part
from iomconnector.testing.strategies.oddities import Oddity
from iomconnector.testing.strategies.texts import phrases


def customers(*, bounds: Bounds | None = None) -> SearchStrategy[Customer]:
    """Private and business customers."""
    return part(draw_customer, bounds=bounds, currency="EUR")


def draw_customer(d: Drawing) -> Customer:
    """Draw a customer."""
    number = d.options(1).maybe(phrases(d.bounds.customer_number))
    if d.draw(st.booleans()):
        return BusinessCustomer(type="business", number=number, company=_company(d))
    return PrivateCustomer(type="private", number=number)


def _company(d: Drawing) -> Company:
    options = d.options(7)
    detail = st.just("") if d.is_odd(Oddity.EMPTY_TEXTS) else phrases(d.bounds.company_detail)
    return Company(
        name=d.draw(phrases(d.bounds.company_name)),
        department=options.maybe(detail),
        line_of_business=options.maybe(detail),
        cost_center_number=options.maybe(detail),
        commercial_register_number=options.maybe(detail),
        commercial_register_location=options.maybe(detail),
        company_type=options.maybe(detail),
        vat_number=options.maybe(phrases(d.bounds.vat_number)),
    )
