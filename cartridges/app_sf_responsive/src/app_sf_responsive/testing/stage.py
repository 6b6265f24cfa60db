"""A storefront in this process, and people who visit it without a browser."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from html import unescape
from pathlib import Path
from typing import Any

import httpx

from app_sf_responsive import cartridge
from iomconnector.application import Application
from iomconnector.container import Container, running
from iomconnector.settings import Settings
from iomconnector.storage.preparation import prepare_schema
from iomconnector.testing.hook_objects import cartridges_from
from iomconnector.testing.samples import CONTEXTS
from iomconnector.web.app import create_web_application

URL = "http://shop.example"
QUICK_PASSWORDS: dict[str, Any] = {"password_memory_kib": 32, "password_passes": 1}
"""Settings with which hashing a password takes no time; for tests alone."""

_TAGS = re.compile(r"<[^>]*>")
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
_LINKS = re.compile(r'href="([^"#]+)"')


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

    async def guest(self) -> Guest:
        """Somebody in whose browser nobody is signed in."""
        transport = httpx.ASGITransport(self.web, raise_app_exceptions=False)
        client = httpx.AsyncClient(transport=transport, base_url=URL)
        return Guest(await self._stack.enter_async_context(client))


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
        for context in CONTEXTS:
            await application.contexts.save(context)
        yield Stage(application, stack)
