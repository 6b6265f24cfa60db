"""Where created resources stand."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ac_iomconnector_rest_common.answer import Answer, last_segment, reference
from ac_iomconnector_rest_common.resource_url import resource_path

SEGMENTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(
    lambda text: text not in {".", ".."}
)


@given(
    SEGMENTS,
    st.sampled_from(["", "http://iom:8080", "https://iom.example"]),
    st.sampled_from(["", "/", "?x=1/2"]),
)
def test_the_last_segment_is_found_in_paths_and_urls(segment: str, origin: str, end: str) -> None:
    assert last_segment(f"{origin}{resource_path('/rest/x', ('orders', segment))}{end}") == segment


@pytest.mark.parametrize(
    ("location", "segment"), [("", ""), ("/", ""), ("4711", "4711"), ("http://[", ""), ("a/b", "b")]
)
def test_other_locations_do_no_harm(location: str, segment: str) -> None:
    assert last_segment(location) == segment


@given(st.text())
def test_no_location_makes_it_fail(location: str) -> None:
    answer = Answer(201, {"location": location}, b"", "id", "https://iom.example")
    assert isinstance(reference(answer), str)
    assert isinstance(last_segment(location), str)


@given(st.lists(SEGMENTS))
def test_a_path_holds_no_more_parts_than_were_given(segments: list[str]) -> None:
    path = resource_path("/rest/order-service/", segments)
    assert path.split("/")[3:] == [quote(segment, safe="") for segment in segments]
    assert path.isascii()
    assert not set(path) & set(" ?#\\")
