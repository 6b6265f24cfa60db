"""Looking orders up over real sockets: found, not found, or no answer; and which version IOM speaks."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from ac_iomconnector_orderexport.testing.mapping import map_order
from ac_iomconnector_orderexport.testing.samples import full_order
from ac_iomconnector_orderexport.testing.scripted_iom import (
    CREATED,
    ORDER,
    ORDERS,
    PLACED,
    STATES,
    Answer,
    Answers,
    running,
)
from ac_iomconnector_rest_common.json_numbers import decode, encode
from ac_iomconnector_rest_common.testing.raw_server import RawRequest
from ac_iomconnector_rest_common.testing.rest_clients import KeptMessages
from iomconnector.ports.order_export_service import (
    ExportUnavailableError,
    OrderNotExportableError,
    OutcomeUnclearError,
)

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def copy_in_iom(**changes: Any) -> dict[str, Any]:
    return {**map_order(full_order()).document, **changes}


async def test_an_order_is_found_and_compared_from_2_2_on() -> None:
    async with running({f"GET {ORDER}": (200, copy_in_iom(), ())}, api_version="2.2") as (service, server):
        found = await service.find(PLACED)
        assert found is not None
        assert (found.reference, found.differences) == (ORDER, ())
        assert [request.method for request in server.requests] == ["GET"]


async def test_another_order_of_the_number_is_told_with_its_differences() -> None:
    copy = copy_in_iom(project="PR-000")
    async with running({f"GET {ORDER}": (200, copy, ())}) as (service, _):
        found = await service.find(PLACED)
    assert found is not None
    assert [str(difference) for difference in found.differences] == ["project: PR-912 here, PR-000 there"]


async def test_an_unknown_order_is_not_found() -> None:
    async with running({f"GET {STATES}": states()}) as (service, server):
        assert await service.find(PLACED) is None
        assert [request.target.partition("?")[0] for request in server.requests] == [ORDER, STATES]


async def test_an_iom_older_than_configured_does_not_hide_the_order() -> None:
    found_there = {f"GET {STATES}": states(as_state(copy_in_iom()))}
    async with running(found_there, api_version="2.4") as (service, _):
        found = await service.find(PLACED)
    assert found is not None
    assert found.differences == ()


async def test_a_404_that_cannot_be_confirmed_is_not_believed() -> None:
    async with running({f"GET {STATES}": (403, None, ())}) as (service, _):
        with pytest.raises(ExportUnavailableError, match="Order status web service") as caught:
            await service.find(PLACED)
    assert caught.value.whole_service


async def test_what_was_sent_before_the_configuration_changed_is_still_the_same_order() -> None:
    copy = copy_in_iom()
    log = KeptMessages()
    answers: Answers = {f"POST {ORDERS}": None, f"GET {ORDER}": (200, copy, ())}
    async with running(answers, log=log) as (service, _):
        with pytest.raises(OutcomeUnclearError):
            await service.submit(PLACED)
    changed = {"payment_methods": {PLACED.order.payments[0].service_id: "RENAMED"}}
    async with running(answers, log=log, **changed) as (service, _):
        found = await service.find(PLACED)
        assert found is not None
        assert found.differences == ()
    async with running(answers, **changed) as (service, _):
        found = await service.find(PLACED)
        assert found is not None
        assert [difference.path for difference in found.differences] == ["payment.paymentMethod"]


async def test_what_was_sent_before_a_correction_is_a_conflict_and_not_the_corrected_order() -> None:
    log = KeptMessages()
    corrected = replace(PLACED, order=PLACED.order.model_copy(update={"project": "PR-913"}), revision=1)
    answers: Answers = {f"POST {ORDERS}": None, f"GET {ORDER}": (200, copy_in_iom(), ())}
    async with running(answers, log=log) as (service, _):
        with pytest.raises(OutcomeUnclearError):
            await service.submit(PLACED)
        found = await service.find(corrected)
        assert found is not None
        assert found.superseded
        assert [str(each) for each in found.differences] == ["project: PR-913 here, PR-912 there"]
    async with running(answers) as (service, _):
        other = await service.find(corrected)
        assert other is not None
        assert not other.superseded, "nobody sent it: it is another order"
        assert other.differences


async def test_a_correction_that_changes_nothing_for_iom_leaves_the_order_the_same() -> None:
    log = KeptMessages()
    corrected = replace(PLACED, revision=1)
    answers: Answers = {f"POST {ORDERS}": None, f"GET {ORDER}": (200, copy_in_iom(), ())}
    async with running(answers, log=log) as (service, _):
        with pytest.raises(OutcomeUnclearError):
            await service.submit(PLACED)
        found = await service.find(corrected)
    assert found is not None
    assert (found.differences, found.superseded) == ((), False)


async def test_a_wrong_address_is_not_taken_for_an_order_that_is_not_there() -> None:
    async with running({}) as (service, _):
        with pytest.raises(ExportUnavailableError) as caught:
            await service.find(PLACED)
    assert caught.value.whole_service


def states(*orders: Mapping[str, Any]) -> Answer:
    return 200, {"data": list(orders), "meta": {"totalCount": len(orders)}}, ()


def as_state(document: Mapping[str, Any]) -> dict[str, Any]:
    """An order as the order states show it: prices and shipping of positions stand under ``ordered``."""
    state = json.loads(encode(document), parse_float=lambda text: decode(text.encode()))
    state["status"] = "STATE_DO_ANNOUNCE"
    for bucket in state["shippingBuckets"]:
        for position in bucket["positions"]:
            ordered = {name: position.pop(name) for name in ("shipping", "quantity", "sum", "unitPrice")}
            position.update(ordered=ordered, status="STATE_DO_ANNOUNCE")
    return dict(state)


def _numbers(request: RawRequest) -> list[str]:
    return [value for name, value in request.params if name == "shopOrderNumbers"]


@pytest.mark.parametrize("version", ["2.0", "2.1"])
async def test_in_older_versions_the_order_state_is_compared(version: str) -> None:
    settings = {"api_version": version, "unmapped_fields": "drop"}
    document = map_order(full_order()).document
    answers = {f"GET {STATES}": states({"shopOrderNumber": "other"}, as_state(document))}
    async with running(answers, **settings) as (service, server):
        found = await service.find(PLACED)
        assert found is not None
        assert found.differences == ()
        assert _numbers(server.requests[-1]) == ["00000042"]


async def test_without_the_right_to_read_orders_the_state_is_compared() -> None:
    answers = {f"GET {ORDER}": (403, None, ()), f"GET {STATES}": states(as_state(copy_in_iom(project="X")))}
    async with running(answers) as (service, _):
        found = await service.find(PLACED)
    assert found is not None
    assert [difference.path for difference in found.differences] == ["project"]


async def test_a_state_of_another_number_is_not_the_order() -> None:
    answers = {f"GET {STATES}": states({"shopOrderNumber": "000000420"})}
    async with running(answers, api_version="2.1") as (service, _):
        assert await service.find(PLACED) is None


@pytest.mark.parametrize(
    ("answer", "whole_service"),
    [
        (None, False),
        ((500, None, ()), False),
        ((503, None, ("Retry-After: 3",)), True),
        ((400, {"status": 400, "errors": []}, ()), False),
        ((200, ["no order"], ()), False),
        ((401, None, ()), True),
        ((405, None, ()), True),
    ],
)
async def test_a_question_without_an_answer_is_asked_again_later(
    answer: Answer | None, whole_service: bool
) -> None:
    async with running({f"GET {ORDER}": answer}) as (service, _):
        with pytest.raises(ExportUnavailableError) as caught:
            await service.find(PLACED)
    assert caught.value.whole_service is whole_service


async def test_a_missing_right_to_read_at_all_concerns_the_whole_service() -> None:
    answers: Answers = {f"GET {ORDER}": (403, None, ()), f"GET {STATES}": (403, None, ())}
    async with running(answers) as (service, _):
        with pytest.raises(ExportUnavailableError) as caught:
            await service.find(PLACED)
    assert caught.value.whole_service


MODIFIED = f"GET {STATES}/modified"


async def test_the_version_is_asked_for_once_and_before_the_first_order() -> None:
    answers: Answers = {MODIFIED: states(), f"POST {ORDERS}": CREATED}
    async with running(answers, api_version="auto") as (service, server):
        await asyncio.gather(*(service.submit(PLACED) for _ in range(5)))
        targets = [f"{request.method} {request.target.partition('?')[0]}" for request in server.requests]
    assert targets[0] == MODIFIED
    assert sorted(targets[1:]) == [f"POST {ORDERS}"] * 5


@pytest.mark.parametrize(
    ("answers", "whole_service"),
    [
        ({MODIFIED: (401, None, ())}, True),
        ({MODIFIED: (403, None, ())}, True),
        ({}, True),
        ({MODIFIED: (500, None, ())}, False),
        ({MODIFIED: None}, False),
    ],
)
async def test_without_a_version_nothing_is_sent_and_it_is_asked_again(
    answers: Answers, whole_service: bool
) -> None:
    async with running(answers, api_version="auto") as (service, server):
        for _ in range(2):
            with pytest.raises(ExportUnavailableError) as caught:
                await service.submit(PLACED)
            assert caught.value.whole_service is whole_service
        assert [request for request in server.requests if request.method == "POST"] == []
        assert sum(request.target.startswith(f"{STATES}/modified") for request in server.requests) == 2


async def test_a_probed_version_2_0_refuses_what_it_cannot_take() -> None:
    answers: Answers = {f"GET {STATES}": states()}
    async with running(answers, api_version="auto") as (service, _):
        assert service.preview(PLACED)
        with pytest.raises(OrderNotExportableError, match=r"has no field in version 2\.0"):
            await service.submit(PLACED)
        with pytest.raises(OrderNotExportableError):
            service.preview(PLACED)
