"""A shop whose REST application is called in this process, with users of several customers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from iomconnector.application import Application
from iomconnector.model.customer_users import CustomerUser
from iomconnector.model.values import ChannelId
from iomconnector.testing.samples import CHANNEL, NOON, OTHER_CHANNEL
from iomconnector.testing.systems import prepared_system
from iomconnector.web.app import create_web_application

PASSWORD = "a horse that reads"  # noqa: S105
SITE = f"{CHANNEL}-Site"
BUSINESS_SITE = f"{OTHER_CHANNEL}-Site"
REST = "/INTERSHOP/rest/WFS"

PATRICIA = CustomerUser(
    channel=ChannelId(CHANNEL),
    login="patricia",
    customer="1001",
    business=False,
    company="",
    first_name="Patricia",
    last_name="Miller",
    email="patricia@example.com",
    sees_all_orders=False,
    active=True,
    created_at=NOON,
)
LINUS = replace(PATRICIA, login="linus", customer="1002", email="linus@example.com")
BUYER = replace(
    PATRICIA,
    channel=ChannelId(OTHER_CHANNEL),
    login="bea",
    customer="2001",
    business=True,
    company="OilCorp",
    email="bea@oilcorp.example",
)
COLLEAGUE = replace(BUYER, login="carl", email="carl@oilcorp.example")
ADMIN = replace(BUYER, login="anna", email="anna@oilcorp.example", sees_all_orders=True)
USERS = (PATRICIA, LINUS, BUYER, COLLEAGUE, ADMIN)


@dataclass(frozen=True)
class RestShop:
    """A running shop.

    Arguments:
        system: The system.
        web: Its web application.
        client: Calls it; carries no token.
    """

    system: Application
    web: FastAPI
    client: httpx.AsyncClient

    async def token(self, user: CustomerUser, password: str = PASSWORD) -> str:
        """An access token of a user."""
        answer = await self.client.post(
            f"{REST}/{user.channel}-Site/-/token",
            data={"grant_type": "password", "username": user.login, "password": password},
        )
        assert answer.status_code == 200, answer.text
        token: str = answer.json()["access_token"]
        return token

    async def get(
        self, path: str, token: str | None = None, *, site: str = SITE, **options: Any
    ) -> httpx.Response:
        """Get a resource of a site.

        Arguments:
            path: The path behind the application.
            token: The token of the caller, or none.
            site: The site, with what stands behind it up to the application, which is ``-`` where omitted.
            options: Further options of the request.
        """
        place = site if "/" in site else f"{site}/-"
        headers = {"accept": "application/json", **options.pop("headers", {})}
        if token is not None:
            headers["authentication-token"] = token
        return await self.client.get(f"{REST}/{place}/{path}", headers=headers, **options)


@asynccontextmanager
async def rest_shop(directory: Path, iom: str = "http://127.0.0.1:9") -> AsyncIterator[RestShop]:
    """A shop with :data:`USERS`, on a fresh database.

    Arguments:
        directory: Where it keeps its data.
        iom: Where the IOM of both channels answers.
    """
    async with prepared_system(
        "inspired-iomconnector",
        directory,
        services={"base_url": iom, "api_version": "2.4", "read_retries": 0},
        password_memory_kib=32,
        password_passes=1,
    ) as system:
        for user in USERS:
            await system.customer_users.register(user, PASSWORD, by="test")
        web = create_web_application(system)
        transport = httpx.ASGITransport(web, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://shop.example") as client:
            yield RestShop(system, web, client)
