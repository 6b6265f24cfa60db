"""The order document as OpenAPI describes it."""

from __future__ import annotations

from typing import Any

from iomconnector.model.orders import Order
from iomconnector.model.unnumbered_orders import KEY, LONGEST_KEY


def order_request_body() -> dict[str, Any]:
    """The request body of placing an order, for the OpenAPI description of the route.

    The body is read by the route itself, because the usual way makes binary floats of JSON numbers.
    """
    schema = _without_references(Order.model_json_schema(mode="validation"))
    schema["required"] = [name for name in schema["required"] if name != "number"]
    schema["properties"][KEY] = {
        "type": "string",
        "minLength": 1,
        "maxLength": LONGEST_KEY,
        "description": "In place of a number: what the caller calls the order, and no other of the channel. "
        "The order gets the next number of its organization's sequence, and the same one when sent again.",
    }
    schema["oneOf"] = [{"required": ["number"]}, {"required": [KEY]}]
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def _without_references(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with each definition in its place, so that it can stand inside a larger document."""
    definitions = schema.pop("$defs", {})

    def resolve(node: Any) -> Any:
        if isinstance(node, list):
            return [resolve(item) for item in node]
        if not isinstance(node, dict):
            return node
        if isinstance(node.get("$ref"), str):
            beside = {key: value for key, value in node.items() if key != "$ref"}
            return resolve({**definitions[node["$ref"].rpartition("/")[2]], **beside})
        return {
            key: resolve(value)
            for key, value in node.items()
            if not (key == "discriminator" and "mapping" in value)
        }

    resolved: dict[str, Any] = resolve(schema)
    return resolved
