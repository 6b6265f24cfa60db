"""Where assemblies are found, and how they extend each other."""

import os
from pathlib import Path

import pytest

from iomconnector.assemblies.inheritance import read_lineage
from iomconnector.assemblies.search import find_assembly, known_assemblies, not_found


def write(folder: Path, name: str, extends: str = "", stem: str = "") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{stem or name}.toml"
    base = f'extends = "{extends}"\n' if extends else ""
    file.write_text(f'[assembly]\nname = "{name}"\n{base}')
    return file


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "project" / "deeper"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    monkeypatch.delenv("IOMC_ASSEMBLY_PATH", raising=False)
    return folder


def test_a_name_is_found_in_assemblies_of_the_working_directory_and_its_parents(here: Path) -> None:
    above = write(here.parent / "assemblies", "shop")
    assert find_assembly("shop") == above
    own = write(here / "assemblies", "shop")
    assert find_assembly("shop") == own


def test_a_name_is_found_on_the_assembly_path_first(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(here / "assemblies", "shop")
    second = write(here / "two", "shop")
    monkeypatch.setenv("IOMC_ASSEMBLY_PATH", os.pathsep.join(["", str(here / "one"), "two"]))
    assert find_assembly("shop") == second


def test_the_directory_of_the_referring_file_comes_first_of_all(here: Path) -> None:
    beside = write(here / "theirs", "shop")
    write(here / "assemblies", "shop")
    environ = {"IOMC_ASSEMBLY_PATH": str(here / "assemblies")}
    assert find_assembly("shop", here / "theirs" / "other.toml", environ) == beside


def test_a_path_is_taken_as_it_is(here: Path) -> None:
    file = write(here / "some where", "shop")
    assert find_assembly("some where/shop.toml") == file
    assert find_assembly("./some where/../some where/shop.toml") == file
    assert find_assembly(str(file)) == file
    assert find_assembly("../some where/shop.toml", here / "assemblies" / "other.toml") == file
    assert find_assembly("shop.toml") is None
    assert find_assembly("shop") is None


def test_knows_every_assembly_by_name(here: Path) -> None:
    own = write(here / "assemblies", "shop")
    above = write(here.parent / "assemblies", "base")
    write(here.parent / "assemblies", "shop")
    known = known_assemblies()
    assert {name: known[name] for name in ("shop", "base")} == {"shop": own, "base": above}


def test_reads_the_files_of_several_levels_the_extended_ones_first(here: Path) -> None:
    bottom = write(here / "elsewhere", "bottom")
    middle = write(here / "assemblies", "middle", extends="../elsewhere/bottom.toml")
    top = write(here / "assemblies", "top", extends="middle")
    lineage = read_lineage("top")
    assert [file.path for file in lineage.files] == [bottom, middle, top]
    assert lineage.complete
    assert lineage.findings == ()


def test_extending_an_unknown_assembly_is_named_with_line_and_what_was_meant(here: Path) -> None:
    write(here / "assemblies", "base-shop")
    write(here / "assemblies", "top", extends="base_shop")
    lineage = read_lineage("top")
    assert [str(finding) for finding in lineage.findings] == [
        'assemblies/top.toml:3: No assembly is called "base_shop". Did you mean "base-shop"?'
    ]
    assert not lineage.complete


def test_a_name_that_a_file_of_the_working_directory_has_says_how_to_name_it(here: Path) -> None:
    write(here, "mine")
    assert [str(finding) for finding in read_lineage("mine").findings] == [
        'No assembly is called "mine", but there is a file mine.toml. '
        "Name it as mine.toml, or add its directory to IOMC_ASSEMBLY_PATH."
    ]


def test_a_misspelt_path_says_what_is_there(here: Path) -> None:
    write(here / "assemblies", "base_shop")
    assert [str(finding) for finding in read_lineage("assemblies/base-shop.toml").findings] == [
        'There is no assembly file "assemblies/base-shop.toml". Did you mean "base_shop.toml"?'
    ]


def test_extending_a_file_that_is_not_there_is_named(here: Path) -> None:
    write(here / "assemblies", "top", extends="../base.toml")
    assert [str(finding) for finding in read_lineage("top").findings] == [
        'assemblies/top.toml:3: There is no assembly file "../base.toml". '
        f"Looked for {here / 'base.toml'}; correct the path."
    ]


def test_an_unknown_assembly_is_named_with_the_places_looked_at(here: Path) -> None:
    write(here / "assemblies", "base")
    (finding,) = read_lineage("quite-another", {"IOMC_ASSEMBLY_PATH": "/nowhere"}).findings
    assert finding.message == 'No assembly is called "quite-another".'
    assert finding.mend.startswith(f"Looked in /nowhere, {here / 'assemblies'}")
    assert finding.mend.endswith("; IOMC_ASSEMBLY_PATH adds directories.")


def test_a_circle_is_named_where_it_closes(here: Path) -> None:
    write(here / "assemblies", "top", extends="one")
    write(here / "assemblies", "one", extends="two")
    write(here / "assemblies", "two", extends="one")
    lineage = read_lineage("top")
    assert [str(finding) for finding in lineage.findings] == [
        "assemblies/two.toml:3: The assemblies extend each other in a circle: one -> two -> one. "
        "Remove one of these extends."
    ]
    assert not lineage.complete


def test_an_assembly_that_extends_itself_is_a_circle(here: Path) -> None:
    write(here / "assemblies", "top", extends="top")
    assert [str(finding) for finding in read_lineage("top").findings] == [
        "assemblies/top.toml:3: The assemblies extend each other in a circle: top -> top. "
        "Remove one of these extends."
    ]


def test_faults_of_an_extended_file_are_named_too(here: Path) -> None:
    (write(here / "assemblies", "base")).write_text("[assembly\n")
    write(here / "assemblies", "top", extends="base")
    lineage = read_lineage("top")
    assert [file.name for file in lineage.files] == ["top"]
    assert [str(finding) for finding in lineage.findings] == [
        "assemblies/base.toml:1: This is not TOML: Expected ']' at the end of a table declaration. "
        "Correct the syntax of this line."
    ]


def test_a_name_that_is_not_that_of_the_file_is_a_warning(here: Path) -> None:
    write(here / "assemblies", "shop", stem="shop-2")
    assert [str(finding) for finding in read_lineage("shop-2").findings] == [
        'assemblies/shop-2.toml:1: warning: The assembly is called "shop" but is found as "shop-2", '
        "the name of its file. Make the two names equal."
    ]


def test_a_directory_is_no_assembly_file(tmp_path: Path) -> None:
    (tmp_path / "shop.toml").mkdir()
    message, _ = not_found(str(tmp_path / "shop.toml"))
    assert message.endswith('shop.toml" is a directory, not an assembly file.')
