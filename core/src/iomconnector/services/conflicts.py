"""No change may make services operational together that cannot be.

Where ICM finds two adapters that are both active in a context, it logs an error and goes without the service.
[KB B29919, InventoryServiceResolver] Here the change that would lead to it is refused, in ICM's words.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from iomconnector.ports.service_configuration_store import ServiceConfiguration, ServiceState, Sharing
from iomconnector.services.context_tree import ContextTree
from iomconnector.services.draft import Draft
from iomconnector.services.errors import ServiceConflictError
from iomconnector.services.registry import ServiceDefinitions
from iomconnector.services.status import ContextServices, Pair


class Conflicts:
    """Finds conflicts that a change would make, and refuses it or puts the others aside.

    Arguments:
        definitions: The service types of the assembly.
        tree: The contexts.
        before: The state as it is.
    """

    def __init__(self, definitions: ServiceDefinitions, tree: ContextTree, before: ServiceState) -> None:
        self._definitions = definitions
        self._tree = tree
        self._known = {(each.context, pair) for each in self._contexts(before) for pair in each.conflicts}

    def check(self, draft: Draft) -> None:
        """Refuse a change that makes a conflict which was not there before.

        Raises:
            ServiceConflictError: It does.
        """
        for services, pair in self._new(draft):
            raise refusal(services, pair)

    def put_aside(self, draft: Draft, wanted: Callable[[ServiceConfiguration], bool]) -> None:
        """Deactivate what is in conflict with a change: where it is owned, or by an override where it is
        inherited.

        Arguments:
            draft: The state as it shall be; changed here.
            wanted: Whether a configuration is one that the change wants to be operational.

        Raises:
            ServiceConflictError: The change wants both of two to be operational, or neither, or one is in the
                way that is mandatory.
        """
        while found := next(self._new(draft), None):
            services, pair = found
            unwanted = [key for key in pair if not wanted(draft.configurations[key])]
            if len(unwanted) != 1:
                raise refusal(services, pair)
            configuration = draft.configurations[unwanted[0]]
            if configuration.context == services.context:
                draft.configurations[configuration.id] = replace(configuration, active=False)
            elif configuration.sharing is Sharing.SHARED_MANDATORY:
                raise refusal(services, pair, mandatory=configuration)
            else:
                draft.overrides[configuration.id, services.context] = False

    def _new(self, draft: Draft) -> Iterator[tuple[ContextServices, Pair]]:
        for services in self._contexts(draft.state):
            for pair in sorted(services.conflicts):
                if (services.context, pair) not in self._known:
                    yield services, pair

    def _contexts(self, state: ServiceState) -> Iterator[ContextServices]:
        for path in self._tree.paths:
            yield ContextServices(state, self._definitions, path)


def refusal(
    services: ContextServices, pair: Pair, *, mandatory: ServiceConfiguration | None = None
) -> ServiceConflictError:
    """Why two services cannot be operational together in a context.

    Arguments:
        services: The services of the context, as they would be.
        pair: The ids of the two configurations.
        mandatory: One of them that cannot be put aside.
    """
    one, other = (services.executable[key] for key in pair)
    if one.port is other.port:
        rivals = [key for key, each in services.executable.items() if each.port is one.port]
        message = only_one_adapter(one.port, rivals, services.context)
    else:
        rivals = list(pair)
        message = (
            f"{one.display_name} and {other.display_name} exclude each other, but both would be operational "
            f"in context {services.context}: {' and '.join(pair)}."
        )
    hint = f"Deactivate one of them in {services.context} first, or have the others replaced (`--replace`)."
    if mandatory is not None:
        hint = (
            f"{mandatory.id} is mandatory and cannot be deactivated in {services.context}: "
            f"change its sharing rule in {mandatory.context}."
        )
    return ServiceConflictError(message, hint=hint, context=services.context, services=", ".join(rivals))


def conflicts_in(services: ContextServices) -> list[ServiceConflictError]:
    """What cannot be operational together in a context, and is active there all the same; each once.

    Arguments:
        services: The services of the context.
    """
    found: dict[str, ServiceConflictError] = {}
    for pair in sorted(services.conflicts):
        error = refusal(services, pair)
        found.setdefault(error.message, error)
    return list(found.values())


def only_one_adapter(port: type[object], configurations: list[str], context: str) -> str:
    """ICM's sentence for several adapters of one port, and their names."""
    return (
        f"Only one adapter allowed to be executable of {port.__name__}, "
        f"but {len(configurations)} adapters found. "
        f"In context {context} these are: {', '.join(configurations)}."
    )
