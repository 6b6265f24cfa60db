"""The referee: judges HTTP exchanges of the Order REST API by the official document of a version."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, Final

from ac_iomconnector_order_test.answer_rules import check_answer
from ac_iomconnector_order_test.description_rules import check_change_request, check_order_document
from ac_iomconnector_order_test.exchange import (
    ContentCodingError,
    Exchange,
    Pairs,
    decoded_body,
    header,
)
from ac_iomconnector_order_test.json_text import JsonTextError, decode_json
from ac_iomconnector_order_test.openapi import basis, order_document
from ac_iomconnector_order_test.operations import Answer, Match, Media, Operations
from ac_iomconnector_order_test.parameters import judge_parameters
from ac_iomconnector_order_test.schemas import SchemaJudge, unique_violations
from ac_iomconnector_order_test.violation import ABSENT, Side, Violation

_NO_SUCH_OPERATION: Final = (401, 403, 404, 405)
_CREDENTIALS: Final = re.compile(r"(basic|bearer)\s+\S+", re.IGNORECASE)


class Referee:
    """Judges by one version of the Order API.

    Versions without an official document are judged by the nearest lower one and the documented differences:
    see :attr:`basis`.

    Raises:
        UnknownApiVersionError: Not a version of the Order API.
        OpenApiDocumentError: The official document cannot be found or read.
    """

    def __init__(self, version: str) -> None:
        self.basis = basis(version)
        document = order_document(version)
        self._schemas = SchemaJudge(document)
        self._operations = Operations(document, self._schemas)

    @property
    def version(self) -> str:
        return self.basis.version

    @property
    def base_path(self) -> str:
        """The path under which the API lives: ``/rest/order-service``."""
        return self._operations.base_path

    def judge(self, exchange: Exchange, *, expect_valid_request: bool = True) -> tuple[Violation, ...]:
        """Everything that breaks the contract on either side.

        Arguments:
            expect_valid_request: False for a request that is wrong on purpose. Its own violations are then
                left out, and the answer must refuse what breaks the official document.
        """
        request, response = self.judge_request(exchange), self.judge_response(exchange)
        if expect_valid_request:
            return request + response
        broken = next((v for v in request if v.rule.startswith("openapi:")), None)
        if broken is not None and exchange.status < 400:
            message = f"accepts a request that breaks the schema: {broken.location} {broken.message}"
            response += (Violation("status", exchange.status, "openapi:accepted", message, Side.RESPONSE),)
        return response

    def judge_request(self, exchange: Exchange) -> tuple[Violation, ...]:
        """What is wrong with the request: operation, headers, parameters, body, documented rules."""
        match = self._operations.find(exchange.method, exchange.path)
        if match is None:
            return (self._unknown_operation(exchange),)
        found = [
            *_judge_credentials(exchange.request_headers),
            *_judge_accept(match, exchange.request_headers),
            *judge_parameters(match, exchange.query, self._schemas),
        ]
        media = match.operation.request_media
        if exchange.request_body or match.operation.request_required:
            content, in_body = self._judge_body(
                media, exchange.request_headers, exchange.request_body, Side.REQUEST
            )
            described = self._described(match, content)
            found += _described_first(described, in_body)
        return tuple(found)

    def judge_response(self, exchange: Exchange) -> tuple[Violation, ...]:
        """What is wrong with the answer: status, declared headers, body, documented rules."""
        match = self._operations.find(exchange.method, exchange.path)
        if match is None:
            if exchange.status in _NO_SUCH_OPERATION:
                return ()
            message = f"answers an operation that version {self.version} does not have; 404 or 405 says so"
            return (_response_violation("status", exchange.status, "openapi:paths", message),)
        answer = match.operation.answers.get(str(exchange.status))
        if answer is None:
            declared = ", ".join(match.operation.answers)
            message = f"is not declared for {match.operation.operation_id}; declared are {declared}"
            return (_response_violation("status", exchange.status, "openapi:responses", message),)
        return (*self._judge_headers(answer, exchange), *self._judge_answer_body(match, answer, exchange))

    def _unknown_operation(self, exchange: Exchange) -> Violation:
        methods = self._operations.methods(exchange.path)
        if methods:
            message = f"the path has only {', '.join(methods)} in version {self.version}"
            return Violation("method", exchange.method, "openapi:paths", message, Side.REQUEST)
        message = f"is no path of version {self.version}"
        return Violation("path", exchange.path, "openapi:paths", message, Side.REQUEST)

    def _described(self, match: Match, content: Any) -> tuple[Violation, ...]:
        found: tuple[Violation, ...] = ()
        if isinstance(content, dict) and match.operation.operation_id == "createOrder":
            found = check_order_document(content, self.version)
        elif isinstance(content, dict) and match.operation.operation_id == "createChangeRequest":
            number = match.path_values["shopOrderNumber"]
            found = check_change_request(content, self.version, shop_order_number=number)
        return tuple(replace(violation, side=Side.REQUEST) for violation in found)

    def _judge_headers(self, answer: Answer, exchange: Exchange) -> Iterator[Violation]:
        for name, schema in answer.headers.items():
            value = header(exchange.response_headers, name)
            if value is None:
                yield _response_violation(f"header.{name}", ABSENT, "openapi:headers", "is required")
                continue
            for found in self._schemas.judge(schema, value, Side.RESPONSE):
                yield replace(found, location=f"header.{name}")

    def _judge_answer_body(self, match: Match, answer: Answer, exchange: Exchange) -> Iterator[Violation]:
        content, found = self._judge_body(
            answer.media, exchange.response_headers, exchange.response_body, Side.RESPONSE
        )
        excluded = {value for name, value in exchange.query if name == "excludes"}
        ruled = check_answer(match.operation, exchange, content, self.version)
        for violation in _described_first(() if content is ABSENT else ruled, found):
            left_out = (
                violation.rule == "openapi:required" and violation.location.rpartition(".")[2] in excluded
            )
            if not (left_out and violation.location.count(".") == 1):
                yield violation

    def _judge_body(
        self, media: Media, headers: Pairs, body: bytes, side: Side
    ) -> tuple[Any, tuple[Violation, ...]]:
        """The decoded body, or :data:`ABSENT` where it cannot be read, and what the schema says of it."""
        if not media:
            unexpected = Violation("body", body[:80], "openapi:content", "no body is declared", side)
            return ABSENT, (unexpected,) if body else ()
        if not body:
            return ABSENT, (Violation("body", ABSENT, "openapi:content", "a body is declared", side),)
        content_type = header(headers, "content-type")
        schema = media.get((content_type or "").partition(";")[0].strip().lower())
        if schema is None:
            value = ABSENT if content_type is None else content_type
            message = f"must be {' or '.join(media)}"
            return ABSENT, (Violation("header.Content-Type", value, "openapi:content", message, side),)
        try:
            content = decode_json(decoded_body(headers, body))
        except (JsonTextError, ContentCodingError) as failure:
            return ABSENT, (Violation("body", body[:80], "openapi:json", failure.message, side),)
        return content, self._schemas.judge(schema, content, side)


def _judge_credentials(headers: Pairs) -> Iterator[Violation]:
    credentials = header(headers, "authorization")
    if credentials is None or not _CREDENTIALS.fullmatch(credentials.strip()):
        value = ABSENT if credentials is None else "(not shown)"
        message = "must carry basic or bearer credentials"
        yield Violation("header.Authorization", value, "openapi:security", message, Side.REQUEST)


def _judge_accept(match: Match, headers: Pairs) -> Iterator[Violation]:
    """A client that takes no media type of a success answer gets 406. [iom-api 6.24]"""
    wanted = header(headers, "accept")
    offered = {
        name for status, answer in match.operation.answers.items() if status < "300" for name in answer.media
    }
    if wanted is None or not offered:
        return
    ranges = {part.partition(";")[0].strip().lower() for part in wanted.split(",")}
    if not any({name, f"{name.partition('/')[0]}/*", "*/*"} & ranges for name in offered):
        message = f"must take {' or '.join(sorted(offered))}"
        yield Violation("header.Accept", wanted, "openapi:content", message, Side.REQUEST)


def _described_first(described: Iterable[Violation], schema: Iterable[Violation]) -> list[Violation]:
    """Both, but where they speak of the same place only the described rule, which says more."""
    described = list(described)
    places = {violation.location for violation in described}
    return list(unique_violations([*described, *(v for v in schema if v.location not in places)]))


def _response_violation(location: str, value: object, rule: str, message: str) -> Violation:
    return Violation(location, value, rule, message, Side.RESPONSE)
