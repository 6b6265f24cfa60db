"""Rules on answers that the official documents state in words. [iom-api 6, nos. 17, 19, 24]"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from ac_iomconnector_order_test.document_node import Node, parts
from ac_iomconnector_order_test.exchange import Exchange
from ac_iomconnector_order_test.operations import Operation
from ac_iomconnector_order_test.rules import Rule
from ac_iomconnector_order_test.violation import Side, Violation

_ROOTS: Final = {
    "getOrder": "Order",
    "getChangeRequest": "ChangeRequestView",
    "getChangeRequestViewList": "ChangeRequestView",
    "getOrderStatesBySortCriterias": "OrderStateCollectionContainer",
    "getModifiedOrderStates": "LatestOrderStateCollectionContainer",
}
_PRICED: Final = {"taxes": "type", "promotions": "id"}
_SORTED: Final[Mapping[str, Mapping[str, str]]] = {
    "Order": {"shippingBuckets": "number"},
    "ShippingBucket": {"charges": "number", "positions": "number"},
    "ShippingBucketOrderState": {"charges": "number"},
    "Sales": {"charges": "number"},
    "SumPrice": _PRICED,
    "TotalPrice": {"taxes": "type"},
    "Charge": _PRICED,
}
"""Lists that are returned sorted, by schema and member, with the member that sorts them."""

_SORTED_SINCE: Final = "2.2"


def check_answer(operation: Operation, exchange: Exchange, content: Any, version: str) -> Iterator[Violation]:
    """Every broken rule of an answer whose body the schema has judged."""
    root = Node(content)
    found: Iterator[Violation] = iter(())
    if exchange.status == 400:
        found = _check_error_report(root, exchange.status)
    elif exchange.status == 200:
        found = _check_content(operation, exchange, root, version)
    for violation in found:
        yield replace(violation, side=Side.RESPONSE)


def _check_content(operation: Operation, exchange: Exchange, root: Node, version: str) -> Iterator[Violation]:
    limit = _limit(operation, exchange)
    data = root.member("data").value
    if limit is not None and isinstance(data, list) and len(data) > limit:
        yield Violation("$.data", f"{len(data)} entries", Rule.PAGE_SIZE, f"{Rule.PAGE_SIZE.text}: {limit}")
    if version >= _SORTED_SINCE and operation.operation_id in _ROOTS:
        roots = (
            [Node(item, (n,)) for n, item in enumerate(root.value)]
            if isinstance(root.value, list)
            else [root]
        )
        for node in roots:
            yield from _check_sorted(_ROOTS[operation.operation_id], node)


def _check_error_report(report: Node, status: int) -> Iterator[Violation]:
    if report.member("status").value != status:
        yield report.member("status").breaks(Rule.ERROR_REPORT)
    if not report.items("errors"):
        yield report.member("errors").breaks(Rule.ERROR_REPORT)


def _limit(operation: Operation, exchange: Exchange) -> int | None:
    """The page size that was asked for, or the declared default; None where the operation has no pages."""
    declared = next((p for p in operation.parameters if p.name == "limit"), None)
    if declared is None:
        return None
    asked = next((value for name, value in exchange.query if name == "limit"), "")
    return int(asked) if asked.isdecimal() else int(declared.schema["default"])


def _check_sorted(kind: str, root: Node) -> Iterator[Violation]:
    for part_kind, node in parts(kind, root):
        for name, key in _SORTED.get(part_kind, {}).items():
            keys = [item.member(key).value for item in node.items(name)]
            known = [value for value in keys if isinstance(value, str | int)]
            if not _ascending(known):
                yield Violation(
                    node.member(name).breaks(Rule.SORTED).location, known, Rule.SORTED, Rule.SORTED.text
                )


def _ascending(keys: Sequence[str | int]) -> bool:
    """In one of the orders that the description leaves open: by number, by code point, or ignoring case."""
    numbers = [int(key) for key in keys if isinstance(key, int) or key.isdecimal()]
    texts = [str(key) for key in keys]
    folded = [text.casefold() for text in texts]
    if len(numbers) == len(keys) and numbers == sorted(numbers):
        return True
    if any(isinstance(key, int) for key in keys):
        return False
    return texts == sorted(texts) or folded == sorted(folded)
