"""The shop's orders in the database."""

from collections.abc import Awaitable, Callable, Sequence, Set
from typing import Any

from sqlalchemy import ScalarSelect, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.errors import NotFoundError, StorageError
from iomconnector.model.approvals import ApprovalDecision
from iomconnector.model.erasure import without_personal_data
from iomconnector.model.exports import ExportState
from iomconnector.model.order_documents import digest_of, dump_order, parse_order
from iomconnector.model.orders import Order
from iomconnector.observability.tracing import current_trace_parent
from iomconnector.ports.clock import Clock
from iomconnector.ports.order_repository import PlacementOutcome, StoredOrder
from iomconnector.storage.database import BrokenConstraintError, Database
from iomconnector.storage.order_rows import order_rows, stored_orders
from iomconnector.storage.reservation_ledger import bind_reservation
from iomconnector.storage.tables import (
    approval_decisions,
    contexts,
    export_requests,
    order_corrections,
    order_products,
    orders,
)
from iomconnector.storage.upsert import insert as insert_unless_present

KEPT_OF_CUSTOMER = 255


TellDue = Callable[[AsyncConnection, str], Awaitable[None]]
"""Is told, within the transaction that makes an export of a channel due, that it is."""


class SqlOrderRepository:
    """Implements :class:`~iomconnector.ports.order_repository.OrderRepository` on the database.

    Arguments:
        database: The database.
        clock: Tells the time.
        tell_due: Is told of each export that becomes due.
    """

    def __init__(self, database: Database, clock: Clock, tell_due: TellDue | None = None) -> None:
        self._database = database
        self._clock = clock
        self._tell_due = tell_due

    async def place(
        self,
        to_place: Sequence[tuple[Order, ExportState]],
        *,
        from_sequence: Set[tuple[str, str]] = frozenset(),
    ) -> Sequence[PlacementOutcome]:
        """Store orders with their export requests.

        Raises:
            StorageError: None of them was stored; perhaps because one names a channel that does not exist.
        """
        rows = [
            (self._row(order, from_sequence=(order.channel, order.number) in from_sequence), state)
            for order, state in to_place
        ]

        trace_parent = current_trace_parent()

        async def store(connection: AsyncConnection) -> list[PlacementOutcome]:
            stored = [await _store(connection, row, state, trace_parent) for row, state in rows]
            products: list[dict[str, Any]] = []
            for (order, state), kept in zip(to_place, stored, strict=True):
                if not isinstance(kept, PlacementOutcome):
                    products += product_rows(kept, order)
                    if order.reservation_id is not None:
                        await bind_reservation(
                            connection, order, order.reservation_id, kept, self._clock.now()
                        )
                    await self._told(connection, order.channel, state)
            if products:
                await connection.execute(insert(order_products), products)
            return [
                each if isinstance(each, PlacementOutcome) else PlacementOutcome.PLACED for each in stored
            ]

        try:
            return await self._database.write(store, isolation="read committed")
        except BrokenConstraintError as error:
            channels = sorted({order.channel for order, _ in to_place})
            raise StorageError(
                f"None of {len(rows)} orders was stored: not all of their channels exist, "
                f"which are {', '.join(channels)}.",
                hint="Add the missing channel with `iomconnector context add`.",
            ) from error

    def _row(self, order: Order, *, from_sequence: bool) -> dict[str, Any]:
        return {
            "channel": order.channel,
            "number": order.number,
            "digest": digest_of(order),
            "content": dump_order(order),
            "placed_at": self._clock.now(),
            "from_sequence": from_sequence,
            **searched_columns(order),
        }

    async def get(self, channel: str, number: str) -> StoredOrder:
        """The order of that number."""
        async with self._database.reading() as connection:
            rows = (
                await connection.execute(
                    order_rows().where(orders.c.channel == channel, orders.c.number == number)
                )
            ).all()
            if not rows:
                raise NotFoundError(
                    f"There is no order {number} in channel {channel}.",
                    hint="`iomconnector order list` shows the orders that there are.",
                    order=number,
                    channel=channel,
                )
            return (await stored_orders(connection, rows))[0]

    async def channels_of(self, number: str) -> Sequence[str]:
        """The channels in which an order of that number was placed."""
        async with self._database.reading() as connection:
            query = select(orders.c.channel).where(orders.c.number == number)
            return sorted((await connection.execute(query)).scalars())

    async def page(
        self,
        *,
        channel: str | None = None,
        states: Sequence[ExportState] = (),
        after: int = 0,
        limit: int = 100,
    ) -> Sequence[StoredOrder]:
        """Orders by ascending key."""
        query = order_rows().where(orders.c.id > after).order_by(orders.c.id).limit(limit)
        if channel is not None:
            query = query.where(orders.c.channel == channel)
        if states:
            query = query.where(export_requests.c.state.in_([state.value for state in states]))
        async with self._database.reading() as connection:
            return await stored_orders(connection, (await connection.execute(query)).all())

    async def decide(self, order_id: int, decision: ApprovalDecision, state: ExportState) -> bool:
        """Keep an approver's decision and move the waiting request."""
        now = self._clock.now()

        async def store(connection: AsyncConnection) -> bool:
            decided = select(approval_decisions.c.step).where(
                approval_decisions.c.order_id == order_id, approval_decisions.c.step == decision.step
            )
            if (await connection.execute(decided)).first() is not None:
                return False
            moved = await connection.execute(
                update(export_requests)
                .where(
                    export_requests.c.order_id == order_id,
                    export_requests.c.state == ExportState.WAITING_FOR_APPROVAL.value,
                )
                .values(state=state.value, due_at=now, updated_at=now, requested_at=now)
            )
            if moved.rowcount == 0:
                return False
            await connection.execute(
                insert(approval_decisions).values(order_id=order_id, **decision.model_dump(mode="python"))
            )
            channel = select(export_requests.c.channel).where(export_requests.c.order_id == order_id)
            await self._told(connection, (await connection.execute(channel)).scalar_one(), state)
            return True

        return await self._database.write(store)

    async def _told(self, connection: AsyncConnection, channel: str, state: ExportState) -> None:
        if self._tell_due is not None and state is ExportState.DUE:
            await self._tell_due(connection, channel)


