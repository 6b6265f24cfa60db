"""A configuration while it is edited: what is stored, what was entered, and what somebody else changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from app_bo.caller import Caller, Fields
from app_bo.sealed import seal, unseal
from app_bo.settings_form import PREFIX, SettingsForm
from iomconnector.ports.service_configuration_store import ServiceConfiguration, Sharing
from iomconnector.services.definition import ServiceDefinition

LONGEST_VERSION: Final = 18
GENERAL: Final = {
    "display_name": "Display name",
    "available": "Available",
    "active": "Active",
    "sharing": "Sharing rule",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """A part of a configuration that was changed by somebody else, or by the one who edits it, or by both.

    Arguments:
        title: What it is.
        before: What it was when the form was shown.
        stored: What is stored now.
        entered: What was entered; none where it was not touched.
    """

    title: str
    before: str
    stored: str
    entered: str | None


class Edit:
    """A configuration with what stands in its form.

    Arguments:
        caller: Who edits it.
        service: The configuration as it is stored.
    """

    def __init__(self, caller: Caller, service: ServiceConfiguration) -> None:
        services, definitions = caller.application.services, caller.application.definitions
        known = service.definition in definitions
        self.caller = caller
        self.service = service
        self.definition: ServiceDefinition[Any] | None = (
            definitions.get(service.definition) if known else None
        )
        self.fields = services.settings_of(service.definition) if known else ()
        self.form = SettingsForm(self.fields, services.masked(service))
        self.texts = self.form.stored_texts()
        self.display_name = service.display_name
        self.available = service.available
        self.active = service.active
        self.sharing = service.sharing
        self.version = service.version
        self._before: Mapping[str, str] = self.parts

    @property
    def parts(self) -> dict[str, str]:
        """What stands in the form, by the names of the inputs; secrets are left out."""
        return {
            "display_name": self.display_name,
            "available": "yes" if self.available else "no",
            "active": "yes" if self.active else "no",
            "sharing": self.sharing.value,
            **{f"{PREFIX}{each.name}": self.texts[each.name] for each in self.fields if not each.secret},
        }

    @property
    def before(self) -> str:
        """What stood in the form when it was first shown, for a hidden field."""
        return json.dumps(self._before, ensure_ascii=False)

    @property
    def kept(self) -> str:
        """The secrets that were typed, sealed for the next page; empty where none were."""
        secrets = self.form.secret_texts(self.texts)
        return seal(secrets, self.caller, purpose=self._purpose) if secrets else ""

    @property
    def _purpose(self) -> str:
        return f"secrets of {self.service.id}"

    def enter(self, sent: Fields) -> None:
        """Take over what was sent.

        Raises:
            EntryLostError: The secrets that were typed on an earlier page are too old.
        """
        kept = sent.text("kept")
        secrets = unseal(kept, self.caller, purpose=self._purpose) if kept else {}
        self.texts = self.form.sent_texts(sent, secrets)
        self.display_name = sent.text("display_name")
        self.available = sent.chosen("available")
        self.active = sent.chosen("active")
        if sent.text("sharing") in set(Sharing):
            self.sharing = Sharing(sent.text("sharing"))
        self.version = _number(sent.text("version"))
        self._before = _texts(sent.verbatim("before"))

    def merge(self, mine: Edit) -> list[Difference]:
        """Put what was entered on an older page into this form: what was touched there, and secrets.

        Returns:
            Everything that is not the same before, in the store, and as it was entered.
        """
        titles = GENERAL | {f"{PREFIX}{each.name}": each.title for each in self.fields}
        stored, entered = self.parts, mine.parts
        found: list[Difference] = []
        merged = dict(stored)
        for name in stored.keys() & entered.keys():
            before = mine._before.get(name, stored[name])
            touched = entered[name] != before
            if touched:
                merged[name] = entered[name]
            if touched or before != stored[name]:
                shown = entered[name] if touched else None
                found.append(Difference(titles[name], before, stored[name], shown))
        self._put(merged)
        self.texts |= self.form.secret_texts(mine.texts)
        order = list(titles.values())
        return sorted(found, key=lambda each: order.index(each.title))

    def _put(self, parts: Mapping[str, str]) -> None:
        self.display_name = parts["display_name"]
        self.available = parts["available"] == "yes"
        self.active = parts["active"] == "yes"
        self.sharing = Sharing(parts["sharing"])
        for each in self.fields:
            if not each.secret:
                self.texts[each.name] = parts[f"{PREFIX}{each.name}"]


def _number(text: str) -> int:
    """The number of a version; 0, which no stored one has, where it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_VERSION else 0


def _texts(document: str) -> dict[str, str]:
    """What a hidden field says, as far as it is sound."""
    try:
        content = json.loads(document)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(content, dict):
        return {}
    return {name: text for name, text in content.items() if isinstance(text, str)}
