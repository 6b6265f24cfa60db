"""The settings of an assembly: files, environments, variables, and where each value is from."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from iomconnector.assemblies.resolution import Assembly, AssemblyError, examine, resolve
from iomconnector.cartridges.descriptor import CartridgeStyle
from iomconnector.cartridges.discovery import InstalledCartridge

INSTALLED = {name: InstalledCartridge(name, f"{name}.cartridge", name, "1.0") for name in "ab"}


def style(_cartridge: InstalledCartridge) -> CartridgeStyle:
    return CartridgeStyle.CARTRIDGE


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder: Path, name: str, body: str, head: str = "") -> None:
    (folder / "assemblies").mkdir(exist_ok=True)
    text = f'[assembly]\nname = "{name}"\n{head}\n{body}'
    (folder / "assemblies" / f"{name}.toml").write_text(text)


def include(name: str) -> str:
    return f'[[include]]\ncartridges = ["{name}"]\n'


def resolved(
    name: str, environment: str = "production", environ: Mapping[str, str] | None = None
) -> Assembly:
    return resolve(name, environment, INSTALLED, read_style=style, environ=environ or {})


SETTINGS_BASE = """
[settings]
log_format = "console"
workers = 1
[settings.production]
log_format = "json"
hosts = ["a"]
"""
SETTINGS_OWN = """
[settings]
workers = 2
log_format = "plain"
[settings.test]
workers = 3
"""


def test_settings_merge_base_then_own_then_environment_then_variables(folder: Path) -> None:
    write(folder, "one", include("a") + SETTINGS_BASE)
    write(folder, "two", include("b") + SETTINGS_OWN, head='extends = "one"')
    assert resolved("two", "development").settings == {"log_format": "plain", "workers": 2}
    assert resolved("two", "test").settings == {"log_format": "plain", "workers": 3}
    environ = {"IOMC_SETTING_WORKERS": "8", "IOMC_SETTING_REGION": "eu", "IOMC_OTHER": "x"}
    assembly = resolved("two", "production", environ)
    assert assembly.settings == {"log_format": "json", "workers": 8, "hosts": ["a"], "region": "eu"}
    assert assembly.setting_origins == {
        "log_format": "assemblies/one.toml:11",
        "workers": "IOMC_SETTING_WORKERS",
        "hosts": "assemblies/one.toml:12",
        "region": "IOMC_SETTING_REGION",
    }


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("true", True),
        ("1.5", 1.5),
        ('["a", 1]', ["a", 1]),
        ('"12"', "12"),
        ("0042", "0042"),
        ("json", "json"),
        ("", ""),
        ("{ a = 1 }", "{ a = 1 }"),
        ("1\nother = 2", "1\nother = 2"),
        ("2026-11-23", "2026-11-23"),
    ],
)
def test_a_variable_is_read_as_a_toml_value_or_as_text(folder: Path, text: str, value: object) -> None:
    write(folder, "one", include("a"))
    assembly = resolved("one", environ={"IOMC_SETTING_REGION": text})
    assert assembly.settings == {"region": value}
    assert type(assembly.settings["region"]) is type(value)


def test_a_variable_for_a_text_setting_stays_text(folder: Path) -> None:
    write(folder, "one", include("a") + '[settings]\nregion = "eu"\nratio = 0.5\n')
    environ = {"IOMC_SETTING_REGION": "12", "IOMC_SETTING_RATIO": "1"}
    assert resolved("one", environ=environ).settings == {"region": "12", "ratio": 1}


def test_a_variable_of_another_type_is_refused_without_its_value(folder: Path) -> None:
    write(folder, "one", include("a") + "[settings]\nworkers = 4\n")
    with pytest.raises(AssemblyError) as caught:
        resolved("one", environ={"IOMC_SETTING_WORKERS": "hunter2"})
    assert str(caught.value) == (
        "IOMC_SETTING_WORKERS is text, but workers is a whole number (assemblies/one.toml:7). "
        "Set it to a whole number."
    )


def test_a_variable_that_names_no_setting_is_refused(folder: Path) -> None:
    write(folder, "one", include("a"))
    with pytest.raises(AssemblyError) as caught:
        resolved("one", environ={"IOMC_SETTING_": "hunter2"})
    assert str(caught.value) == (
        "IOMC_SETTING_ names no setting. Write IOMC_SETTING_ and the name of a setting in capital letters."
    )


def test_setting_values_are_not_in_the_text_of_an_assembly(folder: Path) -> None:
    write(folder, "one", include("a") + '[settings]\nsecret_key = "hunter2"\n')
    assert "hunter2" not in repr(resolved("one"))
    assert "hunter2" not in repr(examine("one", ["test"], INSTALLED, read_style=style))
