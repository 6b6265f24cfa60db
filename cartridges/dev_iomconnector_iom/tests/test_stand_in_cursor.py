"""Order states modified since: the cursor and the moment."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, Literal
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dev_iomconnector_iom import ApiVersion, RunningStandIn
from dev_iomconnector_iom.samples import sample_order
from dev_iomconnector_iom.testing import Caller, manual_stand_in
from dev_iomconnector_iom.testing.official import complaints, openapi_folder

NUMBERS = [f"M-{place}" for place in range(12)]


@pytest.fixture(scope="module", params=["inclusive", "exclusive"])
def iom(request: pytest.FixtureRequest) -> Iterator[tuple[RunningStandIn, Literal["inclusive", "exclusive"]]]:
    with manual_stand_in(cursor=request.param) as running:
        for number in NUMBERS:
            assert Caller(running.url).post_order(sample_order(number)).status == 201
        assert Caller(running.url, shop=10010).post_order(sample_order("other shop")).status == 201
        yield running, request.param


def modified(running: RunningStandIn, query: str) -> Any:
    answer = Caller(running.url).get(f"/order-states/modified?{query}")
    assert answer.status == 200, answer.body
    return answer.json


def read_all(running: RunningStandIn, cursor: int, limit: int) -> list[str]:
    """What a client does: page on from maxCursor until nothing more was available."""
    seen: list[str] = []
    while True:
        page = modified(running, f"minCursor={cursor}&limit={limit}")
        seen += [state["shopOrderNumber"] for state in page["data"]]
        meta = page["meta"]
        assert meta["pageSize"] == len(page["data"]) <= limit
        cursor = meta["maxCursor"]
        if meta["pageSize"] == meta["totalCount"]:
            return seen


@settings(max_examples=25, deadline=None)
@given(limit=st.integers(2, 7), seed=st.integers(0, 99))
def test_paging_yields_every_changed_order(iom: tuple[RunningStandIn, str], limit: int, seed: int) -> None:
    running, mode = iom
    before = modified(running, "minCursor=0&limit=10000")["meta"]["maxCursor"]
    touched = random.Random(seed).sample(NUMBERS, 5)
    for number in touched:
        running.control.add_note(10020, number, "look")
    seen = read_all(running, before if mode == "exclusive" else before + 1, limit)
    assert list(dict.fromkeys(seen)) == touched
    if mode == "exclusive":
        assert seen == touched
    assert set(read_all(running, 0, limit)) == set(NUMBERS)


def test_cursors_grow_have_gaps_and_lie_between_the_bounds(iom: tuple[RunningStandIn, str]) -> None:
    running, _ = iom
    cursors = []
    for number in NUMBERS:
        running.control.add_note(10020, number, "again")
        cursors.append(modified(running, "minCursor=0&limit=10000")["meta"]["maxCursor"])
    assert cursors == sorted(set(cursors))
    assert any(later - earlier > 1 for earlier, later in pairwise(cursors))
    page = modified(running, f"minCursor={cursors[3]}&limit=3")
    start = 3 if iom[1] == "inclusive" else 4
    assert [state["shopOrderNumber"] for state in page["data"]] == NUMBERS[start : start + 3]
    assert page["meta"] == {
        "totalCount": len(NUMBERS) - start,
        "pageSize": 3,
        "minCursor": cursors[start],
        "maxCursor": cursors[start + 2],
    }


def test_a_moment_selects_what_changed_since(iom: tuple[RunningStandIn, str]) -> None:
    running, _ = iom
    running.control.push(10020, "M-3")
    confirmed = running.control.add_note(10020, "M-3", "now")
    assert confirmed.number == "M-3"
    state = Caller(running.url).order_state("M-3")
    since = quote(state["notes"][-1]["creationDate"])
    assert [each["shopOrderNumber"] for each in modified(running, f"modifiedSince={since}")["data"]] == [
        "M-3"
    ]
    assert modified(running, "modifiedSince=2020-01-01T00:00:00Z")["meta"]["totalCount"] == len(NUMBERS)


def test_an_empty_page_says_where_to_go_on(iom: tuple[RunningStandIn, str]) -> None:
    running, _ = iom
    page = modified(running, "modifiedSince=2999-01-01T00:00:00Z")
    assert page["meta"]["totalCount"] == page["meta"]["pageSize"] == 0
    running.control.add_note(10020, "M-1", "later")
    following = modified(running, f"minCursor={page['meta']['maxCursor'] + 1}")
    assert [state["shopOrderNumber"] for state in following["data"]] == ["M-1"]


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("", ["modifiedSince", "minCursor"]),
        ("minCursor=1&modifiedSince=2026-01-01T00:00:00Z", ["modifiedSince", "minCursor"]),
        ("minCursor=x", ["minCursor"]),
        ("modifiedSince=2026-01-01", ["modifiedSince"]),
        ("minCursor=1&limit=0", ["limit"]),
        ("minCursor=1&limit=10001", ["limit"]),
    ],
)
def test_exactly_one_of_the_two_must_be_set_and_limits_hold(
    query: str, fields: list[str], iom: tuple[RunningStandIn, str]
) -> None:
    answer = Caller(iom[0].url).get(f"/order-states/modified?{query}")
    assert (answer.status, answer.fields()) == (400, fields)


@pytest.mark.skipif(openapi_folder() is None, reason="the official documents are not there")
def test_the_answer_follows_the_official_schema(iom: tuple[RunningStandIn, str]) -> None:
    page = modified(iom[0], "minCursor=0")
    assert len(page["data"]) == len(NUMBERS)
    assert complaints(page, "LatestOrderStateCollectionContainer", ApiVersion.V2_4) == []
