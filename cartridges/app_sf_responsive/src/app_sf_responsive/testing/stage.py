"""A storefront in this process, and people who visit it without a browser."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import httpx

from app_sf_responsive import cartridge
from app_sf_responsive.testing.samples import sample_user
from app_sf_responsive.visitor import shop_path
from iomconnector.application import Application
from iomconnector.container import Container, running
from iomconnector.model.customer_users import CustomerUser
from iomconnector.model.orders import Order
from iomconnector.model.values import ChannelId
from iomconnector.settings import Settings
from iomconnector.storage.preparation import prepare_schema
from iomconnector.testing.hook_objects import cartridges_from
from iomconnector.testing.samples import CHANNEL, CONTEXTS, OTHER_CHANNEL, sample_order
from iomconnector.web.app import create_web_application

URL = "http://shop.example"
QUICK_PASSWORDS: dict[str, Any] = {"password_memory_kib": 32, "password_passes": 1}
"""Settings with which hashing a password takes no time; for tests alone."""

_TAGS = re.compile(r"<[^>]*>")
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
_LINKS = re.compile(r'href="([^"#]+)"')

PASSWORD = "a horse that reads"  # noqa: S105
PATRICIA = sample_user()
LINUS = sample_user(
    login="linus", customer="1002", first_name="Linus", last_name="Weber", email="linus@example.com"
)
BUYER = sample_user(
    channel=OTHER_CHANNEL,
    login="bea",
    customer="2001",
    business=True,
    company="OilCorp Öl- und Gasförderungsgesellschaft mbH",
    first_name="Beatrix-Alexandra",
    last_name="von und zu Hohenzollern-Sigmaringendorf",
    email="bea@oilcorp.example",
    language="de",
)
COLLEAGUE = replace(
    BUYER, login="carl", first_name="Carl", last_name="Otto", email="carl@oilcorp.example", language=""
)
ADMIN = replace(
    BUYER,
    login="anna",
    first_name="Anna",
    last_name="Adler",
    email="anna@oilcorp.example",
    sees_all_orders=True,
)
NAMESAKE = replace(PATRICIA, channel=ChannelId(OTHER_CHANNEL), customer="3001")
PEOPLE = (PATRICIA, LINUS, BUYER, COLLEAGUE, ADMIN, NAMESAKE)
"""Who buys; everybody has :data:`PASSWORD`. The namesake has Patricia's login in the other channel."""


class Page:
    """A page that came back.

    Arguments:
        response: The answer.
    """

    def __init__(self, response: httpx.Response) -> None:
        self.status = response.status_code
        self.headers = response.headers
        self.html = response.text
        self.location = response.headers.get("location", "")

    @property
    def text(self) -> str:
        """What people read, with single blanks."""
        return " ".join(unescape(_TAGS.sub(" ", self.html)).split())

    @property
    def links(self) -> list[str]:
        """Where its links lead."""
        return [unescape(link) for link in _LINKS.findall(self.html)]

    @property
    def hidden(self) -> dict[str, str]:
        """The hidden fields of its forms; of several with one name the last."""
        return {name: unescape(value) for name, value in _HIDDEN.findall(self.html)}

    def __repr__(self) -> str:
        return f"{self.status} {self.location} {self.text}"


class Guest:
    """Somebody who asks for pages, with the cookies that a browser keeps.

    Arguments:
        client: Their connection.
    """

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def get(self, path: str, **headers: str) -> Page:
        """Ask for a page."""
        return Page(await self.client.get(path, headers={"accept": "text/html", **headers}))

    async def post(self, path: str, fields: Mapping[str, str], **headers: str) -> Page:
        """Send a form."""
        return Page(await self.client.post(path, data=fields, headers={"accept": "text/html", **headers}))

    async def sign_in(self, shop: str, login: str, password: str, *, wanted: str = "") -> Page:
        """Fill in the form of a shop and send it.

        Arguments:
            shop: The address of the shop, ``/shop/CHANNEL``.
            login: Who signs in.
            password: Their password.
            wanted: Where they wanted to be.
        """
        path = f"{shop}/sign-in"
        form = await self.get(f"{path}?next={wanted}" if wanted else path)
        return await self.post(path, {**form.hidden, "login": login, "password": password})


def order_of(user: CustomerUser, number: str, **fields: Any) -> Order:
    """An order that a user placed; keywords replace fields of the sample order."""
    customer: dict[str, Any] = {"type": "private", "number": user.customer}
    if user.business:
        customer = {"type": "business", "number": user.customer, "company": {"name": user.company}}
    address = sample_order().invoice_address.model_dump()
    address |= {
        "company_name": user.company or None,
        "person": {"first_name": user.first_name, "last_name": user.last_name},
        "contact": {"email": user.email},
    }
    known = {"customer": customer, "invoice_address": address}
    return sample_order(number, channel=user.channel, **{**known, **fields})


class Stage:
    """A running storefront.

    Arguments:
        application: The system.
        stack: Closes what it opens.
    """

    def __init__(self, application: Application, stack: AsyncExitStack) -> None:
        self.application = application
        self.web = create_web_application(application)
        self._stack = stack

    async def customer(self, login: str, channel: str = CHANNEL) -> Guest:
        """Somebody of :data:`PEOPLE` who signed in at the shop of a channel."""
        guest = await self.guest()
        answer = await guest.sign_in(shop_path(channel), login, PASSWORD)
        assert answer.status == 303, answer
        return guest

    async def guest(self) -> Guest:
        """Somebody in whose browser nobody is signed in."""
        transport = httpx.ASGITransport(self.web, raise_app_exceptions=False)
        client = httpx.AsyncClient(transport=transport, base_url=URL)
        return Guest(await self._stack.enter_async_context(client))


async def furnish(application: Application) -> None:
    """Add the sample contexts and people who buy."""
    for context in CONTEXTS:
        await application.contexts.save(context)
    for user in PEOPLE:
        await application.customer_users.register(user, PASSWORD, by="tests")


@asynccontextmanager
async def open_stage(directory: Path, *cartridges: object, **settings: Any) -> AsyncIterator[Stage]:
    """A storefront on a new database with the sample contexts, for the time of a block.

    Arguments:
        directory: Where its data go.
        cartridges: Cartridges that join in.
        settings: Settings of the system.
    """
    values = {"data_directory": directory, **QUICK_PASSWORDS, **settings}
    container = Container(
        settings=Settings.of(values, {}), cartridges=cartridges_from(cartridge, *cartridges)
    )
    async with AsyncExitStack() as stack:
        application = await stack.enter_async_context(running(container))
        await prepare_schema(application.database)
        await furnish(application)
        yield Stage(application, stack)
