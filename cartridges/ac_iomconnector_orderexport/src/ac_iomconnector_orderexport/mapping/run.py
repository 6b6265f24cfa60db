"""One order on its way into a document: context, extensions and amounts for the modules beside this one."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from ac_iomconnector_orderexport.decimals import decimal_places
from ac_iomconnector_orderexport.document import Document
from ac_iomconnector_orderexport.mapping.context import Findings, MappingContext
from ac_iomconnector_orderexport.settings import MappingSettings
from ac_iomconnector_rest_common.order_api_version import OrderApiVersion
from iomconnector.cartridges.extensions import ExtensionError, ExtensionPoint, Extensions
from iomconnector.errors import ConnectorError
from iomconnector.model.exports import PlacedOrder
from iomconnector.model.money import Money, Rounding, round_amount
from iomconnector.model.values import Value, canonical

PROMOTION_DECIMALS: Final = 2
"""IOM could not import promotions whose prices have three decimals and more. [iom-connector 1.5]"""


@dataclass(slots=True)
class MappingRun:
    """The mapping of one element of one order.

    Arguments:
        whole: What extensions see of the whole order.
        settings: How the shop wants its orders mapped.
        extensions: What is bound to the points of the mapper.
        findings: What came up so far, of the whole order.
        path: Where the element stands in the order; empty for the order.
    """

    whole: MappingContext
    settings: MappingSettings
    extensions: Extensions
    findings: Findings
    path: str = ""

    @classmethod
    def of(
        cls,
        placed: PlacedOrder,
        version: OrderApiVersion,
        settings: MappingSettings,
        extensions: Extensions,
    ) -> "MappingRun":
        """Begin with an order."""
        findings = Findings()
        whole = MappingContext(placed.order, placed.decisions, version, settings, "", findings)
        return cls(whole, settings, extensions, findings)

    @property
    def context(self) -> MappingContext:
        """What extensions see of the element."""
        return self.whole.at(self.path)

    def at(self, path: str) -> "MappingRun":
        """Go on with an element of this one."""
        below = f"{self.path}.{path}" if self.path else path
        return MappingRun(self.whole, self.settings, self.extensions, self.findings, below)

    def bind(self, point: ExtensionPoint, source: Value, document: Document) -> None:
        """Let the extensions of a point change the document; what goes wrong becomes a finding."""
        for bound in self.extensions.bound_to(point.name):
            try:
                bound(source, document, self.context)
            except ExtensionError as error:
                self.findings.failures.append(_one_line(error))
            except ConnectorError as error:
                self.findings.failures.append(f"{bound.cartridge}: {point.name}: {_one_line(error)}")

    def amount(self, money: Money, field: str) -> Decimal:
        """An amount with the decimals that the shop settled, rounded only where that is configured."""
        if self.settings.amount_rounding is Rounding.REFUSE:
            return money.amount
        return self._rounded(money.amount, field, self.settings.amount_decimals)

    def promotion_amount(self, amount: Decimal, field: str) -> Decimal:
        """The same for an amount of a promotion, which never has more than two decimals."""
        return self._rounded(amount, field, min(self.settings.amount_decimals, PROMOTION_DECIMALS))

    def _rounded(self, amount: Decimal, field: str, decimals: int) -> Decimal:
        rounding = self.settings.amount_rounding
        if rounding is Rounding.REFUSE or decimal_places(amount) <= decimals:
            return amount
        rounded = round_amount(amount, decimals, rounding)
        path = self.context.at(field).path
        exported = f"is exported as {canonical(rounded)} ({rounding.value})"
        self.context.note(f"{path} {canonical(amount)} {exported}.")
        return rounded


def _one_line(error: ConnectorError) -> str:
    return " ".join(str(error).split())
