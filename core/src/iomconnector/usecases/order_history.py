"""What customers see of their orders: what was ordered, where it stands, and who says so."""

from collections.abc import AsyncIterator, Sequence, Set
from contextlib import asynccontextmanager

from iomconnector.errors import ConnectorError, NotFoundError, StorageError
from iomconnector.model.customer_users import OrderOwner
from iomconnector.model.exports import ExportState
from iomconnector.model.local_order_status import Texts, local_status, local_statuses
from iomconnector.model.order_history import DocumentList, NotAsked, OrderHistoryPage, OrderView
from iomconnector.model.order_states import DocumentKind, OrderDocument, StateSource
from iomconnector.model.order_status import StatusName
from iomconnector.observability.telemetry import Telemetry
from iomconnector.ports.cache import Cache
from iomconnector.ports.clock import Clock
from iomconnector.ports.customer_orders import CustomerOrderQuery, CustomerOrders
from iomconnector.ports.document_service import DocumentNotFoundError, DocumentService, DocumentStream
from iomconnector.ports.order_history_service import HistoryUnavailableError
from iomconnector.ports.order_repository import StoredOrder
from iomconnector.ports.order_state_store import OrderStateStore
from iomconnector.usecases.ask_history import AskHistory
from iomconnector.usecases.cached_states import CachedStates
from iomconnector.usecases.gate_closed import GateClosedError
from iomconnector.usecases.gates import Gates
from iomconnector.usecases.history_questions import HistoryQuestions
from iomconnector.usecases.history_source import HistorySource, ResolveHistory
from iomconnector.usecases.known_orders import KnownOrders, Sighting


