"""The audit trail: what it tells, and to whom."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest

from app_bo.testing.desk import Desk, Page
from app_bo.testing.office import CHANNEL, ORGANIZATION
from iomconnector.testing.event_loop import in_event_loop

OpenDesk = Callable[..., AbstractAsyncContextManager[Desk]]


def rows(page: Page) -> str:
    """The table of changes."""
    return page.html.partition("<tbody>")[2].partition("</tbody>")[0]


@in_event_loop
async def test_it_is_filtered_by_topic_subject_and_context(desk: OpenDesk) -> None:
    async with desk() as office:
        await office.application.sequences.change(ORGANIZATION, {"block_size": 7}, by="tests")
        visitor = await office.visitor("ada")
        everything = rows(await visitor.get("/bo/audit"))
        for words in ("Service added", "Account added", "Session opened", "Sequence changed"):
            assert words in everything, words
        services = rows(await visitor.get("/bo/audit?about=services"))
        assert "Service added" in services
        assert "Account" not in services
        accounts = rows(await visitor.get("/bo/audit?about=accounts"))
        assert "Account added" in accounts
        assert "Session opened" in accounts
        assert "Service" not in accounts
        numbers = rows(await visitor.get("/bo/audit?about=order-numbers"))
        assert "block size</span> <code>50" in numbers.replace("_", " ")
        assert 'href="/bo/order-numbers"' in numbers
        mail = rows(await visitor.get("/bo/audit?subject=mail"))
        assert 'href="/bo/services/mail"' in mail
        assert "warehouse" not in mail
        here = rows(await visitor.get(f"/bo/audit?context={CHANNEL}"))
        assert "warehouse" in here
        assert 'href="/bo/services/mail"' not in here


@pytest.mark.parametrize("name", ["rita", "oscar"])
@in_event_loop
async def test_only_administrators_learn_what_was_done_to_accounts(desk: OpenDesk, name: str) -> None:
    async with desk() as office:
        await office.application.sequences.change(ORGANIZATION, {"block_size": 7}, by="tests")
        visitor = await office.visitor(name)
        for path in ("/bo/audit", "/bo/audit?subject=rita", f"/bo/audit?subject={name}&about=services"):
            page = await visitor.get(path)
            assert page.status == 200
            assert not any(word in rows(page) for word in ("Account", "Session", "192.0.2.1")), path
            assert "Accounts and sessions" not in page.html
        shown = rows(await visitor.get("/bo/audit"))
        assert shown.index("Sequence changed") < shown.index("Service added"), "the latest comes first"
        refused = await visitor.get("/bo/audit?about=accounts")
        assert refused.status == 403
        assert "Session opened" not in refused.html


@pytest.mark.parametrize("name", ["ada", "rita"])
@in_event_loop
async def test_it_is_read_page_by_page(desk: OpenDesk, name: str) -> None:
    async with desk() as office:
        visitor = await office.visitor(name)
        services, sequences = office.application.services, office.application.sequences
        for number in range(30):
            await services.change("mail", display_name=f"Mail no. {number}", by="tests")
            await sequences.change(ORGANIZATION, {"block_size": 100 + number}, by="tests")
        seen, page = "", await visitor.get("/bo/audit")
        for _ in range(5):
            seen += rows(page)
            older = [part.partition('"')[0] for part in page.html.split('href="')[1:] if ">Older<" in part]
            if not older:
                break
            page = await visitor.get(older[0].replace("&amp;", "&"))
            assert "Latest" in page.text
        assert "Older" not in page.text
        for number in range(30):
            assert seen.count(f"<code>Mail no. {number}</code>") == (2 if number < 29 else 1), (
                "as old and as new"
            )
            assert seen.count(f"<code>{100 + number}</code>") == (2 if number < 29 else 1)
        assert "Service added" in seen


@in_event_loop
async def test_what_nobody_can_have_asked_for_is_no_failure(desk: OpenDesk) -> None:
    async with desk() as office:
        visitor = await office.visitor("ada")
        for query in ("subject=%0d%0aX: y", "context=<b>", "subject=" + "x" * 5_000):
            assert "Nothing was changed." in (await visitor.get(f"/bo/audit?{query}")).text, query
        assert (await visitor.get("/bo/audit?about=nothing")).status == 404
        assert (await visitor.get("/bo/audit?before=nonsense")).status == 400
        assert (await visitor.get("/bo/audit?before=" + "9" * 30)).status == 400
