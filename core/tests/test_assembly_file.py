"""The form of an assembly file, and what is said of every file that has not this form."""

from pathlib import Path

import pytest

from iomconnector.assemblies.file import AssemblyFile, Include, SettingEntry, read_assembly_file
from iomconnector.assemblies.table import Mention


def test_reads_everything_with_its_lines(tmp_path: Path) -> None:
    file = tmp_path / "shop.toml"
    file.write_text(
        """[assembly]
name = "shop"
extends = "base"
description = "A shop."
order = ["orders",
         "export"]

[[include]]
cartridges = ["export", "orders"]
in = ["production", "init"]

[[include]]
cartridges = [
    "stock",
]

[exclude]
cartridges = ["prices"]
libraries = ["acme-soap<3"]

[database]
init = ["orders"]

[settings]
workers = 4
test.workers = 1

[settings.production]
hosts = ["a", "b"]
"""
    )
    assert read_assembly_file(file) == (
        AssemblyFile(
            path=file,
            name="shop",
            line=1,
            extends=Mention("base", 3),
            description="A shop.",
            order=(Mention("orders", 5), Mention("export", 6)),
            includes=(
                Include(
                    (Mention("export", 9), Mention("orders", 9)), ("production", "init"), 8, says_where=True
                ),
                Include((Mention("stock", 14),), ("development", "test", "production"), 12),
            ),
            exclude=(Mention("prices", 18),),
            exclude_libraries=(Mention("acme-soap<3", 19),),
            database=(Mention("orders", 22),),
            settings=(
                SettingEntry("workers", 4, "", 25),
                SettingEntry("workers", 1, "test", 26),
                SettingEntry("hosts", ["a", "b"], "production", 29),
            ),
        ),
        [],
    )


def test_reads_roots(tmp_path: Path) -> None:
    file = tmp_path / "shop.toml"
    file.write_text(
        '[assembly]\nname = "shop"\nroots = ["ft_shop"]\n[[include]]\nroots = ["tools"]\nin = ["test"]\n'
    )
    read, findings = read_assembly_file(file)
    assert findings == []
    assert read is not None
    assert read.roots == (Mention("ft_shop", 3),)
    assert read.includes == (Include((), ("test",), 4, (Mention("tools", 5),), says_where=True),)


HEAD = '[assembly]\nname = "shop"\n'

