"""Prices, taxes and promotions, exactly as the shop computed them."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

from ac_iomconnector_orderexport.document import (
    ListPriceDocument,
    PriceDocument,
    PromotionDocument,
    SumPriceDocument,
    TaxDocument,
    TotalPriceDocument,
    UnitPriceDocument,
)
from ac_iomconnector_orderexport.mapping.run import MappingRun
from ac_iomconnector_rest_common.order_api_version import OrderApiVersion
from iomconnector.model.money import Money
from iomconnector.model.prices import (
    ListPrice,
    Price,
    PriceSum,
    Promotion,
    PromotionValueType,
    Tax,
    TotalPrice,
    UnitPrice,
)

_VALUE_TYPES: dict[PromotionValueType, Literal["PERCENTAGE", "FIXED"]] = {
    PromotionValueType.PERCENTAGE: "PERCENTAGE",
    PromotionValueType.FIXED: "FIXED",
}


def map_sum(price: PriceSum, run: MappingRun) -> SumPriceDocument:
    """PriceSum -> SumPrice."""
    return SumPriceDocument(
        net=_maybe_price(price.net, run, "net"),
        gross=_maybe_price(price.gross, run, "gross"),
        taxes=map_taxes(price.taxes, run),
        promotions=map_promotions(price.promotions, run),
    )


def map_total(price: TotalPrice, run: MappingRun) -> TotalPriceDocument:
    """TotalPrice -> TotalPrice."""
    return TotalPriceDocument(
        net=_maybe_price(price.net, run, "net"),
        gross=_maybe_price(price.gross, run, "gross"),
        taxes=map_taxes(price.taxes, run),
    )


def map_unit_price(price: UnitPrice, run: MappingRun) -> UnitPriceDocument:
    """UnitPrice -> UnitPrice."""
    return UnitPriceDocument(
        net=_list_price(price.net, run.at("net")) if price.net else None,
        gross=_list_price(price.gross, run.at("gross")) if price.gross else None,
    )


def map_price(price: Price, run: MappingRun) -> PriceDocument:
    """Price -> Price."""
    return PriceDocument(
        amount=run.amount(price.amount, "amount"),
        amount_discounted=run.amount(price.discounted, "discounted") if price.discounted else None,
    )


def map_taxes(taxes: Sequence[Tax], run: MappingRun) -> list[TaxDocument]:
    """Taxes; version 2.0 knows neither rate nor location. [iom-api 1.1]"""
    return [_tax(tax, run.at(f"taxes[{index}]")) for index, tax in enumerate(taxes)]


def map_promotions(promotions: Sequence[Promotion], run: MappingRun) -> list[PromotionDocument]:
    """Promotions."""
    return [_promotion(promotion, run.at(f"promotions[{n}]")) for n, promotion in enumerate(promotions)]


def _maybe_price(price: Price | None, run: MappingRun, name: str) -> PriceDocument | None:
    return map_price(price, run.at(name)) if price else None


def _maybe_amount(money: Money | None, run: MappingRun, name: str) -> Decimal | None:
    return run.amount(money, name) if money else None


def _list_price(price: ListPrice, run: MappingRun) -> ListPriceDocument:
    return ListPriceDocument(
        amount=run.amount(price.amount, "amount"),
        amount_discounted=_maybe_amount(price.discounted, run, "discounted"),
        list_price=_maybe_amount(price.list_price, run, "list_price"),
    )


def _tax(tax: Tax, run: MappingRun) -> TaxDocument:
    amount = run.amount(tax.amount, "amount")
    if run.whole.version.at_least(OrderApiVersion.V2_1):
        return TaxDocument(type=tax.tax_class, amount=amount, rate=tax.rate, location=tax.location)
    for name, value in (("rate", tax.rate), ("location", tax.location)):
        if value is not None:
            run.context.unmapped(name, "has no field in version 2.0 of the Order API", value)
    return TaxDocument(type=tax.tax_class, amount=amount)


def _promotion(promotion: Promotion, run: MappingRun) -> PromotionDocument:
    fixed = promotion.value_type is PromotionValueType.FIXED
    return PromotionDocument(
        promotion_value_type=_VALUE_TYPES[promotion.value_type],
        promotion_value=run.promotion_amount(promotion.value, "value") if fixed else promotion.value,
        id=promotion.id,
        name=promotion.name,
        descriptor_id=promotion.descriptor_id,
        code=promotion.code,
        budget_source_id=promotion.budget_source,
        net_value=run.promotion_amount(promotion.net.amount, "net"),
        gross_value=run.promotion_amount(promotion.gross.amount, "gross"),
    )
