"""Settings from an assembly and from environment variables."""

import traceback
from pathlib import Path
from typing import Any

import pytest

from iomconnector.errors import ConfigurationError
from iomconnector.settings import Settings


def test_without_values_every_setting_has_its_default() -> None:
    settings = Settings.of({}, {})
    assert settings.data_directory == Path("var")
    assert settings.database == "sqlite:///var/shop.sqlite"
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)


def test_a_variable_comes_before_the_assembly_and_an_empty_one_does_not_count() -> None:
    values = {"port": 1, "host": "::1", "log_format": "json"}
    environ = {"IOMC_PORT": "2", "IOMC_HOST": "", "IOMC_DATA_DIRECTORY": "/data", "PORT": "3"}
    settings = Settings.of(values, environ)
    assert (settings.port, settings.host, settings.log_format) == (2, "::1", "json")
    assert settings.database == "sqlite:////data/shop.sqlite"


def test_variables_that_choose_the_assembly_are_no_settings() -> None:
    environ = {"IOMC_ASSEMBLY": "a", "IOMC_ENVIRONMENT": "test", "IOMC_ASSEMBLY_PATH": "/a"}
    assert Settings.of({}, environ) == Settings.of({}, {})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"), ("PORT", "65536"), ("PORT", "-1"), ("LOG_FORMAT", "xml"),
        ("EXPORT_CONCURRENCY", "0"), ("EXPORT_CONCURRENCY", "1.5"), ("EXPORT_LEASE", "0"),
        ("EXPORT_LEASE", "-1"), ("EXPORT_LEASE", "inf"), ("EXPORT_LEASE", "nan"), ("EXPORT_LEASE", "1e300"),
        ("EXPORT_MAX_ATTEMPTS", "0"), ("EXPORT_POLL_INTERVAL", "soon"),
    ],
)  # fmt: skip
def test_a_wrong_variable_is_named_and_its_value_is_not_shown(name: str, value: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        Settings.of({}, {f"IOMC_{name}": value})
    assert raised.value.exit_code == 3
    assert f"{name.lower()} (IOMC_{name}): " in raised.value.message
    assert "65536" not in str(raised.value)


def test_everything_that_is_wrong_is_named_with_its_origin() -> None:
    values: dict[str, Any] = {"port": "http", "colour": "red", "log_format": "text", "host": 7}
    with pytest.raises(ConfigurationError) as raised:
        Settings.of(values, {"IOMC_EXPORT_LEASE": "x"}, origins={"port": "shop.toml:7"})
    for part in (
        "port (shop.toml:7): ",
        "colour: Extra inputs",
        "host: ",
        "export_lease (IOMC_EXPORT_LEASE): ",
    ):
        assert part in raised.value.message
    assert "log_format" not in raised.value.message


def test_a_setting_that_may_be_two_things_is_named_once_and_by_its_variable() -> None:
    with pytest.raises(ConfigurationError) as raised:
        Settings.of({}, {"IOMC_MESSAGE_DAYS": "-3"})
    assert raised.value.message == (
        "The settings are wrong: message_days (IOMC_MESSAGE_DAYS): "
        "Input should be greater than or equal to 1, or: Input should be 'never'."
    )


def test_secrets_stand_in_no_error_and_no_text() -> None:
    key = "hunter2hunter2hunter2hunter2"
    settings = Settings.of({}, {"IOMC_SECRET_KEY": key})
    assert settings.secret_key is not None
    assert settings.secret_key.get_secret_value() == key
    assert key not in repr(settings)
    assert key not in str(settings)
    with pytest.raises(ConfigurationError) as raised:
        Settings.of({"secret_key": [key], "database_url": 7}, {"IOMC_PORT": key})
    assert key not in "".join(traceback.format_exception(raised.value))


@pytest.mark.parametrize(
    ("variable", "meant"),
    [
        ("IOMC_DATA_DIR", "IOMC_DATA_DIRECTORY"),
        ("IOMC_EXPORT_CONCURENCY", "IOMC_EXPORT_CONCURRENCY"),
        ("IOMC_ENVIRONMEN", "IOMC_ENVIRONMENT"),
    ],
)
def test_a_variable_that_is_probably_misspelt_is_refused(variable: str, meant: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        Settings.of({}, {variable: "1"})
    assert str(raised.value) == f"The environment variable {variable} is not known. Did you mean {meant}?"


def test_a_variable_that_resembles_none_is_left_alone() -> None:
    assert Settings.of({}, {"IOMC_PARTNER_API": "1", "IOMC": "x"}) == Settings.of({}, {})


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ({}, "http://127.0.0.1:8000"),
        ({"host": "localhost", "port": 81}, "http://localhost:81"),
        ({"shop_address": "https://shop.example.com/"}, "https://shop.example.com"),
        ({"shop_address": "http://shop.example.com:8080/de"}, "http://shop.example.com:8080/de"),
        ({"host": "0.0.0.0"}, None),
        ({"port": 0}, None),
    ],
)
def test_where_shoppers_reach_the_shop(given: dict[str, Any], address: str | None) -> None:
    assert Settings.of(given, {}).public_address == address


@pytest.mark.parametrize(
    "address", ["shop.example.com", "ftp://x", "https://", "https://a b", "https://u:p@x", "https://x/?a"]
)
def test_an_address_of_the_shop_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(ConfigurationError, match=r"write it as https://shop\.example\.com"):
        Settings.of({"shop_address": address}, {})
