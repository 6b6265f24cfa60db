"""The order document as OpenAPI describes it."""

from __future__ import annotations

from typing import Any

from iomconnector.model.orders import Order


def order_request_body() -> dict[str, Any]:
    """The request body of placing an order, for the OpenAPI description of the route.

    The body is read by the route itself, because the usual way makes binary floats of JSON numbers.
    """
    schema = Order.model_json_schema(mode="validation")
    content = {"application/json": {"schema": _without_references(schema)}}
    return {"requestBody": {"required": True, "content": content}}


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
