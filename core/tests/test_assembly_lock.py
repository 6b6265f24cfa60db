"""Locks: what they pin, and what is said of each difference."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from iomconnector.assemblies import lock
from iomconnector.assemblies.distributions import MissingDistributionError, required_distributions
from iomconnector.assemblies.file import ENVIRONMENTS
from iomconnector.assemblies.lock import (
    Lock,
    LockedDistribution,
    LockedEnvironment,
    LockError,
    lock_of,
    lock_text,
    read_lock,
)
from iomconnector.assemblies.lock_check import lock_differences
from iomconnector.assemblies.resolution import resolve
from iomconnector.cli.assembly_commands import app
from iomconnector.cli.invocation import Invocation
from iomconnector.testing.cartridges import CartridgeSite

ASSEMBLY = """[assembly]
name = "shop"
[[include]]
cartridges = ["shop_orders", "shop_pages"]
[[include]]
cartridges = ["shop_tools"]
in = ["development"]
"""


@pytest.fixture(autouse=True)
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CartridgeSite]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    (tmp_path / "shop.toml").write_text(ASSEMBLY)
    with CartridgeSite(tmp_path / "site") as site:
        site.add_distribution("acme-soap", "2.5.1", ["acme-wire; extra == 'fast'"])
        site.add_distribution("acme-wire", "1.0")
        site.add_distribution("iomconnector", "0.1")
        site.add("shop_orders", requires=["acme-soap>=2"])
        site.add("shop_pages")
        site.add("shop_tools", style="development", requires=["acme-soap[fast]"])
        yield site


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, arguments, obj=Invocation("shop.toml"))
    return result.exit_code, result.output


def present(*environments: str) -> Lock:
    return lock_of([resolve("shop.toml", each) for each in environments or ("development", "production")])


def differences(*environments: str) -> list[str]:
    assemblies = [resolve("shop.toml", each) for each in environments or ("development", "production")]
    return [str(finding) for finding in lock_differences(Path("shop.lock"), assemblies, "shop.toml")]


AGAIN = "lock again: iomconnector assembly lock shop.toml."


def test_a_lock_has_everything_that_the_cartridges_require_with_the_environments(tmp_path: Path) -> None:
    code, output = run("lock")
    assert code == 0
    assert output.startswith("Wrote shop.lock: ")
    assert "for development, test, production, init." in output
    lock = read_lock(tmp_path / "shop.lock")
    where = {each.name: each.environments for each in lock.distributions}
    assert where["shop-orders"] == where["acme-soap"] == ("development", "test", "production")
    assert where["shop-tools"] == where["acme-wire"] == ("development",)
    assert where["iomconnector"] == ("development", "test", "production", "init")
    assert lock.environments["production"].cartridges == ("shop_orders", "shop_pages")
    assert not any(each.editable for each in lock.distributions)
    assert all(each.hash.startswith("sha256:") for each in lock.distributions)
    assert lock_text(lock) == (tmp_path / "shop.lock").read_text()


@pytest.mark.parametrize("driver", [True, False])
def test_the_driver_of_postgresql_is_locked_where_it_is_installed(
    site: CartridgeSite, monkeypatch: pytest.MonkeyPatch, driver: bool
) -> None:
    site.add_distribution("iomconnector", "0.1", ["acme-driver; extra == 'postgresql'"])
    site.add_distribution("acme-driver", "3.0")
    monkeypatch.setattr(lock, "find_spec", lambda name: driver and name == "asyncpg")
    assert ("acme-driver" in present("production").versions) is driver


def test_what_was_locked_is_found_again() -> None:
    run("lock")
    assert run("check", "--locked") == (
        0,
        "shop.toml: nothing is wrong in development, test, production, init.\n",
    )
    assert run("check", "--locked", "--env", "production")[0] == 0


def test_a_lock_may_stand_elsewhere(tmp_path: Path) -> None:
    code, output = run("lock", "--output", "pins/shop.lock")
    assert code == 2
    assert "pins/shop.lock cannot be written" in output
    assert run("lock", "-o", "pins.lock", "--env", "production")[0] == 0
    assert run("check", "--lock-file", "pins.lock")[0] == 0
    code, output = run("check", "--locked")
    assert code == 1
    assert "There is no lock" in output
    assert "`iomconnector assembly lock` writes it." in output


def test_a_lock_of_some_environments_is_compared_in_these() -> None:
    run("lock", "--env", "production")
    code, output = run("check", "--locked")
    assert code == 0
    assert "Not in the lock: development, test, init." in " ".join(output.split())
    code, output = run("check", "--locked", "--env", "development", "--format", "json")
    assert code == 1
    findings = json.loads(output)[0]["findings"]
    assert [finding["message"] for finding in findings] == ["development is not locked."]


def change_version(site: CartridgeSite) -> None:
    (site.folder / "acme_soap-2.5.1.dist-info" / "METADATA").write_text(
        "Metadata-Version: 2.4\nName: acme-soap\nVersion: 2.6\n"
    )


def patch_a_file(site: CartridgeSite) -> None:
    with (site.folder / "shop_pages" / "cartridge.py").open("a") as file:
        file.write("# patched\n")


def lose_a_file(site: CartridgeSite) -> None:
    (site.folder / "shop_pages" / "__init__.py").unlink()


def require_more(site: CartridgeSite) -> None:
    site.add_distribution("acme-rates", "7")
    site.add("shop_pages", requires=["acme-rates"])


def move(site: CartridgeSite) -> None:
    Path("shop.toml").write_text(
        ASSEMBLY.replace('"shop_orders", "shop_pages"', '"shop_pages", "shop_orders"')
    )


def take_out(site: CartridgeSite) -> None:
    Path("shop.toml").write_text(ASSEMBLY.replace(', "shop_pages"', ""))


def prepare_more(site: CartridgeSite) -> None:
    Path("shop.toml").write_text(f'{ASSEMBLY}[database]\ninit = ["shop_pages"]\n')


CHANGES = [
    pytest.param(
        change_version,
        [
            f"acme-soap is locked at 2.5.1, but 2.6 is installed. Install acme-soap==2.5.1, or {AGAIN}",
            f"acme-wire 1.0 is locked, but nothing requires it any more. {AGAIN.capitalize()}",
        ],
        id="version",
    ),
    pytest.param(
        patch_a_file,
        [
            "The installed files are not those that were locked: shop-pages 1.0. "
            f"Reinstall shop-pages==1.0, or {AGAIN}"
        ],
        id="patched file",
    ),
    pytest.param(
        lose_a_file,
        [
            "The installed files are not those that were locked: shop-pages 1.0. "
            f"Reinstall shop-pages==1.0, or {AGAIN}"
        ],
        id="lost file",
    ),
    pytest.param(
        require_more,
        [
            "The installed files are not those that were locked: shop-pages 1.0. "
            f"Reinstall shop-pages==1.0, or {AGAIN}",
            f"acme-rates 7 is required in development, production, but not locked. {AGAIN.capitalize()}",
        ],
        id="another requirement",
    ),
    pytest.param(
        move,
        [
            "The cartridges of development changed since the lock: shop_orders moved from 1 to 2. "
            f"Undo it in the assembly, or {AGAIN}",
            "The cartridges of production changed since the lock: shop_orders moved from 1 to 2. "
            f"Undo it in the assembly, or {AGAIN}",
        ],
        id="order",
    ),
    pytest.param(
        take_out,
        [
            "The cartridges of development changed since the lock: shop_pages is gone. "
            f"Undo it in the assembly, or {AGAIN}",
            "The cartridges of production changed since the lock: shop_pages is gone. "
            f"Undo it in the assembly, or {AGAIN}",
            f"shop-pages 1.0 is locked, but nothing requires it any more. {AGAIN.capitalize()}",
        ],
        id="cartridge taken out",
    ),
    pytest.param(
        prepare_more,
        [
            "The database list of development changed since the lock: shop_pages is new. "
            f"Undo it in the assembly, or {AGAIN}",
            "The database list of production changed since the lock: shop_pages is new. "
            f"Undo it in the assembly, or {AGAIN}",
        ],
        id="database list",
    ),
]


@pytest.mark.parametrize(("change", "sentences"), CHANGES)
def test_every_difference_is_told_with_what_to_do(
    site: CartridgeSite, change: Callable[[CartridgeSite], None], sentences: list[str]
) -> None:
    Path("shop.lock").write_text(lock_text(present()))
    assert differences() == []
    change(site)
    assert [each.partition(": ")[2] for each in differences()] == sentences
    assert all(each.startswith("shop.lock:") for each in differences())
    assert run("check", "--locked")[0] == 1
    Path("shop.lock").write_text(lock_text(present()))
    assert differences() == []


def test_a_script_that_names_its_interpreter_is_not_part_of_the_hash(
    site: CartridgeSite, tmp_path: Path
) -> None:
    record = site.folder / "shop_pages-1.0.dist-info" / "RECORD"
    record.write_text(f"{record.read_text()}../bin/shop-pages,sha256=aaaa,10\n")
    script = tmp_path / "bin" / "shop-pages"
    script.parent.mkdir()
    script.write_text("#!/one/python")
    Path("shop.lock").write_text(lock_text(present()))
    script.write_text("#!/other/python")
    assert differences() == []


def test_a_difference_names_the_line_in_the_lock(site: CartridgeSite) -> None:
    Path("shop.lock").write_text(lock_text(present()))
    patch_a_file(site)
    line = int(differences()[0].split(":")[1])
    assert Path("shop.lock").read_text().splitlines()[line - 1 : line + 1] == [
        "[[distributions]]",
        'name = "shop-pages"',
    ]


def test_on_another_platform_versions_are_compared_alone(site: CartridgeSite) -> None:
    locked = present().model_copy(update={"platform": "win-amd64"})
    Path("shop.lock").write_text(lock_text(locked))
    patch_a_file(site)
    assert len(differences()) == 1
    assert "warning: Locked with Python" in differences()[0]
    change_version(site)
    assert len(differences()) == 3


def test_the_lock_of_another_assembly_is_refused() -> None:
    Path("shop.lock").write_text(lock_text(present().model_copy(update={"assembly": "store"})))
    assert differences() == [
        f'shop.lock:4: This is the lock of "store", not of "shop". Take the right file, or {AGAIN}'
    ]


NAMES = st.from_regex(r"[a-z][a-z0-9_-]{0,8}", fullmatch=True)
WHERE = st.lists(st.sampled_from(ENVIRONMENTS), unique=True, min_size=1).map(tuple)
LOCKS = st.builds(
    Lock,
    assembly=st.text(min_size=1, max_size=8),
    python=st.sampled_from(["3.11", "3.14"]),
    platform=st.just("linux-x86_64"),
    environments=st.dictionaries(
        st.sampled_from(ENVIRONMENTS),
        st.builds(
            LockedEnvironment,
            cartridges=st.lists(NAMES, max_size=3).map(tuple),
            database=st.lists(NAMES, max_size=3).map(tuple),
        ),
    ),
    distributions=st.lists(
        st.builds(
            lambda name, version, digest, editable, where: LockedDistribution(
                name=name, version=version, hash=digest, editable=editable, environments=where
            ),
            NAMES,
            st.sampled_from(["1.0", "2.0rc1", "1!3"]),
            st.sampled_from(["", "sha256:00"]),
            st.booleans(),
            WHERE,
        ),
        max_size=3,
    ).map(tuple),
)


@given(LOCKS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_lock_that_is_written_is_read_as_it_was(lock: Lock) -> None:
    Path("other.lock").write_text(lock_text(lock), encoding="utf-8")
    assert read_lock(Path("other.lock")) == lock


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("format = \n", "cannot be read: Invalid value"),
        ("format = 1\n", "is not well-formed: assembly: Field required"),
        ("\xff", "cannot be read: 'utf-8' codec can't decode"),
    ],
)
def test_what_is_no_lock_is_told(text: str, reason: str) -> None:
    Path("shop.lock").write_bytes(text.encode("latin-1"))
    with pytest.raises(LockError) as caught:
        read_lock(Path("shop.lock"))
    assert f"The lock shop.lock {reason}" in str(caught.value)
    assert "Write it anew" in str(caught.value)


def test_an_assembly_with_errors_is_not_compared() -> None:
    run("lock")
    Path("shop.toml").write_text(ASSEMBLY.replace("shop_orders", "shop_order"))
    code, output = run("check", "--locked", "--format", "json")
    assert code == 1
    assert [each["message"] for each in json.loads(output)[0]["findings"]] == [
        'The cartridge "shop_order" is not installed.'
    ]


def test_everything_that_is_missing_is_named(site: CartridgeSite) -> None:
    site.add_distribution("acme-soap", "2.5.1", ["acme-none", "acme-nil>1"])
    with pytest.raises(MissingDistributionError) as caught:
        required_distributions(["shop-orders"])
    assert caught.value.message == "Not installed: acme-soap requires acme-nil, acme-soap requires acme-none."
    Path("shop.lock").write_text("")
    assert run("lock")[0] == 1


def test_the_source_of_an_editable_distribution_is_hashed(site: CartridgeSite, tmp_path: Path) -> None:
    project = tmp_path / "tax"
    (project / "src" / "tax").mkdir(parents=True)
    (project / "tests").mkdir()
    module = project / "src" / "tax" / "__init__.py"
    module.write_text("RATE = 19\n")
    (project / "pyproject.toml").write_text('[project]\nname = "tax"\n')
    info = site.add_distribution("tax")
    (info / "direct_url.json").write_text(
        json.dumps({"url": project.as_uri(), "dir_info": {"editable": True}})
    )
    site.add("shop_pages", requires=["tax"])
    Path("shop.lock").write_text(lock_text(present()))
    (project / "tests" / "test_tax.py").write_text("")
    (project / "src" / "tax" / "__pycache__").mkdir()
    (project / "src" / "tax" / "__pycache__" / "x.pyc").write_text("")
    (project / "src" / "tax" / ".editor").mkdir()
    (project / "src" / "tax" / ".editor" / "settings.json").write_text("")
    assert differences() == []
    module.write_text("RATE = 20\n")
    assert [each.partition(": ")[2] for each in differences()] == [
        "The source files are not those that were locked: tax 1.0. "
        f"Undo the changes in its source, or {AGAIN}"
    ]
    (info / "direct_url.json").unlink()
    assert [each.partition(": ")[2] for each in differences()] == [
        "tax 1.0 was installed from its source folder when it was locked, now from a wheel. "
        f"Install it from its source folder, or {AGAIN}"
    ]


def test_a_lock_for_programs() -> None:
    document = json.loads(run("lock", "--format", "json", "--env", "production")[1])
    assert document["file"].endswith("shop.lock")
    assert document["environments"]["production"] == {
        "cartridges": ["shop_orders", "shop_pages"],
        "database": [],
    }
    assert {each["name"] for each in document["distributions"]} >= {"shop-orders", "acme-soap"}
