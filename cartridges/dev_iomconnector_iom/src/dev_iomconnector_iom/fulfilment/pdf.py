"""Real PDF files of documents."""

from __future__ import annotations

from dev_iomconnector_iom.fulfilment.progress import DocumentRecord


def render(document: DocumentRecord, letterhead: str) -> bytes:
    """One page of A4; characters outside Latin-1 become question marks, as the core fonts have no others."""
    if document.content is not None:
        return document.content
    from fpdf import FPDF  # loads fonts for a third of a second, which a start should not wait for

    page = FPDF(format="A4")
    page.set_creation_date(document.created_at)
    page.set_title(_printable(document.title))
    page.add_page()
    page.set_font("Helvetica", style="B", size=16)
    page.cell(w=0, h=12, text=_printable(letterhead), new_x="LMARGIN", new_y="NEXT")
    page.set_font("Helvetica", style="B", size=13)
    page.cell(w=0, h=10, text=_printable(document.title), new_x="LMARGIN", new_y="NEXT")
    page.set_font("Helvetica", size=11)
    for line in document.lines:
        page.multi_cell(w=0, h=7, text=_printable(line), new_x="LMARGIN", new_y="NEXT")
    return bytes(page.output())


def _printable(text: str) -> str:
    return text.encode("latin-1", "replace").decode("latin-1")
