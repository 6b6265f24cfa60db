"""Where JSON values begin and end."""

import json
from json import JSONDecodeError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bc_order.json_sequence import is_json, may_go_on, values_in

objects = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
).flatmap(lambda value: st.dictionaries(st.text(), st.just(value), max_size=3))

spaces = st.text(" \t\r\n", max_size=3)


def slices(text: str) -> list[str]:
    return [text[start:end] for start, end in values_in(text)]


@given(st.lists(objects), st.sampled_from([None, 2]), spaces)
def test_the_elements_of_an_array_are_found_as_they_are_written(
    values: list[dict[str, object]], indent: int | None, space: str
) -> None:
    parts = [json.dumps(value, indent=indent) for value in values]
    assert slices(f"{space}[{space}{f'{space},{space}'.join(parts)}{space}]{space}") == parts


@given(st.lists(objects, min_size=1), st.sampled_from([None, 2]))
def test_values_one_after_the_other_are_found(values: list[dict[str, object]], indent: int | None) -> None:
    parts = [json.dumps(value, indent=indent) for value in values]
    assert slices("\n".join(parts)) == parts


@pytest.mark.parametrize("text", ["[1 2]", "[1,", "[", "[1,]", "{} x", '{"a": }', "[1]]", ",", '["a'])
def test_what_is_no_json_raises_where_it_ends(text: str) -> None:
    with pytest.raises(JSONDecodeError):
        slices(text)


@given(objects.filter(bool), st.data())
def test_every_line_of_an_indented_document_may_go_on_until_it_is_complete(
    value: dict[str, object], data: st.DataObject
) -> None:
    lines = json.dumps(value, indent=2).splitlines(keepends=True)
    until = data.draw(st.integers(1, len(lines)))
    assert may_go_on("".join(lines[:until]))
    assert is_json("".join(lines[:until])) == (until == len(lines))


@pytest.mark.parametrize(
    "text",
    ['{"number": "1', '{"a": tru', '{"a" "b"}', '{"a": 1}}', "no", '{"a": 1,\n{"b": 2}', '{"a": 1\n{"b": 2}'],
)
def test_what_no_line_can_complete_may_not_go_on(text: str) -> None:
    assert not may_go_on(text)


def test_nesting_without_end_is_no_json() -> None:
    assert not may_go_on("[" * 1_000_000)
    assert not is_json("[" * 1_000_000)
