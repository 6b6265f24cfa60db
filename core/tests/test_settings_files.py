"""Secrets that stand in files."""

import os
import traceback
from pathlib import Path
from typing import Any

import pytest

from iomconnector.errors import ConfigurationError
from iomconnector.settings import SECRETS_IN_FILES, Settings, variable_of

SECRET = "postgresql://shop:hunter2@db/shop"


def written(folder: Path, content: str | bytes) -> str:
    file = folder / "secret"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return str(file)


def shown(value: Any) -> Any:
    return value.get_secret_value() if hasattr(value, "get_secret_value") else value


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
@pytest.mark.parametrize("name", sorted(SECRETS_IN_FILES))
def test_a_secret_is_read_from_the_file_without_the_end_of_its_line(
    tmp_path: Path, name: str, ending: str
) -> None:
    variables = {f"{variable_of(name)}_FILE": written(tmp_path, f" {SECRET} {ending}")}
    settings = Settings.of({name: "from the assembly"}, variables)
    assert shown(getattr(settings, name)) == f" {SECRET} "


def test_every_secret_setting_can_stand_in_a_file() -> None:
    secrets = {name for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)}
    assert secrets < SECRETS_IN_FILES


@pytest.mark.parametrize(
    ("content", "problem"),
    [("", "is empty"), (" \n", "is empty"), ("x" * 70_000, "is too long"), (b"\xff", "it is not UTF-8 text")],
)
def test_a_file_that_holds_no_secret_is_named_and_not_shown(
    tmp_path: Path, content: str | bytes, problem: str
) -> None:
    path = written(tmp_path, content)
    with pytest.raises(ConfigurationError) as raised:
        Settings.of({}, {"IOMC_SECRET_KEY_FILE": path})
    assert f"The file {path}, which IOMC_SECRET_KEY_FILE names, " in raised.value.message
    assert problem in raised.value.message
    assert "xxx" not in "".join(traceback.format_exception(raised.value))


@pytest.mark.parametrize("path", ["missing", "."])
def test_a_file_that_cannot_be_read_is_named_with_the_reason(tmp_path: Path, path: str) -> None:
    named = os.path.join(tmp_path, path)  # noqa: PTH118
    with pytest.raises(ConfigurationError, match=r"cannot be read: (No such file|Is a directory)"):
        Settings.of({}, {"IOMC_DATABASE_URL_FILE": named})


def test_a_secret_given_twice_is_refused(tmp_path: Path) -> None:
    variables = {"IOMC_SECRET_KEY": "a", "IOMC_SECRET_KEY_FILE": written(tmp_path, "b")}
    with pytest.raises(ConfigurationError, match="IOMC_SECRET_KEY and IOMC_SECRET_KEY_FILE are both set"):
        Settings.of({}, variables)


def test_an_empty_variable_names_no_file() -> None:
    assert Settings.of({}, {"IOMC_SECRET_KEY_FILE": ""}) == Settings.of({}, {})


def test_what_is_no_secret_stands_in_no_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="IOMC_SECRET_FILE is not known"):
        Settings.of({}, {"IOMC_SECRET_FILE": written(tmp_path, "a")})
    assert Settings.of({}, {"IOMC_HOST_FILE": written(tmp_path, "::1")}).host == "127.0.0.1"


def test_a_wrong_value_is_named_by_its_file_variable(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"port \(IOMC_PORT\)") as raised:
        Settings.of({}, {"IOMC_SECRET_KEY_FILE": written(tmp_path, SECRET), "IOMC_PORT": "x"})
    assert SECRET not in str(raised.value)
