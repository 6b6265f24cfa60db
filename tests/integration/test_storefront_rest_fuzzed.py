"""Requests of any kind to the storefront REST application: every answer keeps to its own OpenAPI document,
and none is an error of the server."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from app_sf_rest.testing.rest_shop import PATRICIA, SITE, RestShop, rest_shop
from iomconnector.testing.samples import sample_orders

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The address of a shop that serves on a port, and a token of Patricia, who has three orders."""
    directory: Path = tmp_path_factory.mktemp("shop")
    ready, stop = Future[tuple[str, str]](), Future[uvicorn.Server]()
    listener = socket.create_server(("127.0.0.1", 0))

    async def serve() -> None:
        try:
            async with rest_shop(directory) as shop:
                await _serve(shop, listener, ready, stop)
        except BaseException as error:
            if not ready.done():
                ready.set_exception(error)
            raise

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    try:
        yield ready.result(timeout=60)
    finally:
        stop.result(timeout=60).should_exit = True
        thread.join()
        listener.close()


async def _serve(
    shop: RestShop, listener: socket.socket, ready: Future[tuple[str, str]], stop: Future[uvicorn.Server]
) -> None:
    await shop.system.place_orders.many(sample_orders(["00000001", "00000002", "00000003"]))
    token = await shop.token(PATRICIA)
    server = uvicorn.Server(uvicorn.Config(shop.web, log_level="critical", lifespan="off"))
    stop.set_result(server)
    ready.set_result((f"http://127.0.0.1:{listener.getsockname()[1]}", token))
    await server.serve(sockets=[listener])


def test_every_answer_keeps_to_the_description(served: tuple[str, str]) -> None:
    url, token = served
    schema = schemathesis.openapi.from_url(f"{url}/openapi.json").include(path_regex="^/INTERSHOP")
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    giving_back = [each for each in operations if each.method.upper() == "DELETE"]
    asking = [each for each in operations if each not in giving_back]
    assert (len(asking), len(giving_back)) == (7, 1)
    for operation in asking:
        statuses = _call_in_every_way(operation, token)
        assert statuses & _expected(operation.path), (operation.label, statuses)
    assert _call_in_every_way(giving_back[0], token) == {204}


def _expected(path: str) -> set[int]:
    """What must be among the statuses: there are orders and no documents, and passwords are not guessed."""
    if path.endswith("/token"):
        return {400}
    return {404} if "{document_id}" in path else {200}


def _call_in_every_way(operation: Any, token: str) -> set[int]:
    statuses: set[int] = set()

    @given(case=operation.as_strategy(), order=st.sampled_from(["1", "2", "3", "77"]))
    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    def call(case: Any, order: str) -> None:
        case.path_parameters |= {"application": "-;loc=de_DE", "site": SITE}
        if "order_id" in case.path_parameters:
            case.path_parameters["order_id"] = order
        answer = case.call_and_validate(headers={"authentication-token": token}, checks=list(CHECKS))
        statuses.add(answer.status_code)

    call()
    return statuses
