"""What a URL of a PostgreSQL database may say, and what is said about one that is wrong."""

import ssl
import sys
import traceback

import pytest
from sqlalchemy.engine import make_url

from iomconnector.errors import ConfigurationError
from iomconnector.storage.database import Database
from iomconnector.storage.engine.postgresql_address import PostgresqlAddress

PLAIN = "postgresql://shop:geheim@db.example.com/shop"


def _address(url: str) -> PostgresqlAddress:
    return PostgresqlAddress.of(make_url(url))


def test_a_plain_url_has_limits_that_protect_the_program() -> None:
    address = _address(PLAIN)
    assert (address.pool_size, address.connect_timeout, address.statement_timeout) == (10, 10, 30)
    arguments = address.connect_arguments
    assert arguments["ssl"] == "prefer"
    assert arguments["timeout"] == 10
    assert arguments["command_timeout"] == 40
    assert arguments["server_settings"]["statement_timeout"] == "30000"
    assert arguments["server_settings"]["application_name"] == "iomconnector"


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+asyncpg"])
def test_the_driver_is_chosen_by_the_program(scheme: str) -> None:
    address = _address(f"{scheme}://shop:geheim@db.example.com:6432/shop?target_session_attrs=read-write")
    assert address.driver_url.render_as_string(hide_password=False) == (
        "postgresql+asyncpg://shop:geheim@db.example.com:6432/shop?target_session_attrs=read-write"
    )
    assert "geheim" not in str(address.url)


def test_every_parameter_is_understood() -> None:
    address = _address(
        f"{PLAIN}?pool_size=30&connect_timeout=2.5&statement_timeout=0&sslmode=require&application_name=night"
    )
    assert (address.pool_size, address.connect_timeout, address.statement_timeout) == (30, 2.5, 0)
    arguments = address.connect_arguments
    assert arguments["ssl"] == "require"
    assert arguments["command_timeout"] is None
    assert arguments["server_settings"]["statement_timeout"] == "0"
    assert arguments["server_settings"]["application_name"] == "night"
    assert address.driver_url.query == {}


@pytest.mark.parametrize(("mode", "checked"), [("verify-full", True), ("verify-ca", False)])
def test_certificates_are_checked_against_those_given(mode: str, checked: bool) -> None:
    trusted = ssl.get_default_verify_paths().cafile
    if trusted is None:
        pytest.skip("this system has no certificates of its own")
    tls = _address(f"{PLAIN}?sslmode={mode}&sslrootcert={trusted}").tls
    assert isinstance(tls, ssl.SSLContext)
    assert tls.verify_mode is ssl.CERT_REQUIRED
    assert tls.check_hostname is checked


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://shop:geheim@localhost", "names no database"),
        ("postgresql+psycopg2://shop:geheim@localhost/shop", "names the driver postgresql[+]psycopg2"),
        (f"{PLAIN}?pool_sise=3", 'pool_sise. Did you mean "pool_size"?'),
        (f"{PLAIN}?colour=blue", "There are: host, port"),
        (f"{PLAIN}?pool_size=1", "at least 3"),
        (f"{PLAIN}?pool_size=many", "at least 3"),
        (f"{PLAIN}?statement_timeout=nan", "at least 0"),
        (f"{PLAIN}?sslmode=yes", "There are: disable"),
        (f"{PLAIN}?sslrootcert=/etc/ca.pem", "sslmode=verify-full"),
        (f"{PLAIN}?sslmode=verify-full&sslrootcert=/nowhere/ca.pem", "cannot be read"),
    ],
)
def test_a_url_that_is_wrong_says_what_to_write(url: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said.replace("?", "[?]")) as refused:
        Database(url)
    assert "geheim" not in str(refused.value)


def test_a_missing_driver_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    with pytest.raises(ConfigurationError, match=r'pip install "iomconnector\[postgresql\]"'):
        Database(PLAIN)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://shop:ge@heim@db.example.com/shop",
        "postgresql://shop:ge@heim/x@db.example.com/shop",
        "postgresql://shop:ge@he:im@db.example.com/shop",
        "postgresql://shop:ge@he:im/x@db.example.com/shop",
        "postgresql://shop@db.example.com:heim/shop",
    ],
)
def test_what_follows_an_at_in_a_password_is_not_shown_as_the_host(url: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        Database(url)
    assert "%40" in refused.value.hint
    told = "".join(traceback.format_exception(refused.value))
    assert "heim" not in told
    assert "im@" not in told
