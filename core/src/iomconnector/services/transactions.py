"""Changes of managed services: checked, signed and stored as one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from iomconnector.model.audit import AuditEntry
from iomconnector.ports.clock import Clock
from iomconnector.ports.context_repository import ContextRepository
from iomconnector.ports.service_configuration_store import (
    ServiceChange,
    ServiceConfiguration,
    ServiceConfigurationStore,
    ServiceState,
)
from iomconnector.services.conflicts import Conflicts
from iomconnector.services.context_tree import ContextTree
from iomconnector.services.draft import Draft
from iomconnector.services.errors import ServiceConflictError
from iomconnector.services.registry import ServiceDefinitions

log = structlog.get_logger(__name__)

Edit = Callable[[Draft, ContextTree], None]
Wanted = Callable[[ServiceConfiguration], bool]


@dataclass(frozen=True, slots=True)
class Made:
    """A change that was made.

    Arguments:
        state: The state as it is now.
        audit: What was put into the audit trail.
    """

    state: ServiceState
    audit: Sequence[AuditEntry]


class ServiceTransactions:
    """Makes changes, each in one transaction, one after the other.

    Arguments:
        store: Keeps the services.
        definitions: The service types of the assembly.
        contexts: The tree of contexts.
        clock: Tells the time.
    """

    def __init__(
        self,
        store: ServiceConfigurationStore,
        definitions: ServiceDefinitions,
        contexts: ContextRepository,
        clock: Clock,
    ) -> None:
        self._store = store
        self._definitions = definitions
        self._contexts = contexts
        self._clock = clock

    async def run(self, edit: Edit, *, by: str, replacing: Wanted | None = None) -> Made:
        """Make a change.

        Arguments:
            edit: Makes it on the draft; may be called more than once.
            by: Who does it.
            replacing: For which configurations others are deactivated that are in conflict with them; the
                change is refused where omitted.

        Raises:
            ServiceConflictError: It would make services operational that cannot be so together.
            ConnectorError: The edit refuses it. Nothing is changed then.
        """
        tree = ContextTree(await self._contexts.all())
        audit: Sequence[AuditEntry] = ()

        def decide(before: ServiceState) -> ServiceChange:
            nonlocal audit
            change = self._decided(before, tree, edit, by, replacing)
            audit = change.audit
            return change

        try:
            return Made(await self._store.change(decide), audit)
        except ServiceConflictError as error:
            log.error(error.message, code=error.code, **error.ids)
            raise

    async def plan(self, edit: Edit, *, by: str, replacing: Wanted | None = None) -> Sequence[AuditEntry]:
        """What :meth:`run` would put into the audit trail now; nothing is changed.

        Raises:
            ConnectorError: As with :meth:`run`.
        """
        tree = ContextTree(await self._contexts.all())
        return self._decided(await self._store.state(), tree, edit, by, replacing).audit

    def _decided(
        self, before: ServiceState, tree: ContextTree, edit: Edit, by: str, replacing: Wanted | None
    ) -> ServiceChange:
        draft = Draft(before)
        edit(draft, tree)
        conflicts = Conflicts(self._definitions, tree, before)
        if replacing is not None:
            conflicts.put_aside(draft, replacing)
        conflicts.check(draft)
        return draft.change(by=by, at=self._clock.now())
