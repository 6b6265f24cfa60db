"""The settings of a connection to IOM."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, SecretStr, ValidationError

from ac_iomconnector_common.connection import Authentication, ConnectionSettings

SECRET = "Geheim" * 6


def settings(**changes: Any) -> ConnectionSettings:
    values = {"base_url": "https://iom.example.com", "shop_id": 10020, "user": "shop", "password": "pw"}
    return ConnectionSettings.model_validate(values | changes)


def errors(**changes: Any) -> dict[str, str]:
    """Field to message of everything that is wrong with the changed settings."""
    with pytest.raises(ValidationError) as caught:
        settings(**changes)
    return {".".join(str(part) for part in error["loc"]): error["msg"] for error in caught.value.errors()}


def test_the_defaults_are_those_of_the_documentation() -> None:
    assert settings().model_dump(exclude={"base_url", "shop_id", "user", "password"}) == {
        "allow_plain_http": False,
        "shop_name": "",
        "authentication": Authentication.BASIC,
        "token": SecretStr(""),
        "jwt_secret": SecretStr(""),
        "connect_timeout": 5,
        "read_timeout": 30,
        "write_timeout": 30,
        "pool_timeout": 30,
        "max_connections": 20,
        "verify_tls": True,
        "ca_file": None,
        "read_retries": 3,
        "backoff_base": 0.2,
        "backoff_limit": 5,
    }


def test_every_field_has_a_title_and_a_description_for_forms() -> None:
    for name, field in ConnectionSettings.model_fields.items():
        assert field.title, name
        assert field.description, name


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://iom.example.com/", "https://iom.example.com"),
        (" https://iom.example.com:8443/iom// ", "https://iom.example.com:8443/iom"),
        ("HTTPS://iom.example.com", "https://iom.example.com"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://iom.localhost", "http://iom.localhost"),
        ("http://127.0.0.2:1", "http://127.0.0.2:1"),
        ("http://[::1]:8080/", "http://[::1]:8080"),
    ],
)
def test_usable_addresses_are_kept_without_their_last_slash(given: str, kept: str) -> None:
    assert settings(base_url=given).base_url == kept


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("http://iom.example.com", "must begin with https"),
        ("http://10.0.0.1", "must begin with https"),
        ("http://localhost.example.com", "must begin with https"),
        ("https://user:geheim@iom.example.com", "must not hold credentials"),
        ("https://geheim@iom.example.com", "must not hold credentials"),
        ("https://iom.example.com?x=1", "must not hold a query"),
        ("https://iom.example.com#x", "must not hold a query"),
        ("ftp://iom.example.com", "must be a URL such as"),
        ("iom.example.com", "must be a URL such as"),
        ("https://", "must be a URL such as"),
        ("", "must be a URL such as"),
        ("https://iom.example.com:99999", "check brackets and port"),
        ("https://[::1", "check brackets and port"),
        ("https://iom.example.com/a b", "must not hold blanks"),
        ("https://iom.exa\nmple.com", "must not hold blanks"),
    ],
)
def test_other_addresses_are_refused_without_repeating_them(address: str, reason: str) -> None:
    found = errors(base_url=address)
    assert list(found) == ["base_url"]
    assert reason in found["base_url"]
    assert "geheim" not in str(found)


def test_plain_http_can_be_allowed() -> None:
    assert settings(base_url="http://iom:8080", allow_plain_http=True).base_url == "http://iom:8080"


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"user": ""}, ["user"]),
        ({"password": ""}, ["password"]),
        ({"user": "", "password": ""}, ["user", "password"]),
        ({"authentication": "bearer_token"}, ["token"]),
        ({"authentication": "jwt"}, ["jwt_secret"]),
        ({"authentication": "jwt", "user": ""}, ["user", "jwt_secret"]),
    ],
)
def test_what_an_authentication_needs_is_named(changes: dict[str, str], missing: list[str]) -> None:
    found = errors(**changes)
    assert list(found) == missing
    for field in missing:
        assert f"needs the field {field}, which is empty" in found[field]


@pytest.mark.parametrize(
    "changes",
    [
        {"authentication": "bearer_token", "token": "abc.def", "user": "", "password": ""},
        {"authentication": "jwt", "jwt_secret": SECRET, "password": ""},
        {"authentication": "jwt", "jwt_secret": SECRET, "user": "with:colon"},
    ],
)
def test_what_an_authentication_does_not_need_may_be_empty(changes: dict[str, str]) -> None:
    assert settings(**changes).authentication == changes["authentication"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"user": "with:colon"}, "user"),
        ({"authentication": "bearer_token", "token": "two lines\n"}, "token"),
        ({"authentication": "bearer_token", "token": "tökén"}, "token"),
        ({"authentication": "jwt", "jwt_secret": "x" * 31}, "jwt_secret"),
        ({"authentication": "kerberos"}, "authentication"),
        ({"shop_id": 0}, "shop_id"),
        ({"shop_id": 2**63}, "shop_id"),
        ({"shop_id": "inTRONICS"}, "shop_id"),
        ({"connect_timeout": 0}, "connect_timeout"),
        ({"read_timeout": -1}, "read_timeout"),
        ({"write_timeout": float("inf")}, "write_timeout"),
        ({"pool_timeout": float("nan")}, "pool_timeout"),
        ({"max_connections": 0}, "max_connections"),
        ({"read_retries": -1}, "read_retries"),
        ({"backoff_base": 6}, ""),
        ({"retries": 3}, "retries"),
    ],
)
def test_wrong_values_are_refused_where_they_stand(changes: dict[str, Any], field: str) -> None:
    assert list(errors(**changes)) == [field]


def test_an_empty_file_name_means_the_authorities_of_the_system() -> None:
    assert settings(ca_file="").ca_file is None
    assert settings(ca_file="/etc/ca.pem").ca_file == Path("/etc/ca.pem")


@pytest.mark.parametrize("field", ["user", "password", "base_url"])
def test_settings_cannot_be_changed(field: str) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        setattr(settings(), field, getattr(settings(), field))


def test_a_service_adds_its_own_settings() -> None:
    class OrderExportSettings(ConnectionSettings):
        api_version: str = "2.4"

    extended = OrderExportSettings.model_validate(settings().model_dump() | {"api_version": "2.2"})
    assert isinstance(extended, BaseModel)
    assert (extended.api_version, extended.shop_id) == ("2.2", 10020)


@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=8).filter(lambda text: set(text) - set("* "))
)
def test_secrets_are_not_shown(secret: str) -> None:
    plain = settings(password="p", jwt_secret="j" * 40, token="t")
    usual = repr(plain) + str(plain) + str(plain.model_dump())
    full = settings(password=secret, jwt_secret=secret * 4)
    written = repr(full) + str(full) + str(full.model_dump()) + full.model_dump_json()
    assert secret in usual or secret not in written


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=12, max_size=31))
def test_secrets_are_not_shown_in_errors(secret: str) -> None:
    def text(value: str) -> str:
        with pytest.raises(ValidationError) as caught:
            settings(user="", password=value, authentication="jwt", jwt_secret=value, shop_id=value + "x")
        return str(caught.value) + repr(caught.value)

    assert secret in text("zg7qJx-Vk2wQp9-R") or secret not in text(secret)
