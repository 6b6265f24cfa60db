"""What was sent of an order in earlier attempts, by the message log, and whether IOM's copy is that."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ac_iomconnector_orderexport.comparison import differences
from ac_iomconnector_rest_common.errors import IomJsonError
from ac_iomconnector_rest_common.json_numbers import decode
from iomconnector.ports.message_log import Message
from iomconnector.ports.order_export_service import FoundOrder


def was_sent(copy: Mapping[str, Any], messages: Sequence[Message]) -> bool:
    """Whether IOM's copy is what an earlier attempt sent."""
    return any(not differences(document, copy) for document in _documents(messages))


def found_of_corrected(
    reference: str, document: Mapping[str, Any], copy: Mapping[str, Any], messages: Sequence[Message]
) -> FoundOrder:
    """What IOM has of an order whose content was corrected: only what would be sent now is the same order.

    Arguments:
        reference: Where the copy stands.
        document: What would be sent now.
        copy: IOM's copy.
        messages: The messages about the order.
    """
    found = differences(document, copy)
    return FoundOrder(reference, found, superseded=bool(found) and was_sent(copy, messages))


def _documents(messages: Sequence[Message]) -> Iterator[Mapping[str, Any]]:
    for message in messages:
        if message.method == "POST":
            try:
                document = decode(message.request_body.encode())
            except IomJsonError:
                continue
            if isinstance(document, Mapping) and document:
                yield document
