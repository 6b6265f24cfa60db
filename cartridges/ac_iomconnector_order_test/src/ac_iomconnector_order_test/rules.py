"""The rules that the official documents state in words only, or that one schema cannot say. [iom-api 6]"""

from enum import StrEnum


class Rule(StrEnum):
    """A rule: its value is the identifier, :attr:`text` the sentence."""

    text: str

    def __new__(cls, identifier: str, text: str) -> "Rule":
        member = str.__new__(cls, identifier)
        member._value_ = identifier
        member.text = text
        return member

    DISCOUNT_WITHIN_AMOUNT = (
        "discount-within-amount",
        "amountDiscounted must not be greater than amount [iom-api 6.1]",
    )
    NET_WITHIN_GROSS = "net-within-gross", "net must not be greater than gross [iom-api 6.2]"
    NET_OR_GROSS = "net-or-gross", "at least one of net and gross must be given [iom-api 6.3]"
    TAXES_PRESENT = "taxes-present", "at least one tax must be given [iom-api 6.3]"
    TAX_TYPE_ONCE = "tax-type-once", "a tax type is allowed once in a list of taxes [iom-api 6.4]"
    TAX_RATE_DECIMALS = "tax-rate-decimals", "a tax rate has at most 5 decimals [iom-api 6.4]"
    PROMOTION_NET_WITHIN_GROSS = (
        "promotion-net-within-gross",
        "netValue must not be greater than grossValue [iom-api 6.5]",
    )
    PROMOTION_DECIMALS = "promotion-decimals", "promotion values have at most 2 decimals [iom-api 6.5]"
    PROMOTION_VALUE = "promotion-value", "promotionValue must not be negative [iom-api 6.5]"
    LENGTH = (
        "length",
        "the number of characters is outside the limits of this version [iom-api 6.5, 6.6, 6.12]",
    )
    NUMBER_RANGE = (
        "number-range",
        "must be a whole number within the limits of its int32 or int64 [iom-api 6.7, 6.9, 6.11]",
    )
    POSITION_NUMBER_ONCE = (
        "position-number-once",
        "a position number must be unique within the order [iom-api 6.7]",
    )
    BUCKET_NUMBER_ONCE = "bucket-number-once", "a bucket number must be unique within the order [iom-api 6.7]"
    CHARGE_NUMBER_ONCE = "charge-number-once", "a charge number must be unique within the order [iom-api 6.7]"
    BUCKET_PRESENT = "bucket-present", "an order has at least one shipping bucket [iom-api 1.1, trap c]"
    POSITION_PRESENT = "position-present", "a shipping bucket has at least one position [iom-api 1.1, trap c]"
    COMPANY_DATA = "company-data", "companyData is required for a customer of type COMPANY [iom-api 6.8]"
    RECEIVER_PERSON = "receiver-person", "person is required for a receiver of type PERSON [iom-api 6.8]"
    RECEIVER_COMPANY = (
        "receiver-company",
        "companyName is required for a receiver of type COMPANY [iom-api 6.8]",
    )
    EXPRESS_NAME = "express-name", "name is required for a delivery date of type EXPRESS [iom-api 6.9]"
    DESIRED_DATE = (
        "desired-date",
        "desiredDeliveryDate is required for a delivery date of type EARLIEST or FIXED [iom-api 6.9]",
    )
    INVOICE_PACKSTATION = (
        "invoice-packstation",
        "a packing station is not allowed for the invoice address [iom-api 6.10]",
    )
    ADDITIONS = (
        "additions",
        "an address has at most 3 additions, a packing station at most 2 [iom-api 6.10]",
    )
    COUNTRY_CODE = "country-code", "must be a country code of ISO 3166-1 alpha-3 [iom-api 6.10]"
    CURRENCY_CODE = "currency-code", "must be a currency code of ISO 4217 [iom-api 6.10]"
    CHANGE_UPDATE_DATE = (
        "change-update-date",
        "shopOrderUpdateDate is required in a change request [iom-api 1.2, 6.6]",
    )
    CHANGE_ORDER_NUMBER = (
        "change-order-number",
        "shopOrderNumber must be that of the order to be changed [iom-api 1.2, 6.6]",
    )
    ONE_MODIFICATION_FILTER = (
        "one-modification-filter",
        "exactly one of modifiedSince and minCursor must be given [iom-api 1.1, 6.18]",
    )
    ERROR_REPORT = (
        "error-report",
        "an ErrorReport repeats the HTTP status and names at least one error [iom-api 6.24]",
    )
    SORTED = "sorted", "the returned list must be sorted in ascending order [iom-api 6.19]"
    PAGE_SIZE = "page-size", "a page must not have more entries than its limit [iom-api 6.17]"
