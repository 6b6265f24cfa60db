"""What the header of a download says of the name, whatever a document is called."""

import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iomconnector.web.document_downloads import HEADERS, LONGEST_NAME, attachment, file_name

HEADER = re.compile(r"attachment; filename=\"([A-Za-z0-9._-]+)\"; filename\*=UTF-8''([A-Za-z0-9._~%-]+)")


@given(st.text(max_size=100))
def test_no_name_breaks_out_of_the_header(name: str) -> None:
    found = HEADER.fullmatch(attachment(name, "application/pdf"))
    assert found is not None
    assert unquote(found[2]) == f"{name}.pdf".encode("utf-8", "replace").decode()


def test_a_name_is_cut_and_keeps_its_ending() -> None:
    assert file_name("a" * 500, "application/pdf") == f"{'a' * LONGEST_NAME}.pdf"


@pytest.mark.parametrize("mime_type", ["text/xml", "Text/XML; charset=utf-8", "text/xml ;charset=utf-8"])
def test_parameters_of_a_type_are_no_part_of_it(mime_type: str) -> None:
    assert file_name("order", mime_type) == "order.xml"


def test_a_document_does_nothing_in_the_browser_and_is_told_to_nobody() -> None:
    assert HEADERS == {
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Referrer-Policy": "no-referrer",
    }
