"""What the mapping of one order knows, and what it found."""

from dataclasses import dataclass, field

from ac_iomconnector_orderexport.breaches import Breach, shown
from ac_iomconnector_orderexport.places import Place
from ac_iomconnector_orderexport.settings import MappingSettings, UnmappedFields
from ac_iomconnector_rest_common.order_api_version import OrderApiVersion
from iomconnector.model.approvals import ApprovalDecision
from iomconnector.model.orders import Order


@dataclass(slots=True)
class Findings:
    """What came up while an order was mapped, in the order in which it came up."""

    claims: set[str] = field(default_factory=set)
    unmapped: dict[str, Breach] = field(default_factory=dict)
    breaches: list[Breach] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class MappingContext:
    """The mapping of one element of one order, as extensions see it.

    Arguments:
        order: The whole order.
        decisions: What approvers decided on it.
        version: The version of the Order API that the document is for.
        settings: How the shop wants its orders mapped.
        path: Where the element stands in the order, for example ``payments[0]``; empty for the order.
    """

    order: Order
    decisions: tuple[ApprovalDecision, ...]
    version: OrderApiVersion
    settings: MappingSettings
    path: str = ""
    _findings: Findings = field(default_factory=Findings, repr=False)

    def claim(self, field: str) -> None:
        """Say that you have put a field into the document, so that the order is not refused because of it.

        Arguments:
            field: Its path from the element, as the order calls it: ``message_to_merchant`` for the order,
                ``attributes.pspReference`` for a payment.
        """
        self._findings.claims.add(self._path_of(field))

    def note(self, sentence: str) -> None:
        """Leave a note about something that the configuration permits to be lost."""
        self._findings.notes.append(sentence)

    def refuse(self, field: str, problem: str, value: object = None) -> None:
        """Keep the order from being exported; the mapping goes on and tells all problems at once.

        Arguments:
            field: The path from the element; empty for the element itself.
            problem: The rest of a sentence that begins with the field, without full stop.
            value: The value to show.
        """
        text = "" if value is None else shown(value)
        self._findings.breaches.append(Breach(Place(shop=self._path_of(field)), problem, text))

    def unmapped(self, field: str, problem: str, value: object) -> None:
        """Say that a field has no place in the document.

        Unless an extension claims it, the order is refused, or exported without it, as configured.
        """
        path = self._path_of(field)
        self._findings.unmapped[path] = Breach(Place(shop=path), problem, shown(value))

    def at(self, path: str) -> "MappingContext":
        """The context of an element of this one."""
        if not path:
            return self
        return MappingContext(
            self.order, self.decisions, self.version, self.settings, self._path_of(path), self._findings
        )

    def is_claimed(self, field: str) -> bool:
        """Whether an extension has put that field into the document."""
        return self._path_of(field) in self._findings.claims

    def _path_of(self, field: str) -> str:
        return f"{self.path}.{field}" if self.path and field else self.path or field


def settle_unmapped(context: MappingContext, findings: Findings) -> None:
    """Refuse or drop, as configured, what nobody has claimed."""
    for path, breach in findings.unmapped.items():
        if path in findings.claims:
            continue
        if context.settings.unmapped_fields is UnmappedFields.DROP:
            findings.notes.append(f"{path} {breach.value} is not exported: it {breach.problem}.")
        elif not findings.failures:
            findings.breaches.append(breach)
