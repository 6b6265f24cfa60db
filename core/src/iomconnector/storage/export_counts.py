"""Counting exports: each count reads one range of one index, and none the orders."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.model.exports import ExportState
from iomconnector.ports.export_queries import ChannelBacklog, ReasonCount
from iomconnector.storage.export_conditions import in_state
from iomconnector.storage.export_rows import pause_from
from iomconnector.storage.tables import contexts, export_pauses, export_requests

_requests = export_requests.c


async def counts_of_states(
    connection: AsyncConnection, states: Sequence[ExportState]
) -> Mapping[tuple[str, ExportState], int]:
    """How many exports there are of each channel in each of these states."""
    found: dict[tuple[str, ExportState], int] = {}
    for state in states:
        query = (
            select(_requests.channel, func.count().label("exports"))
            .where(in_state(state))
            .group_by(_requests.channel)
        )
        for row in await connection.execute(query):
            found[row.channel, state] = row.exports
    return found


async def reasons_of_exports(connection: AsyncConnection, channels: Sequence[str]) -> Sequence[ReasonCount]:
    """For which reasons exports wait, are parked or were given up, the most frequent first."""
    columns = (_requests.reason_code, _requests.channel, _requests.state)
    query = (
        select(*columns, func.count().label("exports"))
        .where(_requests.reason_code.is_not(None))
        .group_by(*columns)
    )
    if channels:
        query = query.where(_requests.channel.in_(channels))
    found = []
    for row in (await connection.execute(query)).all():
        state = ExportState(row.state)
        example = (
            select(_requests.reason)
            .where(_requests.reason_code == row.reason_code, _requests.channel == row.channel)
            .where(_requests.state == state.value)
            .limit(1)
        )
        told = (await connection.execute(example)).scalar_one_or_none()
        found.append(ReasonCount(row.channel, state, row.reason_code, row.exports, told or ""))
    return sorted(found, key=lambda each: (-each.count, each.channel, each.state, each.reason_code))


async def backlog_of_channels(connection: AsyncConnection, now: datetime) -> Sequence[ChannelBacklog]:
    """What has not left the shop, for each channel."""
    open_states = [state for state in ExportState if state is not ExportState.EXPORTED]
    counts = await counts_of_states(connection, open_states)
    pauses = {row.channel: pause_from(row) for row in await connection.execute(select(export_pauses))}
    channels = select(contexts.c.id).where(contexts.c.kind == "channel").order_by(contexts.c.id)
    found = []
    for channel in (await connection.execute(channels)).scalars().all():
        due = and_(_requests.channel == channel, in_state(ExportState.DUE))
        due_now = select(func.count()).where(due, _requests.due_at <= now)
        first = select(_requests.requested_at, _requests.due_at).where(due)
        oldest = (
            await connection.execute(first.order_by(_requests.due_at, _requests.order_id).limit(1))
        ).one_or_none()
        found.append(
            ChannelBacklog(
                channel=channel,
                counts={state: counts.get((channel, state), 0) for state in open_states},
                due_now=(await connection.execute(due_now)).scalar_one(),
                oldest_due_since=oldest.requested_at if oldest else None,
                next_due_at=oldest.due_at if oldest else None,
                pause=pauses.get(channel),
            )
        )
    return found
