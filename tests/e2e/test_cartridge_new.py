"""The walk of ``cartridge new``, from an empty folder, by the commands that stand in the generated README."""

import os
import re
import shlex
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPTS = Path(sys.executable).parent
MARK = "=== walked "
FOREIGN = ("IOMC_", "UV_PYTHON")
"""Variables that would lead a command elsewhere than into the folder and environment of the test."""


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment to throw away, with everything that this one has."""
    folder = tmp_path_factory.mktemp("environment") / "venv"
    subprocess.run(
        [SCRIPTS / "uv", "venv", "--quiet", "--python", sys.executable, folder], check=True, timeout=60
    )
    (packages,) = (folder / "lib").glob("python*/site-packages")
    here = sysconfig.get_path("purelib")
    (packages / "underneath.pth").write_text(f"import site; site.addsitedir({here!r})\n")
    script = folder / "bin" / "iomconnector"
    script.write_text(f"#!{folder / 'bin' / 'python'}\nfrom iomconnector.cli.main import main\nmain()\n")
    script.chmod(0o755)
    return folder


def walk(
    commands: Sequence[str], environment: Path, directory: Path, cache: Path, **variables: str
) -> list[str]:
    """Run commands one after the other in one shell that ends at the first failure; what each one said."""
    lines = [f"echo {shlex.quote(f'{MARK}{at}')}\n{command}" for at, command in enumerate(commands)]
    kept = {name: text for name, text in os.environ.items() if not name.startswith(FOREIGN)}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "\n".join(lines)],
        cwd=directory,
        env={
            **kept,
            "PATH": f"{environment / 'bin'}:{SCRIPTS}:{os.environ['PATH']}",
            "VIRTUAL_ENV": str(environment),
            "COLUMNS": "200",
            "MYPY_CACHE_DIR": str(cache),
            "UV_PYTHON_DOWNLOADS": "never",
            **variables,
        },
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return re.split(rf"^{MARK}\d+\n", done.stdout, flags=re.MULTILINE)[1:]


def console(readme: str) -> list[tuple[str, list[str]]]:
    """Every command of the README with the lines that it shows as answer."""
    told: list[tuple[str, list[str]]] = []
    for block in re.findall(r"^```console\n(.*?)^```", readme, re.MULTILINE | re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                told.append((line.removeprefix("$ "), []))
            elif line:
                told[-1][1].append(line)
    return told


@pytest.mark.parametrize(
    ("name", "options", "effect"),
    [
        ("shop_tally", "", "Shop Tally counts 0 orders: none."),
        ("acme_number", " --hook OrderMapper.bindPayment", '"paymentProviderOrderNo":'),
    ],
)
def test_from_an_empty_folder_to_a_visible_effect(
    environment: Path, tmp_path: Path, name: str, options: str, effect: str
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    cache = environment.parent / "mypy"
    written = f"iomconnector cartridge new {name}{options}"
    walk([written], environment, empty, cache, IOMC_ASSEMBLY_PATH=str(ROOT / "assemblies"))
    assert [each.name for each in empty.iterdir()] == [name]
    told = console((empty / name / "README.md").read_text())
    answers = walk([command for command, _ in told], environment, empty, cache)
    for (command, expected), answer in zip(told, answers, strict=True):
        for line in expected:
            assert line in answer, f"{command}\n{answer}"
    said = dict(zip((command for command, _ in told), answers, strict=True))
    assert re.search(r"\b[1-9]\d* passed\b", said["python -m pytest"])
    assert "Success: no issues found" in said["mypy"]
    assert "All checks passed!" in said["ruff check ."]
    assert effect in answers[-1]


def test_without_the_cartridge_the_effect_is_not_there(environment: Path, tmp_path: Path) -> None:
    answers = walk(
        [
            "iomconnector dbprepare",
            "iomconnector sample-orders --count 1 > order.jsonl",
            "iomconnector order place order.jsonl",
            "iomconnector order preview 20260001",
        ],
        environment,
        tmp_path,
        tmp_path,
        IOMC_ASSEMBLY_PATH=str(ROOT / "assemblies"),
    )
    assert '"paymentMethod":' in answers[-1]
    assert '"paymentProviderOrderNo":' not in answers[-1]
