"""The settings of an assembly: files, environments, variables, and where each value is from."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from iomconnector.assemblies.resolution import Assembly, examine, resolve
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


def test_settings_merge_base_then_own_then_environment(folder: Path) -> None:
    write(folder, "one", include("a") + SETTINGS_BASE)
    write(folder, "two", include("b") + SETTINGS_OWN, head='extends = "one"')
    assert resolved("two", "development").settings == {"log_format": "plain", "workers": 2}
    assert resolved("two", "test").settings == {"log_format": "plain", "workers": 3}
    assembly = resolved("two", "production")
    assert assembly.settings == {"log_format": "json", "workers": 2, "hosts": ["a"]}
    assert assembly.setting_origins == {
        "log_format": "assemblies/one.toml:11",
        "workers": "assemblies/two.toml:8",
        "hosts": "assemblies/one.toml:12",
    }


def test_setting_values_are_not_in_the_text_of_an_assembly(folder: Path) -> None:
    write(folder, "one", include("a") + '[settings]\nsecret_key = "hunter2"\n')
    assert "hunter2" not in repr(resolved("one"))
    assert "hunter2" not in repr(examine("one", ["test"], INSTALLED, read_style=style))
