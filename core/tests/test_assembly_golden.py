"""ICM's list extension and ICM 11's dependency order, each against a plain re-statement of its rules."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from hypothesis import event, given
from hypothesis import strategies as st

from iomconnector.assemblies.findings import errors_in
from iomconnector.assemblies.resolution import Assembly, examine, resolve
from iomconnector.cartridges.descriptor import CartridgeStyle
from iomconnector.cartridges.discovery import InstalledCartridge

NAMES = ("a", "b", "c", "d", "e", "f", "g")
STYLES_OF = {
    "production": ("cartridge",),
    "test": ("cartridge", "test"),
    "development": ("cartridge", "development", "test"),
}
"""The sets of styles. [CartridgeStyle.kt]"""
WHERE = {
    style: [environment for environment, styles in STYLES_OF.items() if style in styles]
    for style in ("cartridge", "test", "development")
}

Styles = Mapping[str, str]


def extend_cartridge_list(
    template: Sequence[str], project: Sequence[str], styles: Styles, environment: str
) -> list[str]:
    """The template in its order, then the project as declared; by environment; the first position wins."""
    result: list[str] = []
    for name in [*template, *project]:
        if styles[name] in STYLES_OF[environment] and name not in result:
            result.append(name)
    return result


def installed_as(requires: Mapping[str, Sequence[str]]) -> dict[str, InstalledCartridge]:
    return {
        name: InstalledCartridge(name, f"{name}.cartridge", name, "1.0", tuple(needed))
        for name, needed in requires.items()
    }


@contextmanager
def written(**files: str) -> Iterator[str]:
    """The files, the last of which is the assembly."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            (Path(folder) / f"{name}.toml").write_text(text)
        yield str(Path(folder) / f"{list(files)[-1]}.toml")


def includes(names: Sequence[str], styles: Styles) -> str:
    return "".join(f'[[include]]\ncartridges = ["{name}"]\nin = {WHERE[styles[name]]}\n' for name in names)


LISTS = st.lists(st.sampled_from(NAMES), unique=True, max_size=5)
STYLES = st.fixed_dictionaries({name: st.sampled_from(sorted(WHERE)) for name in NAMES})


@given(LISTS, LISTS, STYLES, st.sampled_from(sorted(STYLES_OF)))
def test_extending_a_list_is_as_in_icm(
    template: list[str], project: list[str], styles: Styles, environment: str
) -> None:
    installed = installed_as(dict.fromkeys(NAMES, ()))
    with written(
        base=f'[assembly]\nname = "base"\n{includes(template, styles)}',
        own=f'[assembly]\nname = "own"\nextends = "base"\n{includes(project, styles)}',
    ) as file:
        found = examine(
            file,
            (environment,),
            installed,
            read_style=lambda cartridge: CartridgeStyle(styles[cartridge.name]),
            environ={},
        )
    expected = extend_cartridge_list(template, project, styles, environment)
    assert list(found.composition.in_environment(environment)) == expected
    assert bool(errors_in(found.findings)) == (not template and not project)


@dataclass(frozen=True)
class Land:
    """Installed cartridges, whose requirements have no circle, and the roots of an assembly."""

    requires: Mapping[str, tuple[str, ...]]
    roots: tuple[str, ...]
    styles: Styles

    def resolve(self, environment: str, extra: Mapping[str, tuple[str, ...]] | None = None) -> Assembly:
        installed = installed_as({**(extra or {}), **self.requires})
        with written(own=f'[assembly]\nname = "own"\nroots = {list(self.roots)}\n') as file:
            return resolve(
                file,
                environment,
                installed,
                read_style=lambda cartridge: CartridgeStyle(self.styles.get(cartridge.name, "cartridge")),
                environ={},
            )

    def reach(self) -> set[str]:
        """All that the roots require, until nothing more comes along."""
        reached = set(self.roots)
        while more := {needed for name in reached for needed in self.requires[name]} - reached:
            reached |= more
        return reached

    def level(self, name: str) -> int:
        """How many cartridges the longest chain of requirements below it has."""
        return max((self.level(needed) + 1 for needed in self.requires[name]), default=0)


@st.composite
def lands(draw: st.DrawFn, *, styled: bool = False) -> Land:
    """Styled, no cartridge needs one that its own environments do not have."""
    names = draw(st.permutations(NAMES))
    styles = draw(STYLES) if styled else dict.fromkeys(NAMES, "cartridge")
    requires: dict[str, tuple[str, ...]] = {}
    for at, name in enumerate(names):
        possible = [each for each in names[:at] if set(WHERE[styles[name]]) <= set(WHERE[styles[each]])]
        requires[name] = (
            tuple(draw(st.lists(st.sampled_from(possible), unique=True, max_size=3))) if possible else ()
        )
    roots = tuple(draw(st.lists(st.sampled_from(NAMES), unique=True, min_size=1, max_size=3)))
    return Land(requires, roots, styles)


@given(lands())
def test_roots_are_ordered_by_level_and_by_name_as_in_icm_11(land: Land) -> None:
    expected = sorted(land.reach(), key=lambda name: (land.level(name), name))
    event(f"{len(expected)} cartridges")
    assert list(land.resolve("production").cartridges) == expected


@given(lands(styled=True), st.sampled_from(sorted(STYLES_OF)))
def test_dependencies_come_first_in_every_environment(land: Land, environment: str) -> None:
    assembly = land.resolve(environment)
    for loaded in (assembly.cartridges, assembly.preparation):
        for name in loaded:
            for needed in land.requires[name]:
                assert loaded.index(needed) < loaded.index(name)
    for name in assembly.cartridges:
        assert land.styles[name] in STYLES_OF[environment]
    for root in land.roots:
        assert (root in assembly.cartridges) == (land.styles[root] in STYLES_OF[environment])


@given(lands(styled=True), st.sampled_from(sorted(STYLES_OF)), st.randoms(use_true_random=False))
def test_the_order_depends_neither_on_the_sequence_of_roots_nor_on_that_of_installation(
    land: Land, environment: str, random: Random
) -> None:
    roots, requires = list(land.roots), list(land.requires.items())
    random.shuffle(roots)
    random.shuffle(requires)
    other = Land(
        {name: tuple(random.sample(needed, len(needed))) for name, needed in requires},
        tuple(roots),
        land.styles,
    )
    one, two = land.resolve(environment), other.resolve(environment)
    assert (one.cartridges, one.database, one.preparation) == (
        two.cartridges,
        two.database,
        two.preparation,
    )


@given(lands(styled=True), st.sampled_from(sorted(STYLES_OF)), LISTS)
def test_an_unrelated_cartridge_that_is_installed_changes_nothing(
    land: Land, environment: str, needed: list[str]
) -> None:
    one = land.resolve(environment)
    two = land.resolve(environment, extra={"aa_unrelated": tuple(needed), "zz_unrelated": ("aa_unrelated",)})
    assert one.cartridges == two.cartridges
    assert one.preparation == two.preparation
    assert list(one.why) == list(two.why)
