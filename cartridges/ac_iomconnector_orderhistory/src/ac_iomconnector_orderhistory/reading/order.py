"""An order as IOM shows it, in the shop's words. [iom-api 1.1, OrderState]"""

from collections.abc import Iterator, Mapping

from ac_iomconnector_common.order_statuses import OrderStatusTable
from ac_iomconnector_orderhistory.reading.documents import linked_documents
from ac_iomconnector_orderhistory.reading.parts import (
    Part,
    amount,
    moment,
    money,
    part,
    parts,
    read_or_none,
    text,
)
from ac_iomconnector_orderhistory.reading.payment import payment_of
from ac_iomconnector_orderhistory.reading.positions import positions_of
from iomconnector.model.money import Money
from iomconnector.model.order_states import DocumentKind, Note, OrderState


class OrderReader:
    """Reads order states of any version from 2.0 to 2.4.

    Arguments:
        statuses: Names statuses.
        kinds: What types of documents can be asked for by.
    """

    def __init__(self, statuses: OrderStatusTable, kinds: Mapping[str, DocumentKind]) -> None:
        self._statuses = statuses
        self._kinds = {name.casefold(): kind for name, kind in kinds.items()}

    @property
    def kinds(self) -> Mapping[str, DocumentKind]:
        """What types of documents can be asked for by; keys in small letters."""
        return self._kinds

    def read(self, state: Part) -> OrderState | None:
        """The state; none where it lacks number or status. A part that cannot be read is left out."""
        number, status = state.get("shopOrderNumber"), text(state, "status")
        if not isinstance(number, str) or status is None:
            return None
        currency = text(part(state, "sales"), "currencyCode")
        total = _total(state, currency)
        return read_or_none(
            lambda: OrderState(
                number=number,
                created_at=moment(state, "shopOrderCreationDate"),
                status=self._statuses.named(status),
                customer=text(part(state, "customerData"), "shopCustomerNumber"),
                total=total,
                positions=tuple(positions_of(state, self._statuses, currency)),
                notes=tuple(_notes(state)),
                payment=read_or_none(lambda: payment_of(state, total)),
                documents=tuple(each.document for each in linked_documents(state, self._kinds)),
            )
        )


def _total(state: Part, currency: str | None) -> Money | None:
    total = part(state, "sales", "total")
    for name in ("gross", "net"):
        price = part(total, name)
        found = amount(price, "amountDiscounted")
        paid = money(found if found is not None else amount(price, "amount"), currency)
        if paid is not None:
            return paid
    return None


def _notes(state: Part) -> Iterator[Note]:
    for each in parts(state, "notes"):
        message = text(each, "message")
        if message:
            yield Note(text=message, kind=text(each, "type"), at=moment(each, "creationDate"))
