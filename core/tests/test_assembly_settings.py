"""The settings of an assembly: files, environments, variables, and where each value is from."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from iomconnector.assemblies.resolution import Assembly, AssemblyError, examine, resolve
from iomconnector.assemblies.settings import shown_settings
from iomconnector.cartridges.descriptor import CartridgeStyle
from iomconnector.cartridges.discovery import InstalledCartridge
from iomconnector.settings import shown_setting

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
log_format = "text"
port = 1
[settings.production]
log_format = "json"
host = "a"
"""
SETTINGS_OWN = """
[settings]
port = 2
log_format = "text"
[settings.test]
port = 3
"""


def test_settings_merge_base_then_own_then_environment(folder: Path) -> None:
    write(folder, "one", include("a") + SETTINGS_BASE)
    write(folder, "two", include("b") + SETTINGS_OWN, head='extends = "one"')
    assert resolved("two", "development").settings == {"log_format": "text", "port": 2}
    assert resolved("two", "test").settings == {"log_format": "text", "port": 3}
    assembly = resolved("two", "production")
    assert assembly.settings == {"log_format": "json", "port": 2, "host": "a"}
    assert assembly.setting_origins == {
        "log_format": "assemblies/one.toml:11",
        "port": "assemblies/two.toml:8",
        "host": "assemblies/one.toml:12",
    }


def test_setting_values_are_not_in_the_text_of_an_assembly(folder: Path) -> None:
    write(folder, "one", include("a") + '[settings]\nsecret_key = "hunter2"\n')
    assert "hunter2" not in repr(resolved("one"))
    assert "hunter2" not in repr(examine("one", ["test"], INSTALLED, read_style=style))


def findings_of(name: str, *environments: str, **environ: str) -> list[str]:
    found = examine(name, environments or ("production",), INSTALLED, read_style=style, environ=environ)
    return [str(finding) for finding in found.findings]


def test_unknown_settings_and_wrong_values_are_named_with_file_and_line(folder: Path) -> None:
    write(folder, "one", include("a") + '[settings]\nprot = 80\ncolour = "red"\nport = "eighty"\n')
    said = findings_of("one")
    assert said[0] == 'assemblies/one.toml:7: There is no setting "prot". Did you mean "port"?'
    assert said[1].startswith(
        'assemblies/one.toml:8: There is no setting "colour". The settings are data_dir'
    )
    assert said[2].startswith("assemblies/one.toml:9: The setting port is wrong: Input should be a valid int")
    assert "eighty" not in said[2]
    assert len(said) == 3


def test_a_wrong_setting_of_another_environment_does_not_concern_this_one(folder: Path) -> None:
    write(folder, "one", include("a") + "[settings.test]\nport = -1\n")
    assert findings_of("one", "production") == []
    assert len(findings_of("one", "test")) == 1
    assert findings_of("one", "production", "test", "init") == findings_of("one", "test")
    assert resolved("one", "production").settings == {}
    with pytest.raises(AssemblyError, match=r"assemblies/one\.toml:7: The setting port is wrong"):
        resolved("one", "test")


def test_a_wrong_setting_that_the_own_file_corrects_is_no_fault(folder: Path) -> None:
    write(folder, "one", include("a") + "[settings]\nport = -1\n")
    write(folder, "two", "[settings]\nport = 1\n", head='extends = "one"')
    assert findings_of("two") == []
    assert len(findings_of("one")) == 1


def test_variables_are_checked_with_their_names(folder: Path) -> None:
    write(folder, "one", include("a"))
    said = findings_of("one", IOMC_PORT="http", IOMC_EXPORT_LEAS="9", IOMC_HOST="::1", IOMC_PARTNER="x")
    assert said == [
        "The environment variable IOMC_EXPORT_LEAS is not known. Did you mean IOMC_EXPORT_LEASE?",
        "The environment variable IOMC_PORT is wrong: Input should be a valid integer, unable to parse "
        "string as an integer. Correct or unset it.",
    ]


def test_a_variable_lets_a_system_run_whose_file_is_wrong_but_check_still_tells(folder: Path) -> None:
    write(folder, "one", include("a") + "[settings]\nport = -1\n")
    assert resolved("one", environ={"IOMC_PORT": "8080"}).settings == {"port": -1}
    assert len(findings_of("one", IOMC_PORT="8080")) == 1


def test_what_is_shown_of_settings() -> None:
    values = {"secret_key": "hunter2", "database_url": "postgresql://shop:hunter2@db/shop", "port": 80}
    origins = dict.fromkeys(values, "shop.toml:7")
    shown = shown_settings(values, origins, {"port": "81", "host": "::1"})
    assert [(each.name, each.value, each.origin) for each in shown] == [
        ("database_url", "postgresql://shop:********@db/shop", "shop.toml:7"),
        ("host", "::1", "IOMC_HOST"),
        ("port", "81", "IOMC_PORT"),
        ("secret_key", "********", "shop.toml:7"),
    ]


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://shop:p@ss/word@db/shop", "postgresql://shop:********@db/shop"),
        ("postgresql://db/shop?user=u&password=p&x=1", "postgresql://db/shop?user=u&password=********&x=1"),
        ("postgresql://shop@db/shop", "postgresql://shop@db/shop"),
        ("sqlite:///var/shop.sqlite", "sqlite:///var/shop.sqlite"),
    ],
)
def test_passwords_within_urls_are_masked(url: str, shown: str) -> None:
    assert shown_setting("database_url", url) == shown
