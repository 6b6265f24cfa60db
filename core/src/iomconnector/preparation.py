"""Prepare the database: the schema, then what the cartridges offer, in load order."""

from collections.abc import Callable, Collection

from iomconnector.application import Application
from iomconnector.storage.preparation import Preparer, prepare_schema


async def prepare_database(
    application: Application,
    report: Callable[[str, str], None] | None = None,
    *,
    cartridges: Collection[str] | None = None,
) -> None:
    """Prepare everything; running it again changes nothing that is there.

    Arguments:
        application: The system, with the cartridges of the database list loaded.
        report: Is told of each step: its name and what it did.
        cartridges: Whose preparers run: the database list of the assembly; those of all that are loaded where
            omitted.

    Raises:
        StorageError: The database cannot be written. What was prepared before stays.
    """
    tell = report or _say_nothing
    tell("schema", f"is at revision {await prepare_schema(application.database)}")
    preparers: list[tuple[str, Preparer]] = application.cartridges.collect("iomconnector_preparers")
    for cartridge, preparer in preparers:
        if cartridges is not None and cartridge not in cartridges:
            continue
        tell(f"{cartridge}: {preparer.name}", await preparer.prepare(application))


def _say_nothing(_step: str, _done: str) -> None:
    return None
