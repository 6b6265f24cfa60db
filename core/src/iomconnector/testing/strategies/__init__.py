"""Hypothesis strategies for orders and their parts.

Amounts are consistent, texts are of many scripts and as long as the bounds given, and everything shrinks to
the smallest order that still shows the failure.
"""

from iomconnector.testing.strategies.addresses import addresses
from iomconnector.testing.strategies.approvals import approval_steps, approvals_of
from iomconnector.testing.strategies.attributes import attributes
from iomconnector.testing.strategies.bounds import Bounds
from iomconnector.testing.strategies.customers import customers
from iomconnector.testing.strategies.line_items import deliveries, line_items
from iomconnector.testing.strategies.moments import moments
from iomconnector.testing.strategies.oddities import Oddity
from iomconnector.testing.strategies.orders import orders, placed_orders
from iomconnector.testing.strategies.payments import payments
from iomconnector.testing.strategies.prices import charges, currencies, money, price_sums, promotions, taxes
from iomconnector.testing.strategies.texts import digits, email_addresses, texts

__all__ = [
    "Bounds",
    "Oddity",
    "addresses",
    "approval_steps",
    "approvals_of",
    "attributes",
    "charges",
    "currencies",
    "customers",
    "deliveries",
    "digits",
    "email_addresses",
    "line_items",
    "moments",
    "money",
    "orders",
    "payments",
    "placed_orders",
    "price_sums",
    "promotions",
    "taxes",
    "texts",
]
