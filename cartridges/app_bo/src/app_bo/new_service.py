"""The steps by which a service configuration is entered: what each takes over, and what it asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from app_bo.caller import Fields
from app_bo.settings_form import Problem, SettingsForm
from iomconnector.application import Application
from iomconnector.errors import NotFoundError
from iomconnector.model.contexts import Context
from iomconnector.ports.service_configuration_store import Sharing
from iomconnector.services.edits import ID_RULE, can_be_id
from iomconnector.services.sealed_settings import MASK

STEPS: Final[Mapping[str, str]] = {
    "type": "Service type",
    "general": "General information",
    "settings": "Settings",
    "sharing": "Sharing rule",
    "review": "Review",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A service configuration that is being entered.

    Arguments:
        context: The context that shall own it.
        definition: The service type.
        id: Its id.
        display_name: For people.
        available: Whether it may be used at all.
        active: Whether it is switched on.
        texts: The settings as they were typed; secrets among them.
        sharing: What it is to the contexts below.
    """

    context: str = ""
    definition: str = ""
    id: str = ""
    display_name: str = ""
    available: bool = True
    active: bool = True
    texts: Mapping[str, str] = field(default_factory=dict, repr=False)
    sharing: str = Sharing.SHARED_ACTIVE.value


def steps_to(step: str) -> list[str]:
    """The steps up to one, itself last."""
    order = list(STEPS)
    return order[: order.index(step) + 1]


def next_step(step: str) -> str:
    """The step behind another; the last one stays."""
    order = list(STEPS)
    return order[min(order.index(step) + 1, len(order) - 1)]


def step_before(step: str) -> str:
    """The step before another; the first one stays."""
    order = list(STEPS)
    return order[max(order.index(step) - 1, 0)]


class NewService:
    """What the steps do.

    Arguments:
        application: The system.
        contexts: Its contexts.
    """

    def __init__(self, application: Application, contexts: Mapping[str, Context]) -> None:
        self._application = application
        self._contexts = contexts

    @classmethod
    async def of(cls, application: Application) -> NewService:
        """The steps on a system."""
        return cls(application, {each.id: each for each in await application.contexts.all()})

    def form(self, entry: Entry) -> SettingsForm:
        """The form for the settings.

        Raises:
            NotFoundError: No cartridge offers the service type.
        """
        return SettingsForm(self._application.services.settings_of(entry.definition))

    def masked(self, entry: Entry) -> dict[str, Any]:
        """The settings for people: secrets are masked."""
        form = self.form(entry)
        values, _ = form.values(entry.texts)
        return {**values, **dict.fromkeys(form.secret_texts(entry.texts), MASK)}

    def enter(self, entry: Entry, step: str, sent: Fields) -> Entry:
        """What was entered, with what a step adds to it."""
        if step == "type":
            return self._enter_type(entry, sent)
        if step == "general":
            return replace(
                entry,
                id=sent.text("id"),
                display_name=sent.text("display_name"),
                available=sent.chosen("available"),
                active=sent.chosen("active"),
            )
        if step == "settings":
            return replace(entry, texts=self.form(entry).sent_texts(sent, entry.texts))
        if step == "sharing":
            return replace(entry, sharing=sent.text("sharing"))
        return entry

    def _enter_type(self, entry: Entry, sent: Fields) -> Entry:
        definition = sent.text("definition")
        texts = entry.texts if definition == entry.definition else {}
        return replace(entry, context=sent.text("context"), definition=definition, texts=texts)

    async def problems(self, entry: Entry, step: str) -> list[Problem]:
        """What is wrong with what was entered in a step."""
        checks = {
            "type": self._wrong_type,
            "general": self._wrong_general,
            "settings": self._wrong_settings,
            "sharing": self._wrong_sharing,
        }
        return await checks[step](entry) if step in checks else []

    async def _wrong_type(self, entry: Entry) -> list[Problem]:
        problems = []
        if entry.definition not in self._application.definitions:
            problems.append(Problem("definition", "Service type", "Choose a service type."))
        if entry.context not in self._contexts:
            problems.append(Problem("context", "Context", "Choose the context that the service belongs to."))
        return problems

    async def _wrong_general(self, entry: Entry) -> list[Problem]:
        if not entry.id:
            return [Problem("id", "Id", "Enter an id.")]
        if not can_be_id(entry.id):
            return [Problem("id", "Id", ID_RULE)]
        try:
            present = await self._application.services.get(entry.id)
        except NotFoundError:
            return []
        taken = f"There is a configuration of this id already, in {present.context}. Choose another id."
        return [Problem("id", "Id", taken)]

    async def _wrong_settings(self, entry: Entry) -> list[Problem]:
        form = self.form(entry)
        values, problems = form.values(entry.texts)
        marked = {problem.field for problem in problems}
        model = self._application.definitions.get(entry.definition).configuration
        return problems + [each for each in form.check(model, values) if each.field not in marked]

    async def _wrong_sharing(self, entry: Entry) -> list[Problem]:
        if entry.sharing in set(Sharing):
            return []
        return [Problem("sharing-shared-active", "Sharing rule", "Choose a sharing rule.")]
