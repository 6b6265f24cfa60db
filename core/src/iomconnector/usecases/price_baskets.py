"""What a basket costs, at the prices of the catalogue now."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from iomconnector.model.baskets import Basket, BasketLine
from iomconnector.model.money import Money
from iomconnector.model.prices import Tax
from iomconnector.model.products import CatalogProduct
from iomconnector.model.values import canonical
from iomconnector.ports.product_catalog import ProductCatalog


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line of a basket that can be bought.

    Arguments:
        line: The line.
        product: Its product, as the catalogue has it now.
    """

    line: BasketLine
    product: CatalogProduct

    @property
    def net(self) -> Money:
        """What the line costs without tax."""
        return self._times(self.product.net)

    @property
    def gross(self) -> Money:
        """What the line costs with tax."""
        return self._times(self.product.gross)

    @property
    def tax(self) -> Tax:
        """The tax in it."""
        return Tax(
            tax_class=self.product.tax_class,
            amount=self._times(self.product.tax),
            rate=self.product.tax_rate,
        )

    @property
    def changed_from(self) -> Money | None:
        """What one cost when it was put in, where that was something else."""
        return None if self.line.price == self.product.gross else self.line.price

    def _times(self, one: Money) -> Money:
        return Money(amount=one.amount * self.line.quantity, currency=one.currency)


@dataclass(frozen=True, slots=True)
class PricedBasket:
    """What a basket costs. All its prices are in one currency.

    Arguments:
        lines: What can be bought.
        gone: What the channel does not sell any more, or not in the currency of the others.
    """

    lines: Sequence[PricedLine]
    gone: Sequence[BasketLine] = ()

    @property
    def currency(self) -> str:
        """The currency; there is at least one line."""
        return self.lines[0].product.currency

    @property
    def net(self) -> Money:
        """What all costs without tax."""
        return self._sum([line.net for line in self.lines])

    @property
    def gross(self) -> Money:
        """What all costs with tax."""
        return self._sum([line.gross for line in self.lines])

    @property
    def taxes(self) -> tuple[Tax, ...]:
        """The taxes in it, by class and rate."""
        sums: defaultdict[tuple[str, Decimal], Decimal] = defaultdict(Decimal)
        for line in self.lines:
            sums[line.product.tax_class, line.product.tax_rate] += line.tax.amount.amount
        return tuple(
            Tax(tax_class=name, amount=Money(amount=amount, currency=self.currency), rate=rate)
            for (name, rate), amount in sorted(sums.items())
        )

    @property
    def fingerprint(self) -> str:
        """Tells what was seen: the same products, pieces and prices have the same one."""
        seen = [[line.line.sku, line.line.quantity, *_shown(line.product)] for line in self.lines] + [
            [line.sku, line.quantity] for line in self.gone
        ]
        return hashlib.sha256(json.dumps(seen).encode()).hexdigest()[:32]

    def _sum(self, amounts: Sequence[Money]) -> Money:
        return Money(amount=sum((each.amount for each in amounts), Decimal(0)), currency=self.currency)


async def price_basket(basket: Basket, catalog: ProductCatalog) -> PricedBasket:
    """What a basket costs now.

    Raises:
        StorageError: The catalogue cannot be read.
    """
    sold = await catalog.products(basket.channel, [line.sku for line in basket.lines])
    lines: list[PricedLine] = []
    gone: list[BasketLine] = []
    for line in basket.lines:
        product = sold.get(line.sku)
        if product is None or (lines and product.currency != lines[0].product.currency):
            gone.append(line)
        else:
            lines.append(PricedLine(line, product))
    return PricedBasket(lines, gone)


def _shown(product: CatalogProduct) -> tuple[str, ...]:
    return (
        canonical(product.net.amount),
        product.currency,
        product.tax_class,
        canonical(product.tax_rate),
    )
