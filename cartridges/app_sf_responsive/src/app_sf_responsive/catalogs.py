"""Texts of a cartridge in other languages.

The messages of templates and code are English. The German texts of a package stand in its file
``locale/de/LC_MESSAGES/messages.po``, which is read when the first page is made: nothing is compiled, and no
compiled file can be out of date.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from io import BytesIO

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

FILE = "messages.po"


@cache
def read_catalog(package: str, language: str) -> Catalog | None:
    """What a package says in a language; none where it brings no file."""
    file = files(package) / "locale" / language / "LC_MESSAGES" / FILE
    if not file.is_file():
        return None
    with file.open("rb") as content:
        return read_po(content, locale=language, abort_invalid=True)


@cache
def translations(language: str, *packages: str) -> NullTranslations:
    """The texts of packages in a language; the first one that has a message says it.

    A message that none of them has stays English.
    """
    found: NullTranslations = NullTranslations()
    for package in reversed(packages):
        catalog = read_catalog(package, language)
        if catalog is None:
            continue
        compiled = BytesIO()
        write_mo(compiled, catalog)
        compiled.seek(0)
        more = Translations(compiled)
        more.add_fallback(found)
        found = more
    return found


def translatable(message: str) -> str:
    """The message itself: it stands in code, and is translated where it is shown."""
    return message