MALFORMED = [
    pytest.param(
        f"{HEAD}roots = []\n",
        "3: roots of [assembly] denotes an empty set. Please provide a non-empty set, or remove roots.",
        id="empty roots",
    ),
    pytest.param(
        f"{HEAD}[[include]]\nroots = []\n",
        "4: roots of [[include]] denotes an empty set. Please provide a non-empty set, or remove roots.",
        id="empty roots of an include",
    ),
    pytest.param(
        f'{HEAD}roots = ["a"]\norder = ["a", "b"]\n',
        "4: The file gives both an order and roots. Remove one of the two: roots are ordered by dependency.",
        id="order and roots",
    ),
    pytest.param(
        f'{HEAD}[exclude]\nlibraries = [\n"acme-soap<3", "acme soap"]\n',
        '5: "acme soap" is no library: a name is expected, or a name with versions. '
        'Write, for example, "acme-soap" or "acme-soap<3".',
        id="excluded library",
    ),
    pytest.param(
        f'extends = "base"\ncartridges = ["a"]\n{HEAD}',
        '1: "extends" stands outside of [assembly]. Write it in a line below [assembly].\n'
        'shop.toml:2: "cartridges" stands outside of [[include]]. Write it in a line below [[include]].',
        id="keys above their tables",
    ),
    pytest.param(
        '[assembly]\nname = "shop\n',
        "2: This is not TOML: Illegal character '\\n'. Correct the syntax of this line.",
        id="broken TOML",
    ),
    pytest.param(
        '[assembly]\nname = "shop"\n\n[[include]]\ncartridges = [\n    "orders",\n\n\n',
        "6: This is not TOML: Invalid value. Correct the syntax of this line.",
        id="broken TOML at the end",
    ),
    pytest.param(
        f'{HEAD}name = "again"\n',
        "3: This is not TOML: Cannot overwrite a value. Correct the syntax of this line.",
        id="key twice",
    ),
    pytest.param(
        f'{HEAD}\n[includes]\ncartridges = ["orders"]\n',
        '4: Unknown key "includes" in the file. Did you mean "include"?',
        id="unknown table",
    ),
    pytest.param(
        f'{HEAD}extend = "base"\n',
        '3: Unknown key "extend" in [assembly]. Did you mean "extends"?',
        id="unknown key in assembly",
    ),
    pytest.param(
        f'{HEAD}[[include]]\ncartridges = ["orders"]\nenvironments = ["test"]\n',
        '5: Unknown key "environments" in [[include]]. Known are: cartridges, roots, in.',
        id="unknown key in include",
    ),
    pytest.param(
        f'{HEAD}[database]\ninitCartridges = ["orders"]\n',
        '4: Unknown key "initCartridges" in [database]. Known are: init.',
        id="unknown key in database",
    ),
    pytest.param(
        '# a shop\n[assembly]\nextends = "base"\n',
        '2: The assembly has no name. Write name = "shop" under [assembly].',
        id="missing name",
    ),
    pytest.param(
        '\n[[include]]\ncartridges = ["orders"]\n',
        '1: The assembly has no name. Write name = "shop" under [assembly].',
        id="missing assembly table",
    ),
    pytest.param(
        '[assembly]\nname = " "\n',
        "2: name is empty. Write a text or remove name.",
        id="empty name",
    ),
    pytest.param(
        'assembly = "shop"\n',
        "1: [assembly] must be a table, not text. Write it as [assembly] on a line of its own.",
        id="text instead of a table",
    ),
    pytest.param(
        f"{HEAD}extends = 7\n",
        '3: extends must be text, not a whole number. Write extends = "...".',
        id="number instead of text",
    ),
    pytest.param(
        f'{HEAD}[include]\ncartridges = ["orders"]\n',
        "3: [[include]] must be an array of tables, not a table. "
        "Write it as [[include]] on a line of its own.",
        id="table instead of array of tables",
    ),
    pytest.param(
        f'{HEAD}include = ["orders", {{ cartridges = ["stock"] }}]\n',
        '3: Unknown key "include" in [assembly]. Known are: name, extends, description, order, roots.',
        id="include within the assembly table",
    ),
    pytest.param(
        f'include = ["orders"]\n{HEAD}',
        "1: Each of include must be a table, not text. Write it as [[include]] on a line of its own.",
        id="list of names instead of includes",
    ),
    pytest.param(
        f'{HEAD}[[include]]\ncartridges = "orders"\n',
        '4: cartridges must be a list of names, not text. Write cartridges = ["orders"].',
        id="text instead of a list",
    ),
    pytest.param(
        f'{HEAD}[[include]]\ncartridges = ["orders"]\nin = "init"\n',
        '5: in must be a list of names, not text. Write in = ["init"].',
        id="text instead of environments",
    ),
    pytest.param(
        f'{HEAD}[[include]]\ncartridges = [\n  "orders",\n  2026-11-23,\n]\n',
        "6: Each of cartridges must be a name, not a date or time. Write a name in quotes.",
        id="date instead of a name",
    ),
    pytest.param(
        f'{HEAD}[exclude]\ncartridges = ["orders", ""]\n',
        "4: Each of cartridges must be a name, not empty text. Write a name in quotes.",
        id="empty name in a list",
    ),
    pytest.param(
        f'{HEAD}[[include]]\nin = ["test"]\n',
        '3: An [[include]] names no cartridges. Write cartridges = ["..."] or remove it.',
        id="include without cartridges",
    ),
    pytest.param(
        f'{HEAD}[[include]]\ncartridges = ["orders"]\nin = []\n',
        '5: An [[include]] is in no environment. Write in = ["..."] or remove "in".',
        id="include without environment",
    ),
    pytest.param(
        f'{HEAD}[[include]]\ncartridges = ["orders"]\nin = [\n  "test",\n  "prodution",\n]\n',
        '7: Unknown environment "prodution" in [[include]]. Did you mean "production"?',
        id="unknown environment of an include",
    ),
    pytest.param(
        f"{HEAD}[settings.live]\nworkers = 1\n",
        '3: Unknown environment "live" in [settings]. Known are: development, test, production, init.',
        id="unknown environment of settings",
    ),
    pytest.param(
        f'{HEAD}[[include]]\ncartridges = [\n  "orders",\n  "stock",\n  "orders",\n]\n',
        '7: "orders" stands twice in cartridges of [[include]], first in line 5. Remove one of the two.',
        id="cartridge twice in an include",
    ),
    pytest.param(
        f'{HEAD}order = ["a", "a"]\n',
        '3: "a" stands twice in order of [assembly], first in line 3. Remove one of the two.',
        id="cartridge twice in the order",
    ),
    pytest.param(
        f'{HEAD}[database]\ninit = ["a",\n"a"]\n',
        '5: "a" stands twice in init of [database], first in line 4. Remove one of the two.',
        id="cartridge twice on the database list",
    ),
    pytest.param(
        f'{HEAD}[settings]\nLog-Format = "json"\n',
        '4: "Log-Format" cannot be the name of a setting. '
        "Use lower case letters, digits and underscores, starting with a letter.",
        id="name of a setting",
    ),
    pytest.param(
        f"{HEAD}[settings.test.log]\nlevel = 1\n",
        "3: The setting log must be text, a number, true or false, or a list, not a table. "
        "Write it as one of these.",
        id="table as a setting",
    ),
    pytest.param(
        f"{HEAD}[settings]\nsince = 2026-11-23\n",
        "4: The setting since must be text, a number, true or false, or a list, not a date or time. "
        "Write it as one of these.",
        id="date as a setting",
    ),
]


