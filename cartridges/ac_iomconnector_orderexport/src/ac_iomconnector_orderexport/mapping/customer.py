"""Who ordered."""

from ac_iomconnector_orderexport.document import CompanyDocument, CustomerDocument
from iomconnector.model.customers import BusinessCustomer, Company
from iomconnector.model.orders import Order


def map_customer(order: Order) -> CustomerDocument:
    """Customer and the customer's own order number -> CustomerData."""
    customer = order.customer
    document = CustomerDocument(
        customer_data_type="PERSON",
        order_number=order.customer_order_number,
        shop_customer_number=customer.number,
    )
    if isinstance(customer, BusinessCustomer):
        document.customer_data_type = "COMPANY"
        document.company_data = _company(customer.company)
    return document


def _company(company: Company) -> CompanyDocument:
    return CompanyDocument(
        company_name=company.name,
        department=company.department,
        line_of_business=company.line_of_business,
        cost_center_number=company.cost_center_number,
        commercial_register_number=company.commercial_register_number,
        commercial_register_location=company.commercial_register_location,
        company_type=company.company_type,
        vat_number=company.vat_number,
    )
