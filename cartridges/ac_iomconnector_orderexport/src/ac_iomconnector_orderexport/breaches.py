"""What keeps an order from being exported, said so that somebody can mend it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from ac_iomconnector_orderexport.places import Place
from iomconnector.model.orders import Order
from iomconnector.ports.order_export_service import OrderNotExportableError

_SHOWN_CHARACTERS: Final = 40


@dataclass(frozen=True, slots=True)
class Breach:
    """One rule that an order breaks.

    Arguments:
        place: Where.
        problem: The rest of a sentence that begins with the place and its value, without full stop.
        value: The value as it is shown; empty where there is none to show.
    """

    place: Place
    problem: str
    value: str = ""

    def __str__(self) -> str:
        subject = f"{self.place.shop} {self.value}".strip() or "the order"
        where = f" (document: {self.place.document})" if self.place.document else ""
        return f"{subject} {self.problem}{where}."


def shown(value: object) -> str:
    """A value for a sentence: texts in quotation marks, long ones shortened."""
    if not isinstance(value, str):
        return str(value)
    if len(value) <= _SHOWN_CHARACTERS:
        return f'"{value}"'
    return f'"{value[:_SHOWN_CHARACTERS]}…"'


def not_exportable(order: Order, sentences: Iterable[object]) -> OrderNotExportableError:
    """The error that names everything that is wrong with an order."""
    lines = [f"Order {order.number}: {sentence}" for sentence in sentences]
    return OrderNotExportableError(
        "\n".join(lines),
        hint="Correct the order, the configuration of the service or the extension named, then export again.",
        order=order.number,
        channel=order.channel,
    )
