"""Managed services carried from one system to another as TOML, without their secrets."""

import tomllib
from typing import Any

import pytest
import tomli_w
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from iomconnector.errors import ConfigurationError
from iomconnector.ports.service_configuration_store import Sharing
from iomconnector.services.definition import ServiceDefinition
from iomconnector.services.errors import ServiceConflictError
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.managed_services import ServicesInMemory
from iomconnector.testing.samples import CHANNEL, ORGANIZATION, OTHER_CHANNEL

PASSWORD = "s3cret-s3cret"


class Port:
    """A port."""


class OtherPort:
    """Another port."""


class Proxy(BaseModel):
    """A setting with a secret inside."""

    host: str
    token: SecretStr


class Settings(BaseModel):
    """Settings of many kinds."""

    model_config = ConfigDict(extra="forbid")

    url: str
    password: SecretStr
    proxies: list[Proxy] = Field(default_factory=list)
    labels: dict[str, str] = Field(default_factory=dict)
    wait: float = 5
    limit: int | None = 7


DEFINITIONS = [
    ServiceDefinition("export", "Export", "Orders", Port, Settings, lambda _, __: None),
    ServiceDefinition("stock", "Stock", "Orders", OtherPort, Settings, lambda _, __: None),
]


@pytest.fixture
def world() -> ServicesInMemory:
    return ServicesInMemory(DEFINITIONS)


async def _fill(world: ServicesInMemory) -> None:
    services = world.managed
    values = {"url": "https://a.example.com/ü", "password": PASSWORD, "limit": None, "wait": 2.5}
    proxies = [{"host": "one", "token": PASSWORD}]
    await services.add(
        "shared",
        definition="export",
        context=ORGANIZATION,
        values={**values, "proxies": proxies, "labels": {"a.b": 'c"d\n'}},
        display_name="Of all",
        by="anna",
    )
    await services.add(
        "own",
        definition="stock",
        context=CHANNEL,
        values=values,
        available=False,
        active=False,
        sharing=Sharing.SHARED_MANDATORY,
        by="anna",
    )
    await services.override("shared", OTHER_CHANNEL, False, by="anna")
    await services.enable("stock", ORGANIZATION, False, by="anna")


def _secrets(*names: str) -> dict[str, Any]:
    proxies = [{"host": "one", "token": PASSWORD}]
    return {name: proxies if name.endswith("proxies") else PASSWORD for name in names}


ALL_SECRETS = _secrets("shared.password", "shared.proxies", "own.password")


@in_event_loop
async def test_another_system_becomes_the_same(world: ServicesInMemory) -> None:
    await _fill(world)
    text = await world.managed.export_toml()
    other = ServicesInMemory(DEFINITIONS)
    planned = await other.managed.import_toml(text, secrets=ALL_SECRETS, by="bob", plan=True)
    assert not (await other.store.state()).configurations
    entries = await other.managed.import_toml(text, secrets=ALL_SECRETS, by="bob")
    assert list(planned) == list(entries)
    assert await other.managed.export_toml() == text
    before, after = await world.store.state(), await other.store.state()
    assert (after.enablements, after.overrides) == (before.enablements, before.overrides)
    for key, each in before.configurations.items():
        assert other.managed.opened(after.configurations[key]) == world.managed.opened(each)
    assert list(await other.managed.import_toml(text, by="bob")) == [], "secrets that are stored stay"


@in_event_loop
async def test_no_secret_stands_in_the_file(world: ServicesInMemory) -> None:
    await _fill(world)
    text = await world.managed.export_toml()
    assert PASSWORD not in text
    assert "sealed" not in text
    shared = tomllib.loads(text)["service"][1]
    assert (shared["secrets"], shared["nothing"]) == (["password", "proxies"], ["limit"])
    assert set(shared["settings"]) == {"url", "labels", "wait"}


@in_event_loop
async def test_a_part_of_the_tree_can_be_exported(world: ServicesInMemory) -> None:
    await _fill(world)
    document = tomllib.loads(await world.managed.export_toml(CHANNEL))
    assert [each["id"] for each in document["service"]] == ["own"]
    assert document["organization"] == []


@in_event_loop
async def test_changes_are_told_and_what_is_not_in_the_file_stays(world: ServicesInMemory) -> None:
    await _fill(world)
    document = tomllib.loads(await world.managed.export_toml())
    shared = next(each for each in document["service"] if each["id"] == "shared")
    shared["settings"]["url"] = "https://b.example.com"
    del shared["overrides"]
    entries = await world.managed.import_toml(tomli_w.dumps({"service": [shared]}), by="bob")
    assert [(each.action, each.subject, dict(each.changes)) for each in entries] == [
        (
            "service.changed",
            "shared",
            {"settings.url": ("https://a.example.com/ü", "https://b.example.com")},
        ),
        ("service.overridden", "shared", {"active": (False, None)}),
    ]
    own = await world.managed.get("own")
    assert (own.version, own.values["url"]) == (1, "https://a.example.com/ü")
    del shared["settings"]["labels"], shared["nothing"]
    await world.managed.import_toml(tomli_w.dumps({"service": [shared]}), by="bob")
    assert set((await world.managed.get("shared")).values) == {"url", "wait", "password", "proxies"}


