"""``cartridge new``: what it writes is clean, and what cannot be written is refused with nothing left."""

import itertools
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from iomconnector.cartridges.descriptor import CartridgeStyle
from iomconnector.cartridges.loading import load_cartridges
from iomconnector.cartridges.scaffold import LONGEST_NAME, Destination, NewCartridgeError, new_cartridge
from iomconnector.cartridges.templates import CORE_TEMPLATES, CartridgeTemplate
from iomconnector.testing.cartridges import CartridgeSite

TEMPLATES = [("the core", template) for template in CORE_TEMPLATES]
LONG = "a_cartridge_with_a_name_that_is_too_long"
CHOICES = [
    (template, str(style), hook)
    for template in CORE_TEMPLATES
    for style, hook in itertools.product(template.styles, ("", *template.hooks))
    if hook or (template is CORE_TEMPLATES[0] or style is CartridgeStyle.INIT)
]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[CartridgeSite]:
    with CartridgeSite(tmp_path / "site") as site:
        yield site


def write(name: str, directory: Path, style: str = "cartridge", hook: str = "") -> Path:
    return new_cartridge(name, TEMPLATES, Destination(directory, "myshop"), style=style, hook=hook)


@pytest.mark.parametrize("name", ["tax", LONG])
def test_everything_that_can_be_written_is_clean(tmp_path: Path, name: str) -> None:
    assert len(LONG) == LONGEST_NAME
    for at, (_, style, hook) in enumerate(CHOICES):
        write(name, tmp_path / str(at), style, hook)
    for command in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [Path(sys.executable).parent / "ruff", *command, "."],
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(("template", "style", "hook"), CHOICES)
def test_what_is_written_loads_and_says_what_it_is(
    tmp_path: Path, site: CartridgeSite, template: CartridgeTemplate, style: str, hook: str
) -> None:
    folder = write("shop_ink", tmp_path, style, hook)
    project = tomllib.loads((folder / "pyproject.toml").read_text())
    assert project["project"]["name"] == "shop-ink"
    assert project["project"]["entry-points"]["iomconnector.cartridges"] == {"shop_ink": "shop_ink.cartridge"}
    assert (folder / "src" / "shop_ink" / "py.typed").is_file()
    assembly = tomllib.loads((folder / "shop_ink.toml").read_text())
    assert assembly["assembly"]["extends"] == "myshop"
    assert list((folder / "tests").glob("test_*.py"))
    for path in (folder / "src" / "shop_ink").iterdir():
        assert "{" + "{" not in path.read_text()
    site.add_module("shop_ink", (folder / "src" / "shop_ink" / "cartridge.py").read_text())
    loaded = load_cartridges(["shop_ink"])
    assert loaded.in_order[0].descriptor.style == style
    bound = [each for each in loaded.hook_names if loaded.implementations(each)]
    assert bound == ([hook] if hook else sorted(template.hooks))
    assert assembly.get("database") == (
        {"init": ["shop_ink"]} if "iomconnector_preparers" in bound else None
    ), "its preparers run only where it is on the database list"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("shop-ink", 'for example "shop_ink".'),
        ("ShopInk", 'for example "shopink".'),
        ("1ink", "a letter first."),
        ("_ink", 'for example "ink".'),
        ("shop__ink", 'for example "shop_ink".'),
        ("shöp", 'for example "sh_p".'),
        ("", "a letter first."),
        ("../ink", 'for example "ink".'),
        ("a" * (LONGEST_NAME + 1), "a letter first."),
        ("class", '"class" is a word of the Python language.'),
        ("match", '"match" is a word of the Python language.'),
        ("json", '"json" is a module of Python.'),
        ("iomconnector", 'A distribution or module "iomconnector" is installed already.'),
        ("shop_here", 'A cartridge "shop_here" is installed already.'),
    ],
)
def test_a_name_that_cannot_be_used_is_refused(
    tmp_path: Path, site: CartridgeSite, name: str, said: str
) -> None:
    site.add("shop_here")
    target = tmp_path / "target"
    with pytest.raises(NewCartridgeError) as caught:
        write(name, target)
    assert said in str(caught.value)
    assert caught.value.exit_code == 2
    assert not target.exists()


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "shop_ink").mkdir()
    with pytest.raises(NewCartridgeError, match="shop_ink is there already"):
        write("shop_ink", tmp_path)
    assert list((tmp_path / "shop_ink").iterdir()) == []


def test_a_directory_that_cannot_be_written_is_told_and_nothing_is_left(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NewCartridgeError, match="shop_ink cannot be written"):
        write("shop_ink", tmp_path / "file")
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


def test_a_failure_in_the_middle_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_text = Path.write_text

    def failing(path: Path, text: str, **options: str) -> int:
        if path.name == "README.md":
            raise OSError(28, "No space left on device")
        return write_text(path, text, **options)

    monkeypatch.setattr(Path, "write_text", failing)
    with pytest.raises(NewCartridgeError, match="No space left on device"):
        write("shop_ink", tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("style", "hook", "said"),
    [
        ("tests", "", 'There is no style "tests". Did you mean "test"?'),
        ("cartridge", "iomconnector_comands", 'Did you mean "iomconnector_commands"?'),
        (
            "init",
            "iomconnector_commands",
            'No template makes a cartridge of style "init" that binds to iomconnector_commands. '
            "Styles: cartridge, development, test.",
        ),
    ],
)
def test_a_style_or_hook_without_template_is_refused(
    tmp_path: Path, style: str, hook: str, said: str
) -> None:
    with pytest.raises(NewCartridgeError) as caught:
        write("shop_ink", tmp_path, style, hook)
    assert said in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_in_a_workspace_the_requirements_are_its_members(tmp_path: Path) -> None:
    destination = Destination(tmp_path, "myshop", workspace=True)
    folder = new_cartridge("shop_ink", TEMPLATES, destination)
    project = tomllib.loads((folder / "pyproject.toml").read_text())
    assert project["tool"]["uv"]["sources"] == {"iomconnector": {"workspace": True}}
