"""Secrets in settings: none is lost, taken for something else, or told by an error."""

import json
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from iomconnector.errors import ConfigurationError
from iomconnector.services.definition import ServiceDefinition
from iomconnector.services.edits import Addition
from iomconnector.services.errors import ServiceSettingsError
from iomconnector.services.sealed_settings import MASK
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.managed_services import ServicesInMemory
from iomconnector.testing.samples import CHANNEL

SECRET = "s3cret-s3cret"


class Port:
    """A port."""


class Proxy(BaseModel):
    """Settings in settings, one of them secret and called like the seal."""

    host: str = "proxy"
    sealed: SecretStr | None = None


class Connection(BaseModel):
    """Settings whose checks repeat what they were given, as a careless author writes them."""

    model_config = ConfigDict(extra="forbid")

    url: str = "https://oms.example.com"
    password: SecretStr | None = None
    proxies: list[Proxy] = Field(default_factory=list)
    labels: dict[str, Any] = Field(default_factory=dict)
    keys: set[SecretStr] = Field(default_factory=set)
    ports: set[int] = Field(default_factory=set)

    @field_validator("password", mode="before")
    @classmethod
    def _strong(cls, given: Any) -> Any:
        if given == SECRET[::-1]:
            raise ValueError(f"{given} is too weak")
        return given

    @field_validator("url")
    @classmethod
    def _known(cls, given: str) -> str:
        if "nowhere" in given:
            raise ValueError(f"{given} is not known")
        return given

    @model_validator(mode="after")
    def _fits(self) -> "Connection":
        if self.url.endswith("/other") and self.password is not None:
            raise ValueError(f"{self.password.get_secret_value()} is not for {self.url}")
        if self.url.endswith("/another"):
            raise ValueError(f"{self.url} takes no proxy")
        return self


DEFINITIONS = [ServiceDefinition("export", "Export", "Orders", Port, Connection, lambda _, __: None)]


@pytest.fixture
def world() -> ServicesInMemory:
    return ServicesInMemory(DEFINITIONS)


async def _add(world: ServicesInMemory, **values: Any) -> None:
    await world.managed.add("export", definition="export", context=CHANNEL, values=values, by="anna")


async def _opened(world: ServicesInMemory) -> Connection:
    opened = world.managed.opened(await world.managed.get("export"))
    assert isinstance(opened, Connection)
    return opened


@pytest.mark.parametrize(
    "labels",
    [
        {"sealed": "no secret"},
        {"=sealed": "no secret", "sealed": {"sealed": "no secret"}},
        {"==sealed": "no secret"},
        {"a": [{"sealed": "no secret"}], "x=sealed": 1},
    ],
)
@in_event_loop
async def test_what_has_the_form_of_a_sealed_secret_is_not_taken_for_one(
    world: ServicesInMemory, labels: dict[str, Any]
) -> None:
    await _add(world, labels=labels, password=SECRET)
    stored = await world.managed.get("export")
    assert (await _opened(world)).labels == labels
    assert world.managed.masked(stored) == {"labels": labels, "password": MASK}
    (_, added) = reversed(await world.managed.audit())
    assert added.changes["settings.labels"] == (None, labels)
    other = ServicesInMemory(DEFINITIONS)
    await other.managed.import_toml(
        await world.managed.export_toml(), secrets={"export.password": SECRET}, by="bob"
    )
    assert await _opened(other) == await _opened(world)


@in_event_loop
async def test_the_seal_of_another_secret_opens_nothing(world: ServicesInMemory) -> None:
    await _add(world, password=SECRET)
    sealed = (await world.managed.get("export")).values["password"]
    await world.managed.change("export", values={"labels": sealed}, by="mallory")
    assert (await _opened(world)).labels == sealed


@in_event_loop
async def test_a_secret_may_be_called_like_the_seal(world: ServicesInMemory) -> None:
    await _add(world, proxies=[{"sealed": SECRET}, {"host": "open"}])
    assert SECRET not in json.dumps((await world.managed.get("export")).values)
    before = await _opened(world)
    assert before.proxies[0].sealed == SecretStr(SECRET)
    sealed = (await world.managed.get("export")).values["proxies"]
    await world.managed.change("export", values={"url": "https://b.example.com"}, by="bob")
    assert (await world.managed.get("export")).values["proxies"] == sealed, "it stays as it is sealed"


@in_event_loop
async def test_secrets_in_a_set_are_refused_instead_of_lost(world: ServicesInMemory) -> None:
    with pytest.raises(ConfigurationError, match="several of them as a list") as refused:
        await _add(world, keys=[SECRET])
    assert SECRET not in str(refused.value)
    await _add(world, ports=[1])
    assert (await _opened(world)).ports == {1}


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"password": SECRET[::-1]}, "password does not fit"),
        (
            {"password": SECRET, "url": "https://oms.example.com/other"},
            "the settings do not fit together",
        ),
        ({"url": "https://nowhere"}, "url does not fit: https://nowhere is not known"),
        ({"url": "/another", "password": SECRET}, "/another takes no proxy"),
    ],
)
@in_event_loop
async def test_no_error_repeats_a_secret_even_where_the_check_of_the_model_does(
    world: ServicesInMemory, values: dict[str, Any], told: str
) -> None:
    with pytest.raises(ServiceSettingsError) as refused:
        await _add(world, **values)
    assert refused.value.message == f"Service 'export' is not configured correctly: {told}."
    assert not any(secret in repr(vars(refused.value)) for secret in (SECRET, SECRET[::-1]))


def test_an_addition_does_not_show_its_settings() -> None:
    assert SECRET not in repr(Addition("export", DEFINITIONS[0], CHANNEL, {"password": SECRET}))


@pytest.mark.parametrize("broken", ["half \ud83d", "zero \0"])
@in_event_loop
async def test_what_is_no_text_is_refused_before_a_database_chokes_on_it(
    world: ServicesInMemory, broken: str
) -> None:
    with pytest.raises(ConfigurationError, match="A secret holds what is no text") as refused:
        await _add(world, password=broken)
    assert broken not in str(refused.value)
    await _add(world)
    with pytest.raises(ConfigurationError, match="The name of export holds what is no text"):
        await world.managed.change("export", display_name=broken, by="anna")
    with pytest.raises(ConfigurationError, match="The name of second holds what is no text"):
        await world.managed.add(
            "second", definition="export", context=CHANNEL, values={}, display_name=broken, by="anna"
        )
