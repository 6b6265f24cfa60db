"""Arithmetic of generated prices, in smallest units (cents) so that every sum is exact."""

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal


def percent_of(amount: int, percent: Decimal) -> int:
    """So many percent of an amount, rounded to whole smallest units."""
    return int((amount * percent / 100).to_integral_value(ROUND_HALF_UP))


@dataclass(slots=True)
class TaxShare:
    """One tax within :class:`Amounts`."""

    amount: int
    rate: Decimal | None
    location: str | None


@dataclass(slots=True)
class Amounts:
    """What something costs: before and after promotions, and the taxes in what is left to pay."""

    net: int = 0
    gross: int = 0
    net_discounted: int = 0
    gross_discounted: int = 0
    discounted: bool = False
    taxes: dict[str, TaxShare] = field(default_factory=dict)

    @classmethod
    def of(cls, net: int, gross: int) -> "Amounts":
        """A price without promotions; its taxes are still to be named."""
        return cls(net=net, gross=gross, net_discounted=net, gross_discounted=gross)

    def add(self, other: "Amounts") -> None:
        """Add what something else costs."""
        self.net += other.net
        self.gross += other.gross
        self.net_discounted += other.net_discounted
        self.gross_discounted += other.gross_discounted
        self.discounted |= other.discounted
        for name, share in other.taxes.items():
            mine = self.taxes.setdefault(name, TaxShare(0, share.rate, share.location))
            mine.amount += share.amount

    def reduce(self, percent: Decimal) -> tuple[int, int]:
        """Take a percentage off what is left to pay; returns the net and the gross reduction."""
        net = percent_of(self.net_discounted, percent)
        gross = percent_of(self.gross_discounted, percent)
        self.net_discounted -= net
        self.gross_discounted -= gross
        self.discounted = True
        self._settle_taxes()
        return net, gross

    def _settle_taxes(self) -> None:
        due = self.gross_discounted - self.net_discounted
        for share in self.taxes.values():
            share.amount = min(share.amount, due)
            due -= share.amount
        for share in self.taxes.values():
            share.amount += due
            break
