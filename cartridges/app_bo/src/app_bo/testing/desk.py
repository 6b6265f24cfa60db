"""A back office in this process, and people who visit it without a browser."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from html import unescape
from pathlib import Path
from typing import Any

import httpx

from app_bo import cartridge
from app_bo.testing import sample_services
from app_bo.testing.office import PASSWORD, QUICK_PASSWORDS, furnish
from iomconnector.application import Application
from iomconnector.container import Container, running
from iomconnector.settings import Settings
from iomconnector.storage.preparation import prepare_schema
from iomconnector.testing.hook_objects import cartridges_from
from iomconnector.web.app import create_web_application
from iomconnector.web.session_cookies import SESSION_COOKIE

URL = "http://office.example"

_TAGS = re.compile(r"<[^>]*>")
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


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
    def hidden(self) -> dict[str, str]:
        """The hidden fields of its forms; of several with one name the first."""
        return {name: unescape(value) for name, value in reversed(_HIDDEN.findall(self.html))}

    def __repr__(self) -> str:
        return f"{self.status} {self.location} {self.text}"


class Visitor:
    """Somebody who asks for pages.

    Arguments:
        client: Their connection.
        csrf_token: That of their session; empty where they are not signed in.
    """

    def __init__(self, client: httpx.AsyncClient, csrf_token: str = "") -> None:
        self.client = client
        self.csrf_token = csrf_token

    async def get(self, path: str, **headers: str) -> Page:
        """Ask for a page."""
        return Page(await self.client.get(path, headers={"accept": "text/html", **headers}))

    async def post(self, path: str, fields: Mapping[str, str] | None = None, **headers: str) -> Page:
        """Send a form, with the token of the session unless the fields have one."""
        sent = {"csrf_token": self.csrf_token, **(fields or {})}
        return Page(await self.client.post(path, data=sent, headers={"accept": "text/html", **headers}))


class Desk:
    """A running back office.

    Arguments:
        application: The system.
        stack: Closes what it opens.
    """

    def __init__(self, application: Application, stack: AsyncExitStack) -> None:
        self.application = application
        self._web = create_web_application(application)
        self._stack = stack

    async def visitor(self, name: str = "") -> Visitor:
        """Somebody who is signed in, or nobody in particular where the name is empty."""
        transport = httpx.ASGITransport(self._web, raise_app_exceptions=False)
        client = httpx.AsyncClient(transport=transport, base_url=URL)
        await self._stack.enter_async_context(client)
        if not name:
            return Visitor(client)
        session = await self.application.sign_in.sign_in(name, PASSWORD, client="192.0.2.1")
        client.cookies.set(SESSION_COOKIE, session.token)
        return Visitor(client, session.csrf_token)


@asynccontextmanager
async def open_desk(furnished: Path, directory: Path, **settings: Any) -> AsyncIterator[Desk]:
    """A back office on a copy of a furnished directory, for the time of a block.

    Arguments:
        furnished: What :func:`furnish_directory` made.
        directory: Where the copy goes; one that is there already is used.
        settings: Settings of the system.
    """
    await asyncio.to_thread(_copy_unless_there, furnished, directory)
    async with AsyncExitStack() as stack:
        application = await stack.enter_async_context(running(_container(directory, **settings)))
        yield Desk(application, stack)


def furnish_directory(directory: Path) -> Path:
    """Prepare a database with contexts, people and services in a directory."""

    async def prepare() -> None:
        async with running(_container(directory)) as application:
            await prepare_schema(application.database)
            await furnish(application)

    asyncio.run(prepare())
    return directory


def _copy_unless_there(furnished: Path, directory: Path) -> None:
    if not directory.exists():
        shutil.copytree(furnished, directory)


def _container(directory: Path, **settings: Any) -> Container:
    values = {"data_directory": directory, **QUICK_PASSWORDS, **settings}
    return Container(settings=Settings.of(values, {}), cartridges=cartridges_from(cartridge, sample_services))
