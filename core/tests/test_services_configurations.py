"""Configuring managed services: settings are checked, secrets never leave the seal."""

import json
from contextlib import aclosing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, ConfigDict, Field, SecretBytes, SecretStr

from iomconnector.errors import ConfigurationError, NotFoundError
from iomconnector.services.definition import ServiceDefinition
from iomconnector.services.errors import ServiceSettingsError
from iomconnector.services.registry import ServiceDefinitions
from iomconnector.services.sealed_settings import MASK
from iomconnector.storage.audit_trail import SqlAuditTrail
from iomconnector.storage.context_repository import SqlContextRepository
from iomconnector.storage.database import Database
from iomconnector.storage.secret_store import FernetSecretStore
from iomconnector.storage.service_configuration_store import SqlServiceConfigurationStore
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.managed_services import ServicesInMemory
from iomconnector.testing.memory import MemorySecretStore
from iomconnector.testing.samples import CHANNEL, CONTEXTS

PASSWORD = "!InterShop00!"


class Proxy(BaseModel):
    """A setting of several parts, one of them secret."""

    host: str
    token: SecretStr


class Connection(BaseModel):
    """Settings of a service type."""

    model_config = ConfigDict(extra="forbid")

    base_url: str
    password: Annotated[SecretStr, Field(min_length=8)]
    second_password: SecretStr | None = None
    timeout: float = 5
    proxies: list[Proxy] = Field(default_factory=list)
    labels: dict[str, str] = Field(default_factory=dict)


class Certificate(BaseModel):
    """Settings with a secret that cannot be stored."""

    key: SecretBytes


def _definition(model: type[BaseModel], definition_id: str = "order-export") -> ServiceDefinition[Any]:
    return ServiceDefinition(definition_id, "Order export", "Orders", object, model, lambda _, __: None)


@pytest.fixture
def services() -> ServicesInMemory:
    return ServicesInMemory([_definition(Connection), _definition(Certificate, "certificate")])


async def _add(services: ServicesInMemory, **values: Any) -> None:
    await services.managed.add(
        "export",
        definition="order-export",
        context=CHANNEL,
        values={"base_url": "https://oms.example.com", "password": PASSWORD, **values},
        by="anna",
    )


async def _opened(services: ServicesInMemory) -> Connection:
    opened = services.managed.opened(await services.store.get("export"))
    assert isinstance(opened, Connection)
    return opened


def _texts(value: Any) -> str:
    return f"{value} {value!r} {vars(value) if hasattr(value, '__dict__') else ''}"


@in_event_loop
async def test_settings_come_back_as_they_were_given(services: ServicesInMemory) -> None:
    await _add(services, second_password="other", timeout=2.5, labels={"sealed": "no", "a": "b"})
    opened = await _opened(services)
    assert opened == Connection(
        base_url="https://oms.example.com",
        password=SecretStr(PASSWORD),
        second_password=SecretStr("other"),
        timeout=2.5,
        labels={"sealed": "no", "a": "b"},
    )


@in_event_loop
async def test_secrets_are_sealed_and_masked_at_every_depth(services: ServicesInMemory) -> None:
    proxies = [{"host": "one", "token": PASSWORD}, {"host": "two", "token": "other secret"}]
    await _add(services, second_password=None, proxies=proxies)
    stored = await services.store.get("export")
    for secret in (PASSWORD, "other secret"):
        assert secret not in json.dumps(stored.values) + _texts(stored)
    assert services.managed.masked(stored) == {
        "base_url": "https://oms.example.com",
        "password": MASK,
        "second_password": None,
        "proxies": [{"host": "one", "token": MASK}, {"host": "two", "token": MASK}],
    }
    opened = await _opened(services)
    assert [proxy.token.get_secret_value() for proxy in opened.proxies] == [PASSWORD, "other secret"]
    assert PASSWORD not in _texts(opened) + opened.model_dump_json()


@in_event_loop
async def test_no_secret_stands_in_the_database_file(database: Database, tmp_path: Path) -> None:
    async with aclosing(database):
        contexts = SqlContextRepository(database)
        for context in CONTEXTS:
            await contexts.save(context)
        services = ServicesInMemory(
            [_definition(Connection)], contexts=contexts, secrets=FernetSecretStore(tmp_path / "secret.key")
        )
        services.store = SqlServiceConfigurationStore(database)
        configurations = services.managed
        saved = await configurations.add(
            "export",
            definition="order-export",
            context=CHANNEL,
            values={"base_url": "https://oms.example.com", "password": PASSWORD},
            by="anna",
        )
        await configurations.change("export", values={"password": PASSWORD[::-1]}, by="anna")
        await configurations.change("export", values={"password": PASSWORD}, by="anna")
        saved = replace(saved, version=3)
        stored = await configurations.get("export")
        assert replace(stored, values=saved.values) == saved
        assert len(await SqlAuditTrail(database).entries()) == 4
        content = b"".join(file.read_bytes() for file in _files(tmp_path))
        assert b"oms.example.com" in content
        assert PASSWORD.encode() not in content
        assert PASSWORD[::-1].encode() not in content
        opened = configurations.opened(stored)
    assert isinstance(opened, Connection)
    assert opened.password.get_secret_value() == PASSWORD


def _files(folder: Path) -> list[Path]:
    return [file for file in folder.iterdir() if file.is_file()]


@in_event_loop
async def test_only_what_was_given_is_stored(services: ServicesInMemory) -> None:
    await _add(services)
    assert set((await services.store.get("export")).values) == {"base_url", "password"}


