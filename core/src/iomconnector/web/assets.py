"""Styles, scripts and pictures of pages, under addresses that change with their content."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from importlib.resources import files
from typing import Final

from fastapi import APIRouter, Response

from iomconnector.errors import NotFoundError

MEDIA_TYPES: Final = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
FOR_GOOD: Final = "public, max-age=31536000, immutable"
FOR_NOW: Final = "no-cache"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that pages ask for.

    Arguments:
        content: What is in it.
        media_type: What it is.
        digest: The beginning of the SHA-256 of its content.
    """

    content: bytes
    media_type: str
    digest: str


class Assets:
    """The files of a package that anybody may have; read once, when the first is asked for.

    Arguments:
        package: The package that has them in its folder ``static``.
        prefix: Where they are found, for example ``/bo/static``.
    """

    def __init__(self, package: str, prefix: str) -> None:
        self._package = package
        self._prefix = prefix

    @cached_property
    def all(self) -> dict[str, Asset]:
        """Every asset, by its name."""
        found: dict[str, Asset] = {}
        for file in (files(self._package) / "static").iterdir():
            content = file.read_bytes()
            kind = MEDIA_TYPES[file.name.rpartition(".")[2]]
            found[file.name] = Asset(content, kind, sha256(content).hexdigest()[:16])
        return found

    def path(self, name: str) -> str:
        """The address of an asset; another one whenever its content changes."""
        return f"{self._prefix}/{self.all[name].digest}/{name}"

    @cached_property
    def router(self) -> APIRouter:
        """The route that gives them. An asset of another version than the page that asks is given too, but
        not kept."""
        router = APIRouter(prefix=self._prefix, include_in_schema=False)

        @router.get("/{digest}/{name}")
        async def asset(digest: str, name: str) -> Response:
            found = self.all.get(name)
            if found is None:
                raise NotFoundError(f"There is no file {name}.")
            caching = FOR_GOOD if digest == found.digest else FOR_NOW
            headers = {"Cache-Control": caching, "X-Content-Type-Options": "nosniff"}
            return Response(found.content, media_type=found.media_type, headers=headers)

        return router
