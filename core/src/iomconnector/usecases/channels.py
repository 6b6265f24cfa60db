"""Channels: the contexts in which orders are placed."""

from iomconnector.errors import NotFoundError
from iomconnector.model.contexts import ContextKind
from iomconnector.ports.context_repository import ContextRepository


async def require_channel(contexts: ContextRepository, channel: str) -> None:
    """Make sure that an id is that of a channel.

    Raises:
        NotFoundError: There is no such context, or it is no channel.
    """
    context = (await contexts.path_to(channel))[0]
    if context.kind is not ContextKind.CHANNEL:
        raise NotFoundError(
            f"{channel!r} is no channel: it is an {context.kind.value}.",
            hint="`iomconnector context list` shows the channels.",
            context=channel,
        )