@in_event_loop
async def test_every_wrong_setting_is_named_and_no_value_shown(
    services: ServicesInMemory, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ServiceSettingsError) as refused:
        await services.managed.add(
            "export",
            definition="order-export",
            context=CHANNEL,
            values={
                "password": "s3cret!",
                "second_password": ["s3cret!"],
                "timeout": "s3cret!",
                "proxies": [{"host": "one", "token": {"s3cret!": 1}}],
                "typing_error": "s3cret!",
            },
            by="anna",
        )
    error = refused.value
    assert error.message == (
        "Service 'export' is not configured correctly: base_url is missing; "
        "password must have at least 8 characters; second_password must be text; timeout must be a number; "
        "proxies.0.token must be text; typing_error is no setting of this service type."
    )
    assert error.problems["timeout"] == "must be a number"
    assert error.ids == {"service": "export"}
    assert "s3cret!" not in _texts(error) + str(error.__cause__)
    assert "s3cret!" not in "".join(capsys.readouterr())
    assert list(await services.store.all()) == []


@in_event_loop
async def test_an_unknown_service_type_or_context_is_refused(services: ServicesInMemory) -> None:
    values = {"base_url": "https://oms.example.com", "password": PASSWORD}
    for definition, context in (("order-expert", CHANNEL), ("order-export", "nowhere")):
        with pytest.raises(NotFoundError, match=r"order-expert.*order-export|nowhere"):
            await services.managed.add("x", definition=definition, context=context, values=values, by="anna")
    assert list(await services.store.all()) == []


@in_event_loop
async def test_a_secret_that_cannot_be_stored_is_refused_and_not_lost(services: ServicesInMemory) -> None:
    with pytest.raises(ConfigurationError, match=r"pydantic\.SecretStr"):
        await services.managed.add(
            "certificate", definition="certificate", context=CHANNEL, values={"key": b"s3cret"}, by="anna"
        )
    assert list(await services.store.all()) == []


@in_event_loop
async def test_one_setting_can_be_changed_and_the_others_stay(services: ServicesInMemory) -> None:
    await _add(services, proxies=[{"host": "one", "token": PASSWORD}])
    before = await _opened(services)
    services.clock.advance(timedelta(seconds=1))
    changed = await services.managed.change("export", values={"timeout": 9}, by="bob")
    assert changed.updated_at == services.clock.now()
    assert changed.active
    assert await _opened(services) == before.model_copy(update={"timeout": 9.0})
    with pytest.raises(ConfigurationError, match="typing_error"):
        await services.managed.change("export", values={"typing_error": 1}, by="bob")
    with pytest.raises(NotFoundError, match="unknown"):
        await services.managed.change("unknown", active=False, by="bob")


@in_event_loop
async def test_a_service_can_be_switched_off_whatever_else_is_wrong(services: ServicesInMemory) -> None:
    await _add(services)
    before = await services.store.get("export")
    services.secrets = MemorySecretStore()
    services.offered = []
    assert not (await services.managed.change("export", active=False, by="bob")).active
    assert (await services.store.get("export")).values == before.values


@in_event_loop
async def test_a_service_whose_cartridge_is_gone_cannot_be_opened(services: ServicesInMemory) -> None:
    await _add(services)
    with pytest.raises(NotFoundError, match="offers a service type 'order-export'"):
        ServicesInMemory([], secrets=services.secrets).managed.opened(await services.store.get("export"))


@in_event_loop
async def test_a_secret_whose_key_is_lost_can_be_entered_again(services: ServicesInMemory) -> None:
    await _add(services)
    services.secrets = MemorySecretStore()
    with pytest.raises(ConfigurationError, match=r"password of service 'export'.*Enter the secret again"):
        await _opened(services)
    with pytest.raises(ConfigurationError):
        await services.managed.change("export", values={"timeout": 9}, by="bob")
    await services.managed.change("export", values={"password": "new password"}, by="bob")
    assert (await _opened(services)).password.get_secret_value() == "new password"


@in_event_loop
async def test_settings_that_do_not_fit_a_new_version_are_named(services: ServicesInMemory) -> None:
    class Renamed(BaseModel):
        model_config = ConfigDict(extra="forbid")
        url: str
        password: SecretStr

    await _add(services)
    stored = await services.store.get("export")
    with pytest.raises(ConfigurationError, match=r"url is missing.*base_url") as refused:
        ServicesInMemory([_definition(Renamed)], secrets=services.secrets).managed.opened(stored)
    assert PASSWORD not in _texts(refused.value)


def test_two_cartridges_cannot_offer_one_service_type() -> None:
    with pytest.raises(ConfigurationError, match=r"ac_second.*'order-export'.*ac_first"):
        ServiceDefinitions([("ac_first", _definition(Connection)), ("ac_second", _definition(Certificate))])


def test_an_unknown_service_type_is_answered_with_those_that_there_are() -> None:
    definitions = ServiceDefinitions(
        [("ac_b", _definition(Connection, "b")), ("ac_a", _definition(Connection, "a"))]
    )
    with pytest.raises(NotFoundError, match="offered are: a, b"):
        definitions.get("c")
    assert [(cartridge, each.id) for cartridge, each in definitions.all] == [("ac_a", "a"), ("ac_b", "b")]
    with pytest.raises(NotFoundError, match="offered are: none"):
        ServiceDefinitions([]).get("c")