@in_event_loop
async def test_everything_that_is_wrong_is_named_at_once_and_nothing_is_changed(
    world: ServicesInMemory,
) -> None:
    await _fill(world)
    text = f"""
    [[organization]]
    id = "{CHANNEL}"
    [[organization]]
    id = "{ORGANIZATION}"
    enabled = ["stock", "fax"]
    [[service]]
    id = "shared"
    type = "export"
    context = "{CHANNEL}"
    [[service]]
    id = "own"
    type = "stock"
    context = "{CHANNEL}"
    settings = {{url = "https://a.example.com", wait = "long", colour = "red"}}
    [[service]]
    id = "new"
    type = "export"
    context = "{CHANNEL}"
    secrets = ["password", "proxies"]
    settings = {{url = "https://a.example.com"}}
    [[service]]
    id = "lost"
    type = "export"
    context = "nowhere"
    """
    before = await world.store.state()
    with pytest.raises(ConfigurationError) as refused:
        await world.managed.import_toml(text, secrets={"odd.password": PASSWORD}, by="bob")
    assert refused.value.message.splitlines() == [
        "The file cannot be imported, and nothing was changed:",
        "  odd.password belongs to no service of the file.",
        f"  shared is of type export and belongs to {ORGANIZATION} here, not of type export in {CHANNEL}: "
        "remove it first, or change its id in the file.",
        "  Service 'own' is not configured correctly: wait must be a number; "
        "colour is no setting of this service type.",
        "  lost: there is no context 'nowhere'.",
        f"  There is no organization '{CHANNEL}'.",
        "  No cartridge of this assembly offers a service type 'fax'; offered are: export, stock.",
        "  Secrets are missing: new.password, new.proxies. Give each as ID.NAME=@FILE.",
    ]
    assert PASSWORD not in str(refused.value)
    assert await world.store.state() == before


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[service]", "it is no TOML"),
        ("colour = 1", "colour is no setting"),
        ("[[service]]\nid = 'a'", "service.0.type is missing; service.0.context is missing"),
        ("[[service]]\nid='a'\ntype='b'\ncontext='c'\nsharing='all'", "service.0.sharing must be one of"),
    ],
)
@in_event_loop
async def test_a_file_that_is_something_else_is_refused(
    world: ServicesInMemory, text: str, told: str
) -> None:
    with pytest.raises(ConfigurationError, match="The services cannot be read from the file") as refused:
        await world.managed.import_toml(text, by="bob")
    assert told in refused.value.message


@in_event_loop
async def test_a_conflict_refuses_the_whole_file_unless_it_may_replace(world: ServicesInMemory) -> None:
    await _fill(world)
    text = (await world.managed.export_toml()).replace('"shared"', '"rival"')
    secrets = _secrets("rival.password", "rival.proxies")
    with pytest.raises(ServiceConflictError, match="Only one adapter allowed to be executable of Port"):
        await world.managed.import_toml(text, secrets=secrets, by="bob")
    assert "rival" not in (await world.store.state()).configurations
    await world.managed.import_toml(text, secrets=secrets, by="bob", replace=True)
    state = await world.store.state()
    assert (state.configurations["rival"].active, state.configurations["shared"].active) == (True, False)


@in_event_loop
async def test_what_is_given_comes_before_the_file_and_the_file_before_what_is_stored(
    world: ServicesInMemory,
) -> None:
    await _fill(world)
    document = tomllib.loads(await world.managed.export_toml(CHANNEL))
    (own,) = document["service"]
    own["settings"]["password"] = "in the file"
    given = {"own.url": "https://given.example.com"}
    await world.managed.import_toml(tomli_w.dumps(document), secrets=given, by="bob")
    opened = world.managed.opened(await world.managed.get("own"))
    assert isinstance(opened, Settings)
    assert (opened.url, opened.password.get_secret_value()) == ("https://given.example.com", "in the file")
    await world.managed.import_toml(tomli_w.dumps(document), secrets={"own.password": PASSWORD}, by="bob")
    opened = world.managed.opened(await world.managed.get("own"))
    assert isinstance(opened, Settings)
    assert (opened.url, opened.password.get_secret_value()) == ("https://a.example.com/ü", PASSWORD)


@in_event_loop
async def test_a_service_that_stands_in_the_file_twice_is_refused(world: ServicesInMemory) -> None:
    await _fill(world)
    text = await world.managed.export_toml(CHANNEL)
    twice = text + text[text.index("[[service]]") :].replace("wait = 2.5", "wait = 9.5")
    with pytest.raises(ConfigurationError, match="own stands in the file 2 times"):
        await world.managed.import_toml(twice, by="bob")
    assert (await world.managed.get("own")).values["wait"] == 2.5
