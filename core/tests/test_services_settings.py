"""Settings of managed services: told in plain words, described, tried, changed, and who changed them."""

import asyncio
from datetime import timedelta
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator
from structlog.testing import capture_logs

from iomconnector.errors import ConfigurationError, ConnectorError
from iomconnector.services.connection_test import connection_report
from iomconnector.services.definition import AdapterContext, ServiceDefinition
from iomconnector.services.errors import (
    ServiceChangedError,
    ServiceSettingsError,
)
from iomconnector.services.setting_fields import SettingKind
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.managed_services import ServicesInMemory
from iomconnector.testing.samples import CHANNEL, ORGANIZATION

APPLICATION = "inSPIRED-inTRONICS-rest"
SECRET = "s3cret-s3cret"


class Port:
    """A port."""


class Url(BaseModel):
    """Settings."""

    model_config = ConfigDict(extra="forbid")

    url: str = Field(
        default="https://oms.example.com", min_length=1, title="Address", description="Where it is."
    )
    wait: Annotated[float, Field(gt=0, le=60, json_schema_extra={"unit": "s"})] = 5
    retries: int = Field(default=3, ge=0, le=10, title="Retries")
    mode: Literal["fast", "careful"] = "fast"
    strict: bool = True
    password: SecretStr | None = Field(default=None, title="Password")
    shops: list[int] = Field(default_factory=list)
    labels: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _fits(self) -> "Url":
        if self.mode == "fast" and self.retries > 5:
            raise ValueError("fast and more than 5 retries do not go together.")
        return self


class Adapter:
    """Remembers its settings and whether it was closed."""

    def __init__(self, settings: Url, context: AdapterContext) -> None:
        self.settings = settings
        self.context = context
        self.closed = False
        ADAPTERS.append(self)

    async def aclose(self) -> None:
        """Note it."""
        self.closed = True


ADAPTERS: list[Adapter] = []


async def _check(adapter: Adapter) -> str:
    assert not adapter.closed
    if adapter.settings.url.endswith("/refused"):
        raise ConnectorError("Nobody listens there.", hint="Start it.")
    if adapter.settings.url.endswith("/broken"):
        raise ValueError(SECRET)
    if adapter.settings.url.endswith("/slow"):
        await asyncio.Event().wait()
    password = adapter.settings.password
    return f"It answers {'somebody' if password and password.get_secret_value() == SECRET else 'nobody'}."


DEFINITIONS = (
    ServiceDefinition("stock", "STOCK", "Orders", Port, Url, Adapter, check=_check),
    ServiceDefinition("atp", "ATP", "Orders", Port, Url, Adapter),
)


class World(ServicesInMemory):
    """Managed services with a service type that can be tested."""

    def __init__(self) -> None:
        super().__init__(DEFINITIONS)

    async def add(self, key: str, **fields: Any) -> None:
        """Add a service to the organization."""
        fields = {"values": {}, "by": "anna", **fields}
        await self.managed.add(key, definition="stock", context=ORGANIZATION, **fields)


@pytest.fixture
def world() -> World:
    ADAPTERS.clear()
    return World()


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"retries": 11}, "Retries (retries) must be at most 10"),
        ({"url": ""}, "Address (url) must not be empty"),
        ({"retries": "many"}, "Retries (retries) must be a whole number"),
        ({"wait": 0}, "wait must be greater than 0"),
        ({"mode": "wild"}, "mode must be one of 'fast' or 'careful'"),
        ({"strict": "perhaps"}, "strict must be yes or no"),
        ({"shops": ["x"]}, "shops.0 must be a whole number"),
        ({"labels": [1]}, 'labels must be an object, such as {"key": "value"}'),
        ({"passwort": SECRET}, "passwort is no setting of this service type, password is"),
        ({"retries": 6}, "fast and more than 5 retries do not go together"),
    ],
)
@in_event_loop
async def test_wrong_settings_are_told_in_plain_words(
    world: World, values: dict[str, Any], told: str
) -> None:
    with pytest.raises(ServiceSettingsError) as refused:
        await world.add("stock", values=values)
    assert refused.value.message == f"Service 'stock' is not configured correctly: {told}."
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize("key", ["", ".", "..", "a/b", "a b", "a\n", "x" * 256])
@in_event_loop
async def test_an_id_that_would_not_fit_anywhere_is_refused(world: World, key: str) -> None:
    with pytest.raises(ConfigurationError, match="cannot be the id of a service"):
        await world.add(key)


