"""A cartridge imports the core and the cartridges that its own distribution requires, nothing else."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CARTRIDGES = {
    path.name: path for path in (ROOT / "cartridges").iterdir() if (path / "pyproject.toml").exists()
}


def _required(cartridge: Path) -> set[str]:
    project = tomllib.loads((cartridge / "pyproject.toml").read_text())["project"]
    names = {re.split(r"[\[<>=!~; ]", requirement)[0] for requirement in project["dependencies"]}
    return {name.replace("-", "_") for name in names}


def _imported(folder: Path) -> Iterator[tuple[Path, int, str]]:
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield path, node.lineno, alias.name.partition(".")[0]
            elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
                yield path, node.lineno, node.module.partition(".")[0]


@pytest.mark.parametrize("name", sorted(CARTRIDGES))
def test_a_cartridge_imports_only_the_cartridges_that_it_requires(name: str) -> None:
    allowed = {name} | _required(CARTRIDGES[name])
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {module}"
        for path, line, module in _imported(CARTRIDGES[name] / "src")
        if module in CARTRIDGES and module not in allowed
    ]
    assert not wrong


@pytest.mark.parametrize("name", sorted(CARTRIDGES))
def test_a_cartridge_has_what_every_cartridge_has(name: str) -> None:
    folder = CARTRIDGES[name]
    project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    assert project["name"] == name.replace("_", "-")
    assert project["entry-points"]["iomconnector.cartridges"] == {name: f"{name}.cartridge"}
    assert len((folder / "README.md").read_text()) > 300
    assert (folder / "src" / name / "py.typed").exists()
    assert list((folder / "tests").glob("test_*.py"))


def test_the_core_has_no_word_of_the_order_management_system() -> None:
    words = re.compile(r"(?i:\biom\b|intershop order management)|STATE_[A-Z]")
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in (ROOT / "core" / "src").rglob("*.py")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if words.search(line)
    ]
    assert not found


@pytest.mark.parametrize("folder", ["core/src", *(f"cartridges/{name}/src" for name in sorted(CARTRIDGES))])
def test_no_module_has_a_name_that_says_nothing(folder: str) -> None:
    empty_names = {"utils", "util", "helpers", "helper", "manager", "misc", "base", "common_utils", "stuff"}
    assert not [path for path in (ROOT / folder).rglob("*.py") if path.stem in empty_names]