class OrderHistory:
    """Shows customers their orders. Nobody but its owner is ever shown an order, and nobody an older state of
    one after a newer one; where the order management system does not answer, what is known is shown.

    Arguments:
        orders: The shop's orders.
        known: What is known of exported orders.
        ask: Asks for documents.
        resolve: Gives the source of a channel.
        clock: Tells the time.
        telemetry: Counts who answered.
    """

    def __init__(
        self,
        orders: CustomerOrders,
        known: KnownOrders,
        ask: AskHistory,
        resolve: ResolveHistory,
        clock: Clock,
        telemetry: Telemetry,
    ) -> None:
        self._orders = orders
        self._known = known
        self._ask = ask
        self._resolve = resolve
        self._clock = clock
        self._telemetry = telemetry

    async def page(self, owner: OrderOwner, query: CustomerOrderQuery) -> OrderHistoryPage:
        """One page of the owner's orders. The order management system is asked once for all of them.

        Raises:
            StorageError: The shop's database cannot be read.
        """
        page = await self._orders.page(owner, query)
        return OrderHistoryPage(await self._views(owner, page.orders), page.total)

    async def order(self, owner: OrderOwner, order_id: int) -> OrderView:
        """An order by its key.

        Raises:
            NotFoundError: There is none, or it is somebody else's; the error does not tell which.
            StorageError: The shop's database cannot be read.
        """
        [view] = await self._views(owner, [await self._orders.get(owner, order_id)])
        return view

    async def order_by_number(self, owner: OrderOwner, number: str) -> OrderView:
        """An order by its number. Raises as :meth:`order` does."""
        [view] = await self._views(owner, [await self._orders.by_number(owner, number)])
        return view

    async def documents(
        self, owner: OrderOwner, order_id: int, kinds: Set[DocumentKind] = frozenset()
    ) -> DocumentList:
        """The documents of an order, newest first.

        Arguments:
            owner: Whose order it is.
            order_id: The order's key.
            kinds: Only documents of these kinds; all where there are none.

        Raises:
            NotFoundError: There is no such order, or it is somebody else's; the error does not tell which.
            StorageError: The shop's database cannot be read.
        """
        stored = await self._orders.get(owner, order_id)
        source = await self._source(owner.channel)
        sighting = await self._sighting_of_documents(owner, stored, source)
        documents = () if sighting.state is None else sighting.state.documents
        return DocumentList(
            sorted((each for each in documents if not kinds or each.kind in kinds), key=_age, reverse=True),
            sighting.source,
            sighting.as_of,
            sighting.reason,
        )

    @asynccontextmanager
    async def open_document(
        self, owner: OrderOwner, order_id: int, document_id: str
    ) -> AsyncIterator[DocumentStream]:
        """Fetch a document of an order; it is read while the block lasts.

        Raises:
            DocumentNotFoundError: There is no such document, or it is somebody else's; the error does not
                tell which.
            DocumentRefusedError: What came may not be passed on.
            DocumentsBusyError: Too many documents are on their way.
            HistoryUnavailableError: The order management system cannot be asked now.
            StorageError: The shop's database cannot be read.
        """
        try:
            stored = await self._orders.get(owner, order_id)
        except NotFoundError:
            raise _no_document(order_id) from None
        source = await self._source(owner.channel)
        if source is None or stored.request.state is not ExportState.EXPORTED:
            raise _no_document(order_id)
        if not isinstance(source.service, DocumentService):
            raise _no_document(order_id)
        _require_own(order_id, await self._sighting_of_documents(owner, stored, source))
        try:
            async with (
                self._ask.document(source) as question,
                source.service.open_document(stored.request.number, document_id) as stream,
            ):
                question.answered()
                yield stream
        except GateClosedError as error:
            wait = (error.until - self._clock.now()).total_seconds()
            raise HistoryUnavailableError(error.message, retry_after=max(0.0, wait)) from error

    async def statuses(self, channel: str) -> Sequence[StatusName]:
        """Every status that orders of the channel may have as far as is known: those of the shop first."""
        source = await self._source(channel)
        theirs = () if source is None else source.service.statuses
        by_code = {status.code: status for status in (*theirs, *local_statuses(_texts(source)))}
        local = [status.code for status in local_statuses()]
        codes = dict.fromkeys([*local, *(status.code for status in theirs)])
        return [by_code[code] for code in codes]

    async def aclose(self) -> None:
        """End the questions that are under way."""
        await self._known.aclose()

    async def _source(self, channel: str) -> HistorySource | None:
        """The source of a channel; none where no service is operational."""
        try:
            return await self._resolve(channel)
        except StorageError:
            raise
        except ConnectorError:
            return None

    async def _views(self, owner: OrderOwner, orders: Sequence[StoredOrder]) -> list[OrderView]:
        if not orders:
            return []
        source = await self._source(owner.channel)
        exported = [each.request.number for each in orders if each.request.state is ExportState.EXPORTED]
        sightings = {}
        if source is not None and exported:
            keep = source.service.rules.keep_states
            sightings = await self._known.sightings(source, owner, exported, keep=keep)
        texts = _texts(source)
        views = [self._view(each, sightings.get(each.request.number), source, texts) for each in orders]
        for view in views:
            self._telemetry.seen(owner.channel, view.source.value)
        return views

    def _view(
        self, stored: StoredOrder, sighting: Sighting | None, source: HistorySource | None, texts: Texts
    ) -> OrderView:
        sighting = sighting or self._unseen(stored, source)
        local = local_status(stored.request.state, texts)
        return OrderView(
            placed=stored.placed,
            request=stored.request,
            status=local if sighting.state is None else sighting.state.status,
            source=sighting.source,
            as_of=sighting.as_of,
            state=sighting.state,
            reason=sighting.reason,
        )

    async def _sighting_of_documents(
        self, owner: OrderOwner, stored: StoredOrder, source: HistorySource | None
    ) -> Sighting:
        if source is None or stored.request.state is not ExportState.EXPORTED:
            return self._unseen(stored, source)
        number = stored.request.number
        keep = source.service.rules.keep_documents
        return (await self._known.sightings(source, owner, [number], keep=keep))[number]

    def _unseen(self, stored: StoredOrder, source: HistorySource | None) -> Sighting:
        """What only the shop tells about, and why."""
        explained = source is None and stored.request.state is ExportState.EXPORTED
        reason = NotAsked.SERVICE_INACTIVE if explained else None
        return Sighting(None, StateSource.SHOP, self._clock.now(), reason)


def order_history(
    orders: CustomerOrders,
    store: OrderStateStore,
    cache: Cache,
    resolve: ResolveHistory,
    gates: Gates,
    clock: Clock,
    telemetry: Telemetry,
) -> OrderHistory:
    """The history of orders, made of its parts.

    Arguments:
        orders: The shop's orders.
        store: The last known states.
        cache: What processes of the machine share.
        resolve: Gives the source of a channel.
        gates: The gates of this process.
        clock: Tells the time.
        telemetry: Counts what happens.
    """
    ask = AskHistory(store, gates, clock, telemetry)
    cached = CachedStates(cache)
    questions = HistoryQuestions(ask, cached, cache, store, clock)
    known = KnownOrders(store, cached, questions, clock, telemetry)
    return OrderHistory(orders, known, ask, resolve, clock, telemetry)


def _texts(source: HistorySource | None) -> Texts:
    return {} if source is None else source.service.rules.local_texts


def _age(document: OrderDocument) -> float:
    return float("-inf") if document.created_at is None else document.created_at.timestamp()


def _require_own(order_id: int, sighting: Sighting) -> None:
    """Nothing is opened of an order of which nobody says that it is the owner's: another customer's may stand
    under its number."""
    if sighting.state is not None:
        return
    if sighting.reason is NotAsked.NOT_THERE:
        raise _no_document(order_id)
    raise HistoryUnavailableError(f"Whose documents order {order_id} has cannot be asked now.")


def _no_document(order_id: int) -> DocumentNotFoundError:
    return DocumentNotFoundError("There is no such document.", order=order_id)