def test_settings_are_described_for_forms(world: World) -> None:
    fields = {each.name: each for each in world.managed.settings_of("stock")}
    assert [(each.name, each.kind) for each in fields.values()] == [
        ("url", SettingKind.TEXT),
        ("wait", SettingKind.NUMBER),
        ("retries", SettingKind.INTEGER),
        ("mode", SettingKind.CHOICE),
        ("strict", SettingKind.BOOLEAN),
        ("password", SettingKind.SECRET),
        ("shops", SettingKind.LIST),
        ("labels", SettingKind.OBJECT),
    ]
    assert (fields["url"].title, fields["url"].help) == ("Address", "Where it is.")
    assert (fields["wait"].title, fields["wait"].unit, fields["wait"].default) == ("Wait", "s", 5)
    assert fields["mode"].choices == ("fast", "careful")
    assert [each.name for each in fields.values() if each.secret] == ["password"]
    assert (fields["shops"].default, fields["labels"].default) == ([], {})


@in_event_loop
async def test_a_connection_test_says_what_answered_and_closes_what_it_made(world: World) -> None:
    await world.add("stock", values={"password": SECRET}, active=False)
    report = await world.managed.test("stock", CHANNEL)
    assert (report.ok, report.message) == (True, "It answers somebody.")
    assert report.seconds >= 0
    assert (ADAPTERS[0].closed, ADAPTERS[0].context.channel) == (True, CHANNEL)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://oms.example.com/refused", "Nobody listens there. Start it."),
        ("https://oms.example.com/broken", "The test of STOCK is broken: ValueError."),
    ],
)
@in_event_loop
async def test_a_connection_test_that_fails_says_why(world: World, url: str, said: str) -> None:
    await world.add("stock", values={"url": url})
    with capture_logs() as logs:
        report = await world.managed.test("stock", CHANNEL)
    assert (report.ok, report.message) == (False, said)
    assert ADAPTERS[0].closed
    assert SECRET not in repr(logs)


@in_event_loop
async def test_a_connection_test_is_given_up_when_it_takes_too_long(world: World) -> None:
    context = AdapterContext("stock", CHANNEL, world.clock, world.message_log, world.extensions)
    slow = Url(url="https://oms.example.com/slow")
    report = await connection_report(DEFINITIONS[0], slow, context, patience=0.01)
    assert (report.ok, report.message) == (
        False,
        "There was no result after 0.01 seconds, so the test was given up.",
    )
    assert ADAPTERS[0].closed


@in_event_loop
async def test_settings_can_be_tried_before_they_are_stored(world: World) -> None:
    await world.add("stock", values={"password": SECRET, "retries": 9, "mode": "careful"})
    services = world.managed
    report = await services.test_values("stock", CHANNEL, {"wait": 1}, of="stock")
    assert report.message == "It answers somebody."
    assert ADAPTERS[-1].settings.retries == 3, "only secrets are taken from what is stored"
    report = await services.test_values("stock", CHANNEL, {"password": "other"}, of="stock")
    assert report.message == "It answers nobody."
    report = await services.test_values("stock", CHANNEL, {}, of=None)
    assert report.message == "It answers nobody."
    with pytest.raises(ServiceSettingsError, match="retries"):
        await services.test_values("stock", CHANNEL, {"retries": 11}, of="stock")
    with pytest.raises(
        ConfigurationError, match="stock is of type stock, so its secrets are not used for atp"
    ):
        await services.test_values("atp", CHANNEL, {}, of="stock")
    with pytest.raises(ConfigurationError, match="ATP offers no connection test"):
        await services.test_values("atp", CHANNEL, {}, of=None)


