"""The contract of :class:`~iomconnector.ports.document_service.DocumentService`."""

import asyncio
import re
from abc import abstractmethod
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from iomconnector.model.exports import PlacedOrder
from iomconnector.model.order_states import OrderDocument
from iomconnector.ports.document_service import DocumentNotFoundError, DocumentService
from iomconnector.ports.order_history_service import HistoryUnavailableError
from iomconnector.testing.contracts.contract import Contract
from iomconnector.testing.contracts.history_far_side import DocumentScene
from iomconnector.testing.samples import placed_order, sample_order

FIRST, SECOND = "20260001", "20260002"
SMALL = b"%PDF-1.7\n" + b"An invoice.\n%%EOF\n"
OTHER = b"%PDF-1.7\n" + b"A delivery note of somebody else.\n%%EOF\n"
LARGE = b"%PDF-1.7\n" + bytes(range(256)) * 8192 + b"\n%%EOF\n"
LARGEST_CHUNK = 1_048_576


class DocumentServiceContract(Contract):
    """Promises of an adapter that gives the documents of orders."""

    @abstractmethod
    def scene(self) -> AbstractAsyncContextManager[DocumentScene]:
        """The adapter to test and what is behind it, without orders and answering."""

    def placed(self, number: str, **fields: Any) -> PlacedOrder:
        """An order that can stand there; override it where sample orders cannot."""
        return placed_order(sample_order(number, **fields))

    async def test_it_is_one(self) -> None:
        async with self.scene() as scene:
            assert isinstance(scene.service, DocumentService)

    async def test_an_order_names_its_documents_and_keeps_their_ids(self) -> None:
        async with self._two_orders() as scene:
            [document] = await self._documents(scene, FIRST)
            assert re.fullmatch(r"[\w-]{1,64}", document.id)
            assert document.name
            assert not re.search(r"[/\\]", document.name)
            await scene.far_side.add_document(FIRST, LARGE)
            again = await self._documents(scene, FIRST)
            assert len({each.id for each in again}) == 2
            assert document.id in {each.id for each in again}

    async def test_a_document_comes_as_it_is(self) -> None:
        async with self._two_orders() as scene:
            [document] = await self._documents(scene, FIRST)
            async with scene.service.open_document(FIRST, document.id) as stream:
                assert stream.mime_type == "application/pdf"
                assert stream.size in (None, len(SMALL))
                assert b"".join([chunk async for chunk in stream.chunks]) == SMALL

    async def test_a_large_document_comes_in_pieces(self) -> None:
        async with self.scene() as scene:
            await scene.far_side.plant(self.placed(FIRST))
            await scene.far_side.add_document(FIRST, LARGE)
            [document] = await self._documents(scene, FIRST)
            async with scene.service.open_document(FIRST, document.id) as stream:
                chunks = [chunk async for chunk in stream.chunks]
            assert b"".join(chunks) == LARGE
            assert max(map(len, chunks)) <= LARGEST_CHUNK

    async def test_nothing_of_another_order_is_opened(self) -> None:
        async with self._two_orders() as scene:
            [document] = await self._documents(scene, SECOND)
            await self._is_not_there(scene, FIRST, document.id)

    @pytest.mark.parametrize(
        "document", ["", "absent", "1", "..", "../..", "a/b", "%2e%2e", "a" * 2000, "ä", "1\n"]
    )
    async def test_an_id_that_is_none_opens_nothing(self, document: str) -> None:
        async with self._two_orders() as scene:
            await self._is_not_there(scene, FIRST, document)

    @pytest.mark.parametrize("number", ["", "absent", "2026000", "20260001,20260002", "../20260001", "*"])
    async def test_an_order_that_is_none_has_no_documents(self, number: str) -> None:
        async with self._two_orders() as scene:
            [document] = await self._documents(scene, FIRST)
            await self._is_not_there(scene, number, document.id)

    @pytest.mark.parametrize("mood", ["go_down", "ignore", "fail", "garble", "forbid"])
    async def test_where_nothing_can_be_learnt_it_says_so(self, mood: str) -> None:
        async with self._two_orders() as scene:
            [document] = await self._documents(scene, FIRST)
            await getattr(scene.far_side, mood)()
            with pytest.raises(HistoryUnavailableError):
                async with scene.service.open_document(FIRST, document.id):
                    pass

    async def test_several_are_open_at_once(self) -> None:
        async with self._two_orders() as scene:
            [document] = await self._documents(scene, FIRST)

            async def read() -> bytes:
                async with scene.service.open_document(FIRST, document.id) as stream:
                    return b"".join([chunk async for chunk in stream.chunks])

            assert await asyncio.gather(*(read() for _ in range(5))) == [SMALL] * 5

    async def test_who_stops_reading_does_not_break_the_service(self) -> None:
        async with self.scene() as scene:
            await scene.far_side.plant(self.placed(FIRST))
            await scene.far_side.add_document(FIRST, LARGE)
            [document] = await self._documents(scene, FIRST)
            async with scene.service.open_document(FIRST, document.id) as stream:
                await anext(aiter(stream.chunks))
            async with scene.service.open_document(FIRST, document.id) as stream:
                assert b"".join([chunk async for chunk in stream.chunks]) == LARGE

    def _two_orders(self) -> AbstractAsyncContextManager[DocumentScene]:
        return _WithDocuments(self)

    async def _documents(self, scene: DocumentScene, number: str) -> tuple[OrderDocument, ...]:
        [state] = await scene.service.states([number])
        return state.documents

    async def _is_not_there(self, scene: DocumentScene, number: str, document: str) -> None:
        with pytest.raises(DocumentNotFoundError):
            async with scene.service.open_document(number, document):
                pass


class _WithDocuments:
    """A scene with two orders that have a document each."""

    def __init__(self, suite: DocumentServiceContract) -> None:
        self._suite = suite
        self._scene = suite.scene()

    async def __aenter__(self) -> DocumentScene:
        scene = await self._scene.__aenter__()
        for number, content in ((FIRST, SMALL), (SECOND, OTHER)):
            await scene.far_side.plant(self._suite.placed(number))
            await scene.far_side.add_document(number, content)
        return scene

    async def __aexit__(self, *error: Any) -> None:
        await self._scene.__aexit__(*error)
