"""What one configuration is to the contexts that have it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app_bo.context_tree import ContextTree
from iomconnector.application import Application
from iomconnector.errors import NotFoundError
from iomconnector.model.contexts import Context
from iomconnector.ports.service_configuration_store import ServiceConfiguration, Sharing
from iomconnector.services.rows import ServiceRow, service_row
from iomconnector.services.status import ContextServices

CONTEXTS_SHOWN: Final = 50

Place = tuple[Context, ServiceRow]


@dataclass(frozen=True, slots=True)
class Places:
    """The contexts that have a configuration.

    Arguments:
        here: What it is to the one it is looked at in; none where it does not reach that context.
        below: Those below the owner, by the tree, as many as fit a page.
        left_out: How many more there are below.
    """

    here: ServiceRow | None
    below: Sequence[Place]
    left_out: int


async def places_of(
    application: Application, tree: ContextTree, found: ServiceConfiguration, looked_at: str
) -> Places:
    """Where a configuration is, and what it is there.

    Arguments:
        application: The system.
        tree: Its contexts.
        found: The configuration.
        looked_at: The context that it is looked at in.

    Raises:
        NotFoundError: It was deleted meanwhile, or its context is gone.
    """
    [(_, owner), *beneath] = tree.node(found.context).walk()
    if found.sharing is Sharing.UNSHARED:
        beneath = []
    state = await application.services.state()
    if found.id not in state.configurations:
        raise NotFoundError(f"{found.display_name} was deleted.", hint="Choose another configuration.")

    def place(context: Context) -> Place:
        services = ContextServices(state, application.definitions, tree.path(context.id))
        return context, service_row(services, application.definitions, found.id)

    reached = [owner, *(context for _, context in beneath)]
    here = next((place(context)[1] for context in reached if context.id == looked_at), None)
    below = [place(context) for context in reached[1 : CONTEXTS_SHOWN + 1]]
    return Places(here, below, len(reached) - 1 - len(below))
