"""What the database of an assembly says against it: services that are active together and cannot be."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from iomconnector.assemblies.findings import Finding, error, errors_in, note
from iomconnector.errors import ConnectorError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iomconnector.application import Application
    from iomconnector.assemblies.resolution import Examination
    from iomconnector.cli.invocation import Invocation
    from iomconnector.services.errors import ServiceConflictError


def examine_services(examination: Examination, invocation: Invocation) -> Examination:
    """Add which services are active together that cannot be, where that can be known.

    It can where the assembly has no errors and its database is there and prepared; none is made.

    Arguments:
        examination: What is wrong with the assembly itself.
        invocation: The assembly, in the environment whose database it is.
    """
    if errors_in(examination.findings):
        return examination
    try:
        found = [_finding(each) for each in invocation.run(_conflicts)]
    except ConnectorError as failure:
        found = [
            note(
                None,
                0,
                f"Which services are active together cannot be known: {failure.message}",
                failure.hint,
            )
        ]
    return replace(examination, findings=(*examination.findings, *found))


async def _conflicts(application: Application) -> Sequence[ServiceConflictError]:
    if not await application.preparation_protocol.exists():
        return ()
    return await application.services.conflicts()


def _finding(conflict: ServiceConflictError) -> Finding:
    return error(None, 0, conflict.message, conflict.hint)