def searched_columns(order: Order) -> dict[str, Any]:
    """What is kept beside the content of an order, for searching."""
    contact = order.invoice_address.contact
    return {
        "customer": _kept(order.customer.number),
        "email": _kept(contact.email.casefold() if contact and contact.email else None),
        "customer_order_number": _kept(order.customer_order_number),
        "created_at": order.created_at,
    }


def _kept(text: str | None) -> str | None:
    return text and text[:KEPT_OF_CUSTOMER]


def product_rows(order_id: int, order: Order) -> list[dict[str, Any]]:
    """The rows that tell which products an order has."""
    skus = {item.product.sku[:KEPT_OF_CUSTOMER] for item in order.line_items}
    return [{"order_id": order_id, "sku": sku} for sku in sorted(skus)]


async def _store(
    connection: AsyncConnection, row: dict[str, Any], state: ExportState, trace_parent: str | None
) -> int | PlacementOutcome:
    """The key of the new order, or why there is none."""
    organization = select(contexts.c.parent).where(contexts.c.id == row["channel"]).scalar_subquery()
    for holder in (organization, None):
        order_id = await _insert(connection, row, holder)
        if order_id is not None:
            await _request_export(connection, order_id, row, state, trace_parent)
            return order_id
        outcome = await _outcome_of_present(connection, row)
        if outcome is None and await _is_exclusive(connection, row, organization):
            outcome = PlacementOutcome.TAKEN_ELSEWHERE
        if outcome is not None:
            return outcome
    raise StorageError(
        f"The database has no key for order {row['number']} in channel {row['channel']}.",
        hint="See whether `orders_id_seq` is behind the largest key, as after an incomplete restore.",
    )


async def _request_export(
    connection: AsyncConnection,
    order_id: int,
    order: dict[str, Any],
    state: ExportState,
    trace_parent: str | None,
) -> None:
    at = order["placed_at"]
    await connection.execute(
        insert(export_requests).values(
            order_id=order_id,
            channel=order["channel"],
            state=state.value,
            attempts=0,
            failures=0,
            unclear=False,
            due_at=at,
            requested_at=at,
            updated_at=at,
            trace_parent=trace_parent,
        )
    )


async def _insert(
    connection: AsyncConnection, row: dict[str, Any], organization: ScalarSelect[Any] | None
) -> int | None:
    """The key of the new order; none where its number is taken in its channel or in that organization."""
    stored = await connection.execute(
        insert_unless_present(connection, orders)
        .values(**row, organization=organization)
        .on_conflict_do_nothing()
        .returning(orders.c.id)
    )
    order_id: int | None = stored.scalar_one_or_none()
    return order_id


async def _outcome_of_present(connection: AsyncConnection, row: dict[str, Any]) -> PlacementOutcome | None:
    """What an order of that number in the channel means; none where there is none."""
    query = select(orders.c.id, orders.c.digest, orders.c.erased_at).where(
        orders.c.channel == row["channel"], orders.c.number == row["number"]
    )
    present = (await connection.execute(query)).one_or_none()
    if present is None:
        return None
    digest = row["digest"] if present.erased_at is None else _digest_if_erased(row["content"])
    same = present.digest == digest or await _was_corrected_from(connection, present.id, digest)
    return PlacementOutcome.ALREADY_PLACED if same else PlacementOutcome.CONFLICT


def _digest_if_erased(content: str) -> str:
    """The fingerprint of an order without personal data: what one that was erased can be compared by."""
    return digest_of(without_personal_data(parse_order(content)))


async def _was_corrected_from(connection: AsyncConnection, order_id: int, digest: str) -> bool:
    """Whether an order had that content before a correction, so that its placing may be repeated."""
    query = select(order_corrections.c.revision).where(
        order_corrections.c.order_id == order_id, order_corrections.c.digest_before == digest
    )
    return (await connection.execute(query.limit(1))).first() is not None


async def _is_exclusive(
    connection: AsyncConnection, row: dict[str, Any], organization: ScalarSelect[Any]
) -> bool:
    """Whether a number that another channel has cannot be this order's too, because the sequence gave it."""
    holder = select(orders.c.id).where(
        orders.c.organization == organization,
        orders.c.number == row["number"],
        orders.c.from_sequence,
    )
    return row["from_sequence"] or (await connection.execute(holder)).first() is not None
