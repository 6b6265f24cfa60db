"""What was entered so far, on its way through the browser and back.

It is encrypted and signed with the key that protects secrets at rest, so that every process can go on with
it, none has to keep it, and the browser can neither read nor change it; see docs/decisions/0009.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from app_bo.caller import Caller
from iomconnector.errors import ConfigurationError, ConnectorError
from iomconnector.settings import Settings
from iomconnector.storage.secret_store import FernetSecretStore

LIFETIME: Final = timedelta(hours=2)


class EntryLostError(ConnectorError):
    """What was entered is too old, was changed, or belongs to another session or page."""

    code = "back_office.entry_lost"


def seal(content: Mapping[str, Any], caller: Caller, *, purpose: str) -> str:
    """A text for a hidden field.

    Arguments:
        content: What was entered, content for JSON.
        caller: Who entered it; no other session can go on with it.
        purpose: The page that can go on with it.
    """
    until = caller.application.clock.now() + LIFETIME
    sealed = {"for": _purpose(purpose), "of": _owner(caller), "until": until.isoformat(), "content": content}
    return _secrets(caller.application.settings).seal(json.dumps(sealed))


def unseal(text: str, caller: Caller, *, purpose: str) -> dict[str, Any]:
    """What a hidden field brings back.

    Raises:
        EntryLostError: It was sealed for another page or session, or more than two hours ago, or not here.
    """
    try:
        sealed = json.loads(_secrets(caller.application.settings).open(text))
        fits = (sealed["for"], sealed["of"]) == (_purpose(purpose), _owner(caller))
        if fits and caller.application.clock.now() <= datetime.fromisoformat(sealed["until"]):
            return dict(sealed["content"])
    except (ConfigurationError, ValueError, KeyError, TypeError):
        pass
    raise EntryLostError(
        "What you entered cannot be continued: it is older than two hours, or belongs to another session.",
        hint="Begin again; nothing was saved.",
    )


def _purpose(page: str) -> str:
    return f"app_bo: {page}"


def _owner(caller: Caller) -> str:
    return sha256(caller.session.token.encode()).hexdigest()


def _secrets(settings: Settings) -> FernetSecretStore:
    key = settings.secret_key.get_secret_value() if settings.secret_key else None
    return FernetSecretStore(settings.data_directory / "secret.key", key)
