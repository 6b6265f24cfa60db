"""Nobody sees another's order, whatever is asked; paging shows each order once."""

import asyncio
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from iomconnector.errors import NotFoundError
from iomconnector.model.customer_users import OrderOwner
from iomconnector.model.exports import ExportState
from iomconnector.model.values import ChannelId
from iomconnector.ports.customer_orders import CustomerOrderQuery, HistorySort
from iomconnector.ports.document_service import DocumentNotFoundError
from iomconnector.testing.history_stage import PATRICIA, HistoryStage
from iomconnector.testing.hypothesis_profiles import examples
from iomconnector.testing.samples import CHANNEL, OTHER_CHANNEL

CUSTOMERS = st.sampled_from(["1001", "1002", "1001 "])
EMAILS = st.sampled_from(["patricia@example.com", "Daniel@example.com"])
OWNERS = st.builds(
    OrderOwner,
    st.sampled_from([ChannelId(CHANNEL), ChannelId(OTHER_CHANNEL)]),
    CUSTOMERS,
    st.none() | EMAILS.map(str.upper),
)
ORDERS = st.lists(
    st.tuples(CUSTOMERS, EMAILS, st.sampled_from([ExportState.EXPORTED, ExportState.DUE])),
    min_size=1,
    max_size=6,
)


async def _placed(stage: HistoryStage, orders: list[tuple[str, str, ExportState]]) -> dict[int, set[str]]:
    """The documents of each order, by its key."""
    documents = {}
    for place, (customer, email, state) in enumerate(orders):
        key = await stage.place(
            f"{place}", customer=customer, state=state, invoice_address=_address(email), project=email
        )
        await stage.management.add_document(f"{place}", f"document of {key}".encode())
        documents[key] = {*stage.management.contents(f"{place}")}
    return documents


def _address(email: str) -> dict[str, Any]:
    return {
        "type": "street",
        "person": {"first_name": "Patricia", "last_name": "Miller"},
        "contact": {"email": email},
        "street": "Intershop Tower",
        "city": "Jena",
        "postal_code": "07743",
        "country_code": "DE",
    }


def _owns(owner: OrderOwner, order: tuple[str, str, ExportState]) -> bool:
    customer, email, _ = order
    mine = (owner.channel, owner.customer) == (CHANNEL, customer)
    return mine and (owner.email is None or owner.email.lower() == email.lower())


@examples(60)
@given(orders=ORDERS, owners=st.lists(OWNERS, min_size=1, max_size=4))
def test_an_owner_gets_the_owners_orders_and_nothing_else(
    orders: list[tuple[str, str, ExportState]], owners: list[OrderOwner]
) -> None:
    async def look() -> None:
        stage = HistoryStage()
        documents = await _placed(stage, orders)
        everything = [each for ids in documents.values() for each in ids]
        async with stage.process() as history:
            for owner in owners:
                mine = {key for key in documents if _owns(owner, orders[key - 1])}
                page = await history.page(owner, CustomerOrderQuery())
                assert {view.order_id for view in page.orders} == mine
                assert page.total == len(mine)
                for key in [*documents, 0, -1, 999]:
                    try:
                        view = await history.order(owner, key)
                        listed = await history.documents(owner, key)
                    except NotFoundError:
                        assert key not in mine
                    else:
                        assert key in mine
                        exported = view.request.state is ExportState.EXPORTED
                        ids = {each.id for each in listed.documents}
                        assert ids == (documents[key] if exported else set())
                    for document in everything:
                        try:
                            async with history.open_document(owner, key, document) as stream:
                                content = b"".join([chunk async for chunk in stream.chunks])
                        except DocumentNotFoundError:
                            assert key not in mine or document not in documents[key] or not exported
                        else:
                            assert key in mine
                            assert content == f"document of {key}".encode()
                    try:
                        view = await history.order_by_number(owner, f"{key - 1}")
                    except NotFoundError:
                        assert key not in mine
                    else:
                        assert view.order_id == key in mine

    asyncio.run(look())


@examples(40)
@given(
    count=st.integers(0, 30),
    limit=st.integers(1, 12),
    sort=st.sampled_from(HistorySort),
    fields=st.sampled_from([{}, {"created_at": "2026-11-02T12:00:00Z"}]),
)
def test_paging_shows_each_order_once(
    count: int, limit: int, sort: HistorySort, fields: dict[str, Any]
) -> None:
    async def look() -> None:
        stage = HistoryStage()
        keys = [await stage.place(f"{place}", **fields) for place in range(count)]
        await stage.place("of somebody else", customer="1002")
        seen: list[int] = []
        async with stage.process() as history:
            for offset in range(0, count + limit, limit):
                page = await history.page(PATRICIA, CustomerOrderQuery(sort=sort, offset=offset, limit=limit))
                assert page.total == count
                seen += [view.order_id for view in page.orders]
        assert seen == (keys if sort is HistorySort.OLDEST else keys[::-1])
        assert stage.management.questions() == -(-count // limit)

    asyncio.run(look())
