"""What customers are shown of the documents of their orders, and to whom they are opened."""

from datetime import timedelta

import pytest

from iomconnector.errors import NotFoundError
from iomconnector.model.customer_users import OrderOwner
from iomconnector.model.exports import ExportState
from iomconnector.model.order_states import DocumentKind, OrderDocument, StateSource
from iomconnector.model.values import ChannelId
from iomconnector.ports.document_service import DocumentNotFoundError
from iomconnector.ports.order_history_service import HistoryUnavailableError
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.history_stage import PATRICIA, HistoryStage
from iomconnector.testing.memory import MemoryCache
from iomconnector.testing.samples import CHANNEL, NOON, OTHER_CHANNEL, placed_order, sample_order

DANIEL = OrderOwner(ChannelId(CHANNEL), "1002")


@in_event_loop
async def test_documents_have_an_interval_of_their_own() -> None:
    stage = HistoryStage()
    key = await stage.place("1")
    for content in (b"one", b"two"):
        await stage.management.add_document("1", content)
    async with stage.process(MemoryCache(lambda: stage.clock.now().timestamp())) as history:
        listed = await history.documents(PATRICIA, key)
        assert len(listed.documents) == 2
        assert listed.source is StateSource.ORDER_MANAGEMENT
        stage.clock.advance(timedelta(seconds=59))
        await stage.management.add_document("1", b"three")
        assert await history.documents(PATRICIA, key) == listed
        view = await history.order(PATRICIA, key)
        assert view.state is not None
        assert len(view.state.documents) == 3
        assert len((await history.documents(PATRICIA, key)).documents) == 3, "as many as the badge says"
        none = await history.documents(PATRICIA, key, {DocumentKind.RETURN_LABEL})
        assert list(none.documents) == []
        some = await history.documents(PATRICIA, key, {DocumentKind.INVOICE})
        assert len(some.documents) == 3
    assert stage.management.questions() == 2


@in_event_loop
async def test_documents_come_newest_first() -> None:
    stage = HistoryStage()
    key = await stage.place("1")
    made = {"undated": None, "older": NOON, "newer": NOON + timedelta(days=1)}
    documents = tuple(OrderDocument(id=name, type="T", name=name, created_at=at) for name, at in made.items())
    [known] = await stage.service.states(["1"])
    state = known.model_copy(update={"documents": documents})
    await stage.store.keep(CHANNEL, [state], ticket=0, observed_at=stage.clock.now())
    await stage.management.go_down()
    async with stage.process() as history:
        listed = await history.documents(PATRICIA, key)
    assert [each.id for each in listed.documents] == ["newer", "older", "undated"]


@in_event_loop
async def test_a_document_is_opened_for_its_owner_alone() -> None:
    stage = HistoryStage()
    mine, other = await stage.place("1"), await stage.place("2", customer="1002")
    await stage.management.add_document("1", b"mine")
    await stage.management.add_document("2", b"somebody else's")
    async with stage.process() as history:
        [document] = (await history.documents(PATRICIA, mine)).documents
        [foreign] = (await history.documents(DANIEL, other)).documents
        async with history.open_document(PATRICIA, mine, document.id) as stream:
            assert [chunk async for chunk in stream.chunks] == [b"mine"]
        for owner, key, document_id in [
            (DANIEL, mine, document.id),
            (PATRICIA, other, foreign.id),
            (PATRICIA, mine, foreign.id),
            (PATRICIA, 999, document.id),
            (OrderOwner(ChannelId(OTHER_CHANNEL), "1001"), mine, document.id),
        ]:
            with pytest.raises(DocumentNotFoundError):
                async with history.open_document(owner, key, document_id):
                    pass
        for owner, key in [(DANIEL, mine), (PATRICIA, other), (PATRICIA, 999)]:
            with pytest.raises(NotFoundError):
                await history.order(owner, key)
            with pytest.raises(NotFoundError):
                await history.documents(owner, key)


@in_event_loop
async def test_documents_of_an_order_of_somebody_else_under_the_number_are_not_there() -> None:
    stage = HistoryStage()
    await stage.management.plant(placed_order(sample_order("1", customer={"type": "private", "number": "9"})))
    await stage.management.add_document("1", b"somebody else's")
    [document] = stage.management.contents("1")
    key = stage.put(placed_order(sample_order("1")), ExportState.EXPORTED)
    async with stage.process() as history:
        assert list((await history.documents(PATRICIA, key)).documents) == []
        with pytest.raises(DocumentNotFoundError):
            async with history.open_document(PATRICIA, key, document):
                pass


@in_event_loop
async def test_a_document_that_cannot_be_fetched_says_so_and_opens_the_circuit() -> None:
    stage = HistoryStage()
    key = await stage.place("1")
    await stage.management.add_document("1", b"mine")
    async with stage.process() as history:
        [document] = (await history.documents(PATRICIA, key)).documents
        await stage.management.go_down()
        for _ in range(stage.endpoint.rule.open_after + 1):
            with pytest.raises(HistoryUnavailableError) as unavailable:
                async with history.open_document(PATRICIA, key, document.id):
                    pass
        assert unavailable.value.retry_after == pytest.approx(10)


@in_event_loop
async def test_a_document_that_is_not_there_is_an_answer() -> None:
    stage = HistoryStage()
    key = await stage.place("1")
    await stage.management.add_document("1", b"mine")
    async with stage.process() as history:
        [document] = (await history.documents(PATRICIA, key)).documents
        for _ in range(stage.endpoint.rule.open_after):
            await stage.management.go_down()
            with pytest.raises(HistoryUnavailableError) as unavailable:
                async with history.open_document(PATRICIA, key, document.id):
                    pass
            assert unavailable.value.retry_after is None, "the circuit is closed"
            await stage.management.accept()
            with pytest.raises(DocumentNotFoundError):
                async with history.open_document(PATRICIA, key, "nothing"):
                    pass