@pytest.mark.parametrize(("text", "sentence"), MALFORMED)
def test_every_fault_of_form_is_named_with_line_and_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, sentence: str
) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "shop.toml"
    file.write_text(text)
    _, findings = read_assembly_file(file)
    assert "\n".join(map(str, findings)) == f"shop.toml:{sentence}"


def test_a_mark_that_some_editors_put_first_does_no_harm(tmp_path: Path) -> None:
    file = tmp_path / "shop.toml"
    file.write_text('[assembly]\nname = "shop"\n', encoding="utf-8-sig")
    read, findings = read_assembly_file(file)
    assert read == AssemblyFile(file, "shop", 1)
    assert findings == []


def test_a_file_that_is_not_utf_8_is_named_with_the_line(tmp_path: Path) -> None:
    file = tmp_path / "shop.toml"
    file.write_bytes(b"[assembly]\nname = 'caf\xe9'\n")
    read, findings = read_assembly_file(file)
    assert read is None
    assert [str(finding) for finding in findings] == [
        f"{file}:2: The file is not UTF-8 text. Save it as UTF-8."
    ]


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    read, findings = read_assembly_file(tmp_path)
    assert read is None
    assert [str(finding) for finding in findings] == [
        f"{tmp_path}:1: The file cannot be read: Is a directory. Make it readable."
    ]


def test_all_faults_of_a_file_are_named_at_once_and_the_rest_is_read(tmp_path: Path) -> None:
    file = tmp_path / "shop.toml"
    file.write_text(
        '[assembly]\nname = 1\n[[include]]\ncartridges = ["orders", 2]\nin = ["prod"]\n'
        "[exlude]\n[settings]\nx = {}\n"
    )
    read, findings = read_assembly_file(file)
    assert read is not None
    assert read.includes[0].cartridges == (Mention("orders", 4),)
    assert sorted(finding.line for finding in findings) == [2, 4, 5, 6, 8]
