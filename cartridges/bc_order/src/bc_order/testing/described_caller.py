"""A caller that believes an answer only if the OpenAPI description of the server has it.

Needs ``jsonschema`` and ``openapi-schema-validator``.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from jsonschema import Draft202012Validator
from openapi_schema_validator import oas31_format_checker

from bc_order.testing.http_caller import Answer, Caller
from bc_order.testing.order_documents import order_document

ORDERS = "/api/orders"


class DescribedCaller:
    """Calls ``/api/orders`` and compares every answer with the description.

    Arguments:
        caller: Makes the calls.
    """

    def __init__(self, caller: Caller) -> None:
        self.caller = caller
        self.description = caller.get("/openapi.json").content

    def get(self, path: str) -> Answer:
        """Ask for something below ``/api/orders``."""
        return self._described(self.caller.get(path))

    def post(self, document: object, **headers: str) -> Answer:
        """Place a document; in the names of headers, write underscores for hyphens."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._described(self.caller.post(ORDERS, document, named))

    def place(self, number: str, **changes: Any) -> Answer:
        """Place a sample order."""
        return self.post(order_document(number, **changes))

    def numbers(self, query: str) -> list[str]:
        """The numbers of the orders that a query lists."""
        answer = self.get(f"{ORDERS}?{query}")
        assert answer.status == 200
        return [each["number"] for each in answer.content["orders"]]

    def _described(self, answer: Answer) -> Answer:
        below = urlsplit(answer.path).path.removeprefix(ORDERS)
        path = f"{ORDERS}/{{channel}}/{{number}}" if below else ORDERS
        responses = self.description["paths"][path][answer.method.lower()]["responses"]
        ((media_type, described),) = responses[str(answer.status)]["content"].items()
        assert answer.headers["content-type"] == media_type
        schema = {**described["schema"], "components": self.description["components"]}
        Draft202012Validator(schema, format_checker=oas31_format_checker).validate(answer.content)
        return answer
