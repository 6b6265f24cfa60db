"""Library versions: judged as in ICM, by what separates the installed version from the required one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from iomconnector.assemblies.findings import Severity
from iomconnector.assemblies.libraries import gravity_of, is_excluded
from iomconnector.assemblies.resolution import AssemblyError, examine, resolve
from iomconnector.cartridges.loading import load_cartridges
from iomconnector.testing.cartridges import CartridgeSite

HEAD = '[assembly]\nname = "shop"\n[[include]]\ncartridges = ["acme_tax", "acme_pay"]\n'


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CartridgeSite]:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shop.toml").write_text(HEAD)
    with CartridgeSite(tmp_path / "site") as site:
        site.add("acme_pay", requires=["acme-soap>=2"])
        yield site


def findings() -> list[str]:
    return [str(each) for each in examine("shop.toml", environ={}).findings]


def test_requirements_that_the_installed_version_meets_agree(site: CartridgeSite) -> None:
    site.add_distribution("acme-soap", "2.5.1")
    site.add("acme_tax", requires=["acme-soap<3", "acme-soap!=2.4"])
    assert findings() == []


def test_another_major_version_is_an_error_that_names_both(site: CartridgeSite) -> None:
    site.add_distribution("acme-soap", "2.5.1")
    site.add("acme_tax", requires=["acme-soap>=3"])
    assert findings() == [
        'shop.toml:4: There is a major version conflict for acme-soap: "acme_tax" requires acme-soap>=3, but '
        '2.5.1 is installed; "acme_pay" requires acme-soap>=2. '
        "Install a version that suits all, or exclude acme-soap under libraries of [exclude]."
    ]
    with pytest.raises(AssemblyError, match="major version conflict"):
        resolve("shop.toml", "production")


@pytest.mark.parametrize(("needs", "severity"), [(">=2.6", Severity.WARNING), (">=2.5.2", Severity.NOTE)])
def test_less_is_told_and_the_assembly_runs(site: CartridgeSite, needs: str, severity: Severity) -> None:
    site.add_distribution("acme-soap", "2.5.1")
    site.add("acme_tax", requires=[f"acme-soap{needs}"])
    found = examine("shop.toml", environ={}).findings
    assert [(each.severity, each.line) for each in found] == [(severity, 4)]
    assert str(found[0]).startswith(f"shop.toml:4: {severity}: There is a")
    resolved = resolve("shop.toml", "production", environ={})
    assert load_cartridges(resolved.cartridges, resolved.installed).names == ("acme_tax", "acme_pay")


def test_an_excluded_library_is_not_judged_even_where_it_is_missing(
    site: CartridgeSite, tmp_path: Path
) -> None:
    site.add("acme_tax", requires=["acme-soap>=3"])
    assert len(findings()) == 2
    (tmp_path / "shop.toml").write_text(f'{HEAD}[exclude]\nlibraries = ["Acme_Soap"]\n')
    assert findings() == []
    site.add_distribution("acme-soap", "2.5.1")
    assert findings() == []
    (tmp_path / "shop.toml").write_text(f'{HEAD}[exclude]\nlibraries = ["acme-soap<3"]\n')
    assert len(findings()) == 1
    (tmp_path / "shop.toml").write_text(f'{HEAD}[exclude]\nlibraries = ["acme-soap>=3"]\n')
    assert findings() == []
    resolved = resolve("shop.toml", "production", environ={})
    assert load_cartridges(resolved.cartridges, resolved.installed).names == ("acme_tax", "acme_pay")


def test_an_extended_assembly_excludes_for_those_that_extend_it(site: CartridgeSite, tmp_path: Path) -> None:
    site.add("acme_tax", requires=["acme-soap>=3"])
    (tmp_path / "shop.toml").write_text(f'{HEAD}[exclude]\nlibraries = ["acme-soap"]\n')
    (tmp_path / "own.toml").write_text('[assembly]\nname = "own"\nextends = "shop"\n')
    assert examine("own.toml", environ={}).findings == ()


def test_other_problems_of_the_metadata_stay(site: CartridgeSite, tmp_path: Path) -> None:
    site.add("acme_tax", requires=["acme-soap>=3", "acme-rates", "not a requirement"])
    (tmp_path / "shop.toml").write_text(f'{HEAD}[exclude]\nlibraries = ["acme-soap"]\n')
    said = findings()
    assert len(said) == 2
    assert "acme-tax requires acme-rates, which is not installed." in said[0]
    assert 'states the requirement "not a requirement", which cannot be understood.' in said[1]


def test_a_version_that_cannot_be_read_is_an_error_that_names_the_cartridges(site: CartridgeSite) -> None:
    site.add_distribution("acme-soap", "two")
    site.add("acme_tax", requires=["acme-soap"])
    assert findings() == [
        'shop.toml:4: The version "two" of acme-soap cannot be read; "acme_pay" requires acme-soap>=2; '
        '"acme_tax" requires acme-soap. Install a version of acme-soap that follows the rules for versions.'
    ]


def test_what_another_environment_loads_is_not_judged(site: CartridgeSite, tmp_path: Path) -> None:
    site.add_distribution("acme-soap", "2.5.1")
    site.add("acme_tax", requires=["acme-soap>=3"])
    (tmp_path / "shop.toml").write_text(
        '[assembly]\nname = "shop"\n[[include]]\ncartridges = ["acme_pay"]\n'
        '[[include]]\ncartridges = ["acme_tax"]\nin = ["test"]\n'
    )
    assert examine("shop.toml", ("production",), environ={}).findings == ()
    assert len(examine("shop.toml", ("test",), environ={}).findings) == 1


@pytest.mark.parametrize(
    ("specifier", "gravity"),
    [
        (">=3", "major"), ("<2", "major"), ("==1.*", "major"), ("~=3.1", "major"), ("<2.0.0", "major"),
        (">=2.6", "minor"), ("<2.5", "minor"), ("==2.4.*", "minor"), ("~=2.4.0", "minor"),
        ("<=2.4.9", "minor"), (">=2.5.2", "patch"), ("<2.5.1", "patch"), ("==2.5.0", "patch"),
        ("!=2.5.1", "patch"), ("!=2.5.*", "minor"), ("!=2.*", "major"), (">2.5.1", "patch"),
        (">=2.5.2,<2.5", "minor"), (">=1!2.5", "major"),
    ],
)  # fmt: skip
def test_the_nearest_version_that_would_do_is_compared(specifier: str, gravity: str) -> None:
    assert gravity_of(Requirement(f"acme-soap{specifier}"), "2.5.1") == gravity


def test_an_exclude_with_versions_is_for_requirements_that_name_one_of_them() -> None:
    excluded = [Requirement("acme-soap<3")]
    assert is_excluded(Requirement("Acme.Soap>=2,<4"), excluded)
    assert is_excluded(Requirement("acme-soap==2.*"), excluded)
    assert is_excluded(Requirement("acme-soap>=2.5rc1"), excluded)
    assert not is_excluded(Requirement("acme-soap>=3"), excluded)
    assert not is_excluded(Requirement("acme-soap"), excluded)
    assert not is_excluded(Requirement("acme-rest<3"), excluded)
