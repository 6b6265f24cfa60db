"""What ``assembly check`` says of broken assemblies and cartridges; the page in the docs is made of it."""

import os
from contextlib import chdir
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

from iomconnector.assemblies.cartridge_faults import examine_cartridges
from iomconnector.assemblies.file import ENVIRONMENTS
from iomconnector.assemblies.findings import shown
from iomconnector.assemblies.resolution import examine
from iomconnector.cli.root import CORE_COMMANDS
from iomconnector.testing.cartridges import CartridgeSite

PAGE = Path(__file__).parents[2] / "docs" / "broken-assemblies.md"


def _cases() -> Any:
    spec = spec_from_file_location("broken_assemblies", Path(__file__).with_name("broken_assemblies.py"))
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


Told = list[tuple[Any, list[tuple[str, ...]]]]
"""Every case with what is said of it."""

CASES = _cases()
ALL = (*CASES.ASSEMBLIES, *CASES.CARTRIDGES)

HEAD = """# What is said of broken assemblies and cartridges

`iomconnector assembly check` finds everything at once. These are its real words, each for one fault. The page
is written by [test_assembly_broken.py](../core/tests/test_assembly_broken.py), from the cases in
[broken_assemblies.py](../core/tests/broken_assemblies.py), and a test fails when it is stale.

In all of them the cartridges `orders`, `stock`, `export`, which requires `orders`, `dev_server` (development)
and `init_shop` (init) are installed, and the library `acme-soap` 2.5.1. `base.toml` includes `orders` and
`export`.
"""


def told_of(case: Any, folder: Path) -> list[tuple[str, ...]]:
    """What is said of a case: gravity and place, message, mend; without the folder of this run."""
    folder.mkdir()
    for name, text in {**case.files, "shop": case.shop}.items():
        (folder / f"{name}.toml").write_text(text)
    rows: list[tuple[str, ...]] = []
    with chdir(folder), CartridgeSite(folder / "site-packages") as site:
        CASES.install_usual(site)
        case.cartridges(site)
        found = examine("shop.toml", ENVIRONMENTS, environ=case.variables)
        for each in examine_cartridges(found, ENVIRONMENTS, CORE_COMMANDS).findings:
            place = f"{shown(each.file)}:{each.line}" if each.file else ""
            cells = (f"{each.severity} {place}".strip(), each.message, each.mend)
            rows.append(tuple(cell.replace(f"{folder}/", "") for cell in cells))
    return rows


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """What is said of every case."""
    root = tmp_path_factory.mktemp("broken")
    return [(case, told_of(case, root / str(number))) for number, case in enumerate(ALL)]


def table(said: Told) -> str:
    lines = [
        "| | fault | written | where | what is said | what mends it |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for number, (case, rows) in enumerate(said, start=1):
        written = f"`{case.written}`" if case.written else ""
        columns = ["<br>".join(_plain(cell) for cell in column) for column in zip(*rows, strict=True)]
        lines.append(f"| {number} | {case.fault} | {written} | {' | '.join(columns)} |")
    return "\n".join(lines)


def _plain(text: str) -> str:
    for mark in ("\\", "|", "*", "_", "<", ">", "[", "]"):
        text = text.replace(mark, f"\\{mark}")
    return text


def page(said: Told) -> str:
    count = len(CASES.ASSEMBLIES)
    return "\n".join(
        [
            HEAD,
            f"## Assemblies\n\n{table(said[:count])}\n",
            f"## Cartridges\n\n`shop.toml` includes the cartridge `acme`.\n\n{table(said[count:])}\n",
        ]
    )


def test_every_fault_is_told_once_with_what_mends_it(
    told: Told,
) -> None:
    assert len(told) >= 40
    for case, rows in told:
        assert rows, case.fault
        assert len(rows) == 1, (case.fault, rows)
        assert all(mend for _, _, mend in rows), (case.fault, rows)
    faults = [case.fault for case in ALL]
    assert len(set(faults)) == len(faults)


def test_the_page_in_the_docs_says_what_is_said(
    told: Told,
) -> None:
    written = page(told)
    if os.environ.get("UPDATE_DOCS"):
        PAGE.write_text(written)
    assert PAGE.read_text() == written, "Run this test with UPDATE_DOCS=1 and look at what changed."
