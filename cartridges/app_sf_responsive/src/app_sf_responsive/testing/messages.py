"""Which texts a package shows, and what its catalogs lack; for this cartridge and for those that join in::

assert catalog_problems("as_iomconnector") == []
"""

from __future__ import annotations

import re
from importlib.resources import as_file, files
from typing import Final

from babel.messages.extract import extract_from_dir

from app_sf_responsive.catalogs import read_catalog
from app_sf_responsive.languages import DEFAULT, OFFERED

Message = str | tuple[str, ...]

_METHODS: Final = [
    ("**.py", "python"),
    ("**/templates/**.html", "jinja2.ext.babel_extract"),
    ("templates/**.html", "jinja2.ext.babel_extract"),
]
_OPTIONS: Final = {
    pattern: {"trimmed": "true", "silent": "false"} for pattern, method in _METHODS if "jinja2" in method
}
_KEYWORDS: Final = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "translatable": None,
    "text": (2,),
}
_PLACEHOLDER: Final = re.compile(r"%\((\w+)\)[a-z]|%(?!%)")


def messages_of(package: str) -> dict[Message, str]:
    """Every message that the code and the templates of a package show, with the first place of each."""
    found: dict[Message, str] = {}
    with as_file(files(package)) as folder:
        for file, line, message, _, _ in extract_from_dir(folder, _METHODS, _OPTIONS, _KEYWORDS):
            if message:
                found.setdefault(message, f"{file}:{line}")
    return found


def catalog_problems(package: str) -> list[str]:
    """What is wrong with the catalogs of a package, a sentence for each: texts that are missing or not sure,
    placeholders that are other ones than in English, and texts that nothing shows any more."""
    messages = messages_of(package)
    problems: list[str] = []
    for language in (each for each in OFFERED if each != DEFAULT):
        catalog = read_catalog(package, language)
        if catalog is None:
            problems.append(f"{package} has no texts in {language}.")
            continue
        for message, place in messages.items():
            key = message if isinstance(message, str) else message[0]
            entry = catalog.get(key)
            texts = _texts(entry.string) if entry and entry.string else []
            if not texts or not all(texts) or (entry and entry.fuzzy):
                problems.append(f"{place}: {key!r} has no text in {language}.")
                continue
            problems += [
                f"{place}: {text!r} in {language} has other placeholders than {key!r}."
                for text in texts
                if not _placeholders(text) <= _all_placeholders(message) or _lost(message, text)
            ]
        known = {message if isinstance(message, str) else message[0] for message in messages}
        problems += [
            f"{entry.id!r} in {language} is not shown anywhere."
            for entry in catalog
            if entry.id and (entry.id if isinstance(entry.id, str) else entry.id[0]) not in known
        ]
    return problems


def _texts(string: str | tuple[str, ...] | list[str]) -> list[str]:
    return [string] if isinstance(string, str) else list(string)


def _placeholders(text: str) -> set[str]:
    return {match.group(1) or "%" for match in _PLACEHOLDER.finditer(text)}


def _all_placeholders(message: Message) -> set[str]:
    return set().union(*map(_placeholders, _texts(message)))


def _lost(message: Message, text: str) -> bool:
    """Whether a text leaves out what every form of its message has."""
    return not set.intersection(*map(_placeholders, _texts(message))) <= _placeholders(text)
