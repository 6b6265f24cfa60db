"""What a document is called that is kept."""

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iomconnector.web.document_downloads import attachment, file_name


@given(st.text(max_size=200), st.sampled_from(["application/pdf", "text/xml; charset=utf-8", "x/y", ""]))
def test_file_names_are_plain(name: str, mime_type: str) -> None:
    made = file_name(name, mime_type)
    assert made.isascii()
    assert all(each.isalnum() or each in "._-" for each in made)
    assert not made.startswith((".", "-"))
    assert 0 < len(made) <= 130
    assert mime_type != "application/pdf" or made.endswith(".pdf")


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("Invoice_17_2026-11-28T23:30:00.000", "Invoice_17_2026-11-28T23-30-00.000.pdf"),
        ('a"; filename="b', "a-filename-b.pdf"),
        ("../../etc/passwd", "etc-passwd.pdf"),
        ("Rechnung ä.pdf", "Rechnung-.pdf"),
        ("\r\nX: y", "X-y.pdf"),
        ("", "document.pdf"),
    ],
)
def test_the_name_of_a_file(name: str, made: str) -> None:
    assert file_name(name, "application/pdf") == made


@pytest.mark.parametrize(
    "mime_type", ["application/pdf", "application/pdf; charset=binary", "Application/PDF"]
)
def test_a_document_is_called_the_same_in_all_characters(mime_type: str) -> None:
    plain, _, whole = attachment("Lieferschein für Ä", mime_type).partition("; filename*=UTF-8''")
    assert plain == 'attachment; filename="Lieferschein-f-r.pdf"'
    assert unquote(whole) == "Lieferschein für Ä.pdf"
