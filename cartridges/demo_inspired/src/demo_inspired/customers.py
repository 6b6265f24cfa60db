"""The users of the sample customers: one private, and two of a company, one of whom sees all its orders."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from init_inspired.contexts import BUSINESS_CHANNEL, CONSUMER_CHANNEL
from iomconnector.application import Application
from iomconnector.model.customer_users import CustomerUser
from iomconnector.model.values import ChannelId

SAMPLE_PASSWORD: Final = "inspired sample shop"  # noqa: S105
"""Known to everybody; given only in :data:`SAFE_ENVIRONMENTS`."""
SAFE_ENVIRONMENTS: Final = frozenset({"development", "test"})

PATRICIA: Final = CustomerUser(
    channel=ChannelId(CONSUMER_CHANNEL),
    login="pmiller",
    customer="C-1001",
    business=False,
    company="",
    first_name="Patricia",
    last_name="Miller",
    email="patricia@test.example.com",
    sees_all_orders=False,
    active=True,
    created_at=datetime(2026, 1, 5, 8, 0, tzinfo=UTC),
)
BUYER: Final = replace(
    PATRICIA,
    channel=ChannelId(BUSINESS_CHANNEL),
    login="jlink",
    customer="B-1001",
    business=True,
    company="OilCorp",
    first_name="Jack",
    last_name="Link",
    email="jlink@oilcorp.example.com",
)
ADMIN: Final = replace(
    BUYER,
    login="bboldner",
    first_name="Bernhard",
    last_name="Boldner",
    email="bboldner@oilcorp.example.com",
    sees_all_orders=True,
    language="de",
)
CUSTOMERS: Final = (PATRICIA, BUYER, ADMIN)


async def prepare_customers(application: Application) -> str:
    """Register the users that are missing; those that are there stay as they are.

    In an environment for development or test they get :data:`SAMPLE_PASSWORD`. Elsewhere they get none, so
    that nobody can sign in as one of them until somebody sets a password.
    """
    assembly = application.assembly
    password = SAMPLE_PASSWORD if assembly is not None and assembly.environment in SAFE_ENVIRONMENTS else None
    present = {(user.channel, user.login) for user in await application.customer_users.all()}
    missing = [user for user in CUSTOMERS if (user.channel, user.login) not in present]
    for user in missing:
        await application.customer_users.register(user, password, by="database preparation")
    names = ", ".join(user.login for user in missing)
    if not missing:
        return "all are there already"
    return names if password else f"{names}, without passwords outside of development and test"
