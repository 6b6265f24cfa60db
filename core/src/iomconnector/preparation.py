"""Prepare the database: the schema, then what the cartridges offer, in load order."""

from collections.abc import Callable

from iomconnector.application import Application
from iomconnector.storage.preparation import Preparer, prepare_schema


async def prepare_database(application: Application, report: Callable[[str, str], None]) -> None:
    """Prepare everything; running it again changes nothing that is there.

    Arguments:
        application: The system, with the cartridges of the database list loaded.
        report: Is told of each step: its name and what it did.

    Raises:
        StorageError: The database cannot be written. What was prepared before stays.
    """
    report("schema", f"is at revision {await prepare_schema(application.database)}")
    preparers: list[tuple[str, Preparer]] = application.cartridges.collect("iomconnector_preparers")
    for cartridge, preparer in preparers:
        report(f"{cartridge}: {preparer.name}", await preparer.prepare(application))
