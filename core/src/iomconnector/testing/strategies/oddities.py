"""What can be strange about an order that is nevertheless a valid one."""

from enum import StrEnum


class Oddity(StrEnum):
    """One strange thing about an order; receivers often cannot take it."""

    STRANGE_NUMBER = "an order number that is not made of digits"
    WARRANTY = "a warranty among the line items"
    LIMITED_TENDER = "a gift card pays a part"
    SECOND_PAYMENT = "two payment services"
    PARTIAL_PAYMENT = "a payment of another amount than the total"
    FRACTIONAL_QUANTITY = "a quantity such as 1.5"
    HUGE_NUMBERS = "positions and quantities beyond 32 bits"
    FINE_AMOUNTS = "amounts with five decimals"
    FINE_RATES = "tax rates with seven decimals"
    NO_EMAIL = "contacts that have a phone number, but no e-mail address"
    LONG_TEXTS = "texts four times as long as the bounds"
    EMPTY_TEXTS = "texts that are empty or blank where they may be"
    MANY_ADDRESS_LINES = "more address lines than the bounds"
    LEADING_ZEROS = "article numbers that begin with zeros"
    INVOICE_TO_PACKING_STATION = "an invoice to a packing station"
    TEXT_RESERVATION = "a reservation id that is no number"
    REPEATED_CHARGE_NUMBERS = "two charges of one number"
    REPEATED_TAX_CLASSES = "one tax class twice at one price"
    NET_ABOVE_GROSS = "a net price above the gross price"
    DISCOUNTED_ABOVE_AMOUNT = "a discounted price above the price"
    BUSINESS = "approval steps and a message to the merchant"
