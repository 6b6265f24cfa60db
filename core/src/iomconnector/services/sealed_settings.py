"""Settings as they are stored: every secret in them is sealed, and known by its form.

A secret is stored as ``{"sealed": "..."}``. So that nothing else has that form, a key ``sealed`` of any other
object is stored as ``=sealed``, a key ``=sealed`` as ``==sealed``, and so on.
"""

from collections.abc import Callable, Mapping
from typing import Any

SEALED = "sealed"
_AGAIN = "="
MASK = "********"
CHANGED = "changed"


def masked(values: Mapping[str, Any]) -> dict[str, Any]:
    """The settings for people."""
    return {name: with_secrets(value, lambda _: MASK) for name, value in values.items()}


def has_secret(value: Any) -> bool:
    """Whether a stored setting is a secret, or a part of it is."""
    found: list[str] = []
    with_secrets(value, found.append)
    return bool(found)


def with_secrets(value: Any, shown: Callable[[str], Any]) -> Any:
    """A stored setting with something else in the place of each sealed secret.

    Arguments:
        value: The setting.
        shown: What to put in the place of a secret; gets it sealed.
    """
    sealed = sealed_text(value)
    if sealed is not None:
        return shown(sealed)
    if isinstance(value, Mapping):
        return {_given_key(key): with_secrets(part, shown) for key, part in value.items()}
    return [with_secrets(part, shown) for part in value] if isinstance(value, list) else value


def stored_key(name: str) -> str:
    """The key of an object that is no secret, as it is stored."""
    return f"{_AGAIN}{name}" if name.lstrip(_AGAIN) == SEALED else name


def _given_key(stored: str) -> str:
    return stored.removeprefix(_AGAIN) if stored.lstrip(_AGAIN) == SEALED else stored


def sealed_text(value: Any) -> str | None:
    """The secret itself, sealed, where a stored value is one."""
    sealed = value.get(SEALED) if isinstance(value, Mapping) and len(value) == 1 else None
    return sealed if isinstance(sealed, str) else None


def changed_settings(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """What is different between two versions of stored settings, for people.

    Of a secret it tells that it was changed, and nothing else.
    """
    return {
        name: _told(old.get(name), new.get(name))
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name)
    }


def _told(old: Any, new: Any) -> tuple[Any, Any]:
    was, now = (with_secrets(value, lambda _: MASK) for value in (old, new))
    return (was, CHANGED) if now == MASK or was == now else (was, now)