@in_event_loop
async def test_a_change_for_an_older_version_is_refused(world: World) -> None:
    await world.add("stock")
    world.clock.advance(timedelta(minutes=1))
    seen = await world.managed.get("stock")
    await world.managed.change("stock", values={"retries": 1}, by="bob", expected_version=seen.version)
    with pytest.raises(
        ServiceChangedError, match=r"stock was changed by bob at .*:01:00 UTC in the meantime"
    ):
        await world.managed.change("stock", values={"wait": 1}, by="anna", expected_version=seen.version)
    assert (await world.managed.get("stock")).values == {"retries": 1}
    await world.managed.change("stock", values={"wait": 1}, by="anna")
    assert (await world.managed.get("stock")).values == {"retries": 1, "wait": 1.0}
    unchanged = await world.managed.change("stock", values={"wait": 1}, active=True, by="carl")
    assert (unchanged.version, unchanged.updated_by) == (3, "anna"), "nothing was changed"


@in_event_loop
async def test_a_setting_gets_its_default_again_also_one_that_its_type_has_no_more(world: World) -> None:
    await world.add("stock", values={"retries": 1, "wait": 2, "password": SECRET})
    await world.managed.change("stock", values={"wait": 3}, defaults=["retries", "shops"], by="bob")
    stored = (await world.managed.get("stock")).values
    assert set(stored) == {"wait", "password"}
    with pytest.raises(ServiceSettingsError, match="'stock' has no setting colour") as refused:
        await world.managed.change("stock", defaults=["colour", "wait"], by="bob")
    assert refused.value.problems == {"colour": "is no setting of this service type"}

    class Less(BaseModel):
        model_config = ConfigDict(extra="forbid")
        password: SecretStr

    world.offered = [ServiceDefinition("stock", "STOCK", "Orders", Port, Less, Adapter)]
    with pytest.raises(ServiceSettingsError, match="wait is no setting"):
        await world.managed.change("stock", values={"password": SECRET}, by="bob")
    with pytest.raises(ServiceSettingsError, match="password is missing"):
        await world.managed.change("stock", defaults=["wait", "password"], by="bob")
    await world.managed.change("stock", defaults=["wait"], by="bob")
    assert set((await world.managed.get("stock")).values) == {"password"}


@in_event_loop
async def test_the_audit_trail_tells_who_changed_what_and_no_secret(world: World) -> None:
    await world.add("stock", values={"password": SECRET, "url": "https://a.example.com"})
    await world.managed.change(
        "stock", values={"password": SECRET[::-1], "url": "https://b.example.com"}, active=False, by="bob"
    )
    await world.managed.change("stock", values={"password": SECRET[::-1], "retries": 1}, by="bob")
    await world.managed.override("stock", CHANNEL, False, by="bob")
    await world.managed.delete("stock", by="carl")
    entries = await world.managed.audit()
    assert [(each.action, each.by, each.context) for each in reversed(entries)] == [
        ("service.enabled", "anna", ORGANIZATION),
        ("service.added", "anna", ORGANIZATION),
        ("service.changed", "bob", ORGANIZATION),
        ("service.changed", "bob", ORGANIZATION),
        ("service.overridden", "bob", CHANNEL),
        ("service.removed", "carl", ORGANIZATION),
        ("service.overridden", "carl", CHANNEL),
    ]
    first_change, second_change = (each for each in reversed(entries) if each.action == "service.changed")
    assert first_change.changes == {
        "active": (True, False),
        "settings.password": ("********", "changed"),
        "settings.url": ("https://a.example.com", "https://b.example.com"),
    }
    assert second_change.changes == {"settings.retries": (None, 1)}, "the secret is the same"
    assert not any(secret in repr(entries) for secret in (SECRET, SECRET[::-1], "sealed"))
    assert len(await world.managed.audit(context=CHANNEL)) == 2
    assert len(await world.managed.audit(service="stock", limit=3)) == 3
