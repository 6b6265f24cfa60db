"""The OrderState of an order, as the services answer it. [iom-api 1.1, schema OrderState]"""

from __future__ import annotations

from dev_iomconnector_iom.exact_json import JsonObject
from dev_iomconnector_iom.fulfilment import states
from dev_iomconnector_iom.fulfilment.accounts import instant, payment_state
from dev_iomconnector_iom.fulfilment.progress import Dispatch, GoodsReturn, PositionProgress, Progress
from dev_iomconnector_iom.store.orders import StoredOrder
from dev_iomconnector_iom.web.download_links import LinkMaker

_ORDERED_FIELDS = frozenset({"shipping", "quantity", "sum", "unitPrice"})
_CONFIRMED, _INTERNAL = "INITIAL", "INTERNAL"
"""Response types: a supplier's first answer, and IOM's own. [iom-api 2.4]"""


def order_state(order: StoredOrder, links: LinkMaker) -> JsonObject:
    """The state of the order with its positions, notes, payment and documents."""
    progress = order.progress
    view = dict(order.document)
    view["status"] = order.state
    remaining = iter(progress.positions)
    view["shippingBuckets"] = [
        bucket | {"positions": [_position(each, next(remaining), progress) for each in bucket["positions"]]}
        for bucket in order.document["shippingBuckets"]
    ]
    if progress.notes:
        view["notes"] = [
            {"message": note.message, "type": note.type, "creationDate": instant(note.created_at)}
            for note in progress.notes
        ]
    money = payment_state(order.document, progress)
    if money is not None:
        view["paymentState"] = money
    if progress.documents:
        view["documents"] = [
            {
                "type": document.type,
                "downloadLink": links.link(order, index),
                "creationDate": instant(document.created_at),
                "mimeType": "application/pdf",
            }
            for index, document in enumerate(progress.documents)
        ]
    return view


def _position(ordered: JsonObject, each: PositionProgress, progress: Progress) -> JsonObject:
    view = {name: value for name, value in ordered.items() if name not in _ORDERED_FIELDS}
    view["status"] = states.PREFIX + states.position_state(progress, each)
    view["ordered"] = {name: value for name, value in ordered.items() if name in _ORDERED_FIELDS}
    if each.supplier is not None and each.commissioned_at is not None:
        view["commissioned"] = {"name": each.supplier, "commissionDate": instant(each.commissioned_at)}
    confirmed = _confirmed(each)
    if confirmed is not None:
        view["confirmed"] = confirmed
    if each.dispatches:
        view["dispatched"] = [_dispatched(parcel) for parcel in each.dispatches]
    if each.returns:
        view["returned"] = [_returned(goods) for goods in each.returns]
    return view


def _confirmed(each: PositionProgress) -> JsonObject | None:
    moments = [cancellation.cancelled_at for cancellation in each.cancellations]
    if each.commissioned_at is not None:
        moments.insert(0, each.commissioned_at)
    if not moments:
        return None
    view: JsonObject = {
        "type": _CONFIRMED if each.commissioned_at is not None else _INTERNAL,
        "confirmationDate": instant(moments[0]),
    }
    if each.commissioned_at is not None:
        quantity: JsonObject = {"value": each.ordered - each.cancelled}
        if each.planned_delivery is not None:
            quantity["plannedDeliveryDate"] = each.planned_delivery.isoformat()
        view["quantities"] = [quantity]
    if each.cancellations:
        view["cancelled"] = [
            {
                "quantity": cancellation.quantity,
                "cancelDate": instant(cancellation.cancelled_at),
                "reason": {"id": cancellation.reason, "value": cancellation.text},
            }
            for cancellation in each.cancellations
        ]
    return view


def _dispatched(parcel: Dispatch) -> JsonObject:
    view: JsonObject = {
        "quantity": parcel.quantity,
        "deliveryNoteNumber": parcel.delivery_note,
        "dispatchDate": instant(parcel.dispatched_at),
        "carrier": {
            "name": parcel.carrier,
            "packages": parcel.packages,
            "shipmentTracking": {"number": parcel.tracking_number, "url": parcel.tracking_url},
        },
    }
    if parcel.serial_numbers:
        view["units"] = [{"serialNumber": number} for number in parcel.serial_numbers]
    return view


def _returned(goods: GoodsReturn) -> JsonObject:
    """Units where there are serial numbers, else the quantity: never both. [iom-api 1.1, trap b]"""
    view: JsonObject = {"status": "CLOSED", "supplierEntryDate": instant(goods.entered_at)}
    reason = {"value": goods.reason, "type": goods.type}
    if goods.serial_numbers:
        view["units"] = [{"serialNumber": number, "returnReason": reason} for number in goods.serial_numbers]
        return view
    view["quantity"] = goods.quantity
    view["returnReason"] = reason
    view["payment"] = {
        "reduction": {"reduceText": "No reduction", "reduceReason": "AK-100"},
        "refundNet": goods.refund_net,
    }
    return view
