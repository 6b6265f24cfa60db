"""The sharing rules: whether a configuration is switched on for a context.

[KB concept_services_for_partners, task_viewing_service_configurations]
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from iomconnector.ports.service_configuration_store import ServiceConfiguration, Sharing


@dataclass(frozen=True, slots=True)
class Activation:
    """What the owner, the sharing rule and the overrides make of a configuration in a context.

    Arguments:
        shared: Whether the context has it at all: it owns it, or a context above shares it.
        active: Whether it is switched on.
        decided_by: The context that has it switched on or off.
        inherited: Whether a context above owns it.
        overridden: Whether ``decided_by`` departs from the sharing rule of the owner, or would if it were
            switched on there.
    """

    shared: bool
    active: bool
    decided_by: str
    inherited: bool
    overridden: bool


def activation_of(
    configuration: ServiceConfiguration,
    path: Sequence[str],
    overrides: Mapping[tuple[str, str], bool],
) -> Activation:
    """Whether a configuration is switched on.

    Arguments:
        configuration: The configuration; its owner is in the path.
        path: The context and those above it, itself first.
        overrides: The switches of contexts below owners, by the ids of configuration and context.
    """
    owner = configuration.context
    if owner == path[0]:
        return Activation(True, configuration.active, owner, inherited=False, overridden=False)
    if configuration.sharing is Sharing.UNSHARED:
        return Activation(False, False, owner, inherited=True, overridden=False)
    if configuration.sharing is Sharing.SHARED_MANDATORY:
        return Activation(True, configuration.active, owner, inherited=True, overridden=False)
    below_owner = path[: path.index(owner)]
    nearest = next((each for each in below_owner if (configuration.id, each) in overrides), None)
    if nearest is None:
        wanted = configuration.sharing is Sharing.SHARED_ACTIVE
    else:
        wanted = overrides[configuration.id, nearest]
    return Activation(
        shared=True,
        active=wanted and configuration.active,
        decided_by=owner if nearest is None or not configuration.active else nearest,
        inherited=True,
        overridden=nearest is not None,
    )
