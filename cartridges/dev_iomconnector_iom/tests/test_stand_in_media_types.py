"""Content types of requests and what Accept takes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dev_iomconnector_iom.contract.versions import MEDIA_TYPE
from dev_iomconnector_iom.samples import sample_order
from dev_iomconnector_iom.testing import Caller, manual_stand_in


@pytest.fixture(scope="module")
def caller() -> Iterator[Caller]:
    with manual_stand_in() as running:
        yield Caller(running.url)


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "text/xml",
        "",
        "application/vnd.intershop.order.v1+json",
        f"{MEDIA_TYPE};charset=latin-1",
    ],
)
def test_another_content_type_is_unsupported(content_type: str, caller: Caller) -> None:
    answer = caller.post("/orders", sample_order("Wrong type"), content_type)
    assert (answer.status, answer.body) == (415, b"")
    assert caller.post("/orders/x/change-requests", b"{}", content_type).status == 415
    assert caller.order("Wrong type").status == 404


def test_a_charset_does_no_harm(caller: Caller) -> None:
    content_type = "Application/vnd.intershop.order.v2+JSON; charset=UTF-8"
    assert caller.post("/orders", sample_order("Charset"), content_type).status == 201


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        (MEDIA_TYPE, 200),
        ("*/*", 200),
        ("application/*;q=0.1, text/html", 200),
        (f"text/html, {MEDIA_TYPE};q=0.5", 200),
        ("application/json", 406),
        (f"{MEDIA_TYPE};q=0", 406),
        ("text/html", 406),
    ],
)
def test_order_states_look_at_accept(accept: str, status: int, caller: Caller) -> None:
    for path in ("/order-states", "/order-states/modified?minCursor=0"):
        assert caller.get(path, Accept=accept).status == status
