"""Rules on prices, taxes and promotions. [iom-api 6.1-6.5]"""

from collections.abc import Iterator
from decimal import Decimal

from ac_iomconnector_order_test.document_node import Node
from ac_iomconnector_order_test.rules import Rule
from ac_iomconnector_order_test.violation import Violation

_TAX_RATE_DECIMALS = 5
_PROMOTION_DECIMALS = 2


def check_price(price: Node) -> Iterator[Violation]:
    """Price and ListPrice: the discounted amount is not greater than the amount."""
    amount, discounted = price.member("amount"), price.member("amountDiscounted")
    if amount.number is not None and discounted.number is not None and discounted.number > amount.number:
        yield discounted.breaks(Rule.DISCOUNT_WITHIN_AMOUNT)


def check_net_and_gross(holder: Node) -> Iterator[Violation]:
    """SumPrice, TotalPrice, UnitPrice and Charge: net or gross, and net not greater than gross."""
    net, gross = holder.member("net"), holder.member("gross")
    if not net.present and not gross.present:
        yield holder.breaks(Rule.NET_OR_GROSS)
    least, greatest = net.member("amount"), gross.member("amount")
    if least.number is not None and greatest.number is not None and least.number > greatest.number:
        yield least.breaks(Rule.NET_WITHIN_GROSS)


def check_taxes(holder: Node) -> Iterator[Violation]:
    """SumPrice, TotalPrice and Charge: at least one tax, each type once."""
    taxes = holder.items("taxes")
    if not taxes:
        yield holder.member("taxes").breaks(Rule.TAXES_PRESENT)
    seen: set[str] = set()
    for tax in taxes:
        kind = tax.member("type")
        if kind.text is not None and kind.text in seen:
            yield kind.breaks(Rule.TAX_TYPE_ONCE)
        elif kind.text is not None:
            seen.add(kind.text)


def check_tax(tax: Node) -> Iterator[Violation]:
    """The precision of the rate; zeros at its end do not count."""
    rate = tax.member("rate")
    if rate.number is not None and decimals(rate.number) > _TAX_RATE_DECIMALS:
        yield rate.breaks(Rule.TAX_RATE_DECIMALS)


def check_promotion(promotion: Node) -> Iterator[Violation]:
    """The net value within the gross value, nothing negative, and at most two decimals."""
    value = promotion.member("promotionValue")
    if value.number is not None and value.number < 0:
        yield value.breaks(Rule.PROMOTION_VALUE)
    net, gross = promotion.member("netValue"), promotion.member("grossValue")
    if net.number is not None and gross.number is not None and net.number > gross.number:
        yield net.breaks(Rule.PROMOTION_NET_WITHIN_GROSS)
    for member in (value, net, gross):
        if member.number is not None and decimals(member.number) > _PROMOTION_DECIMALS:
            yield member.breaks(Rule.PROMOTION_DECIMALS)


def decimals(number: int | Decimal) -> int:
    """How many digits after the point a number needs: 5.300 needs one."""
    if isinstance(number, int) or number == 0:
        return 0
    _, digits, exponent = number.as_tuple()
    zeros = len(digits) - len("".join(map(str, digits)).rstrip("0"))
    return max(0, -(int(exponent) + zeros))
