"""Which orders of the history are asked for, as the address of the page says it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from app_sf_responsive.languages import Language
from iomconnector.model.exports import ExportState
from iomconnector.model.local_order_status import LOCAL_STATUSES, export_states_of
from iomconnector.model.order_status import StatusName
from iomconnector.ports.customer_orders import CustomerOrderQuery, HistorySort

PAGE_SIZE: Final = 25
FURTHEST_PAGE: Final = 1_000_000
LONGEST: Final = 100
FIELDS: Final = ("number", "product", "status", "from", "to")


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """What the reader asked for.

    Arguments:
        texts: What stands in the fields, by name: :data:`FIELDS`; those that are empty are left out.
        sort: Newest or oldest first.
        page: Which page, from 1.
    """

    texts: Mapping[str, str]
    sort: HistorySort = HistorySort.NEWEST
    page: int = 1

    @classmethod
    def of(cls, parameters: Mapping[str, str]) -> HistoryFilter:
        """What the parameters of the address say; what makes no sense counts as not said."""
        texts = {name: parameters.get(name, "").strip()[:LONGEST] for name in FIELDS}
        sort = (
            HistorySort.OLDEST if parameters.get("sort") == HistorySort.OLDEST.value else HistorySort.NEWEST
        )
        page = parameters.get("page", "")
        sound = page.isascii() and page.isdecimal() and len(page) < 9
        number = min(max(int(page), 1), FURTHEST_PAGE) if sound else 1
        return cls({name: text for name, text in texts.items() if text}, sort, number)

    @property
    def narrowed(self) -> bool:
        """Whether anything but the order and the page is asked for."""
        return bool(self.texts)

    def text(self, name: str) -> str:
        """What stands in a field."""
        return self.texts.get(name, "")

    def at(self, page: int) -> HistoryFilter:
        """The same on another page."""
        return replace(self, page=page)

    def parameters(self) -> dict[str, str]:
        """The parameters of the address, always in the same order, so that the same page has one address."""
        sort = {"sort": self.sort.value} if self.sort is not HistorySort.NEWEST else {}
        page = {"page": str(self.page)} if self.page > 1 else {}
        return {**{name: self.texts[name] for name in FIELDS if name in self.texts}, **sort, **page}

    def wrong_days(self) -> list[str]:
        """The fields with a day that is none."""
        return [name for name in ("from", "to") if self.text(name) and _day(self.text(name)) is None]

    def query(self, statuses: Sequence[StatusName], language: Language) -> CustomerOrderQuery:
        """What to ask the order history; days that are none are left out.

        Arguments:
            statuses: Those that can be chosen.
            language: The language of the reader, in which several statuses may have one text.
        """
        number = self.text("number")
        product = self.text("product")
        codes = same_text(self.text("status"), statuses, language)
        return CustomerOrderQuery(
            number_part=number,
            skus=(product,) if product else (),
            created_from=_day(self.text("from")),
            created_to=_day(self.text("to")),
            status_codes=codes,
            export_states=tuple(dict.fromkeys(state for code in codes for state in export_states_of(code))),
            sort=self.sort,
            offset=(self.page - 1) * PAGE_SIZE,
            limit=PAGE_SIZE,
        )


def choices(statuses: Sequence[StatusName], language: Language) -> list[StatusName]:
    """The statuses to choose from: of those with one text the first.

    Where an order management system tells statuses, every order that was handed over has one of them sooner
    or later, so that "handed over" is no choice.
    """
    local = {each.code for each in LOCAL_STATUSES}
    told = any(each.code not in local for each in statuses)
    first: dict[str, StatusName] = {}
    for status in statuses:
        if told and ExportState.EXPORTED in export_states_of(status.code):
            continue
        first.setdefault(language.status(status), status)
    return list(first.values())


def same_text(code: str, statuses: Sequence[StatusName], language: Language) -> tuple[str, ...]:
    """The codes of all statuses that read like one; the code alone where nobody explained it."""
    if not code:
        return ()
    text = next((language.status(each) for each in statuses if each.code == code), None)
    return (code,) if text is None else tuple(each.code for each in statuses if language.status(each) == text)


def page_count(total: int) -> int:
    """How many pages so many orders take, at least 1."""
    return max(1, -(-total // PAGE_SIZE))


def page_links(current: int, last: int, *, around: int = 1) -> list[int | None]:
    """The pages to link to: the first, the last and those around the current one; none stands for a gap."""
    wanted = {1, last, *range(current - around, current + around + 1)}
    pages = sorted(page for page in wanted if 1 <= page <= last)
    links: list[int | None] = []
    for page in pages:
        before = links[-1] if links else 0
        if before is not None and page - before == 2:
            links.append(page - 1)
        elif before is not None and page - before > 2:
            links.append(None)
        links.append(page)
    return links


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
