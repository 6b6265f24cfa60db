"""Style, script and icon of the pages, under addresses that change with their content."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files

from fastapi import APIRouter, Response

from iomconnector.errors import NotFoundError

MEDIA_TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
FOR_GOOD = "public, max-age=31536000, immutable"
FOR_NOW = "no-cache"


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


@cache
def assets() -> dict[str, Asset]:
    """Every asset, by its name."""
    folder = files("app_bo") / "static"
    found: dict[str, Asset] = {}
    for file in folder.iterdir():
        content = file.read_bytes()
        kind = MEDIA_TYPES[file.name.rpartition(".")[2]]
        found[file.name] = Asset(content, kind, sha256(content).hexdigest()[:16])
    return found


def asset_path(name: str) -> str:
    """The address of an asset; another one whenever its content changes."""
    return f"/bo/static/{assets()[name].digest}/{name}"


router = APIRouter(prefix="/bo", include_in_schema=False)


@router.get("/static/{digest}/{name}")
async def asset(digest: str, name: str) -> Response:
    """An asset. One of another version than the page that asks is given too, but not kept."""
    found = assets().get(name)
    if found is None:
        raise NotFoundError(f"There is no file {name}.")
    caching = FOR_GOOD if digest == found.digest else FOR_NOW
    headers = {"Cache-Control": caching, "X-Content-Type-Options": "nosniff"}
    return Response(found.content, media_type=found.media_type, headers=headers)
