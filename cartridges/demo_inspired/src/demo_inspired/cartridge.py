"""Sample customers, products, stock and services of the sample organization."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iomconnector.cartridges.descriptor import CartridgeDescriptor, CartridgeStyle
from iomconnector.hooks import hookimpl
from iomconnector.storage.preparation import Preparer

if TYPE_CHECKING:
    from iomconnector.application import Application

descriptor = CartridgeDescriptor(display_name="Demo inSPIRED", style=CartridgeStyle.INIT)


@hookimpl
def iomconnector_preparers() -> list[Preparer]:
    """Customers who can sign in, what they can buy, how much there is of it, and a way to write to them."""
    return [
        Preparer("sample customers", _prepare_customers),
        Preparer("sample products", _prepare_products),
        Preparer("sample stock", _prepare_stock),
        Preparer("inventory services", _prepare_inventory_services),
        Preparer("mail service", _prepare_mail_service),
    ]


async def _prepare_customers(application: Application) -> str:
    from demo_inspired.customers import prepare_customers

    return await prepare_customers(application)


async def _prepare_products(application: Application) -> str:
    from demo_inspired.products import prepare_products

    return await prepare_products(application)


async def _prepare_stock(application: Application) -> str:
    from demo_inspired.stock import prepare_stock

    return await prepare_stock(application)


async def _prepare_inventory_services(application: Application) -> str:
    from demo_inspired.stock import prepare_inventory_services

    return await prepare_inventory_services(application)


async def _prepare_mail_service(application: Application) -> str:
    from demo_inspired.mail import prepare_mail_service

    return await prepare_mail_service(application)
