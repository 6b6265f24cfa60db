"""What is asked of the order history, as addresses say it."""

from datetime import date
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app_sf_responsive.history_filter import (
    PAGE_SIZE,
    HistoryFilter,
    choices,
    page_count,
    page_links,
    same_text,
)
from app_sf_responsive.languages import Language
from iomconnector.model.order_status import StatusName
from iomconnector.ports.customer_orders import HistorySort

ENGLISH, GERMAN = Language("en"), Language("de")
STATUSES = [
    StatusName(code="NEW", texts={"en": "New", "de": "Neu"}),
    StatusName(code="INITIAL", texts={"en": "In progress", "de": "In Bearbeitung"}),
    StatusName(code="CHECKED", texts={"en": "In progress", "de": "Geprüft"}),
]


def test_the_fields_of_the_form_become_conditions() -> None:
    asked = HistoryFilter.of(
        {
            "number": " 47 ",
            "product": "00910",
            "from": "2026-11-01",
            "to": "2026-11-28",
            "sort": "oldest",
            "page": "3",
        }
    )
    query = asked.query(STATUSES, ENGLISH)
    assert (query.number_part, query.skus) == ("47", ("00910",))
    assert (query.created_from, query.created_to) == (date(2026, 11, 1), date(2026, 11, 28))
    assert (query.sort, query.offset, query.limit) == (HistorySort.OLDEST, 2 * PAGE_SIZE, PAGE_SIZE)


def test_statuses_that_read_the_same_are_one_choice_and_found_together() -> None:
    assert [each.code for each in choices(STATUSES, ENGLISH)] == ["NEW", "INITIAL"]
    assert [each.code for each in choices(STATUSES, GERMAN)] == ["NEW", "INITIAL", "CHECKED"]
    assert same_text("INITIAL", STATUSES, ENGLISH) == ("INITIAL", "CHECKED")
    assert same_text("INITIAL", STATUSES, GERMAN) == ("INITIAL",)
    assert same_text("FANCY", STATUSES, GERMAN) == ("FANCY",), "statuses are an open set"
    assert same_text("", STATUSES, GERMAN) == ()


def test_a_day_that_is_none_is_left_out_and_said() -> None:
    asked = HistoryFilter.of({"from": "28.11.2026", "to": "2026-11-28"})
    assert asked.wrong_days() == ["from"]
    assert asked.query(STATUSES, ENGLISH).created_from is None


@pytest.mark.parametrize("page", ["", "0", "-1", "x", "1.5", "٣", "9" * 30, "1e3"])
def test_a_page_that_is_none_is_the_first(page: str) -> None:
    assert HistoryFilter.of({"page": page}).page == 1


@given(
    st.dictionaries(
        st.sampled_from(["number", "product", "status", "from", "to", "sort", "page"]),
        st.text(max_size=40) | st.sampled_from(["oldest", "2", "33"]),
    )
)
def test_the_address_of_a_page_leads_to_the_same_page(parameters: dict[str, str]) -> None:
    asked = HistoryFilter.of(parameters)
    address = urlencode(asked.parameters(), errors="surrogatepass")
    again = HistoryFilter.of(dict(parse_qsl(address, errors="surrogatepass", keep_blank_values=True)))
    assert again == asked
    assert list(again.parameters()) == list(asked.parameters())


@given(last=st.integers(1, 5000), data=st.data())
def test_page_links_lead_on_and_leave_out_nothing_unsaid(last: int, data: st.DataObject) -> None:
    current = data.draw(st.integers(1, last))
    links = page_links(current, last)
    pages = [page for page in links if page is not None]
    assert pages == sorted(set(pages))
    assert {1, last, current} <= set(pages)
    assert len(links) <= 9
    for before, page, after in zip(links, links[1:], links[2:], strict=False):
        if page is None:
            assert before is not None
            assert after is not None
            assert after - before > 2, "a gap hides more than one page"
        elif before is not None:
            assert page == before + 1


@given(st.integers(0, 200_000))
def test_every_order_has_a_page(total: int) -> None:
    last = page_count(total)
    assert last >= 1
    assert (last - 1) * PAGE_SIZE < max(total, 1) <= last * PAGE_SIZE
