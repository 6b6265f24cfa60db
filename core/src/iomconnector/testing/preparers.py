"""Cartridges that prepare, written on the fly."""

from typing import Any

from iomconnector.application import Application
from iomconnector.hooks import hookimpl
from iomconnector.storage.preparation import Preparer


def cartridge_with(name: str, *preparers: object) -> object:
    """Something with hooks that counts as a cartridge and offers these preparers.

    Arguments:
        name: Its name; behind other hook objects it gets ``_2``, ``_3`` ... added.
        preparers: What it offers.
    """

    def offer(_: object) -> list[object]:
        return list(preparers)

    return type(name, (), {"iomconnector_preparers": hookimpl(offer)})()


def telling(told: list[str], name: str, **fields: Any) -> Preparer:
    """A preparer that adds its name to a list.

    Arguments:
        told: The list.
        name: The name.
        fields: Other fields of the preparer.
    """

    async def prepare(_: Application) -> str:
        told.append(name)
        return f"{name} is done"

    return Preparer(name, prepare, **fields)


def failing(name: str, error: BaseException, **fields: Any) -> Preparer:
    """A preparer that raises.

    Arguments:
        name: Its name.
        error: What it raises.
        fields: Other fields of the preparer.
    """

    async def prepare(_: Application) -> str:
        raise error

    return Preparer(name, prepare, **fields)
