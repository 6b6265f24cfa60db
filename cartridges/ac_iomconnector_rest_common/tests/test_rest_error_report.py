"""Error bodies of every kind."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ac_iomconnector_rest_common.error_report import ErrorReport, ReportedError, parse_error_report

KEYS = ("errors", "exceptions", "error", "code", "message", "value", "detail", "title", "status")

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(list(KEYS)) | st.text(), inner),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        (
            b'{"status":400,"errors":[{"code":"VALIDATION_EXCEPTION","message":"XYZ is mandatory"}]}',
            [ReportedError("VALIDATION_EXCEPTION", "XYZ is mandatory")],
        ),
        (
            b'{"data":null,"statusCode":400,"errors":[{"message":"too long","sourceField":"id"}],'
            b'"exceptions":[{"message":"The reservation has already expired","code":21004}]}',
            [
                ReportedError("", "too long", '"id"'),
                ReportedError("21004", "The reservation has already expired"),
            ],
        ),
        (b'{"error":{"code":"invalid_json","message":"no"}}', [ReportedError("invalid_json", "no")]),
        (
            b'{"error":"invalid_token","error_description":"run out"}',
            [ReportedError("invalid_token", "run out")],
        ),
        (
            b'{"type":"about:blank","title":"Not Acceptable","status":406,"detail":"Unsupported"}',
            [ReportedError("", "Unsupported")],
        ),
        (b'[{"message":"first"},"second"]', [ReportedError("", "first"), ReportedError("", "second")]),
    ],
)
def test_known_envelopes_are_read(body: bytes, errors: list[ReportedError]) -> None:
    assert parse_error_report(body) == ErrorReport(tuple(errors))


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"", ""),
        (b"  The order\r\n\tis wrong.  ", "The order is wrong."),
        (b"<html><style>p{color:red}</style><body><p>No &amp; no</p></body></html>", "No & no"),
        (b"\xff\xfe\x00", "\ufffd\ufffd"),
        (b"{}", "{}"),
        (b'{"errors":[]}', '{"errors":[]}'),
        (b"x" * 2_000_000, "x" * 500 + "…"),
        (b"<" * 2_000_000, "<" * 500 + "…"),
        (b"<script" * 100_000, "<script" * 71 + "<sc…"),
    ],
)
def test_other_bodies_are_read_as_text(body: bytes, text: str) -> None:
    assert parse_error_report(body) == ErrorReport(text=text)


def test_a_long_list_is_counted_not_shown() -> None:
    body = orjson.dumps({"errors": [{"code": f"E{number}", "message": "m"} for number in range(200)]})
    report = parse_error_report(body)
    assert len(report.errors) == 50
    assert str(report) == "E0: m; E1: m; E2: m; E3: m; E4: m; and 45 more"


@given(st.binary(max_size=2000))
def test_no_bytes_make_it_fail(body: bytes) -> None:
    assert isinstance(str(parse_error_report(body)), str)


@given(st.text(alphabet="<>!-/ script&;#x0", max_size=500))
def test_no_markup_makes_it_fail(page: str) -> None:
    assert len(str(parse_error_report(page.encode()))) <= 501


@given(JSON)
def test_no_document_makes_it_fail(document: Any) -> None:
    report = parse_error_report(orjson.dumps(document))
    assert isinstance(str(report), str)
    assert all(error.code or error.message for error in report.errors)
    assert report.errors or report.text
