"""Which service types are IOM's, and enabling them.

A central administrator enables service types for a sales organization before anybody there can configure
them. [docs.intershop.com concept_services_for_partners]
"""

from iomconnector.application import Application
from iomconnector.model.contexts import ContextKind

CONNECTION_CARTRIDGE = "ac_iomconnector_common"
BY = "database preparation"


async def enable_types(application: Application) -> str:
    """Enable every service type of IOM for every organization.

    A service type is IOM's where its cartridge requires ``ac_iomconnector_common``, which has the settings of
    the connection. It is done once for each database; what an administrator disables later stays disabled.

    Returns:
        One sentence that names the types and the organizations.
    """
    names = iom_types(application)
    organizations = [
        context.id for context in await application.contexts.all() if context.kind is ContextKind.ORGANIZATION
    ]
    for organization in organizations:
        for name in names:
            await application.services.enable(name, organization, True, by=BY)
    if not names or not organizations:
        return f"nothing to enable: there is no {'service type of IOM' if not names else 'organization'}"
    return f"{', '.join(names)} enabled for {', '.join(organizations)}"


def iom_types(application: Application) -> list[str]:
    """The ids of IOM's service types in the assembly."""
    requires = {each.name: each.installed.requires for each in application.cartridges.in_order}
    return [
        definition.id
        for cartridge, definition in application.definitions.all
        if CONNECTION_CARTRIDGE in requires.get(cartridge, ())
    ]
