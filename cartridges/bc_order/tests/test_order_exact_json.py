"""JSON with exact numbers."""

import json
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from bc_order.exact_json import exact_json

numbers = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30)
documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | numbers,
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(documents)
def test_it_reads_back_as_it_was(document: object) -> None:
    assert json.loads(exact_json(document), parse_float=Decimal) == document


def test_it_is_indented_and_keeps_every_digit() -> None:
    document = {"amount": Decimal("10.00"), "names": ["é", "b"], "none": [], "big": Decimal("1E+3")}
    text = '{\n  "amount": 10.00,\n  "names": [\n    "é",\n    "b"\n  ],\n  "none": [],\n  "big": 1000\n}'
    assert exact_json(document) == text
