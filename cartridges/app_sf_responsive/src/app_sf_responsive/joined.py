"""Asks what other cartridges bound to an extension point, and leaves out what is broken."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, TypeVar

import structlog
from markupsafe import Markup

from app_sf_responsive.extension_points import (
    ACCOUNT_MENU,
    DETAILS_PANELS,
    HISTORY_ACTIONS,
    PATIENCE_SECONDS,
    PRODUCT_UNAVAILABLE,
    MenuEntry,
    OrderAction,
    Panel,
)
from app_sf_responsive.visitor import Customer, Visitor
from iomconnector.cartridges.extensions import BoundExtension, ExtensionPoint, Extensions
from iomconnector.cartridges.loading import LoadedCartridges
from iomconnector.model.availability import Availability
from iomconnector.model.order_history import OrderView
from iomconnector.model.products import CatalogProduct

log = structlog.get_logger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Joined(Generic[T]):
    """What extensions gave, in calling order.

    Arguments:
        given: What they gave.
        missing: How many could not be asked.
    """

    given: T
    missing: int = 0


async def panels_of(view: OrderView, customer: Customer) -> Joined[Sequence[Panel]]:
    """The panels of the page of an order."""
    answers, missing = await _ask(DETAILS_PANELS, customer, view, customer, check=_panel)
    return Joined([each for each in answers if each is not None], missing)


async def actions_of(orders: Sequence[OrderView], customer: Customer) -> Joined[dict[int, list[OrderAction]]]:
    """The links for the orders of a page, by the key of the order."""
    answers, missing = await _ask(HISTORY_ACTIONS, customer, orders, customer, check=_actions)
    actions: dict[int, list[OrderAction]] = {}
    for answer in answers:
        for order_id, links in answer.items():
            actions.setdefault(order_id, []).extend(links)
    return Joined(actions, missing)


async def menu_of(customer: Customer) -> Joined[Sequence[MenuEntry]]:
    """The entries of the menu of My Account that other cartridges add."""
    answers, missing = await _ask(ACCOUNT_MENU, customer, customer, check=_entries)
    return Joined([entry for answer in answers for entry in answer], missing)


async def offers_instead_of(
    product: CatalogProduct, told: Availability, visitor: Visitor
) -> Joined[Sequence[Markup]]:
    """What the page of a product that is not available offers in place of Add to Cart."""
    answers, missing = await _ask(PRODUCT_UNAVAILABLE, visitor, product, told, visitor, check=_markup)
    return Joined([each for each in answers if each is not None], missing)


async def _ask(point: ExtensionPoint, visitor: Visitor, *arguments: Any, check: Any) -> tuple[list[Any], int]:
    bound = _extensions(visitor.application.cartridges).bound_to(point.name)
    outcomes = await asyncio.gather(*(_answer(each, point, arguments, check) for each in bound))
    return [answer for sound, answer in outcomes if sound], sum(not sound for sound, _ in outcomes)


@lru_cache(maxsize=8)
def _extensions(cartridges: LoadedCartridges) -> Extensions:
    """Everything that is bound, collected once for a system instead of for every page."""
    return cartridges.extensions()


async def _answer(
    bound: BoundExtension, point: ExtensionPoint, arguments: tuple[Any, ...], check: Any
) -> tuple[bool, Any]:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return True, check(await bound(*arguments))
    except Exception as error:
        log.error(
            "an extension failed, and its part of the page is left out",
            cartridge=bound.cartridge,
            point=point.name,
            location=bound.extension.location,
            exc_info=error,
        )
        return False, None


def _panel(answer: Any) -> Panel | None:
    if answer is not None and not isinstance(answer, Panel):
        raise TypeError(f"gave a {type(answer).__name__}, not a Panel or None")
    return answer


def _markup(answer: Any) -> Markup | None:
    if answer is not None and not isinstance(answer, Markup):
        raise TypeError(f"gave a {type(answer).__name__}, not Markup or None")
    return answer


def _actions(answer: Any) -> dict[int, list[OrderAction]]:
    actions = {int(order_id): list(links) for order_id, links in answer.items()}
    for link in (link for links in actions.values() for link in links):
        if not isinstance(link, OrderAction):
            raise TypeError(f"gave a {type(link).__name__}, not an OrderAction")
    return actions


def _entries(answer: Any) -> list[MenuEntry]:
    entries = list(answer)
    for entry in entries:
        if not isinstance(entry, MenuEntry):
            raise TypeError(f"gave a {type(entry).__name__}, not a MenuEntry")
    return entries
